"""Each op's receptive-field rule against what happens when one cell of an operand is moved."""

from __future__ import annotations

import numpy as np
import pytest

from striate import ops
from striate.dimension import Symbol
from striate.errors import ShapeError
from striate.graph import GraphBuilder, Model
from striate.lenses.explain import unit_at
from striate.lenses.receptive_field import receptive_field

SHAPE = (2, 4, 3, 6)


def whole(*given):
    return np.array(given, np.int64)


CASES = [
    (ops.BatchNormalization(), [(2, 4, 3), *[np.linspace(1, 2, 4)] * 4]),
    (ops.BatchNormalization(), [(2, 4, 3), (4,), (4,), (4,), np.ones(4)]),
    (ops.InstanceNormalization(), [SHAPE, (4,), (4,)]),
    (ops.GroupNormalization(2), [SHAPE, (4,), (4,)]),
    (ops.LayerNormalization(2), [SHAPE, (6,), (3, 1)]),
    (ops.RMSNormalization(-1), [SHAPE, (6,)]),
    (ops.MeanVarianceNormalization((0, 2)), [SHAPE]),
    (ops.LpNormalization(1), [SHAPE]),
    (ops.LRN(2, 0.5), [SHAPE]),
    (ops.LRN(3, 0.5), [SHAPE]),
    (ops.Softmax((-1,)), [SHAPE]),
    (ops.LogSoftmax((1, 2)), [SHAPE]),
    (ops.GlobalAveragePool(), [SHAPE]),
    (ops.LpPool((2, 2), (1, 2), ((1, 0), (0, 1)), (1, 2)), [SHAPE]),
    (ops.CumSum(), [SHAPE, np.array(2)]),
    (ops.CumSum(exclusive=True), [SHAPE, np.array(-1)]),
    (ops.CumSum(reverse=True), [SHAPE, np.array(3)]),
    (ops.CumSum(True, True), [SHAPE, np.array(3)]),
    (ops.MatMul(), [(2, 3, 4), (2, 4, 5)]),
    (ops.MatMul(), [(3, 4), (6, 4, 5)]),
    (ops.MatMul(), [(2, 3, 4), (4,)]),
    (ops.MatMul(), [(4,), (4, 3)]),
    (ops.Gemm(), [(3, 4), (4, 5), (5,)]),
    (ops.Gemm(1.0, 1.0, True, True), [(4, 3), (5, 4), (3, 1)]),
    (ops.ReduceSum(), [SHAPE, whole(1, -1)]),
    (ops.ReduceL2(False), [SHAPE, whole(1, 2)]),
    (ops.ReduceMean(), [SHAPE]),
    (ops.Add(), [SHAPE, (4, 1, 1)]),
    (ops.Mul(), [SHAPE, (6,)]),
    (ops.Sum(), [SHAPE, (3, 1), (1,)]),
    (ops.PRelu(), [SHAPE, np.ones((4, 1, 1))]),
    (ops.Expand(), [(3, 1), whole(2, 3, 4)]),
    (ops.Tile(), [(2, 3), whole(1, 2)]),
    (ops.Concat(3), [SHAPE, SHAPE]),
    (ops.Concat(1), [SHAPE, SHAPE]),
    (ops.Split(3), [SHAPE, whole(2, 1, 3)]),
    (ops.Gather(2), [SHAPE, whole(2, 0)]),
    (ops.Gather(3), [SHAPE, np.array([[0, 1], [5, 3]])]),
    (ops.GatherElements(1), [(2, 3), np.array([[0, 0], [2, 1]])]),
    (ops.DepthToSpace(2), [SHAPE]),
    (ops.SpaceToDepth(3), [(1, 2, 3, 6)]),
    (ops.Squeeze(), [(2, 1, 3), whole(1)]),
    (ops.Unsqueeze(), [(2, 3), whole(0, 2)]),
    (ops.Pad("wrap"), [SHAPE, whole(0, 0, 0, 2, 0, 0, 1, 1)]),
    (ops.Pad("reflect"), [SHAPE, whole(2, 1), None, whole(3)]),
    (ops.Pad(), [SHAPE, whole(0, 0, 1, 2, 0, 0, -1, -1), ()]),
    (ops.Resize("cubic"), [SHAPE, None, np.array([1, 1, 2, 1.5], np.float32)]),
    (ops.Resize("linear", antialias=True), [SHAPE, None, np.array([1, 1, 1, 0.5], np.float32)]),
    (ops.Dropout(), [SHAPE]),
    (ops.Erf(), [SHAPE]),
]


def built(op, operands):
    """A graph of one node: a shape stands for an input, an array for a constant."""
    build = GraphBuilder("one")
    names, feeds = [], {}
    rng = np.random.default_rng(4)
    for i, operand in enumerate(operands):
        if isinstance(operand, tuple):
            names.append(build.input(f"a{i}", np.float64, operand))
            feeds[f"a{i}"] = rng.uniform(0.5, 2, operand)
        else:
            names.append(None if operand is None else build.constant(operand, f"a{i}"))
    outputs = build.add(op, names, name="op")
    return Model(build.finish(outputs), ()), feeds


@pytest.mark.parametrize(("op", "operands"), CASES, ids=[f"{op}-{i}" for i, (op, _) in enumerate(CASES)])
def test_the_mask_is_what_changes_the_unit(run_model, op, operands):
    model, feeds = built(op, operands)
    recording = run_model(model, feeds)
    moved = {}
    for name, array in feeds.items():
        for cell in np.ndindex(array.shape):
            changed = {n: a.copy() for n, a in feeds.items()}
            changed[name][cell] += 0.37
            moved[name, cell] = run_model(model, changed).values
    rng = np.random.default_rng(5)
    names = model.graph.outputs[:1] if isinstance(op, ops.Dropout) else model.graph.outputs
    for output in names:
        held = recording.values[output]
        for _ in range(4):
            index = tuple(int(rng.integers(size)) for size in held.shape)
            if len(index) < 2 and not index:
                continue
            check_unit(model, recording, output, index, moved, held)


def check_unit(model, recording, output, index, moved, held):
    found = receptive_field(recording, unit_at(output, index))
    for name, field in found.inputs.items():
        truth = np.zeros(field.mask.shape, bool)
        for cell in np.ndindex(truth.shape):
            truth[cell] = abs(moved[name, cell][output][index] - held[index]) > 1e-13
        np.testing.assert_array_equal(field.mask, truth, f"{name} of {output}{index}")
        if field.clipped is not None:
            for (a, b), (first, stop) in zip(field.clipped, field.unclipped, strict=True):
                assert first <= a < b <= stop
    assert receptive_field(model, unit_at(output, index)).inputs.keys() == found.inputs.keys()


@pytest.mark.parametrize(
    ("op", "shape", "name", "expected"),
    [
        (ops.SpaceToDepth(3), (1, 2, 3, 6), "op:5@0,1", ((0, 3), (3, 6))),
        (ops.GroupNormalization(2), SHAPE, "op:1@0,1", ((0, 3), (0, 6))),
        (ops.ArgMax(3), SHAPE, "op:1@2,0", ((2, 3), (0, 6))),
        (ops.ArgMin(2, keepdims=False), SHAPE, "op:1@4", ((0, 3), (4, 5))),
        (ops.Hardmax(3), SHAPE, "op:1@2,4", ((2, 3), (0, 6))),
    ],
    ids=str,
)
def test_boxes(op, shape, name, expected):
    others = [np.ones(4), np.ones(4)] if isinstance(op, ops.GroupNormalization) else []
    model, _ = built(op, [shape, *others])
    found = receptive_field(model, name)
    assert found.unclipped == expected


def test_sizes_depend_on_no_number():
    model, _ = built(ops.Shape(), [SHAPE])
    found = receptive_field(model, "op:2")
    assert found.inputs["a0"].clipped is None
    assert found.exact


@pytest.mark.parametrize(
    ("op", "operands", "text"),
    [
        (ops.ReduceSum(), [SHAPE, "axes"], "reduces axes that only a run can tell"),
        (ops.CumSum(), [SHAPE, "axes"], "runs along an axis that only a run can tell"),
        (ops.GatherElements(0), [(2,), "axes"], "moves data to places that only a run can tell"),
    ],
    ids=str,
)
def test_places_that_only_a_run_can_tell(run_model, op, operands, text):
    build = GraphBuilder("late")
    x = build.input("x", np.float64, operands[0])
    axes = build.input("axes", np.int64, (1,))
    (y,) = build.add(op, [x, axes], name="op", outputs=["op"])
    model = Model(build.finish([y]), ())
    recording = run_model(model, {"x": np.ones(operands[0]), "axes": np.array([1 if len(operands[0]) > 1 else 0])})
    known = receptive_field(recording, unit_at("op", (0,) * recording.values["op"].ndim))
    assert known.exact
    if model.graph.types["op"].concrete:
        bound = receptive_field(model, unit_at("op", (0,) * recording.values["op"].ndim))
        assert not bound.exact
        assert bound.reason == f'{op.kind} "op" {text}'
        assert bound.inputs["x"].mask.all()
    else:
        with pytest.raises(ShapeError, match="known only when the network runs"):
            receptive_field(model, unit_at("op", (0,) * recording.values["op"].ndim))


def test_a_free_batch_must_be_given():
    build = GraphBuilder("free")
    x = build.input("x", np.float32, (Symbol("n"), 3))
    (y,) = build.add(ops.Relu(), [x], name="relu")
    model = Model(build.finish([y]), ())
    assert receptive_field(model, "relu:1", input_shapes={"x": (1, 3)}).clipped == ((1, 2),)
    with pytest.raises(ShapeError, match="give its shape"):
        receptive_field(model, "relu:1")
