"""Convolution with few filters: lanes over input channels, sums across lanes at the end.

With k filters in a vector of many lanes the direct kernel wastes the others. Here a vector holds neighbouring input
channels of one cell, as they lie in memory, and each filter has its own vector of sums; what the lanes hold is added
up once, when all entries (a block of channels under one tap) are done, by a tree that turns the filters' vectors into
one vector of results.

Cost per entry: ``pixels * filters`` FMAs for ``pixels + filters`` vector loads, so lanes times fewer than the direct
kernel for one filter; then about ``2 * filters + 2 * log2(lanes)`` shuffles and additions for each position.
Error bound: chains of ``C*T/lanes`` fused multiply-adds and a tree of log2(lanes) additions, at most the direct
kernel's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.call import Call, cut
from striate.engine.kernels.epilogue import Stages, epilogue_name
from striate.engine.kernels.lines import Counts, Results, Target, merge
from striate.engine.kernels.place import Place, Walker
from striate.engine.kernels.tiles import fits
from striate.engine.layout import aligned
from striate.engine.value import Value
from striate.graph import Array

MOST_PIXELS = 6


@dataclass(frozen=True, slots=True)
class FewOutputsTile:
    """What the kernel is specialised on.

    Args:
        pixels: Neighbouring output positions in a tile.
        rest: Positions that a line has beyond whole tiles.
        filters: Filters, at most half the lanes.
        stages: What happens to a result before it is stored.
    """

    pixels: int
    rest: int
    filters: int
    stages: Stages = ()

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"few_outputs_{self.pixels}r{self.rest}x{self.filters}{epilogue_name(self.stages)}"


def emit_few_outputs(tile: FewOutputsTile, target: Isa) -> Emit:
    """Writes the kernel. A chunk is one sample, one band of lines or one span of a line."""
    k = Emit(tile.name, target)
    source = Walker(k, "x", strided=True)
    w, bias, cells = (k.pointer(name) for name in ("w", "bias", "cells"))
    size = {name: k.size(name) for name in "entries lines rows width band bands span spans".split()}
    results = Results(k, tile.stages)
    span = k.chunk % size["spans"]
    band = (k.chunk // size["spans"]) % size["bands"]
    sample = k.chunk // (size["spans"] * size["bands"])
    zero = k.integer(0)
    start = k.load(bias)
    first = span * size["span"]
    last = k.smaller(first + size["span"], size["width"])
    whole = size["width"] - tile.rest

    def over(pixels: int, x: Value) -> list[list[Value]]:
        sums = [[k.variable(k.vector(0.0)) for _ in range(tile.filters)] for _ in range(pixels)]
        with k.loop(0, size["entries"]) as entry:
            cell = k.at(x, k.load_size(cells, entry))
            weights = k.at(w, entry * (tile.filters * k.lanes))
            filters = [k.load(weights, f * k.lanes) for f in range(tile.filters)]
            for p, totals in enumerate(sums):
                seen = k.load(cell, source.column * p)
                for total, weight in zip(totals, filters, strict=True):
                    total.set(k.fma(seen, weight, total()))
        return [[_across(k, [total() for total in totals]) + start] for totals in sums]

    with k.loop(band * size["band"], k.smaller((band + 1) * size["band"], size["lines"])) as line:
        plane, row = line // size["rows"], line % size["rows"]
        x_line = source.at(sample, zero, plane, row)
        with k.loop(first, k.smaller(last, whole), tile.pixels) as column:
            sums = over(tile.pixels, k.at(x_line, source.column * column))
            results.store(sums, sample, zero, plane, row, column)
        if tile.rest:
            with k.when(last > whole):
                sums = over(tile.rest, k.at(x_line, source.column * whole))
                results.store(sums, sample, zero, plane, row, whole)
    return k


def _across(k: Emit, vectors: list[Value]) -> Value:
    """The sum over the lanes of each vector, one after the other in the lanes of one; zero in the rest.

    Two vectors of parts become one of twice as many parts, half as long: the parts' first halves plus their second
    ones.
    """
    lanes, count, part = k.lanes, len(vectors), k.lanes
    while len(vectors) & (len(vectors) - 1):
        vectors = [*vectors, k.vector(0.0)]
    parts = 1
    while len(vectors) > 1:
        starts = [i * part for i in range(parts)]
        half = part // 2
        low = [s + j for s in starts for j in range(half)]
        pick = low + [lanes + lane for lane in low]
        vectors = [
            k.shuffle(a, b, pick) + k.shuffle(a, b, [lane + half for lane in pick])
            for a, b in zip(vectors[::2], vectors[1::2], strict=True)
        ]
        parts, part = parts * 2, half
    (total,) = vectors
    reach = part // 2
    while reach:
        total = total + k.shuffle(total, total, [lane ^ reach for lane in range(lanes)])
        reach //= 2
    return k.shuffle(total, k.vector(0.0), [lane * part if lane < count else lanes for lane in range(lanes)])


@dataclass(frozen=True)
class FewOutputsWeights:
    """Weights (blocks, taps, k, lanes), lanes over input channels, and one bias for each lane.

    Args:
        k: Filters.
        taps: Taps.
        lanes: Lanes of a vector.
        values: The weights.
        bias: The biases.
    """

    k: int
    taps: int
    lanes: int
    values: Array
    bias: Array


def suits(filters: int, channels: int, taps: int, groups: int, target: Isa) -> bool:
    """Whether it does less than the direct kernel with one vector of filters."""
    if groups > 1 or filters > target.lanes // 2:
        return False
    entries = -(-channels // target.lanes) * taps
    return entries * filters + 2 * (filters + target.lanes.bit_length()) < channels * taps


def pack_few_outputs(weight: Array, bias: Array | None, lanes: int) -> FewOutputsWeights:
    """Packs weights (k, c, taps) and bias (k,)."""
    k, c, taps = weight.shape
    blocks = -(-c // lanes)
    every = np.zeros((k, blocks * lanes, taps), np.float32)
    every[:, :c] = weight
    values, biases = aligned(every.size), aligned(lanes)
    values.reshape(blocks, taps, k, lanes)[:] = every.reshape(k, blocks, lanes, taps).transpose(1, 3, 0, 2)
    if bias is not None:
        biases[:k] = bias
    return FewOutputsWeights(k, taps, lanes, values, biases)


def call_few_outputs(
    weights: FewOutputsWeights, n: int, counts: Counts, x: Place, x_taps: Sequence[int], isa: Isa, target: Target
) -> Call:
    """One convolution with few filters.

    Args:
        weights: Packed weights.
        n: Samples.
        counts: Planes, rows and columns of positions.
        x: Where the first cell of each position's window lies.
        x_taps: Floats from a window's first cell to each tap's.
        isa: Instruction set.
        target: Where the results go.
    """
    counts, x, target, _ = merge(counts, x, target)
    planes, rows, width = counts
    pixels = max(p for p in range(1, min(width, MOST_PIXELS) + 1) if p == 1 or fits(p, weights.k, isa))
    tile = FewOutputsTile(pixels, width % pixels, weights.k, target.stages)
    entries = len(weights.values) // (weights.k * weights.lanes)
    blocks = np.arange(entries // weights.taps, dtype=np.int64) * x.block
    cells = (blocks[:, None] + np.array(x_taps, np.int64)).ravel()
    bands = cut(planes * rows, width, pixels, n, n * planes * rows * width * weights.values.size)
    arguments = {"lines": planes * rows, "rows": rows, "width": width, "entries": entries}
    arguments |= bands.arguments() | x.arguments("x", strided=True) | target.arguments(weights.k)
    kept = {"w": weights.values, "bias": weights.bias, "cells": cells}
    arguments |= {name: table.ctypes.data for name, table in kept.items()}
    chunks = bands.bands * bands.spans * n
    label = f"few_outputs {pixels}×{weights.k}"
    return Call(tile.name, partial(emit_few_outputs, tile), arguments, tuple(kept.values()), chunks, label)
