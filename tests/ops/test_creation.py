from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate.dimension import UNKNOWN, Symbol
from striate.errors import DtypeError, ParameterError
from striate.graph import tensor, type_of
from striate.ops import Cast, ConstantOfShape, Range, Shape, Size
from tests.ops.operands import ints

N = Symbol("n")
SHAPES = hnp.array_shapes(min_dims=0, max_dims=4, max_side=4)


def one(number, dtype):
    return np.array(number, dtype)


@pytest.mark.parametrize("to", ["float32", "float64", "float16", "int64", "int32", "int8", "uint8", "bool"])
@pytest.mark.parametrize("of", ["float32", "float64", "int64", "uint8", "bool"])
def test_cast_like_onnxruntime(apply, ort_run, of, to):
    x = np.array([0, 1, 2.75, 0.5, 99.4, 100.6]).astype(of)
    (y,) = apply(Cast(np.dtype(to)), x)
    import onnx

    wanted = ort_run("Cast", x, to=onnx.helper.np_dtype_to_tensor_dtype(np.dtype(to)))[0]
    np.testing.assert_array_equal(y, wanted)


def test_cast_of_negative_numbers_cuts_towards_zero(apply):
    np.testing.assert_array_equal(apply(Cast(np.dtype("int32")), np.float32([-2.7, -0.5, 2.7]))[0], [-2, 0, 2])


def test_cast_keeps_free_sizes():
    row = np.array([N, 7], object)
    (y,) = Cast(np.dtype("float32")).reference(row)
    assert y.tolist() == [N, 7.0]
    (back,) = Cast(np.dtype("int64")).reference(y)
    assert back.tolist() == [N, 7]
    with pytest.raises(TypeError, match="a free size has no bool form"):
        Cast(np.dtype("bool")).reference(row)


@given(SHAPES, st.integers(-6, 6), st.one_of(st.none(), st.integers(-6, 6)))
def test_shape_like_onnxruntime(apply, ort_run, shape, start, end):
    x = np.zeros(shape, np.float32)
    (y,) = apply(Shape(start, end), x)
    attributes = {"start": start} if end is None else {"start": start, "end": end}
    np.testing.assert_array_equal(y, ort_run("Shape", x, **attributes)[0])


def test_shape_knows_what_it_holds():
    (row,) = Shape().infer([tensor(np.float32, (N, 3))])
    assert row.value is not None
    assert row.value.tolist() == [N, 3]
    (row,) = Shape(1).infer([tensor(np.float32, (N, 3))])
    assert row.value is not None
    assert row.value.dtype == np.int64
    assert Shape().infer([tensor(np.float32, None)])[0].shape == (UNKNOWN,)


@given(SHAPES)
def test_size_like_onnxruntime(apply, ort_run, shape):
    x = np.zeros(shape, np.float32)
    np.testing.assert_array_equal(apply(Size(), x)[0], ort_run("Size", x)[0])


def test_size_of_free_sizes():
    (count,) = Size().infer([tensor(np.float32, (N, 3, 4))])
    assert count.value is not None
    assert count.value.item() == N * 12


@given(SHAPES, st.sampled_from([(2.5, "float32"), (7, "int64"), (True, "bool")]))
def test_constant_of_shape(apply, shape, filling):
    value, dtype = filling
    (y,) = apply(ConstantOfShape(value, np.dtype(dtype)), ints(*shape), free=())
    np.testing.assert_array_equal(y, np.full(shape, value, dtype))


def test_constant_of_unknown_shape():
    row = np.array([N, 3], object)
    assert ConstantOfShape().infer([tensor(np.int64, (2,), row)])[0].shape == (N, 3)
    assert ConstantOfShape().infer([tensor(np.int64, (2,))])[0].shape == (UNKNOWN, UNKNOWN)
    assert ConstantOfShape().infer([tensor(np.int64, (N,))])[0].shape is None


@given(st.integers(-9, 9), st.integers(-9, 9), st.integers(-4, 4).filter(bool))
def test_range_of_whole_numbers_like_onnxruntime(apply, ort_run, start, limit, delta):
    operands = [one(number, np.int64) for number in (start, limit, delta)]
    np.testing.assert_array_equal(apply(Range(), *operands, free=())[0], ort_run("Range", *operands)[0])


@given(st.integers(-9, 9), st.integers(-9, 9), st.sampled_from([0.5, 0.25, -0.5, 1.5, -2.25]))
def test_range_like_onnxruntime(apply, ort_run, start, limit, delta):
    operands = [one(number, np.float32) for number in (start, limit, delta)]
    np.testing.assert_allclose(apply(Range(), *operands, free=())[0], ort_run("Range", *operands)[0], rtol=1e-6)


@pytest.mark.parametrize(
    ("start", "limit", "delta", "expected"),
    [(0, N, 1, N), (2, N, 1, N - 2), (0, N, 2, (N + 1) // 2), (N, N + 5, 1, 5), (N, N + 5, 2, 3), (N, N - 5, 1, 0)],
)
def test_range_of_free_sizes(start, limit, delta, expected):
    holds = [np.array(number, object) for number in (start, limit, delta)]
    assert Range().infer([tensor(np.int64, (), row) for row in holds])[0].shape == (expected,)


def test_range_of_unknown_ends():
    assert Range().infer([tensor(np.int64, ())] * 3)[0].shape == (UNKNOWN,)


@pytest.mark.parametrize(
    ("op", "operands", "error", "message"),
    [
        (
            Range(),
            [type_of(one(0, np.int64)), type_of(one(3, np.int64)), type_of(one(0, np.int64))],
            ParameterError,
            "delta (=0) must not be 0",
        ),
        (
            Range(),
            [tensor(np.int64, ()), tensor(np.float32, ()), tensor(np.int64, ())],
            DtypeError,
            "start, limit and delta have types int64, float32, int64; expected one type of numbers for all",
        ),
        (
            Range(),
            [type_of(one(0, np.float32)), type_of(one(np.inf, np.float32)), type_of(one(1, np.float32))],
            ParameterError,
            "range from 0.0 to inf in steps of 1.0 has no end",
        ),
        (ConstantOfShape(), [type_of(ints(2, -1))], ParameterError, "shape (=(2, -1)) must not be negative"),
    ],
)
def test_what_does_not_fit(op, operands, error, message):
    with pytest.raises(error) as caught:
        op.infer(operands)
    assert str(caught.value) == message
