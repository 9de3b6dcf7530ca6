from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate import ops
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import tensor
from striate.ops import BitShift, BitwiseNot, Equal, IsInf, IsNaN, Less, Not, Where

shapes = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)


@given(shapes=shapes, dtype=st.sampled_from(["f4", "f8", "i4", "i8"]), seed=st.integers(0, 99))
@settings(max_examples=25)
def test_comparisons_agree_with_onnx_runtime(ort_run, apply, shapes, dtype, seed):
    numbers = np.random.default_rng(seed)
    a, b = (numbers.integers(-2, 3, shape).astype(dtype) for shape in shapes.input_shapes)
    for kind in ("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"):
        (y,) = apply(getattr(ops, kind)(), a, b, free=(0, 1))
        np.testing.assert_array_equal(y, ort_run(kind, a, b)[0])


@given(shapes=shapes, seed=st.integers(0, 99))
@settings(max_examples=25)
def test_boolean_logic_agrees_with_onnx_runtime(ort_run, apply, shapes, seed):
    numbers = np.random.default_rng(seed)
    a, b = (numbers.integers(0, 2, shape).astype(bool) for shape in shapes.input_shapes)
    for kind in ("And", "Or", "Xor", "Equal"):
        (y,) = apply(getattr(ops, kind)(), a, b, free=(0, 1))
        np.testing.assert_array_equal(y, ort_run(kind, a, b)[0])
    np.testing.assert_array_equal(apply(Not(), a)[0], ~a)


@given(shapes=shapes, dtype=st.sampled_from(["u1", "i1", "i4", "i8"]), seed=st.integers(0, 99))
@settings(max_examples=25)
def test_bitwise_logic_agrees_with_onnx_runtime(ort_run, apply, shapes, dtype, seed):
    numbers = np.random.default_rng(seed)
    a, b = (numbers.integers(0, 127, shape).astype(dtype) for shape in shapes.input_shapes)
    for kind in ("BitwiseAnd", "BitwiseOr", "BitwiseXor"):
        (y,) = apply(getattr(ops, kind)(), a, b, free=(0, 1))
        np.testing.assert_array_equal(y, ort_run(kind, a, b)[0])
    np.testing.assert_array_equal(apply(BitwiseNot(), a)[0], ort_run("BitwiseNot", a)[0])


@pytest.mark.parametrize("dtype", ["u1", "u4", "i1", "i8"])
def test_shifts_are_those_of_python_cut_to_the_type(apply, dtype):
    info = np.iinfo(dtype)
    bits = info.bits
    numbers = sorted({0, 1, 5, 77, info.max, info.min, max(info.min, -3)})
    places = [0, 1, 3, bits - 1, bits, bits + 3] + ([-1] if info.min else [])
    a, b = np.array(numbers, dtype)[:, None], np.array(places, dtype)
    (left,) = apply(BitShift("LEFT"), a, b)
    (right,) = apply(BitShift("RIGHT"), a, b)
    for i, number in enumerate(numbers):
        for j, shift in enumerate(places):
            far = shift if shift >= 0 else bits
            assert left[i, j] == np.array((number << far) & (2**bits - 1), f"u{bits // 8}").astype(dtype)
            assert right[i, j] == number >> far


@given(shapes=hnp.mutually_broadcastable_shapes(num_shapes=3, max_dims=3, max_side=3), seed=st.integers(0, 99))
def test_where_agrees_with_torch(torch, apply, shapes, seed):
    numbers = np.random.default_rng(seed)
    condition, x, y = (np.asarray(numbers.standard_normal(shape), "f4") for shape in shapes.input_shapes)
    (z,) = apply(Where(), condition > 0, x, y, free=(0, 1, 2))
    wanted = torch.where(torch.from_numpy(np.asarray(condition > 0)), torch.from_numpy(x), torch.from_numpy(y))
    np.testing.assert_array_equal(z, wanted.numpy())


def test_nan_and_infinity_are_found(apply):
    x = np.array([1, np.nan, np.inf, -np.inf], np.float16)
    assert apply(IsNaN(), x)[0].tolist() == [False, True, False, False]
    assert apply(IsInf(), x)[0].tolist() == [False, False, True, True]
    assert apply(IsInf(detect_negative=False), x)[0].tolist() == [False, False, True, False]
    assert apply(IsInf(detect_positive=False), x)[0].tolist() == [False, False, False, True]
    assert apply(Equal(), x, x)[0].tolist() == [True, False, True, True]


F = tensor("f4", (2, 3))


@pytest.mark.parametrize(
    ("op", "operands", "error", "message"),
    [
        (Less(), [F, tensor("f4", (2,))], ShapeError, r"\(2, 3\) and \(2,\) do not broadcast"),
        (Less(), [F, tensor("i4", (3,))], DtypeError, "a has type float32 and b int32"),
        (ops.And(), [F, F], DtypeError, "a has type float32, expected bool"),
        (ops.BitwiseAnd(), [F, F], DtypeError, "expected an integer type"),
        (Where(), [F, F, F], DtypeError, "condition has type float32, expected bool"),
        (Where(), [tensor("?", (3,)), F, tensor("f8", ())], DtypeError, "x has type float32 and y float64"),
        (Where(), [tensor("?", (4,)), F, F], ShapeError, "do not broadcast"),
        (Not(), [F], DtypeError, "expected bool"),
        (IsNaN(), [tensor("i8", (3,))], DtypeError, "expected a floating-point type"),
        (BitShift("UP"), [tensor("u1", ())] * 2, ParameterError, r'direction \(="UP"\)'),
    ],
)
def test_what_cannot_be_is_refused(op, operands, error, message):
    with pytest.raises(error, match=message):
        op.infer(operands)
