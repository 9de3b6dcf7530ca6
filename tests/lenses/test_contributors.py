"""Contributors against the explanations of every cell, whose products are added up by channel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import striate
from striate import ops
from striate.errors import ParameterError
from striate.graph import GraphBuilder, LayerView, Model
from striate.lenses.contributors import EXACT, MOVED, SAME

RANDOM = np.random.default_rng(7)


def normal(*shape: int) -> Any:
    return RANDOM.normal(size=shape).astype(np.float32)


def run_one(op: Any, operands: list[Any], constants: tuple[int, ...]) -> striate.Run:
    """A network of one node, called "y"; the operands at these positions are constants."""
    build = GraphBuilder("one")
    names = [
        build.constant(operand, f"k{i}") if i in constants else build.input(f"x{i}", operand.dtype, operand.shape)
        for i, operand in enumerate(operands)
    ]
    build.add(op, names, "y", ["y"])
    model = Model(build.finish(["y"]), (LayerView("y", op.kind, ("y",), "y"),))
    given = {f"x{i}": operand for i, operand in enumerate(operands) if i not in constants}
    return striate.Network(model).run(given)


def by_cells(run: striate.Run, channel: int, sample: int) -> dict[tuple[str, int], list[float]]:
    """What each channel gives to each cell of the map, from the cells' explanations."""
    shape = run["y"].shape[2:]
    sums: dict[tuple[str, int], list[float]] = {}
    for count, at in enumerate(np.ndindex(*shape)):
        for found in run.unit("y", channel=channel, at=at, sample=sample).contributors().ranked:
            row = sums.setdefault((found.value_name, found.channel), [0.0] * int(np.prod(shape, dtype=int)))
            row[count] += found.signed
    return sums


def agree(run: striate.Run, channel: int, sample: int = 0) -> None:
    found = run.contributors("y", channel, sample)
    expected = by_cells(run, channel, sample)
    for each in found.ranked:
        cells = expected.pop((each.value_name, each.channel), [0.0])
        assert each.signed == pytest.approx(np.mean(cells), rel=1e-4, abs=1e-5)
        assert each.amount == pytest.approx(np.mean(np.abs(cells)), rel=1e-4, abs=1e-5)
    assert all(np.allclose(cells, 0) for cells in expected.values())
    amounts = [each.amount for each in found.ranked]
    assert amounts == sorted(amounts, reverse=True)
    assert sum(each.share for each in found.ranked) == pytest.approx(1)
    whole = sum(each.signed for each in found.ranked) + found.bias
    assert whole == pytest.approx(run["y"][sample, channel].mean(), rel=1e-4, abs=1e-5)


@settings(max_examples=25)
@given(
    rank=st.integers(1, 3),
    groups=st.integers(1, 3),
    depth=st.integers(1, 3),
    per_group=st.integers(1, 2),
    kernel=st.integers(1, 3),
    stride=st.integers(1, 2),
    dilation=st.integers(1, 2),
    pad=st.integers(0, 2),
    transposed=st.booleans(),
    bias=st.booleans(),
)
def test_partial_sums_of_convolutions(
    rank: int,
    groups: int,
    depth: int,
    per_group: int,
    kernel: int,
    stride: int,
    dilation: int,
    pad: int,
    transposed: bool,
    bias: bool,
):
    length = 5 if rank < 3 else 4
    # A transposed convolution must leave something after its padding is cut off.
    pad = min(pad, dilation * (kernel - 1) // 2)
    length = max(length, dilation * (kernel - 1) + 1)
    shared = ((stride,) * rank, ((pad, pad),) * rank, (dilation,) * rank, groups)
    op = ops.ConvTranspose(*shared) if transposed else ops.Conv(*shared)
    weights = (depth * groups, per_group) if transposed else (per_group * groups, depth)
    operands = [normal(2, depth * groups, *[length] * rank), normal(*weights, *[kernel] * rank)]
    operands += [normal(per_group * groups)] if bias else []
    run = run_one(op, operands, tuple(range(1, len(operands))))
    assert run.contributors("y", 0).note == EXACT
    agree(run, per_group * groups - 1, sample=1)


@pytest.mark.parametrize(
    "op",
    [ops.MatMul(), ops.Gemm(), ops.Gemm(trans_b=True, alpha=0.5, beta=2.0)],
    ids=["MatMul", "Gemm", "Gemm with factors"],
)
def test_inputs_of_dense_layers(op: Any):
    weight = normal(4, 6) if getattr(op, "trans_b", False) else normal(6, 4)
    operands = [normal(2, 6), weight] + ([normal(4)] if isinstance(op, ops.Gemm) else [])
    agree(run_one(op, operands, tuple(range(1, len(operands)))), 2, sample=1)


@pytest.mark.parametrize(
    ("op", "shapes", "constants"),
    [
        (ops.Add(), [(2, 3, 4, 4), (2, 3, 4, 4)], ()),
        (ops.Add(), [(2, 3, 4, 4), (3, 1, 1)], ()),
        (ops.Add(), [(2, 3, 4, 4), (1, 3, 1, 1)], (1,)),
        (ops.Sub(), [(2, 3, 4), (2, 3, 4)], ()),
        (ops.Sum(), [(1, 3, 4), (1, 3, 4), (1, 1, 4)], ()),
        (ops.Mean(), [(1, 3, 4), (1, 3, 4)], ()),
        (ops.Max(), [(1, 3, 4), (1, 3, 4)], ()),
        (ops.Min(), [(1, 3, 4), (1, 3, 4)], ()),
    ],
    ids=str,
)
def test_operands_of_sums_and_extremes(op: Any, shapes: list[Any], constants: tuple[int, ...]):
    agree(run_one(op, [normal(*shape) for shape in shapes], constants), 1)


@pytest.mark.parametrize(
    "op",
    [
        ops.Relu(),
        ops.Sigmoid(),
        ops.MaxPool((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1)),
        ops.AveragePool((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1)),
        ops.GlobalAveragePool(),
    ],
    ids=str,
)
def test_layers_that_treat_each_channel_for_itself(op: Any):
    build = GraphBuilder("one")
    x = build.input("x", np.float32, (1, 3, 4, 4))
    (y, *_) = build.add(op, [x], "y")
    model = Model(build.finish([y]), (LayerView("y", op.kind, ("y",), y),))
    found = striate.Network(model).run(normal(1, 3, 4, 4)).contributors("y", 2)
    assert [(each.value_name, each.channel, each.share) for each in found.ranked] == [("x", 2, 1.0)]
    assert found.note == SAME


def test_moved_maps_say_where_they_come_from():
    joined = run_one(ops.Concat(1), [normal(1, 2, 3), normal(1, 3, 3)], ())
    found = joined.contributors("y", 3)
    assert [(each.value_name, each.channel) for each in found.ranked] == [("x1", 1)]
    assert found.note == MOVED
    agree(joined, 3)
    flat = run_one(ops.Flatten(1), [normal(1, 2, 3)], ())
    assert [(each.value_name, each.channel) for each in flat.contributors("y", 4).ranked] == [("x0", 1)]
    agree(run_one(ops.Transpose((0, 2, 1)), [normal(1, 2, 3)], ()), 1)


def test_of_a_layer_of_several_nodes_the_sum_counts():
    layers = [striate.layers.Conv2D(2, 3, activation="relu", input_shape=(6, 6, 3))]
    net = striate.Network(striate.Sequential(layers).to_model())
    run = net.run(normal(1, 6, 6, 3))
    found = run.contributors(next(iter(net.layers)), 1)
    assert [each.channel for each in sorted(found.ranked, key=lambda each: each.channel)] == [0, 1, 2]
    assert found.note == EXACT


def test_layers_of_several_moves_are_followed_through_all_of_them():
    layers = [
        striate.layers.Conv2D(3, 3, input_shape=(5, 6, 2)),
        striate.layers.Flatten(),
    ]
    net = striate.Network(striate.Sequential(layers).to_model())
    first, flat = net.layers
    run = net.run(normal(1, 5, 6, 2))
    whole = run[first].reshape(-1)
    for channel in (0, 1, 17, 35):
        (found,) = run.contributors(flat, channel).ranked
        assert (found.value_name, found.channel) == (net.layers[first].output, channel % 3)
        assert found.signed == pytest.approx(whole[channel])


def test_a_layer_s_own_values_are_no_contributors():
    layers = [
        striate.layers.Conv3D(3, 3, padding="same", input_shape=(4, 5, 6, 1)),
        striate.layers.GlobalAveragePooling3D(),
    ]
    net = striate.Network(striate.Sequential(layers).to_model())
    first, pooled = net.layers
    (found,) = net.run(normal(1, 4, 5, 6, 1)).contributors(pooled, 2).ranked
    assert (found.value_name, found.channel, found.share) == (net.layers[first].output, 2, 1.0)


def test_what_is_given_or_adds_nothing_up_says_so():
    run = run_one(ops.Softmax((1,)), [normal(1, 3)], ())
    assert run.contributors("y", 0).ranked == ()
    assert "adds nothing up" in run.contributors("y", 0).note
    assert "given: an input" in run.contributors("x0", 0).note
    with pytest.raises(ParameterError, match='layer "y" has 3 channels; channel 3 must be'):
        run.contributors("y", 3)
