"""Convolutions of blocked values: which kernel, which cells a window meets, and the call.

    packed = pack_convolution(weight, bias, groups, line_width(window, pads, x, y), isa)
    call = call_convolution(packed, window, pads, x, x_address, y, isa, Target(Place.of(y, y_address)))

The first layer, which reads an array that is not blocked, has its own functions (:mod:`.first_layer`), and so have
transposed convolutions (:mod:`.transposed`) and dense layers (:mod:`.dense`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from striate.arithmetic import Pads, Window
from striate.engine.isa import Isa
from striate.engine.kernels import depthwise, few_outputs
from striate.engine.kernels.call import Call
from striate.engine.kernels.clip import clips
from striate.engine.kernels.depthwise import DepthwiseWeights, call_depthwise, pack_depthwise
from striate.engine.kernels.direct import DirectWeights, call_direct, pack_direct
from striate.engine.kernels.few_outputs import FewOutputsWeights, call_few_outputs, pack_few_outputs
from striate.engine.kernels.lines import Target, every, merge
from striate.engine.kernels.place import Place, extents
from striate.engine.kernels.tiles import choose_tile
from striate.engine.layout import Blocked
from striate.graph import Array


@dataclass(frozen=True)
class PackedConvolution:
    """Weights in the order of the kernel that was chosen, which their type tells.

    Args:
        weights: Of a direct, a depthwise or a few-outputs kernel.
        pixels: Positions in a direct kernel's tile.
    """

    weights: DirectWeights | DepthwiseWeights | FewOutputsWeights
    pixels: int = 0


def needed_halo(lengths: Sequence[int], positions: Sequence[int], window: Window, pads: Pads) -> Pads:
    """Zero cells before and after the input that windows reach, per spatial axis."""
    found: list[tuple[int, int]] = []
    for i, count, k, s, d, (before, _) in zip(
        lengths, positions, window.kernel, window.stride, window.dilation, pads, strict=True
    ):
        found.append((before, max(0, (count - 1) * s + (k - 1) * d - before - (i - 1))))
    return tuple(found)


def line_width(window: Window, pads: Pads, x: Blocked, y: Blocked, others: Sequence[Blocked] = ()) -> int:
    """Positions that a kernel does in one line: a row, or a whole map where nothing has a halo and the kernel is 1x1.

    Args:
        window: Kernel, stride and dilation.
        pads: Zero padding (before, after) per spatial axis.
        x: The input's layout.
        y: The output's.
        others: Layouts of what an epilogue reads and writes at each position.
    """
    target = Target(Place.of(y, 0), results=[Place.of(other, 0) for other in others])
    moving = [clip.steps for clip in clips(window, pads, x.spatial, finite=True)]
    counts, *_ = merge(extents(y.spatial), _windows(window, pads, x, 0), target, moving)
    return counts[2]


def pack_convolution(weight: Array, bias: Array | None, groups: int, width: int, target: Isa) -> PackedConvolution:
    """Chooses a kernel and packs weights (k, c/groups, *kernel) and bias (k,) for it.

    Args:
        weight: The filters.
        bias: One number for each, or none.
        groups: Parts that the channels are cut into.
        width: Positions in a line, see :func:`line_width`.
        target: Instruction set.
    """
    filters, depth, *kernel = weight.shape
    if depthwise.suits(filters, depth, groups, target.lanes):
        return PackedConvolution(pack_depthwise(weight, bias, target.lanes))
    flat = weight.reshape(filters, depth, prod(kernel))
    if few_outputs.suits(filters, depth, prod(kernel), groups, target):
        return PackedConvolution(pack_few_outputs(flat, bias, target.lanes))
    pixels, vectors = choose_tile(width, filters, target, depth, groups, prod(kernel))
    lines = prod(kernel[:-1])
    return PackedConvolution(pack_direct(flat, bias, groups, vectors, target.lanes, lines), pixels)


def call_convolution(
    packed: PackedConvolution,
    window: Window,
    pads: Pads,
    x: Blocked,
    x_address: int,
    y: Blocked,
    isa: Isa,
    target: Target,
) -> Call:
    """A convolution.

    Args:
        packed: Packed weights.
        window: Kernel, stride and dilation.
        pads: Zero padding (before, after) per spatial axis; the input's halo is at least :func:`needed_halo`.
        x: The input's layout.
        x_address: Where it lies.
        y: The output's layout.
        isa: Instruction set.
        target: Where the results go.
    """
    seen, counts = _windows(window, pads, x, x_address), extents(y.spatial)
    taps = tap_offsets(window.kernel, window.dilation, x.strides[2:])
    match packed.weights:
        case DepthwiseWeights() as weights:
            return call_depthwise(weights, window.kernel, window.dilation, x.n, counts, seen, taps, isa, target)
        case FewOutputsWeights() as weights:
            return call_few_outputs(weights, x.n, counts, seen, taps, isa, target)
        case DirectWeights() as weights:
            clip = clips(window, pads, x.spatial, weights.finite)
            return call_direct(weights, packed.pixels, x.n, counts, seen, taps, target, clip)


def _windows(window: Window, pads: Pads, x: Blocked, address: int) -> Place:
    """Where the first cell of each position's window lies."""
    return every(Place.of(x, address), [-before for before, _ in pads], window.stride)


def tap_offsets(kernel: Sequence[int], dilation: Sequence[int], strides: Sequence[int]) -> list[int]:
    """Floats from a window's first cell to each tap's, in the order of the weights."""
    return [
        sum(t * d * s for t, d, s in zip(tap, dilation, strides, strict=True)) for tap in product(*map(range, kernel))
    ]
