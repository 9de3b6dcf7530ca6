"""Convolution of plain maps with few filters: lanes over columns, nothing packed, nothing blocked.

Filtering a picture has one channel and one filter: with lanes over channels all but one would be wasted. Here a vector
holds neighbouring columns of a row, as a plain array has them, and so do the results. Loops, outermost first: groups
of filters, rows, tiles of ``vectors`` vectors of columns, taps (all channels' in one table). The innermost body keeps
``vectors x filters`` sums in registers; each vector of inputs serves all the tile's filters.

Neighbouring columns of the output see neighbouring columns of the input (stride 1 along a row), and every window lies
inside the input: padding is in a padded copy. The last tile of a row is cut by masks.

Cost per tap: ``vectors * filters`` FMAs for ``vectors`` unaligned loads and ``filters`` broadcasts.
Error bound: a chain of ``C*T`` fused multiply-adds, as for the direct kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import prod

import numpy as np

from striate.arithmetic import Window
from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.call import Call, cut
from striate.engine.kernels.convolution import tap_offsets
from striate.engine.kernels.place import extents
from striate.engine.layout import aligned
from striate.engine.value import Value
from striate.graph import Array

# Filters in a tile, and sums by vector registers there are.
MOST_FILTERS = 4
MOST_SUMS = {32: 20, 16: 8}


@dataclass(frozen=True, slots=True)
class PlanarTile:
    """What the kernel is specialised on.

    Args:
        vectors: Vectors of columns in a tile.
        rest: Vectors that a row has beyond whole tiles, the last of them perhaps not full.
        filters: Filters in a tile.
    """

    vectors: int
    rest: int
    filters: int

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        return f"planar_{self.vectors}r{self.rest}x{self.filters}"


def emit_planar(tile: PlanarTile, target: Isa) -> Emit:
    """Writes the kernel. A chunk is one sample, one group of filters, one band of rows."""
    k = Emit(tile.name, target)
    x, y, w, bias, cells = (k.pointer(name) for name in ("x", "y", "w", "bias", "cells"))
    names = "taps filters groups lines rows width band bands x_sample x_plane x_row y_sample y_filter y_row"
    size = {name: k.size(name) for name in names.split()}
    band, part = k.chunk % size["bands"], k.chunk // size["bands"]
    group, sample = part % size["groups"], part // size["groups"]
    first = group * tile.filters
    weights, bias = k.at(w, first * size["taps"]), k.at(bias, first)
    x_sample = k.at(x, sample * size["x_sample"])
    y_sample = k.at(y, sample * size["y_sample"] + first * size["y_filter"])
    step = tile.vectors * k.lanes
    whole = size["width"] // step * step

    def tiled(source: Value, place: Value, masks: Sequence[Value | None]) -> None:
        start = [k.broadcast(k.load_scalar(bias, f)) for f in range(tile.filters)]
        sums = [[k.variable(value) for value in start] for _ in masks]
        with k.loop(0, size["taps"]) as tap:
            cell = k.at(source, k.load_size(cells, tap))
            factors = [k.broadcast(k.load_scalar(weights, tap * tile.filters + f)) for f in range(tile.filters)]
            for v, mask in enumerate(masks):
                at = v * k.lanes
                seen = k.load(cell, at, aligned=False) if mask is None else k.load_some(mask, cell, at)
                for total, factor in zip(sums[v], factors, strict=True):
                    total.set(k.fma(seen, factor, total()))
        for f in range(tile.filters):
            with k.when(size["filters"] - first > f):
                for v, mask in enumerate(masks):
                    target_line, value = k.at(place, size["y_filter"] * f + v * k.lanes), sums[v][f]()
                    if mask is None:
                        k.store(value, target_line, aligned=False)
                    else:
                        k.store_some(mask, value, target_line)

    with k.loop(band * size["band"], k.smaller((band + 1) * size["band"], size["lines"])) as line:
        plane, row = line // size["rows"], line % size["rows"]
        source = k.at(x_sample, plane * size["x_plane"] + row * size["x_row"])
        place = k.at(y_sample, line * size["y_row"])
        with k.loop(0, whole, step) as column:
            tiled(k.at(source, column), k.at(place, column), [None] * tile.vectors)
        if tile.rest:
            left = size["width"] - whole
            masks = [k.lanes_below(left - v * k.lanes) if v + 1 == tile.rest else None for v in range(tile.rest)]
            tiled(k.at(source, whole), k.at(place, whole), masks)
    return k


@dataclass(frozen=True)
class PlanarWeights:
    """Weights (groups of filters, channels, taps, filters of a tile), and one bias for each filter.

    Args:
        k: Filters.
        filters: Filters in a tile.
        values: The weights.
        bias: The biases.
    """

    k: int
    filters: int
    values: Array
    bias: Array


def suits(filters: int, channels: int, width: int, target: Isa) -> bool:
    """Whether lanes over columns do less than lanes over filters."""
    return filters <= target.lanes // 2 and channels <= target.lanes and width >= target.lanes


def pack_planar(weight: Array, bias: Array | None) -> PlanarWeights:
    """Packs weights (k, c, *kernel) and bias (k,)."""
    k, terms = weight.shape[0], prod(weight.shape[1:])
    filters = min(k, MOST_FILTERS)
    groups = -(-k // filters)
    every = np.zeros((groups * filters, terms), np.float32)
    every[:k] = weight.reshape(k, terms)
    values, biases = aligned(every.size), aligned(groups * filters)
    values.reshape(groups, terms, filters)[:] = every.reshape(groups, filters, terms).transpose(0, 2, 1)
    if bias is not None:
        biases[:k] = bias
    return PlanarWeights(k, filters, values, biases)


def call_planar(
    weights: PlanarWeights,
    window: Window,
    x_shape: tuple[int, ...],
    x_address: int,
    positions: tuple[int, ...],
    y_address: int,
    target: Isa,
) -> Call:
    """One convolution.

    Args:
        weights: Packed weights.
        window: Kernel, stride (1 along a row) and dilation.
        x_shape: Shape of the input (n, c, *spatial), padding included.
        x_address: Where it lies.
        positions: The output's spatial sizes.
        y_address: Where it lies.
        target: Instruction set.
    """
    n, c, *lengths = x_shape
    steps = [prod(lengths[axis + 1 :]) for axis in range(len(lengths))]
    taps = np.array(tap_offsets(window.kernel, window.dilation, steps), np.int64)
    cells = (np.arange(c, dtype=np.int64)[:, None] * prod(lengths) + taps).ravel()
    planes, rows, width = extents(positions)
    vectors = min(MOST_SUMS[target.registers] // weights.filters, -(-width // target.lanes))
    rest = -(-(width % (vectors * target.lanes)) // target.lanes)
    tile = PlanarTile(vectors, rest, weights.filters)
    groups = len(weights.bias) // weights.filters
    macs = n * planes * rows * width * weights.values.size
    bands = cut(planes * rows, 1, 1, n * groups, macs)
    x_plane, x_row = [0, 0, *(s * stride for s, stride in zip(steps[:-1], window.stride, strict=False))][-2:]
    arguments = {
        "x": x_address,
        "y": y_address,
        "w": weights.values.ctypes.data,
        "bias": weights.bias.ctypes.data,
        "cells": cells.ctypes.data,
        "taps": len(cells),
        "filters": weights.k,
        "groups": groups,
        "lines": planes * rows,
        "rows": rows,
        "width": width,
        "band": bands.band,
        "bands": bands.bands,
        "x_sample": c * prod(lengths),
        "x_plane": x_plane,
        "x_row": x_row,
        "y_sample": weights.k * prod(positions),
        "y_filter": prod(positions),
        "y_row": width,
    }
    kept = (weights.values, weights.bias, cells)
    label = f"planar {vectors * target.lanes}×{weights.filters}"
    return Call(tile.name, partial(emit_planar, tile), arguments, kept, bands.bands * groups * n, label)
