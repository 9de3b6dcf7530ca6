"""Depthwise convolution, and grouped convolution of narrow groups: lanes lie over channels.

``y[c, o] = b[c] + sum over t of w[c, t] * x[c, stride*o + dilation*t]`` where each channel has its own filter. In
groups of ``depth`` channels and as many filters, a filter's group lies in the same lanes of the same vector, and the
i-th channel of each group is brought to all lanes of the group by one shuffle: ``depth`` shuffles and FMAs take the
place of one FMA.

A chunk is one sample, one block of channels, one band of lines. Where the kernel is small and known (``columns`` taps
in a row, not dilated along it), a tile of ``pixels`` neighbouring positions goes over the kernel's rows one by one,
loads each input vector of a row once and uses it for every tap that meets it. Otherwise taps are walked one by one
from a table of offsets.

Cost: ``pixels * depth`` FMAs per tap, for ``((pixels - 1)*stride + columns)/columns`` input loads (``pixels`` where
taps are walked one by one) and ``depth`` loads of weights. Memory sets the pace on large maps: an input and an output
vector move for T FMAs.
Error bound: a chain of ``depth*T`` fused multiply-adds, ``|error| <= depth*T * 2^-24 * sum |w*x|`` to first order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import prod

import numpy as np

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.call import Call, cut
from striate.engine.kernels.epilogue import Stages, epilogue_name
from striate.engine.kernels.lines import Counts, Results, Target
from striate.engine.kernels.place import Place, Walker
from striate.engine.layout import aligned
from striate.engine.value import Value, Variable
from striate.graph import Array

# Vectors of weights for a row of taps that is spelled out; rows with more are walked tap by tap.
MOST_WEIGHTS = {"avx512": 12, "avx2": 7, "generic": 7}
# Positions in a tile at most: with more LLVM moves vectors to the stack where kernels have long rows.
MOST_PIXELS = {"avx512": 14, "avx2": 8, "generic": 6}
# Cycles until a sum can be used again.
LATENCY = 4


@dataclass(frozen=True, slots=True)
class DepthwiseTile:
    """What a depthwise kernel is specialised on.

    Args:
        pixels: Neighbouring output positions in a tile.
        rest: Positions that a line has beyond whole tiles.
        columns: Taps in a row of the kernel, one cell apart; 1 where every tap is a row of its own.
        stride: Input cells between two neighbouring output positions.
        depth: Channels of a group, and filters; it divides the lanes.
        stages: What happens to a result before it is stored.
    """

    pixels: int
    rest: int
    columns: int
    stride: int
    depth: int = 1
    stages: Stages = ()

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        shape = f"{self.pixels}r{self.rest}_k{self.columns}_s{self.stride}_d{self.depth}"
        return f"depthwise_{shape}{epilogue_name(self.stages)}"


def emit_depthwise(tile: DepthwiseTile, target: Isa) -> Emit:
    """Writes the kernel."""
    k = Emit(tile.name, target)
    source = Walker(k, "x", strided=True)
    w, bias, cells = (k.pointer(name) for name in ("w", "bias", "cells"))
    names = "kernel_rows lines rows width band bands span spans blocks"
    size = {name: k.size(name) for name in names.split()}
    results = Results(k, tile.stages)
    span = k.chunk % size["spans"]
    band = (k.chunk // size["spans"]) % size["bands"]
    part = k.chunk // (size["spans"] * size["bands"])
    block, sample = part % size["blocks"], part // size["blocks"]
    w = k.at(w, block * size["kernel_rows"] * (tile.columns * tile.depth * k.lanes))
    bias = k.at(bias, block * k.lanes)
    first = span * size["span"]
    last = k.smaller(first + size["span"], size["width"])
    whole = size["width"] - tile.rest
    sums = _Tile(k, tile, size["kernel_rows"], cells, w, bias)
    with k.loop(band * size["band"], k.smaller((band + 1) * size["band"], size["lines"])) as line:
        plane, row = line // size["rows"], line % size["rows"]
        x_line = source.at(sample, block, plane, row)
        place = (sample, block, plane, row)
        step = tile.stride * k.lanes
        with k.loop(first, k.smaller(last, whole), tile.pixels) as column:
            results.store(sums.over(tile.pixels, k.at(x_line, column * step)), *place, column)
        if tile.rest:
            with k.when(last > whole):
                results.store(sums.over(tile.rest, k.at(x_line, whole * step)), *place, whole)
    return k


@dataclass(frozen=True, slots=True)
class _Tile:
    """The sums of one block of channels at neighbouring positions."""

    k: Emit
    tile: DepthwiseTile
    kernel_rows: Value
    cells: Value
    w: Value
    bias: Value

    def over(self, pixels: int, x: Value) -> list[list[Value]]:
        """Runs over the kernel; the sums by pixel, one vector each."""
        k = self.k
        start = k.load(self.bias)
        sums = [k.variable(start) for _ in range(pixels)]
        step = self.tile.columns * self.tile.depth * k.lanes
        with k.loop(0, self.kernel_rows) as row:
            self._row(sums, k.at(x, k.load_size(self.cells, row)), k.at(self.w, row * step))
        return [[total()] for total in sums]

    def _row(self, sums: list[Variable], x: Value, w: Value) -> None:
        k, tile = self.k, self.tile
        weights = [k.load(w, i * k.lanes) for i in range(tile.columns * tile.depth)]
        for cell in range((len(sums) - 1) * tile.stride + tile.columns):
            met = [(p, cell - p * tile.stride) for p in range(len(sums)) if 0 <= cell - p * tile.stride < tile.columns]
            if not met:
                continue
            seen = k.load(x, cell * k.lanes)
            for i in range(tile.depth):
                ours = self._channel(seen, i)
                for p, s in met:
                    sums[p].set(k.fma(ours, weights[s * tile.depth + i], sums[p]()))

    def _channel(self, seen: Value, i: int) -> Value:
        """The i-th channel of each group in all lanes of the group."""
        depth = self.tile.depth
        lanes = [lane - lane % depth + i for lane in range(self.k.lanes)]
        return self.k.shuffle(seen, seen, lanes) if depth > 1 else seen


@dataclass(frozen=True)
class DepthwiseWeights:
    """Weights (blocks, taps, depth, lanes) and one bias for each lane.

    Args:
        c: Channels, and filters.
        depth: Channels of a group.
        lanes: Lanes of a vector.
        values: The weights.
        bias: The biases.
    """

    c: int
    depth: int
    lanes: int
    values: Array
    bias: Array


def suits(filters: int, depth: int, groups: int, lanes: int) -> bool:
    """Whether it computes such a grouped convolution: as many filters as channels, groups that divide a vector."""
    return groups > 1 and filters == depth * groups and lanes % depth == 0 and depth <= lanes // 2


def pack_depthwise(weight: Array, bias: Array | None, lanes: int) -> DepthwiseWeights:
    """Packs weights (c, depth, *kernel) and bias (c,)."""
    c, depth, taps = weight.shape[0], weight.shape[1], prod(weight.shape[2:])
    blocks = -(-c // lanes)
    every = np.zeros((blocks * lanes, depth, taps), np.float32)
    every[:c] = weight.reshape(c, depth, taps)
    values, biases = aligned(every.size), aligned(blocks * lanes)
    by_block = every.reshape(blocks, lanes, depth, taps)
    values.reshape(blocks, taps, depth, lanes)[:] = by_block.transpose(0, 3, 2, 1)
    if bias is not None:
        biases[:c] = bias
    return DepthwiseWeights(c, depth, lanes, values, biases)


def choose_pixels(width: int, columns: int, stride: int, depth: int, target: Isa) -> int:
    """Positions in a tile for lines of so many: those that load least."""
    most = MOST_PIXELS[target.name]
    # Shuffled inputs take registers too.
    most = min(width, most if depth == 1 else most // 2 + 1)

    def loads(pixels: int) -> int:
        whole, rest = divmod(width, pixels)
        return whole * _row_cost(pixels, columns, stride) + (_row_cost(rest, columns, stride) if rest else 0)

    return min(range(1, most + 1), key=lambda pixels: (loads(pixels), pixels))


def _row_cost(pixels: int, columns: int, stride: int) -> int:
    """Loads of inputs and weights, and the wait for the chain of sums where positions are too few to hide it."""
    loads = (pixels - 1) * stride + 2 * columns
    return max(loads, LATENCY * columns)


def call_depthwise(
    weights: DepthwiseWeights,
    kernel: Sequence[int],
    dilation: Sequence[int],
    n: int,
    counts: Counts,
    x: Place,
    cells: Sequence[int],
    target_isa: Isa,
    target: Target,
) -> Call:
    """One depthwise convolution.

    Args:
        weights: Packed weights.
        kernel: Taps per spatial axis.
        dilation: Cells between taps, per spatial axis.
        n: Samples.
        counts: Planes, rows and columns of positions.
        x: Where the first cell of each position's window lies.
        cells: Floats from a window's first cell to each tap's.
        target_isa: Instruction set.
        target: Where the results go.
    """
    planes, rows, width = counts
    lanes = weights.lanes
    whole_rows = kernel[-1] * weights.depth <= MOST_WEIGHTS[target_isa.name] and dilation[-1] == 1
    columns = kernel[-1] if whole_rows else 1
    stride = x.column // lanes
    pixels = choose_pixels(width, columns, stride, weights.depth, target_isa)
    tile = DepthwiseTile(pixels, width % pixels, columns, stride, weights.depth, target.stages)
    row_cells = np.array(cells[::columns], np.int64)
    blocks = -(-weights.c // lanes)
    # An input is loaded for each multiplication or few: a chunk of as many as elsewhere would be large.
    macs = n * planes * rows * width * weights.values.size
    bands = cut(planes * rows, width, pixels, n * blocks, 2 * macs)
    arguments = {"lines": planes * rows, "rows": rows, "width": width, "blocks": blocks, "kernel_rows": len(row_cells)}
    arguments |= bands.arguments() | x.arguments("x", strided=True) | target.arguments(weights.c)
    kept = {"w": weights.values, "bias": weights.bias, "cells": row_cells}
    arguments |= {name: table.ctypes.data for name, table in kept.items()}
    chunks = bands.bands * bands.spans * blocks * n
    label = f"depthwise {pixels}×1"
    return Call(tile.name, partial(emit_depthwise, tile), arguments, tuple(kept.values()), chunks, label)
