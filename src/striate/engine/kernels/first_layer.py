"""The first convolution: few input channels, read as the caller gave them, without packing.

The input is an array as NumPy has it, (n, c, *spatial) or with channels last; the output is blocked. Lanes lie over
filters as in the direct kernel, and an unpacked input is as good to broadcast from as a blocked one. Loops, outermost
first: groups of filters, lines of positions, ``pixels`` neighbouring positions, channels, taps.

Padding is not copied: planes and rows of the kernel that lie outside are left out of the loops, and positions at the
two ends of a line, whose windows reach over the edge, are done one at a time with their taps clipped in the same way.

Cost per channel and tap: ``pixels * vectors`` FMAs for ``vectors`` vector loads and ``pixels`` broadcasts.
Error bound: as for the direct kernel, a chain of at most ``C*T`` fused multiply-adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import prod

import numpy as np

from striate.arithmetic import Pads, Window
from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.call import Call, cut
from striate.engine.kernels.clip import taps_inside
from striate.engine.kernels.epilogue import Stages, epilogue_name
from striate.engine.kernels.lines import Results, Target
from striate.engine.kernels.place import Place, Walker, extents
from striate.engine.kernels.tiles import fits, tile_cycles
from striate.engine.layout import aligned
from striate.engine.value import Value
from striate.graph import Array

AXES = ("plane", "row", "column")


@dataclass(frozen=True, slots=True)
class FirstLayerTile:
    """What a first-layer kernel is specialised on.

    Args:
        pixels: Neighbouring output positions in a tile.
        rest: Positions away from the edges that whole tiles leave over.
        vectors: Vectors of filters in a tile; it divides the vectors there are.
        stride: Floats between the inputs of two neighbouring output positions.
        stages: What happens to a result before it is stored.
    """

    pixels: int
    rest: int
    vectors: int
    stride: int
    stages: Stages = ()

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"first_layer_{self.pixels}r{self.rest}x{self.vectors}_s{self.stride}{epilogue_name(self.stages)}"


@dataclass(frozen=True, slots=True)
class _Axis:
    """A spatial axis inside the kernel: the window's attributes and the input's length."""

    taps: Value
    stride: Value
    dilation: Value
    before: Value
    length: Value

    @classmethod
    def declare(cls, k: Emit, name: str) -> _Axis:
        return cls(*(k.size(f"{part}_{name}") for part in ("taps", "stride", "dilation", "before", "length")))

    def start(self, position: Value) -> Value:
        """The cell under the window's first tap; negative or past the end in the padding."""
        return position * self.stride - self.before

    def inside(self, k: Emit, start: Value) -> tuple[Value, Value]:
        """The first tap on a cell of the input, and the first one past its end."""
        return taps_inside(k, start, self.taps, self.dilation, self.length)


def emit_first_layer(tile: FirstLayerTile, target: Isa) -> Emit:
    """Writes the kernel. A chunk is one sample, one group of filters, one band of lines or one span of a line."""
    k = Emit(tile.name, target)
    sums = _Sums(k, tile)
    size = {name: k.size(name) for name in "lines rows width left right band bands span spans groups".split()}
    results = Results(k, tile.stages)
    span = k.chunk % size["spans"]
    band = (k.chunk // size["spans"]) % size["bands"]
    part = k.chunk // (size["spans"] * size["bands"])
    group, sample = part % size["groups"], part // size["groups"]
    # Spans cut what lies between the edges; the first has the left edge besides, the last the right one.
    first = size["left"] + span * size["span"]
    last = k.smaller(first + size["span"], size["right"])
    whole = size["right"] - tile.rest
    left_edge = k.select(k.equal(span, 0), k.integer(0), size["left"])
    right_edge = k.select(k.equal(span + 1 - size["spans"], 0), size["width"], size["right"])
    with k.loop(band * size["band"], k.smaller((band + 1) * size["band"], size["lines"])) as line:
        plane, row = line // size["rows"], line % size["rows"]
        place = (sample, group * tile.vectors, plane, row)
        window = sums.line(sample, group, plane, row)
        with k.loop(left_edge, size["left"]) as column:
            results.store(window.clipped(column), *place, column)
        with k.loop(first, k.smaller(last, whole), tile.pixels) as column:
            results.store(window.inside(tile.pixels, column), *place, column)
        if tile.rest:
            with k.when(last > whole):
                results.store(window.inside(tile.rest, whole), *place, whole)
        with k.loop(size["right"], right_edge) as column:
            results.store(window.clipped(column), *place, column)
    return k


class _Sums:
    """Where the operands of the sums lie."""

    def __init__(self, k: Emit, tile: FirstLayerTile) -> None:
        self.k, self.tile = k, tile
        self.x = Walker(k, "x", strided=True)
        self.w, self.bias, self.channels = k.pointer("w"), k.pointer("bias"), k.size("channels_in")
        self.plane, self.row, self.column = (_Axis.declare(k, axis) for axis in AXES)

    def line(self, sample: Value, group: Value, plane: Value, row: Value) -> _Window:
        filters = self.tile.vectors * self.k.lanes
        taps = self.plane.taps * self.row.taps * self.column.taps
        return _Window(
            self,
            self.k.at(self.x.pointer, sample * self.x.sample),
            self.k.at(self.w, group * self.channels * taps * filters),
            self.k.at(self.bias, group * filters),
            self.plane.start(plane),
            self.row.start(row),
        )


@dataclass(frozen=True, slots=True)
class _Window:
    """The windows of one line of positions, and one group of filters."""

    of: _Sums
    x: Value
    w: Value
    bias: Value
    plane: Value
    row: Value

    def clipped(self, column: Value) -> list[list[Value]]:
        """The sums at one position whose window may reach over the line's ends."""
        start = self.of.column.start(column)
        return self._over(1, start, *self.of.column.inside(self.of.k, start))

    def inside(self, pixels: int, column: Value) -> list[list[Value]]:
        """The sums at neighbouring positions whose windows do not."""
        return self._over(pixels, self.of.column.start(column), self.of.k.integer(0), self.of.column.taps)

    def _over(self, pixels: int, start: Value, low: Value, high: Value) -> list[list[Value]]:
        of, k = self.of, self.of.k
        lanes, vectors = k.lanes, of.tile.vectors
        bias = [k.load(self.bias, v * lanes) for v in range(vectors)]
        sums = [[k.variable(value) for value in bias] for _ in range(pixels)]
        planes, rows = of.plane.inside(k, self.plane), of.row.inside(k, self.row)
        with k.loop(0, of.channels) as c, k.loop(*planes) as d, k.loop(*rows) as r:
            plane, row = self.plane + d * of.plane.dilation, self.row + r * of.row.dilation
            x_row = k.at(self.x, c * of.x.block + plane * of.x.plane + row * of.x.row)
            w_row = ((c * of.plane.taps + d) * of.row.taps + r) * of.column.taps
            with k.loop(low, high) as s:
                cell = k.at(x_row, (start + s * of.column.dilation) * of.x.column)
                weights = k.at(self.w, (w_row + s) * (vectors * lanes))
                filters = [k.load(weights, v * lanes) for v in range(vectors)]
                for p, totals in enumerate(sums):
                    number = k.broadcast(k.load_scalar(cell, p * of.tile.stride))
                    for total, weight in zip(totals, filters, strict=True):
                        total.set(k.fma(number, weight, total()))
        return [[total() for total in row] for row in sums]


@dataclass(frozen=True)
class FirstLayerWeights:
    """Weights (groups of filters, c, taps, filters of the group) and one bias for each lane.

    Args:
        k: Filters.
        c: Input channels.
        vectors: Vectors of filters in a group.
        groups: Groups of filters.
        values: The weights.
        bias: The biases.
    """

    k: int
    c: int
    vectors: int
    groups: int
    values: Array
    bias: Array


def choose_first_layer_tile(width: int, filters: int, target: Isa) -> tuple[int, int]:
    """The (pixels, vectors) that cost least for lines of so many positions away from the edges."""
    blocks = -(-filters // target.lanes)

    def cost(tile: tuple[int, int]) -> float:
        whole, rest = divmod(width, tile[0])
        line = whole * tile_cycles(*tile, target) + (tile_cycles(rest, tile[1], target) if rest else 0)
        return line / tile[1]

    vectors = [v for v in (4, 3, 2, 1) if blocks % v == 0]
    tiles = [(p, v) for v in vectors for p in range(1, max(1, min(width, 16)) + 1) if fits(p, v, target)]
    return min(tiles, key=cost)


def pack_first_layer(weight: Array, bias: Array | None, vectors: int, lanes: int) -> FirstLayerWeights:
    """Packs weights (k, c, *kernel) and bias (k,) for tiles of so many vectors."""
    k, c = weight.shape[:2]
    taps = prod(weight.shape[2:])
    count = vectors * lanes
    groups = -(-k // count)
    every = np.zeros((groups * count, c * taps), np.float32)
    every[:k] = weight.reshape(k, -1)
    values = aligned(every.size)
    values.reshape(groups, c * taps, count)[:] = every.reshape(groups, count, c * taps).transpose(0, 2, 1)
    biases = aligned(groups * count)
    if bias is not None:
        biases[:k] = bias
    return FirstLayerWeights(k, c, vectors, groups, values, biases)


def whole_line(window: Window, pads: Pads, lengths: Sequence[int], positions: Sequence[int]) -> tuple[int, int]:
    """The positions of a line whose windows do not reach over its ends: the first, and the one past the last.

    Args:
        window: Kernel, stride and dilation.
        pads: Zero padding (before, after) per spatial axis.
        lengths: The input's spatial sizes.
        positions: The output's.
    """
    before, stride = pads[-1][0], window.stride[-1]
    left = min(-(-before // stride), positions[-1])
    right = (lengths[-1] - 1 - (window.kernel[-1] - 1) * window.dilation[-1] + before) // stride + 1
    return left, max(left, min(right, positions[-1]))


def call_first_layer(
    weights: FirstLayerWeights,
    pixels: int,
    n: int,
    window: Window,
    pads: Pads,
    lengths: tuple[int, ...],
    positions: tuple[int, ...],
    x: Place,
    target: Target,
) -> Call:
    """A convolution of an unpacked input.

    Args:
        weights: Packed weights.
        pixels: Positions in a tile.
        n: Samples.
        window: Kernel, stride and dilation.
        pads: Zero padding (before, after) per spatial axis.
        lengths: The input's spatial sizes.
        positions: The output's.
        x: The input's first cell, its steps between channels as `block`.
        target: Where the results go.
    """
    left, right = whole_line(window, pads, lengths, positions)
    pixels = max(1, min(pixels, right - left))
    stride = window.stride[-1] * x.column
    tile = FirstLayerTile(pixels, (right - left) % pixels, weights.vectors, stride, target.stages)
    planes, rows, width = extents(positions)
    groups = weights.groups
    bands = cut(planes * rows, right - left, pixels, n * groups, n * prod(positions) * weights.values.size)
    arguments = {"lines": planes * rows, "rows": rows, "width": width, "left": left, "right": right, "groups": groups}
    arguments |= bands.arguments() | x.arguments("x", strided=True) | target.arguments(weights.k)
    arguments |= {"w": weights.values.ctypes.data, "bias": weights.bias.ctypes.data, "channels_in": weights.c}
    before = tuple(pad for pad, _ in pads)
    facts = {"taps": window.kernel, "stride": window.stride, "dilation": window.dilation, "length": lengths}
    for part, values in (facts | {"before": before}).items():
        missing = (0 if part == "before" else 1,) * (3 - len(values))
        arguments |= {f"{part}_{axis}": value for axis, value in zip(AXES, (*missing, *values), strict=True)}
    chunks = bands.bands * bands.spans * groups * n
    label = f"first_layer {pixels}×{weights.vectors}"
    return Call(tile.name, partial(emit_first_layer, tile), arguments, (weights.values, weights.bias), chunks, label)
