"""Which way a convolution of plain arrays goes: as an implicit product, or through blocks of channels.

An implicit product copies its input once for each tap and leaves lanes idle where a map does not fill its last vector
of positions. Blocks of channels must be made of the input and unmade of the result, leave lanes idle where the filters
do not fill their last vector, and their packed weights must be compared with the caller's; but they leave out what lies
in the padding. What remains is arithmetic, which both do at the same rate, so the sum of these decides. The unit is one
multiplication of vectors; what else a vector costs in it is measured (Zen 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from striate.arithmetic import Pads, Window
from striate.engine.immediate.packing import COMPARED_FIRST
from striate.engine.isa import Isa
from striate.engine.kernels import depthwise, few_outputs
from striate.engine.kernels.implicit_gemm import ImplicitPlan
from striate.engine.kernels.tiles import channels_seen, choose_tile
from striate.engine.lowering.convolution import FEW_CHANNELS

# A vector copied into a panel, by stride along a row, 0 for a long one, and one brought into blocks or back.
COPIED = {1: 5, 2: 9, 0: 40}
CONVERTED = 10
# A vector of weights compared: in the caches, and where the caller's, the copy and the packed ones are too many for
# them, so that all of them come from memory each time.
COMPARED, FETCHED = 3, 20
CACHED_BYTES = 4 * 2**20


def prefers_implicit(
    plan: ImplicitPlan,
    window: Window,
    pads: Pads,
    groups: int,
    x_shape: tuple[int, ...],
    weight_shape: tuple[int, ...],
    target: Isa,
) -> bool:
    """Whether an implicit product is expected to take no longer.

    Args:
        plan: Its plan.
        window: Kernel, stride and dilation.
        pads: Zero padding (before, after) per spatial axis.
        groups: Parts that the channels are cut into.
        x_shape: Shape of the input (n, c, *spatial).
        weight_shape: Shape of the weights (k, c/groups, *kernel).
        target: Instruction set.
    """
    n, c, *lengths = x_shape
    k, depth, *kernel = weight_shape
    positions, lanes = plan.sizes["positions"], target.lanes
    vectors, terms = -(-positions // lanes), depth * prod(kernel)
    copies = COPIED[plan.tile.stride] * plan.sizes["bands"]
    implicit = n * vectors * terms * (k + groups * copies)
    blocks = -(-k // lanes)
    few = c <= FEW_CHANNELS and groups == 1
    converted = n * ((0 if few else -(-c // lanes) * prod(lengths)) + blocks * positions)
    blocked = n * positions * _blocked_products(k, depth, prod(kernel), groups, positions, few, target)
    inside = _inside(window, pads, lengths) if groups == 1 else 1.0
    return implicit <= inside * blocked + CONVERTED * converted + _compared(weight_shape, lanes)


def _blocked_products(k: int, depth: int, taps: int, groups: int, width: int, few: bool, target: Isa) -> int:
    """Multiplications of vectors at each position, those in the padding included."""
    blocks = -(-k // target.lanes)
    if few or depthwise.suits(k, depth, groups, target.lanes):
        return blocks * depth * taps
    if few_outputs.suits(k, depth, taps, groups, target):
        return -(-depth // target.lanes) * taps * k
    _, vectors = choose_tile(width, k, target, depth, groups, taps)
    return blocks * taps * channels_seen(min(k, vectors * target.lanes), k, depth, groups)


def _compared(weight_shape: tuple[int, ...], lanes: int) -> int:
    """What it takes to see that the weights have not changed."""
    count = prod(weight_shape)
    if 4 * count <= COMPARED_FIRST:
        return 0
    return -(-count // lanes) * (COMPARED if 4 * count <= CACHED_BYTES else FETCHED)


def _inside(window: Window, pads: Pads, lengths: Sequence[int]) -> float:
    """The part of all planes and rows of windows that does not lie in the padding."""
    part = 1.0
    facts = zip(window.kernel, window.stride, window.dilation, pads, lengths, strict=True)
    for taps, stride, dilation, (before, after), length in list(facts)[:-1]:
        starts = range(-before, length + after - dilation * (taps - 1), stride)
        met = sum(0 <= start + dilation * tap < length for start in starts for tap in range(taps))
        part *= met / (len(starts) * taps)
    return part
