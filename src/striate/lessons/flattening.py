"""In which order maps are laid out in a line: PyTorch map by map, Keras place by place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from striate.arguments import shown
from striate.arithmetic import whole_number, whole_numbers
from striate.errors import ShapeError
from striate.lenses.shown import Printed

Place = tuple[int, ...]


@dataclass(frozen=True)
class FlattenOrders(Printed):
    """The numbers of some maps in a line, each by its channel and its position in the map.

    Args:
        shape: Of the maps, (channels, *positions).
        channels_first: The first entries as PyTorch and ONNX have them: map by map.
        channels_last: The first entries as Keras has them: place by place, at each all channels.
    """

    shape: tuple[int, ...]
    channels_first: tuple[Place, ...]
    channels_last: tuple[Place, ...]

    @property
    def differ(self) -> bool:
        """Whether there are two orders: not where there is one map, or where each is a single number."""
        return self.shape[0] > 1 and any(size > 1 for size in self.shape[1:])

    def __str__(self) -> str:
        if not self.differ:
            return "one order: there is one map, or one number in each"
        rows = (("PyTorch, ONNX", self.channels_first), ("Keras", self.channels_last))
        return "\n".join(f"{name + ':':15}{' '.join(map(address, places))} ..." for name, places in rows)


def address(place: Place) -> str:
    """A number's channel and position, as addresses of units have them: 1@0,2."""
    channel, *position = place
    return f"{channel}@{','.join(map(str, position))}" if position else str(channel)


def flatten_orders(shape: Sequence[int], most: int = 8) -> FlattenOrders:
    """Says in which orders maps become a line, where a dense layer's weights have to fit.

    Args:
        shape: Of the maps, (channels, *positions), without the batch.
        most: So many entries are told at most.

    Returns:
        The first entries in both orders.

    Raises:
        ShapeError: A size is no positive whole number, or there is none.

    Example:
        >>> print(flatten_orders((2, 2, 2), most=5))
        PyTorch, ONNX: 0@0,0 0@0,1 0@1,0 0@1,1 1@0,0 ...
        Keras:         0@0,0 1@0,0 0@0,1 1@0,1 0@1,0 ...

    Source:
        ``torch.flatten`` and ``keras.layers.Flatten`` both keep the order of the array in memory; the arrays differ,
        (n, c, h, w) in one and (n, h, w, c) in the other.
    """
    wanted = f"shape (={shown(shape)}) must be (channels, *positions) with sizes of at least 1"
    sizes = whole_numbers(shape, wanted)
    if not sizes or any(size < 1 for size in sizes):
        raise ShapeError(wanted)
    count = min(whole_number(most, f"most (={shown(most)}) must be a whole number from 0 on", 0), prod(sizes))
    # Unravelled, not counted through: a shape may be larger than what can be made of it.
    first = [_place(number, sizes) for number in range(count)]
    last = [_place(number, (*sizes[1:], sizes[0])) for number in range(count)]
    return FlattenOrders(sizes, tuple(first), tuple((place[-1], *place[:-1]) for place in last))


def _place(number: int, sizes: tuple[int, ...]) -> tuple[int, ...]:
    place: list[int] = []
    for size in reversed(sizes):
        number, here = divmod(number, size)
        place.insert(0, here)
    return tuple(place)
