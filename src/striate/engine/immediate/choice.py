"""Which way a convolution of plain arrays goes: as an implicit product, or through blocks of channels.

An implicit product copies its input once for each tap and leaves lanes idle where a map does not fill its last vector
of positions. Blocks of channels must be made of the input and unmade of the result, and leave lanes idle where the
filters do not fill their last vector. What remains is arithmetic, which both do at the same rate, so the sum of the
three decides. The unit is one multiplication of vectors; what a copied vector costs in it is measured (Zen 4; with
both arrays in the caches).
"""

from __future__ import annotations

from math import prod

from striate.engine.isa import Isa
from striate.engine.kernels import depthwise, few_outputs
from striate.engine.kernels.implicit_gemm import ImplicitPlan
from striate.engine.kernels.tiles import channels_seen, choose_tile

# A vector copied into a panel, by stride along a row, 0 for a long one, and one brought into blocks or back.
COPIED = {1: 5, 2: 9, 0: 40}
CONVERTED = 10


def prefers_implicit(
    plan: ImplicitPlan, groups: int, x_shape: tuple[int, ...], weight_shape: tuple[int, ...], target: Isa
) -> bool:
    """Whether an implicit product is expected to take no longer.

    Args:
        plan: Its plan.
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
    converted = n * (-(-c // lanes) * prod(lengths) + blocks * positions)
    blocked = n * positions * _blocked_products(k, depth, prod(kernel), groups, positions, target)
    return implicit <= blocked + CONVERTED * converted


def _blocked_products(k: int, depth: int, taps: int, groups: int, width: int, target: Isa) -> int:
    """Multiplications of vectors at each position."""
    blocks = -(-k // target.lanes)
    if depthwise.suits(k, depth, groups, target.lanes):
        return blocks * depth * taps
    if few_outputs.suits(k, depth, taps, groups, target):
        return -(-depth // target.lanes) * taps * k
    _, vectors = choose_tile(width, k, target, depth, groups)
    return blocks * taps * channels_seen(min(k, vectors * target.lanes), k, depth, groups)
