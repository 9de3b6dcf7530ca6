"""The orders of a flatten, as messages have them."""

from __future__ import annotations

from collections.abc import Sequence

from striate.lessons.flattening import address, flatten_orders
from striate.studio.protocol.flattening import FlattenOrders

# Entries that are told.
_TOLD = 6


def orders_of(shape: Sequence[int]) -> FlattenOrders | None:
    """The two orders of maps (channels, *positions); None where there is one."""
    found = flatten_orders(shape, _TOLD)
    if not found.differ:
        return None
    return FlattenOrders(
        pytorch=tuple(map(address, found.channels_first)), keras=tuple(map(address, found.channels_last))
    )
