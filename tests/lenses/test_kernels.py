"""Filters against the explanations' kernels, which say what each input is multiplied by."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import striate
from striate import ops
from striate.errors import ParameterError
from striate.graph import GraphBuilder, LayerView, Model

RANDOM = np.random.default_rng(3)


def network(op: Any, shape: tuple[int, ...], *constants: tuple[int, ...]) -> striate.Network:
    build = GraphBuilder("one")
    names = [build.input("x", np.float32, shape)]
    names += [build.constant(RANDOM.normal(size=size).astype(np.float32), f"k{i}") for i, size in enumerate(constants)]
    build.add(op, names, "y", ["y"])
    return striate.Network(Model(build.finish(["y"]), (LayerView("y", op.kind, ("y",), "y"),)))


CASES = {
    "Conv": (ops.Conv((1, 1), ((0, 0), (0, 0)), (1, 1), 2), (1, 4, 5, 5), (6, 2, 3, 3), (6,)),
    "ConvTranspose": (ops.ConvTranspose((1,), ((0, 0),), (1,), 2), (1, 4, 9), (4, 3, 2), (6,)),
    "Gemm": (ops.Gemm(), (1, 4), (4, 6), (6,)),
    "turned Gemm": (ops.Gemm(trans_b=True), (1, 4), (6, 4), (1, 6)),
    "MatMul": (ops.MatMul(), (1, 4), (4, 6)),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_filter_is_what_a_unit_is_multiplied_by(case: Any) -> None:
    op, shape, *constants = case
    net = network(op, shape, *constants)
    run = net.run(RANDOM.normal(size=shape).astype(np.float32))
    for channel in range(6):
        found = net.filter("y", channel)
        at = tuple(size // 2 for size in run["y"].shape[2:])
        e = run.unit("y", channel=channel, at=at).explain()
        np.testing.assert_array_equal(found.weights, np.float32(e.kernel))
        assert (found.bias or 0.0) == pytest.approx(e.bias)
        assert found.source == "x"
        np.testing.assert_array_equal(net.weights[found.name][found.index], found.weights)
        cells = [cell for cell in e.operands[0].indices.reshape(-1, len(shape)) if (cell >= 0).all()]
        assert min(int(cell[1]) for cell in cells) == found.first
    with pytest.raises(ParameterError, match='layer "y" has 6 channels; channel 6 must be from 0'):
        net.filter("y", 6)


def test_a_product_of_rows_of_tokens_has_no_filter_for_a_channel() -> None:
    with pytest.raises(ParameterError, match='layer "y" has no kernels'):
        network(ops.MatMul(), (1, 5, 4), (4, 6)).filter("y", 0)
    with pytest.raises(ParameterError, match='layer "y" has no kernels'):
        network(ops.Relu(), (1, 5)).filter("y", 0)
