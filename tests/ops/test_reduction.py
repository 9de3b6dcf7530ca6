from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate.dimension import UNKNOWN, Symbol
from striate.errors import DtypeError, ParameterError
from striate.graph import Cost, tensor, type_of
from striate.ops import (
    ArgMax,
    ArgMin,
    CumSum,
    ReduceL1,
    ReduceL2,
    ReduceLogSum,
    ReduceLogSumExp,
    ReduceMax,
    ReduceMean,
    ReduceMin,
    ReduceProd,
    ReduceSum,
    ReduceSumSquare,
)
from tests.ops.operands import ints, of_shape

N = Symbol("n")
SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, max_side=5)
REDUCTIONS = [
    ReduceL1,
    ReduceL2,
    ReduceLogSum,
    ReduceLogSumExp,
    ReduceMax,
    ReduceMean,
    ReduceMin,
    ReduceProd,
    ReduceSum,
    ReduceSumSquare,
]


def numbers(shape, seed, dtype=np.float32):
    return np.random.default_rng(seed).uniform(0.2, 4, shape).astype(dtype)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@given(SHAPES, st.integers(0, 99), st.booleans(), st.booleans(), st.data())
def test_reductions_like_onnxruntime(apply, ort_run, reduction, shape, seed, keepdims, noop, data):
    axes = data.draw(st.lists(st.integers(0, len(shape) - 1), unique=True))
    axes = [axis - len(shape) * data.draw(st.booleans()) for axis in axes]
    operand = ints(*axes) if axes else data.draw(st.sampled_from([None, ints()]))
    dtype = np.float32
    if reduction in (ReduceMax, ReduceMin, ReduceSum, ReduceProd):
        dtype = data.draw(st.sampled_from([np.float32, np.int32]))
    x = numbers(shape, seed, dtype)
    (y,) = apply(reduction(keepdims, noop), x, operand)
    if noop and not axes and reduction not in (ReduceMax, ReduceMin, ReduceMean, ReduceSum, ReduceProd):
        return  # ONNX Runtime hands the input on as it is, ONNX's definition says x² ... for each number
    wanted = ort_run(reduction.__name__, x, operand, keepdims=int(keepdims), noop_with_empty_axes=int(noop), opset=18)
    np.testing.assert_allclose(y, wanted[0], rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (ReduceSum(), 0),
        (ReduceProd(), 1),
        (ReduceMax(), -np.inf),
        (ReduceMin(), np.inf),
        (ReduceLogSumExp(), -np.inf),
        (ReduceL2(), 0),
    ],
)
def test_reduction_of_nothing(apply, op, expected):
    (y,) = apply(op, np.zeros((2, 0), np.float32), ints(1))
    np.testing.assert_array_equal(y, [[expected], [expected]])


def test_reduction_of_other_types(apply):
    (y,) = apply(ReduceMax(), np.array([[True, False], [False, False]]), ints(1))
    np.testing.assert_array_equal(y, [[True], [False]])
    (y,) = apply(ReduceMax(), np.zeros((1, 0), np.int32), ints(1))
    np.testing.assert_array_equal(y, [[np.iinfo(np.int32).min]])
    assert apply(ReduceMean(), ints(1, 2, 4))[0].dtype == np.int64


def test_log_sum_exp_does_not_overflow(apply):
    x = np.array([1000, 1000, -np.inf], np.float32)
    np.testing.assert_allclose(apply(ReduceLogSumExp(), x)[0], [1000 + np.log(2)], rtol=1e-7)
    assert apply(ReduceLogSumExp(), np.full(2, -np.inf, np.float32))[0] == -np.inf


def test_reduction_over_unknown_axes():
    def sizes_of(op, *operands):
        return op.infer(operands)[0].shape

    assert sizes_of(ReduceMean(), of_shape(N, 8, 4), type_of(ints(2))) == (N, 8, 1)
    assert sizes_of(ReduceMean(), of_shape(N, 8), tensor(np.int64, (1,))) == (UNKNOWN, UNKNOWN)
    assert sizes_of(ReduceMean(keepdims=False), of_shape(N, 8, 4), tensor(np.int64, (1,))) == (UNKNOWN, UNKNOWN)
    assert sizes_of(ReduceMean(keepdims=False), of_shape(N, 8), tensor(np.int64, (N,))) is None
    assert sizes_of(ReduceMean(), tensor(np.float32, None)) is None


def test_reduction_costs_an_operation_for_each_number():
    assert ReduceSum().cost([of_shape(4, 5)], [of_shape(1, 1)]) == Cost(operations=20)


@pytest.mark.parametrize("op", [ArgMax, ArgMin])
@given(SHAPES, st.integers(0, 99), st.booleans(), st.booleans(), st.data())
def test_arg_extremes_like_onnxruntime(apply, ort_run, op, shape, seed, keepdims, last, data):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = np.random.default_rng(seed).integers(0, 3, shape).astype(np.float32)  # with many equal numbers
    (y,) = apply(op(axis, keepdims, last), x)
    attributes = {"axis": axis, "keepdims": int(keepdims), "select_last_index": int(last)}
    np.testing.assert_array_equal(y, ort_run(op.__name__, x, **attributes)[0])


@given(SHAPES, st.integers(0, 99), st.booleans(), st.booleans(), st.data())
def test_cumsum_like_onnxruntime(apply, ort_run, shape, seed, exclusive, reverse, data):
    axis = np.array(data.draw(st.integers(-len(shape), len(shape) - 1)), np.int64)
    x = numbers(shape, seed)
    (y,) = apply(CumSum(exclusive, reverse), x, axis)
    wanted = ort_run("CumSum", x, axis, exclusive=int(exclusive), reverse=int(reverse))[0]
    np.testing.assert_allclose(y, wanted, rtol=1e-6)


@pytest.mark.parametrize(
    ("op", "operands", "error", "message"),
    [
        (
            ReduceSum(),
            [of_shape(2, 3), type_of(ints(2))],
            ParameterError,
            "axes (=2) does not exist in rank 2; allowed: from -2 to 1",
        ),
        (ReduceSum(), [of_shape(2, 3), type_of(ints(1, -1))], ParameterError, "axes (=(1, -1)) names an axis twice"),
        (ReduceSum(), [tensor(np.bool_, (2,))], DtypeError, "input has type bool, expected numbers"),
        (ReduceSum(), [of_shape(2), of_shape(1)], DtypeError, "axes has type float32, expected int64"),
        (ArgMax(2), [of_shape(2, 3)], ParameterError, "axis (=2) does not exist in rank 2; allowed: from -2 to 1"),
        (
            ArgMax(1),
            [of_shape(2, 0)],
            ParameterError,
            "axis (=1) of the input's (2, 0) is empty; nothing can be chosen",
        ),
        (
            CumSum(),
            [of_shape(2), type_of(np.array(1))],
            ParameterError,
            "axis (=1) does not exist in rank 1; allowed: from -1 to 0",
        ),
    ],
)
def test_what_does_not_fit(op, operands, error, message):
    with pytest.raises(error) as caught:
        op.infer(operands)
    assert str(caught.value) == message
