"""A case of one convolution, whatever the number of dimensions."""

from __future__ import annotations

from math import prod

import numpy as np

from benchmarks.case import SEED, Case, as_model
from striate.graph import GraphBuilder, Model
from striate.ops import Conv

# A sum of a few thousand float32 products is off by some 1e-6 of the largest result, Winograd's by some 1e-5.
TOLERANCE = 3e-5


def convolution(
    channels: int,
    filters: int,
    size: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: int = 1,
    dilation: int = 1,
    groups: int = 1,
) -> Case:
    """One convolution of one sample with a bias, padded so that with stride 1 the size stays.

    Args:
        channels: Of the input.
        filters: Channels of the output.
        size: Cells of the input along each spatial axis.
        kernel: Taps along each spatial axis.
        stride: Along every axis.
        dilation: Along every axis.
        groups: Parts that the channels are cut into.
    """
    rank = len(size)
    shape = (1, channels, *size)
    halves = [dilation * (taps - 1) // 2 for taps in kernel]
    op = Conv((stride,) * rank, tuple((half, half) for half in halves), (dilation,) * rank, groups)

    def build() -> Model:
        draw = np.random.default_rng(SEED)
        depth = channels // groups
        build = GraphBuilder("convolution")
        x = build.input("x", np.float32, shape)
        scale = np.float32(1 / np.sqrt(depth * prod(kernel)))
        weight = build.constant(draw.standard_normal((filters, depth, *kernel), np.float32) * scale, "weight")
        bias = build.constant(draw.standard_normal(filters, np.float32), "bias")
        return as_model(build.finish(build.add(op, [x, weight, bias], "conv")))

    return Case(_name(channels, filters, size, kernel, stride, dilation, groups), shape, build, TOLERANCE)


def _name(
    channels: int,
    filters: int,
    size: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: int,
    dilation: int,
    groups: int,
) -> str:
    """Channels → filters, then size, kernel, and what is not 1: ``64→128 56x56 k3x3 s2``."""
    parts = [f"{channels}→{filters}", "x".join(map(str, size)), "k" + "x".join(map(str, kernel))]
    parts += [f"{letter}{value}" for letter, value in (("s", stride), ("d", dilation), ("g", groups)) if value != 1]
    return " ".join(parts)
