"""The panel of an implicit matrix product: what neighbouring windows of a plain array see, a row for each tap.

Row ``c*T + t`` holds the cell under tap t of channel c for each of a block of positions, side by side, so that a
product of a matrix of filters with it is a convolution (K. Chellapilla et al., High performance convolutional neural
networks for document processing, 2006). Only a block exists at a time, small enough for the second-level cache.

Cells in the padding are zeros; nothing outside the input is read. A line of positions is copied vector by vector. What
a vector holds beyond its line is overwritten by the next line, and at the end of a row goes into spare room.

Cost: a load and a store a vector; with a stride of 2 two loads and a shuffle; with a longer one a gather. Exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod

from striate.arithmetic import Pads, Window
from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.place import extents
from striate.engine.value import Value

AXES = ("plane", "row", "column")
PARTS = ("taps", "stride", "dilation", "before", "length", "step")
# Strides along a row that have code of their own; any other is an argument.
SPELLED_STRIDES = (1, 2)
# Channels whose cells are copied in one go: each has its own page of memory, of which the processor knows a few dozen.
CHANNELS = 32


@dataclass(frozen=True, slots=True)
class _Axis:
    """A spatial axis: the window's attributes, and the input's length and floats between neighbours."""

    taps: Value
    stride: Value
    dilation: Value
    before: Value
    length: Value
    step: Value

    def cell(self, position: Value, tap: Value) -> Value:
        """The cell under a tap; negative or past the end in the padding."""
        return position * self.stride + tap * self.dilation - self.before

    def has(self, cell: Value) -> Value:
        """Whether the cell is there."""
        return (cell >= 0) & (cell < self.length)

    def nearest(self, k: Emit, cell: Value) -> Value:
        """The cell itself, or the nearest one that is there."""
        return k.smaller(k.larger(cell, k.integer(0)), self.length - 1)


class Panel:
    """Fills panels inside a kernel.

    Args:
        k: The kernel, which gets the arguments of :func:`panel_arguments`.
        stride: Cells between neighbouring positions of a row, if spelled into the kernel, else 0.
    """

    def __init__(self, k: Emit, stride: int) -> None:
        self.k, self.stride = k, stride
        self.plane, self.row, self.column = (_Axis(*(k.size(f"{part}_{axis}") for part in PARTS)) for axis in AXES)
        self.rows, self.width, self.channel, self.pitch = (
            k.size(name) for name in ("rows", "width", "channel_step", "pitch")
        )
        self.taps = self.plane.taps * self.row.taps * self.column.taps

    def fill(self, panel: Value, x: Value, channels: Value, first: Value, last: Value) -> None:
        """Fills a panel.

        Args:
            panel: Where.
            x: The first of the channels.
            channels: How many.
            first: First position, counted over all lines.
            last: One past the last.
        """
        k = self.k
        with (
            k.loop(0, channels, CHANNELS) as some,
            k.loop(first // self.width, (last + self.width - 1) // self.width) as line,
        ):
            begin = k.larger(first - line * self.width, k.integer(0))
            end = k.smaller(last - line * self.width, self.width)
            place = k.at(panel, some * self.taps * self.pitch + line * self.width - first)
            count = k.smaller(channels - some, k.integer(CHANNELS))
            self._line(place, k.at(x, some * self.channel), count, line, begin, end)

    def _line(self, panel: Value, x: Value, channels: Value, line: Value, begin: Value, end: Value) -> None:
        """All taps of one line of positions; the panel as if the line began at its first column."""
        k, plane, row, column = self.k, self.plane, self.row, self.column
        z, y = line // self.rows, line % self.rows
        with k.loop(0, plane.taps) as d, k.loop(0, row.taps) as r, k.loop(begin, end, k.lanes) as position:
            depth, height = plane.cell(z, d), row.cell(y, r)
            length = k.select(plane.has(depth) & row.has(height), column.length, k.integer(0))
            source = k.at(x, plane.nearest(k, depth) * plane.step + row.nearest(k, height) * row.step)
            tap = (d * row.taps + r) * column.taps
            with k.loop(0, column.taps) as s:
                target = k.at(panel, (tap + s) * self.pitch + position)
                cells = self._cells(source, column.cell(position, s), length)
                with k.loop(0, channels) as c:
                    vector = cells(c * self.channel)
                    k.store(vector, target, c * self.taps * self.pitch, aligned=False)

    def _cells(self, line: Value, first: Value, length: Value) -> Callable[[Value], Value]:
        """What loads every stride-th cell of a line from one on, given a channel's offset; those not there are 0."""
        k = self.k
        if not self.stride:
            return self._scattered(line, first, length)
        masks = [
            k.lanes_between(k.integer(-v * k.lanes) - first, length - first - v * k.lanes) for v in range(self.stride)
        ]

        def load(offset: Value) -> Value:
            here = k.at(line, first + offset)
            vectors = [k.load_some(mask, here, v * k.lanes) for v, mask in enumerate(masks)]
            return vectors[0] if self.stride == 1 else k.shuffle(vectors[0], vectors[1], range(0, 2 * k.lanes, 2))

        return load

    def _scattered(self, line: Value, first: Value, length: Value) -> Callable[[Value], Value]:
        k, column = self.k, self.column
        cells = [first + column.stride * lane for lane in range(k.lanes)]
        # One that is not there is read from the nearest that is, and cleared.
        places = [column.nearest(k, cell) for cell in cells]
        there = [(cell >= 0) & (cell < length) for cell in cells]
        zero = k.float(0.0)

        def load(offset: Value) -> Value:
            here = k.at(line, offset)
            numbers = (k.load_scalar(here, place) for place in places)
            return k.vector_of([k.select(inside, number, zero) for inside, number in zip(there, numbers, strict=True)])

        return load


def panel_arguments(
    window: Window, pads: Pads, lengths: Sequence[int], positions: Sequence[int], block: int, target: Isa
) -> dict[str, int]:
    """The arguments by name.

    Args:
        window: Kernel, stride and dilation.
        pads: Zero padding (before, after) per spatial axis.
        lengths: The input's spatial sizes.
        positions: The output's.
        block: Positions in a panel.
        target: Instruction set.
    """
    _, rows, width = extents(tuple(positions))
    steps = [prod(lengths[axis + 1 :]) for axis in range(len(lengths))]
    missing = 3 - len(lengths)
    axes = [(1, 1, 1, 0, 1, 0)] * missing
    axes += zip(
        window.kernel, window.stride, window.dilation, (before for before, _ in pads), lengths, steps, strict=True
    )
    arguments = {"rows": rows, "width": width, "channel_step": prod(lengths), "pitch": pitch(block, target)}
    for axis, values in zip(AXES, axes, strict=True):
        arguments |= {f"{part}_{axis}": value for part, value in zip(PARTS, values, strict=True)}
    return arguments


def flattened(
    window: Window, pads: Pads, lengths: tuple[int, ...], positions: tuple[int, ...]
) -> tuple[Window, Pads, tuple[int, ...], tuple[int, ...]]:
    """The same convolution with one long line for a map, where each position sees just its own cell."""
    plain = {*window.kernel, *window.stride} == {1} and lengths == positions
    if not plain or any(before for before, _ in pads):
        return window, pads, lengths, positions
    return Window((1,), (1,), "valid", (1,)), ((0, 0),), (prod(lengths),), (prod(positions),)


def pitch(block: int, target: Isa) -> int:
    """Floats from one row of a panel to the next: whole vectors, and one to spare."""
    return (-(-block // target.lanes) + 1) * target.lanes
