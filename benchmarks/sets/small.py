"""Calls with so little arithmetic that what is around it decides: what a loop over small arrays feels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import prod

import numpy as np

from benchmarks.case import SEED, Case, as_model
from benchmarks.sets.single_convolution import TOLERANCE
from striate.graph import GraphBuilder, Model, Op
from striate.ops import AveragePool, Conv, ConvTranspose, Gemm, MaxPool, Relu


def cases() -> list[Case]:
    """Each function on a few hundred numbers, and three networks of a few layers."""
    return [
        _convolved(1, 1, (8,), 3, bias=True),
        _convolved(16, 16, (64,), 3, bias=True),
        _convolved(3, 8, (8, 8), 3, bias=True),
        _convolved(16, 16, (8, 8), 3, bias=True),
        _convolved(1, 2, (4, 4, 4), 3, bias=True),
        _transposed(4, 4, (8,)),
        _transposed(4, 4, (4, 4)),
        _transposed(2, 2, (3, 3, 3)),
        *(_pooled(kind, shape) for shape in ((4, 16), (4, 8, 8), (2, 4, 4, 4)) for kind in (MaxPool, AveragePool)),
        _convolved(1, 1, (16, 16), 3, bias=False, name="correlate 16x16 k3x3"),
        Case("dense 16-32-32-4", (1, 16), _dense, TOLERANCE),
        Case("three 1-D layers", (1, 1, 64), _signal, TOLERANCE),
    ]


def _node(op: Op, shape: tuple[int, ...], weights: Sequence[tuple[int, ...]]) -> Callable[[], Model]:
    """Makes a network of one node with random weights of these shapes."""

    def make() -> Model:
        draw = np.random.default_rng(SEED)
        build = GraphBuilder("small")
        x = build.input("x", np.float32, shape)
        constants = [build.constant(draw.standard_normal(size).astype(np.float32)) for size in weights]
        first = [build.unused_value("y")]
        return as_model(build.finish(build.add(op, [x, *constants], "op", first)))

    return make


def _convolved(
    channels: int, filters: int, size: tuple[int, ...], taps: int, bias: bool, name: str | None = None
) -> Case:
    rank, half = len(size), taps // 2
    op = Conv((1,) * rank, ((half, half),) * rank, (1,) * rank)
    weights = [(filters, channels, *(taps,) * rank), *([(filters,)] if bias else [])]
    shape = (1, channels, *size)
    name = name or f"conv{rank}d {channels}→{filters} {_times(size)} k{_times((taps,) * rank)}"
    return Case(name, shape, _node(op, shape, weights), TOLERANCE)


def _transposed(channels: int, filters: int, size: tuple[int, ...]) -> Case:
    rank = len(size)
    op = ConvTranspose((2,) * rank, ((0, 0),) * rank, (1,) * rank)
    shape = (1, channels, *size)
    name = f"conv_transpose{rank}d {channels}→{filters} {_times(size)} k{_times((2,) * rank)} s2"
    return Case(name, shape, _node(op, shape, [(channels, filters, *(2,) * rank), (filters,)]), TOLERANCE)


def _pooled(kind: type[MaxPool] | type[AveragePool], sizes: tuple[int, ...]) -> Case:
    rank = len(sizes) - 1
    two = (2,) * rank
    op = kind(two, two, ((0, 0),) * rank, (1,) * rank)
    name = f"{'max' if kind is MaxPool else 'avg'}_pool{rank}d {sizes[0]} {_times(sizes[1:])} k{_times(two)}"
    return Case(name, (1, *sizes), _node(op, (1, *sizes), []), TOLERANCE)


def _times(sizes: tuple[int, ...]) -> str:
    return "x".join(map(str, sizes))


def _dense() -> Model:
    units = (16, 32, 32, 4)
    return _chain((1, 16), Gemm(trans_b=True), [(k, c) for c, k in pairwise(units)])


def _signal() -> Model:
    channels = (1, 8, 8, 4)
    shapes = [(k, c, 3) for c, k in pairwise(channels)]
    return _chain((1, 1, 64), Conv((1,), ((1, 1),), (1,)), shapes)


def _chain(shape: tuple[int, ...], op: Op, weights: Sequence[tuple[int, ...]]) -> Model:
    """A layer for each of the weights, with a bias, and a ReLU between them."""
    draw = np.random.default_rng(SEED)
    build = GraphBuilder("chain")
    x = build.input("x", np.float32, shape)
    for number, size in enumerate(weights):
        if number:
            (x,) = build.add(Relu(), [x], f"relu{number}")
        weight = draw.standard_normal(size).astype(np.float32) / np.float32(np.sqrt(prod(size[1:])))
        bias = draw.standard_normal(size[0]).astype(np.float32)
        (x,) = build.add(op, [x, build.constant(weight), build.constant(bias)], f"layer{number}")
    return as_model(build.finish([x]))
