"""One number of each family of ops against its definition in float64; padding, formulas and shares are checked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from striate import ops
from striate.lenses.explain import explain, explain_value

POINTWISE = [
    ops.Relu(), ops.LeakyRelu(0.1), ops.Elu(0.7), ops.Selu(), ops.Celu(0.6), ops.ThresholdedRelu(0.3), ops.Sigmoid(),
    ops.Tanh(), ops.HardSigmoid(), ops.HardSwish(), ops.Swish(), ops.Mish(), ops.Gelu(), ops.Gelu("tanh"),
    ops.Softplus(), ops.Softsign(), ops.Shrink(0.1, 0.4), ops.Erf(), ops.Neg(), ops.Abs(), ops.Sign(), ops.Floor(),
    ops.Ceil(), ops.Round(), ops.Exp(), ops.Sin(), ops.Cos(), ops.Atan(), ops.Tanh(), ops.Asinh(), ops.Reciprocal(),
]  # fmt: skip


@pytest.mark.parametrize("op", POINTWISE, ids=str)
@given(x=st.floats(-8, 8, width=32).filter(lambda x: abs(x) > 1e-3))
def test_functions_of_one_number(record, check, op, x):
    recording = record(op, [np.array([[x, 1.0]], np.float32)])
    found = explain(recording, "op:0")
    assert found.total == pytest.approx(float(op.reference(np.array([x], np.float64))[0][0]), rel=1e-13)
    check(recording, found, tolerance=1e-5)


def test_zero_is_explained_too(record, check):
    recording = record(ops.Sigmoid(), [np.zeros((1, 2), np.float32)])
    found = explain(recording, "op:0")
    assert found.rest == found.total == 0.5
    check(recording, found)


@pytest.mark.parametrize(
    ("op", "others", "formula"),
    [
        (ops.PRelu(), [np.full(1, 0.25, np.float32)], "-2.0 if -2.0 >= 0 else 0.25*-2.0 = -0.5"),
        (ops.Clip(), [np.float32(-1), np.float32(6)], "min(max(-2.0, -1.0), 6.0) = -1.0"),
        (ops.Clip(), [None, np.float32(6)], "min(-2.0, 6.0) = -2.0"),
        (ops.Clip(), [np.float32(0)], "max(-2.0, 0.0) = 0.0"),
        (ops.Cast(np.dtype(np.int64)), [], "trunc(-2.0) = -2.0"),
        (ops.Add(), [np.float32(3)], "-2.0 + 3.0 = 1.0"),
        (ops.Sub(), [np.float32(-3)], "-2.0 - -3.0 = 1.0"),
        (ops.Mul(), [np.float32(-3)], "-2.0 × -3.0 = 6.0"),
        (ops.Div(), [np.float32(4)], "-2.0/4.0 = -0.5"),
        (ops.Pow(), [np.float32(2)], "(-2.0) ** 2.0 = 4.0"),
        (ops.Mod(True), [np.float32(1.5)], "fmod(-2.0, 1.5) = -0.5"),
        (ops.Max(), [np.float32(-3), np.float32(-1)], "max(-2.0, -3.0, -1.0) = -1.0"),
        (ops.Min(), [np.float32(-3), np.float32(-1)], "min(-2.0, -3.0, -1.0) = -3.0"),
        (ops.Sum(), [np.float32(1), np.float32(0.5)], "-2.0 + 1.0 + 0.5 = -0.5"),
        (ops.Mean(), [np.float32(1), np.float32(0.25)], "(-2.0 + 1.0 + 0.25)/3.0 = -0.25"),
    ],
    ids=str,
)
def test_functions_of_several_numbers(record, check, op, others, formula):
    operands = [np.array([[-2.0]], np.float32), *(None if o is None else np.asarray(o) for o in others)]
    recording = record(op, operands)
    found = explain(recording, "op:0")
    assert found.formula() == formula
    check(recording, found)


def test_a_product_of_two_activations_is_halved(record, check):
    recording = record(ops.Mul(), [np.full((1, 1), 2, np.float32), np.full((1, 1), 5, np.float32)], given=2)
    found = explain(recording, "op:0")
    assert [float(o.coefficients) for o in found.sources] == [2.5, 1.0]
    assert "half" in found.rule
    check(recording, found)


def test_integer_division_is_cut(record, check):
    recording = record(ops.Div(), [np.array([[-7]]), np.array([[2]])], given=2)
    assert explain(recording, "op:0").formula() == "trunc(-7.0/2.0) = -3.0"


X = np.random.default_rng(0).normal(size=(2, 3, 5, 6)).astype(np.float32)


@pytest.mark.parametrize(
    "op",
    [
        ops.MaxPool((2, 3), (2, 1), ((1, 0), (1, 2)), (1, 2)),
        ops.MaxPool((3, 2), (2, 2), "same_upper", (1, 1)),
        ops.MaxPool((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1), ceil_mode=True),
        ops.AveragePool((2, 3), (2, 2), ((1, 0), (1, 1)), (1, 1)),
        ops.AveragePool((3, 3), (2, 2), ((1, 1), (1, 1)), (1, 1), ceil_mode=True, count_include_pad=True),
        ops.AveragePool((2, 2), (2, 2), ((0, 0), (0, 0)), (2, 2), ceil_mode=True),
        ops.LpPool((2, 2), (1, 1), ((1, 1), (0, 0)), (1, 1), p=2),
        ops.LpPool((2, 2), (1, 1), ((1, 1), (0, 0)), (1, 1), p=3),
        ops.GlobalMaxPool(),
        ops.GlobalAveragePool(),
        ops.GlobalLpPool(2),
    ],
    ids=str,
)
def test_pooling(record, check, op):
    recording = record(op, [X])
    truth = op.reference(X.astype(np.float64))[0]
    for index in np.ndindex(truth.shape):
        found = explain_value(recording, "op", index)
        assert found.total == pytest.approx(truth[index], rel=1e-12)
        if found.winner is not None:
            assert found.inside[found.winner]
            assert found.window[found.winner] == found.total
        check(recording, found)


def test_the_divisor_is_the_ops_own(record):
    op = ops.AveragePool((2, 2), (2, 2), ((1, 0), (0, 0)), (1, 1))
    without = explain(record(op, [X]), "op:0@0,0")
    assert without.divisor == 2
    assert without.inside.tolist() == [[False, False], [True, True]]
    op = ops.AveragePool((2, 2), (2, 2), ((1, 0), (0, 0)), (1, 1), count_include_pad=True)
    assert explain(record(op, [X]), "op:0@0,0").divisor == 4


AXES = np.array([1, -1])


@pytest.mark.parametrize("keepdims", [True, False])
@pytest.mark.parametrize(
    "kind",
    [ops.ReduceSum, ops.ReduceMean, ops.ReduceMax, ops.ReduceMin, ops.ReduceL1, ops.ReduceL2, ops.ReduceProd,
     ops.ReduceLogSum, ops.ReduceLogSumExp, ops.ReduceSumSquare],
)  # fmt: skip
def test_reductions(record, check, kind, keepdims):
    x = np.abs(X) if kind is ops.ReduceLogSum else X
    recording = record(kind(keepdims), [x, AXES])
    truth = kind(keepdims).reference(x.astype(np.float64), AXES)[0]
    for index in np.ndindex(truth.shape):
        found = explain_value(recording, "op", index)
        assert found.total == pytest.approx(truth[index], rel=1e-12)
        check(recording, found)


@pytest.mark.parametrize("op", [ops.CumSum(), ops.CumSum(exclusive=True), ops.CumSum(True, True)], ids=str)
def test_running_sums(record, check, op):
    recording = record(op, [X, np.array(2)])
    for place in (0, 2, 4):
        check(recording, explain(recording, f"op:1@{place},3"))


@pytest.mark.parametrize("op", [ops.ArgMax(1), ops.ArgMin(-1, keepdims=False)], ids=str)
def test_places_are_not_traced(record, op):
    found = explain_value(record(op, [X]), "op", (1, 0, 2, 0)[: 4 if op.keepdims else 3])
    assert found.rest == found.total == found.held
    assert len(found.sources[0]) == X.shape[op.axis]


@pytest.mark.parametrize(
    ("op", "shapes", "given"),
    [
        (ops.Gemm(), [(3, 4), (4, 5)], 1),
        (ops.Gemm(0.5, 2.0, True, True), [(4, 3), (5, 4), (5,)], 1),
        (ops.Gemm(1.0, 1.0, False, True), [(3, 4), (5, 4), (3, 1)], 2),
        (ops.MatMul(), [(3, 4), (4, 5)], 1),
        (ops.MatMul(), [(2, 1, 3, 4), (6, 4, 5)], 1),
        (ops.MatMul(), [(2, 3, 4), (2, 4, 5)], 2),
        (ops.MatMul(), [(2, 3, 4), (4,)], 1),
        (ops.MatMul(), [(4,), (2, 4, 3)], 1),
        (ops.MatMul(), [(4,), (4,)], 1),
    ],
    ids=str,
)
def test_matrix_products(record, check, op, shapes, given):
    rng = np.random.default_rng(1)
    operands = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    recording = record(op, operands, given=given)
    truth = op.reference(*(operand.astype(np.float64) for operand in operands))[0]
    for index in np.ndindex(truth.shape):
        found = explain_value(recording, "op", index)
        assert found.total == pytest.approx(float(truth[index]), rel=1e-12, abs=1e-12)
        check(recording, found)


def test_a_constant_in_front_is_the_weight(record):
    x, weight = np.array([2.0, 3.0], np.float32), np.array([[10.0, 100.0]], np.float32)
    recording = record(ops.MatMul(), [x, weight.T])
    assert explain(recording, "op:0").kernel.tolist() == [10, 100]


@pytest.mark.parametrize(
    ("op", "others"),
    [
        (ops.Reshape(), [np.array([6, 30])]),
        (ops.Flatten(2), []),
        (ops.Transpose((3, 0, 2, 1)), []),
        (ops.Slice(), [np.array([4, 1]), np.array([-9, 5]), np.array([2, 3]), np.array([-2, 2])]),
        (ops.Gather(2), [np.array([[0, -1], [3, 2]])]),
        (ops.Pad("constant"), [np.array([0, 0, 1, 2, 0, 0, 2, -1]), np.array(0.5, np.float32)]),
        (ops.Pad("reflect"), [np.array([0, 0, 1, 2, 0, 0, 2, 1])]),
        (ops.Tile(), [np.array([1, 2, 1, 2])]),
        (ops.Identity(), []),
        (ops.Unsqueeze(), [np.array([0])]),
        (ops.Split(1), [np.array([1, 2])]),
    ],
    ids=str,
)
def test_movement_copies_the_cell_that_it_names(record, check, op, others):
    places = np.arange(X.size, dtype=np.float32).reshape(X.shape) + 1
    recording = record(op, [places, *others])
    array = recording.values["op"]
    for number in np.random.default_rng(2).integers(array.size, size=20):
        index = tuple(int(i) for i in np.unravel_index(number, array.shape))
        found = explain_value(recording, "op", index)
        if found.sources:
            (term,) = found.sources[0].terms()
            assert places[term.index] == array[index]
        else:
            assert found.facts == ("padding",)
            assert array[index] == 0.5
        check(recording, found)


def test_concatenation_names_operand_and_cell(record, check):
    a, b = np.ones((1, 2, 3), np.float32), np.full((1, 4, 3), 2, np.float32)
    recording = record(ops.Concat(1), [a, b], given=2)
    found = explain(recording, "op:4@1")
    assert found.facts == ("a copy of a1[0, 2, 1]",)
    check(recording, found)


@pytest.mark.parametrize(
    ("op", "scales"),
    [
        (ops.Resize("nearest", "asymmetric", "floor"), [1, 1, 2, 3]),
        (ops.Resize("linear"), [1, 1, 2, 0.5]),
        (ops.Resize("linear", antialias=True), [1, 1, 0.4, 0.5]),
        (ops.Resize("cubic"), [1, 1, 1.5, 2]),
        (ops.Resize("linear", "align_corners"), [1, 1, 3, 2]),
    ],
    ids=str,
)
def test_resizing(record, check, op, scales):
    recording = record(op, [X, None, np.array(scales, np.float32)])
    array = recording.values["op"]
    for number in np.random.default_rng(3).integers(array.size, size=20):
        index = tuple(int(i) for i in np.unravel_index(number, array.shape))
        check(recording, explain_value(recording, "op", index))


def test_a_place_outside_holds_the_extrapolation_value(record, check):
    op = ops.Resize("linear", "tf_crop_and_resize", extrapolation_value=7.0)
    roi = np.array([0, 0, 0, 0, 1, 1, 1, 2], np.float32)
    recording = record(op, [X, roi, None, np.array(X.shape)])
    found = explain(recording, "op:0@0,5")
    assert found.total == found.held == 7.0
    check(recording, found)


@pytest.mark.parametrize(
    ("op", "operands", "formula"),
    [
        (ops.Where(), [np.array([[True]]), np.array([[3.0]]), np.array([[4.0]])], "3.0 if True else 4.0 = 3.0"),
        (ops.Where(), [np.array([[False]]), np.array([[3.0]]), np.array([[4.0]])], "3.0 if False else 4.0 = 4.0"),
        (ops.Less(), [np.array([[-3.0]]), np.array([[4.0]])], "-3.0 < 4.0 = 1.0"),
        (ops.And(), [np.array([[True]]), np.array([[False]])], "1.0 and 0.0 = 0.0"),
        (ops.BitwiseAnd(), [np.array([[6]]), np.array([[3]])], "int(6.0) & int(3.0) = 2.0"),
        (ops.Not(), [np.array([[True]])], "not 1.0 = 0.0"),
        (ops.IsInf(detect_negative=False), [np.array([[2.0]])], "2.0 == inf = 0.0"),
    ],
    ids=str,
)
def test_tests_and_choices(record, op, operands, formula):
    found = explain(record(op, operands, given=len(operands)), "op:0")
    assert found.formula() == formula
    assert found.total == found.held
