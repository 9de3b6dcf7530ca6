"""What a workbench is not made of: more numbers than a page can show, and numbers that it cannot draw."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import cast

import numpy as np

from striate.arithmetic import output_length, transposed_length
from striate.errors import LimitError, NonFiniteError, ShapeError
from striate.graph import Array
from striate.lessons.workbench import Workbench

LARGEST_WEIGHT, LARGEST_OUTPUT = 2**22, 2**26
# Some seconds of the engine.
LARGEST_WORK = 2**38
# Maps travel and are drawn in float32.
_GREATEST = float(np.finfo(np.float32).max)


def require_weight(filters: int, depth: int, taps: Sequence[int], axes: int) -> None:
    """Refuses filters of too many weights, before they are made.

    Args:
        filters: How many.
        depth: Channels that each of them reads.
        taps: The window as it was asked for, one number or one an axis; empty for that of the kernels.
        axes: Spatial axes.

    Raises:
        LimitError: They are more than the limit; the message names all that they come of.
    """
    size = prod(max(tap, 1) for tap in taps) ** (axes if len(taps) == 1 else 1)
    if filters * depth * size > LARGEST_WEIGHT:
        window = "×".join(map(str, taps)) or "of the bank's size"
        raise LimitError(
            f"filters (={filters:,}) of {depth:,} channels and kernel {window} have {filters * depth * size:,} "
            f"weights, the limit is {LARGEST_WEIGHT:,}; use fewer filters, fewer channels or a smaller kernel"
        )


def require_output(bench: Workbench) -> None:
    """Refuses maps of too many numbers, and those that take too long, before they are made.

    Raises:
        LimitError: They are more than the limit; the message names all that they come of.
    """
    positions = _positions(bench)
    shape = " × ".join(f"{size:,}" for size in (bench.filters, *positions))
    if bench.operation == "transposed":
        way_out = "use fewer filters, or a smaller stride, kernel or dilation"
    else:
        way_out = "use less padding, a larger stride or fewer filters"
    numbers = bench.filters * prod(positions)
    if numbers > LARGEST_OUTPUT:
        raise LimitError(
            f"the output would be {shape}, {numbers:,} numbers, the limit is {LARGEST_OUTPUT:,}; {way_out}"
        )
    work = numbers * prod(bench.kernel) * (1 if bench.weight is None else bench.weight.shape[1])
    if work > LARGEST_WORK:
        raise LimitError(
            f"the output of {shape} would take {work:,} products, the limit is {LARGEST_WORK:,}; "
            "use a smaller kernel, fewer channels or fewer filters"
        )


def _positions(bench: Workbench) -> tuple[int, ...]:
    rows = zip(bench.lengths, bench.kernel, bench.stride, bench.padding, bench.dilation, strict=True)
    if bench.operation == "transposed":
        more = zip(rows, bench.output_padding, strict=True)
        return tuple(cast("int", transposed_length(*row, added)) for row, added in more)
    return tuple(cast("int", output_length(*row, bench.ceil_mode)) for row in rows)


def require_seen(bench: Workbench) -> None:
    """Refuses a max pooling with a window on nothing but padding.

    Raises:
        ShapeError: There is one.
    """
    if bench.operation == "max_pool" and np.isneginf(bench.extents.min()):
        raise ShapeError(
            "max pooling has a window that lies on nothing but padding, of which there is no largest number: "
            f"padding (={bench.padding}), kernel (={bench.kernel}), dilation (={bench.dilation}); use less padding or "
            "dilation"
        )


def require_drawable(what: str, array: Array | None, way_out: str) -> None:
    """Refuses numbers that float32 does not hold.

    Args:
        what: The subject of the message.
        array: The numbers, if there are any, or their extremes.
        way_out: What to do.

    Raises:
        NonFiniteError: Some are beyond it, or none at all.
    """
    if array is None or not array.size:
        return
    low, high = float(array.min()), float(array.max())
    # NaN is in no order.
    if not -_GREATEST <= low <= high <= _GREATEST:
        most = high if high > -low else low
        raise NonFiniteError(f"{what} (={most:g}) is beyond what can be drawn, ±{_GREATEST:.2g} (float32); {way_out}")
