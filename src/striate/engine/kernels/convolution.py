"""Convolutions as calls of kernels: which cells a window meets, and which kernel sums them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from striate.arithmetic import Pads, Window
from striate.engine.isa import Isa
from striate.engine.kernels.call import Call
from striate.engine.kernels.direct import DirectWeights, call_direct, pack_direct
from striate.engine.kernels.lines import Target, every
from striate.engine.kernels.place import Place, extents
from striate.engine.kernels.tiles import choose_tile
from striate.engine.layout import Blocked
from striate.graph import Array


def tap_offsets(kernel: Sequence[int], dilation: Sequence[int], strides: Sequence[int]) -> list[int]:
    """Floats from a window's first cell to each tap's, in the order of the weights."""
    return [
        sum(t * d * s for t, d, s in zip(tap, dilation, strides, strict=True)) for tap in product(*map(range, kernel))
    ]


def needed_halo(lengths: Sequence[int], positions: Sequence[int], window: Window, pads: Pads) -> Pads:
    """Zero cells before and after the input that windows reach, per spatial axis."""
    found: list[tuple[int, int]] = []
    for i, count, k, s, d, (before, _) in zip(
        lengths, positions, window.kernel, window.stride, window.dilation, pads, strict=True
    ):
        found.append((before, max(0, (count - 1) * s + (k - 1) * d - before - (i - 1))))
    return tuple(found)


def pack_convolution(
    weight: Array, bias: Array | None, groups: int, width: int, target: Isa
) -> tuple[DirectWeights, int]:
    """Weights (k, c/groups, *kernel) packed for the tile that suits lines of so many positions, and its pixels."""
    filters, depth = weight.shape[:2]
    pixels, vectors = choose_tile(width, filters, target, depth, groups)
    return pack_direct(weight.reshape(filters, depth, -1), bias, groups, vectors, target.lanes), pixels


def call_convolution(
    weights: DirectWeights, pixels: int, window: Window, pads: Pads, x: Blocked, x_base: int, y: Blocked, target: Target
) -> Call:
    """A convolution by the direct kernel.

    Args:
        weights: Packed weights.
        pixels: Positions in a tile.
        window: Kernel, stride and dilation.
        pads: Zero padding (before, after) per spatial axis; the input's halo is at least :func:`needed_halo`.
        x: The input's layout.
        x_base: Its address.
        y: The output's layout.
        target: Where the results go.
    """
    seen = every(Place.of(x, x_base), [-before for before, _ in pads], window.stride)
    taps = tap_offsets(window.kernel, window.dilation, x.strides[2:])
    return call_direct(weights, pixels, x.n, extents(y.spatial), seen, taps, target)
