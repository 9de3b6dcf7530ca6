"""Direct convolution in blocked layout, by register tile.

The textbook's sum, ``y[k, o] = b[k] + sum over c, t of w[k, c, t] * x[c, stride*o + dilation*t]``, with the loops in
this order, outermost first: filters by groups of ``vectors`` vectors, lines of positions, ``pixels`` neighbouring
positions, entries. An entry is four neighbouring channels under one tap. The innermost body keeps ``pixels x
vectors`` sums in registers: for each of the four channels it loads ``vectors`` vectors of weights (one lane a filter)
and multiplies each by ``pixels`` broadcast inputs.

What is summed is a table, not code: each entry says how far its four inputs lie from the position's first cell, and
each group of filters has its own range of entries. Kernel size, dilation, number of dimensions and groups are all in
that table, so one compiled kernel serves them all. Where a vector of filters spans several convolution groups it gets
the entries of all of them, with zero weights where a filter does not look. The input carries its zero padding as a
halo, so there is no other border case than this: entries lie in the order of the kernel's planes and rows, and those
that lie in the padding for a whole line of positions are left out (:mod:`.clip`). Spare lanes of the last block are not
walked, but for those that share four channels with real ones.

Cost per entry: ``4 * pixels * vectors`` FMAs for ``4 * vectors`` vector loads and ``4 * pixels`` broadcasts.
Error bound: each output is a chain of ``C*T`` fused multiply-adds, ``|error| <= C*T * 2^-24 * sum |w*x|`` to first
order (twice that where the processor has no FMA).
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
from striate.engine.kernels.clip import AXES, WHOLE, Clips, LineTaps
from striate.engine.kernels.epilogue import Stages, epilogue_name
from striate.engine.kernels.lines import Counts, Results, Target, merge
from striate.engine.kernels.place import Place, Walker
from striate.engine.layout import aligned
from striate.engine.value import Value, Variable
from striate.graph import Array

# Channels in an entry.
QUAD = 4
# Strides that are spelled into the kernel; any other is an argument.
SPELLED_STRIDES = (1, 2)
# Positions in a tile where it is one: each then has a pointer of its own.
MOST_POINTERS = 6
# Columns of weights that are transposed at a time.
TRANSPOSED = 256


@dataclass(frozen=True, slots=True)
class DirectTile:
    """What a direct kernel is specialised on.

    Args:
        pixels: Neighbouring output positions in a tile.
        rest: Positions that a line has beyond whole tiles.
        vectors: Vectors of filters in a tile.
        tail: Vectors of filters in the last group, where it has fewer; else 0.
        stride: Input cells between two neighbouring output positions; 0 if it is an argument.
        stages: What happens to a result before it is stored.
    """

    pixels: int
    rest: int
    vectors: int
    tail: int
    stride: int
    stages: Stages = ()

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"direct_{self.pixels}r{self.rest}x{self.vectors}t{self.tail}_s{self.stride}{epilogue_name(self.stages)}"


def emit_direct(tile: DirectTile, target: Isa) -> Emit:
    """Writes the kernel. A chunk is one sample, one group of filters, one band of lines or one span of a line."""
    k = Emit(tile.name, target)
    source = Walker(k, "x", strided=True)
    w, bias, cells, ranges = (k.pointer(name) for name in ("w", "bias", "cells", "ranges"))
    names = "lines rows width band bands span spans groups"
    size = {name: k.size(name) for name in names.split()}
    line_taps = LineTaps(k)
    results = Results(k, tile.stages)
    step = k.integer(tile.stride * k.lanes) if tile.stride else source.column
    span = k.chunk % size["spans"]
    band = (k.chunk // size["spans"]) % size["bands"]
    part = k.chunk // (size["spans"] * size["bands"])
    group, sample = part % size["groups"], part // size["groups"]
    begin, end = k.load_size(ranges, group), k.load_size(ranges, group + 1)
    w = k.at(w, begin * (QUAD * tile.vectors * k.lanes))
    entries = (end - begin) // line_taps.count()
    bias = k.at(bias, group * (tile.vectors * k.lanes))
    first = span * size["span"]
    last = k.smaller(first + size["span"], size["width"])
    whole = size["width"] - tile.rest

    def lines(vectors: int) -> None:
        with k.loop(band * size["band"], k.smaller((band + 1) * size["band"], size["lines"])) as line:
            plane, row = line // size["rows"], line % size["rows"]
            inside = line_taps.inside(plane, row)
            sums = _Tile(k, tile, vectors, step, inside, line_taps, entries, k.at(cells, begin * 2), w, bias)
            x_line = source.at(sample, k.integer(0), plane, row)
            place = (sample, group * tile.vectors, plane, row)
            with k.loop(first, k.smaller(last, whole), tile.pixels) as column:
                results.store(sums.over(tile.pixels, k.at(x_line, column * step)), *place, column)
            if tile.rest:
                with k.when(last > whole):
                    results.store(sums.over(tile.rest, k.at(x_line, whole * step)), *place, whole)

    if tile.tail:
        tail = k.equal(group + 1 - size["groups"], 0)
        with k.branch(tail) as (then, otherwise):
            with then:
                lines(tile.tail)
            with otherwise:
                lines(tile.vectors)
    else:
        lines(tile.vectors)
    return k


@dataclass(frozen=True, slots=True)
class _Tile:
    """The sums of one group of filters at neighbouring positions."""

    k: Emit
    tile: DirectTile
    vectors: int
    step: Value
    inside: list[tuple[Value, Value]]
    taps: LineTaps
    entries: Value
    cells: Value
    w: Value
    bias: Value

    def over(self, pixels: int, x: Value) -> list[list[Value]]:
        """Runs over all entries that do not lie in the padding; the sums by pixel and vector."""
        k, lanes = self.k, self.k.lanes
        start = [k.load(self.bias, v * lanes) for v in range(self.vectors)]
        sums = [[k.variable(value) for value in start] for _ in range(pixels)]
        moves = [self.tile.stride * lanes * p if self.tile.stride else self.step * p for p in range(pixels)]
        planes, (low, high) = self.inside
        with k.loop(*planes) as plane:
            first, last = (self.taps.line(plane, row) * self.entries for row in (low, high))
            weights = k.variable(k.at(self.w, first * (QUAD * self.vectors * lanes)))
            with k.loop(first, last) as entry:
                cell = k.at(x, k.load_size(self.cells, entry))
                self._multiply(sums, [k.at(cell, move) for move in moves], weights())
                weights.set(k.at(weights(), QUAD * self.vectors * lanes))
        return [[total() for total in row] for row in sums]

    def _multiply(self, sums: list[list[Variable]], inputs: list[Value], weights: Value) -> None:
        k = self.k
        for channel in range(QUAD):
            filters = [k.load(weights, (channel * self.vectors + v) * k.lanes) for v in range(self.vectors)]
            for row, cell in zip(sums, inputs, strict=True):
                number = k.broadcast(k.load_scalar(cell, channel))
                for total, weight in zip(row, filters, strict=True):
                    total.set(k.fma(number, weight, total()))


@dataclass(frozen=True)
class DirectWeights:
    """A convolution's weights in the order in which a direct kernel reads them, for tiles of so many vectors.

    Args:
        k: Filters.
        vectors: Vectors of filters in a group.
        lanes: Lanes of a vector.
        values: Weights (entries, 4, filters of the group), group after group.
        bias: One number for each lane of each vector.
        channel: First of the four channels, per entry.
        tap: Which tap, per entry.
        ranges: Where each group's entries begin, and the end.
        lines: Rows of all planes of the kernel: a group's entries lie row by row.
        finite: Whether all weights are, so that those in the padding can be left out.
    """

    k: int
    vectors: int
    lanes: int
    values: Array
    bias: Array
    channel: Array
    tap: Array
    ranges: Array
    lines: int
    finite: bool

    @property
    def tail(self) -> int:
        """Vectors of the last group, where it has fewer; else 0."""
        return -(-self.k // self.lanes) % self.vectors

    @property
    def groups(self) -> int:
        """Groups of filters."""
        return len(self.ranges) - 1


def pack_direct(
    weight: Array, bias: Array | None, groups: int, vectors: int, lanes: int, lines: int = 1
) -> DirectWeights:
    """Packs weights (k, c/groups, taps) and bias (k,) for tiles of so many vectors; the taps lie in so many lines."""
    filters, depth, taps = weight.shape
    vectors = min(vectors, -(-filters // lanes))
    parts = _filter_groups(filters, depth, groups, vectors * lanes)
    entries = [_entries(part.channels, lines, taps // lines, lanes) for part in parts]
    ranges = np.cumsum([0, *(len(channel) for channel, _ in entries)]).astype(np.int64)
    counts = [-(-len(part.filters) // lanes) * lanes for part in parts]
    values = aligned(sum(len(channel) * QUAD * count for (channel, _), count in zip(entries, counts, strict=True)))
    place = 0
    for part, (channel, tap), count in zip(parts, entries, counts, strict=True):
        packed = values[place : place + len(channel) * QUAD * count].reshape(len(channel) * QUAD, count)
        spread = _spread(weight, part, groups, count)
        if taps == 1:  # entries are the channels in order
            packed[:] = spread
        else:
            rows = ((channel - part.channels.start)[:, None] + np.arange(QUAD)) * taps + tap[:, None]
            spread.take(rows.ravel(), axis=0, out=packed, mode="clip")
        place += packed.size
    padded = aligned(sum(counts))
    if bias is not None:
        padded[:filters] = bias
    channel, tap = (np.concatenate(column) for column in zip(*entries, strict=True))
    with np.errstate(all="ignore"):  # where a finite sum overflows, no more is lost than time
        finite = lines > 1 and bool(np.isfinite(values.sum()))
    return DirectWeights(filters, vectors, lanes, values, padded, channel, tap, ranges, lines, finite)


def unpack_direct(packed: DirectWeights, shape: tuple[int, ...]) -> Array:
    """Weights (k, c, *kernel) as they were before they were packed, of a convolution in one group, bit by bit."""
    k, c, taps = shape[0], shape[1], prod(shape[2:])
    found = np.empty((k, c, taps), np.float32)
    size, place = packed.vectors * packed.lanes, 0
    for first, begin, end in zip(range(0, k, size), packed.ranges[:-1], packed.ranges[1:], strict=True):
        last = min(first + size, k)
        channel, tap = packed.channel[begin:end, None] + np.arange(QUAD), packed.tap[begin:end, None]
        count = -(-(last - first) // packed.lanes) * packed.lanes
        part = packed.values[place : place + (end - begin) * QUAD * count].reshape(-1, QUAD, count)
        spread = np.empty((-(-c // QUAD) * QUAD, taps, count), np.float32)
        spread[channel, tap] = part
        found[first:last] = spread[:c, :, : last - first].transpose(2, 0, 1)
        place += part.size
    return found.reshape(shape)


@dataclass(frozen=True, slots=True)
class _FilterGroup:
    """Filters computed together, and the input channels that they see between them, in whole quads."""

    filters: range
    channels: range


def _filter_groups(filters: int, depth: int, groups: int, count: int) -> list[_FilterGroup]:
    per_group = filters // groups
    found: list[_FilterGroup] = []
    for start in range(0, filters, count):
        stop = min(start + count, filters)
        low, high = start // per_group * depth, ((stop - 1) // per_group + 1) * depth
        found.append(_FilterGroup(range(start, stop), range(low // QUAD * QUAD, -(-high // QUAD) * QUAD)))
    return found


def _entries(channels: range, lines: int, taps: int, lanes: int) -> tuple[Array, Array]:
    """Line by line, block by block, the quads of a block of channels under each tap of the line in turn."""
    blocks = [
        range(max(b, channels.start), min(b + lanes, channels.stop), QUAD) for b in _block_starts(channels, lanes)
    ]
    channel = np.concatenate([np.tile(np.array(quads, np.int64), taps) for quads in blocks])
    tap = np.concatenate([np.repeat(np.arange(taps, dtype=np.int64), len(quads)) for quads in blocks])
    return np.tile(channel, lines), (np.arange(lines)[:, None] * taps + tap).ravel()


def _block_starts(channels: range, lanes: int) -> range:
    return range(channels.start // lanes * lanes, channels.stop, lanes)


def _spread(weight: Array, part: _FilterGroup, groups: int, count: int) -> Array:
    """Weights of a group of filters as (channels * taps, filters), zero where a filter does not look."""
    filters, depth, taps = weight.shape
    spread = np.zeros((len(part.channels), taps, count), np.float32)
    per_group, step = filters // groups, max(1, TRANSPOSED // max(1, taps))
    for g in range(part.filters.start // per_group, (part.filters.stop - 1) // per_group + 1):
        mine = range(max(part.filters.start, g * per_group), min(part.filters.stop, (g + 1) * per_group))
        low, left = g * depth - part.channels.start, mine.start - part.filters.start
        # A transpose of a few columns at a time stays in the cache.
        for start in range(0, depth, step):
            some = weight[mine.start : mine.stop, start : start + step].transpose(1, 2, 0)
            spread[low + start : low + start + some.shape[0], :, left : left + len(mine)] = some
    return spread.reshape(-1, count)


def call_direct(
    weights: DirectWeights,
    pixels: int,
    n: int,
    counts: Counts,
    x: Place,
    x_taps: Sequence[int],
    target: Target,
    clip: Clips = WHOLE,
) -> Call:
    """One direct convolution.

    Args:
        weights: Packed weights.
        pixels: Positions in a tile.
        n: Samples.
        counts: Planes, rows and columns of positions.
        x: Where the first cell of each position's window lies.
        x_taps: Floats from a window's first cell to each tap's.
        target: Where the results go.
        clip: Planes and rows of the kernel, in whose order the weights are packed.
    """
    counts, x, target, steps = merge(counts, x, target, [axis.steps for axis in clip])
    planes, rows, width = counts
    lanes = weights.lanes
    stride = x.column // lanes if width > 1 else 1
    if stride not in SPELLED_STRIDES:
        stride, pixels = 0, min(pixels, MOST_POINTERS)
    pixels = min(pixels, width)
    tile = DirectTile(pixels, width % pixels, weights.vectors, weights.tail, stride, target.stages)
    bands = cut(planes * rows, width, pixels, n * weights.groups, n * planes * rows * width * weights.values.size)
    cells = weights.channel // lanes * x.block + weights.channel % lanes + np.array(x_taps, np.int64)[weights.tap]
    kept = {"w": weights.values, "bias": weights.bias, "cells": cells, "ranges": weights.ranges}
    arguments = {"lines": planes * rows, "rows": rows, "width": width, "groups": weights.groups}
    arguments |= bands.arguments() | x.arguments("x", strided=True) | target.arguments(weights.k)
    arguments |= {name: table.ctypes.data for name, table in kept.items()}
    for name, axis, moved in zip(AXES, clip, steps, strict=True):
        arguments |= axis.moved(moved).arguments(name)
    chunks = bands.bands * bands.spans * weights.groups * n
    label = f"direct {pixels}×{weights.vectors}"
    return Call(tile.name, partial(emit_direct, tile), arguments, tuple(kept.values()), chunks, label)
