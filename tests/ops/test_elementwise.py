from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate.dimension import Symbol
from striate.errors import DtypeError, ShapeError
from striate.graph import tensor
from striate.ops import Add, Div, Max, Mean, Min, Mod, Mul, Pow, Sub, Sum

IN_TORCH = [
    (Add(), "add"),
    (Sub(), "sub"),
    (Mul(), "mul"),
    (Div(), "div"),
    (Mod(fmod=True), "fmod"),
    (Mod(), "remainder"),
]
shapes = hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4)


@given(shapes=shapes, dtype=st.sampled_from(["f2", "f4", "f8"]), seed=st.integers(0, 99))
def test_arithmetic_broadcasts_as_in_torch(torch, apply, shapes, dtype, seed):
    numbers = np.random.default_rng(seed)
    a, b = (np.asarray(numbers.uniform(0.5, 9, shape), dtype) for shape in shapes.input_shapes)
    for op, name in IN_TORCH:
        (y,) = apply(op, a, -b, free=(0, 1))
        wanted = getattr(torch, name)(torch.from_numpy(a), torch.from_numpy(np.asarray(-b))).numpy()
        # a remainder near the divisor may fall on either side of it
        np.testing.assert_allclose(
            y, wanted, rtol=2e-3 if dtype == "f2" else 1e-6, atol=1e-2 if dtype == "f2" else 1e-5
        )


@pytest.mark.parametrize("dtype", ["i1", "i4", "i8"])
@pytest.mark.parametrize(("fmod", "mode"), [(True, "fmod"), (False, "remainder")])
def test_integers_divide_and_leave_remainders_as_in_c(torch, apply, dtype, fmod, mode):
    a, b = np.arange(-9, 10, dtype=dtype)[:, None], np.array([-7, -3, -1, 1, 2, 5], dtype)
    whole, both = torch.from_numpy(a), torch.from_numpy(b)
    (quotient,) = apply(Div(), a, b)
    np.testing.assert_array_equal(quotient, torch.div(whole, both, rounding_mode="trunc").numpy())
    (rest,) = apply(Mod(fmod=fmod), a, b)
    np.testing.assert_array_equal(rest, getattr(torch, mode)(whole, both).numpy())


def test_division_of_large_integers_is_exact(apply):
    a = np.array([2**62 + 1, -(2**62) - 1], np.int64)
    assert apply(Div(), a, np.array(3, np.int64))[0].tolist() == [(2**62 + 1) // 3, -((2**62 + 1) // 3)]


def test_free_sizes_are_computed_with(apply):
    h = Symbol("h")
    sizes, two = np.array([h, 7, -7], object), np.array([2, 2, 2])
    assert Add().reference(sizes, two)[0].tolist() == [h + 2, 9, -5]
    assert Sub().reference(sizes, two)[0].tolist() == [h - 2, 5, -9]
    assert Mul().reference(sizes, two)[0].tolist() == [h * 2, 14, -14]
    assert Div().reference(sizes, two)[0].tolist() == [h // 2, 3, -3]
    assert Div().reference(sizes, np.array([h, h, 2]))[0].tolist() == [1, Symbol("7//(h)"), -3]
    assert Div().reference(np.array([7], object), np.array([2.0]))[0].tolist() == [3.5]
    with pytest.raises(TypeError, match="not known before a run"):
        Div().reference(sizes, np.array([2.0]))


@pytest.mark.parametrize("base", ["f2", "f4", "f8", "i4", "i8"])
@pytest.mark.parametrize("exponent", ["f4", "f8", "i4", "i8", "u1"])
def test_power_has_the_type_of_its_base(apply, base, exponent):
    a, b = np.array([[1], [2], [3]], base), np.array([0, 1, 2, 3], exponent)
    (y,) = apply(Pow(), a, b)
    assert y.dtype == a.dtype
    np.testing.assert_allclose(y, [[1, 1, 1, 1], [1, 2, 4, 8], [1, 3, 9, 27]])


def test_power_of_integers_to_negative_exponents_agrees_with_onnx_runtime(apply, ort_run):
    a, b = np.array([1, 2, -1, 4], np.int32), np.array([-1, -1, -3, 2], np.int32)
    (y,) = apply(Pow(), a, b)
    np.testing.assert_array_equal(y, ort_run("Pow", a, b)[0])


@given(count=st.integers(1, 4), data=st.data(), dtype=st.sampled_from(["f2", "f4", "f8"]))
def test_functions_of_many_tensors_agree_with_numpy(apply, count, data, dtype):
    shapes = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=count, max_dims=3, max_side=3)).input_shapes
    numbers = np.random.default_rng(data.draw(st.integers(0, 99)))
    arrays = [np.asarray(numbers.standard_normal(shape), dtype) for shape in shapes]
    stack = np.stack(np.broadcast_arrays(*arrays)).astype(np.float64)
    for op, wanted in ((Max(), stack.max(0)), (Min(), stack.min(0)), (Sum(), stack.sum(0)), (Mean(), stack.mean(0))):
        (y,) = apply(op, *arrays, free=range(count))
        assert y.dtype == dtype
        np.testing.assert_allclose(y, wanted, rtol=2e-3, atol=2e-3 if dtype == "f2" else 1e-6)


def test_maximum_of_integers_keeps_its_type(apply):
    (y,) = apply(Max(), np.array([1, 5], np.uint8), np.array([3, 2], np.uint8))
    assert (y.dtype, y.tolist()) == (np.uint8, [3, 5])


def test_formulas():
    assert [op.formula for op in (Add(), Div(), Pow(), Mod(), Mod(fmod=True))] == [
        "a + b", "a / b", "a ** b", "a % b", "fmod(a, b)",
    ]  # fmt: skip


def test_free_sizes_broadcast():
    n, m = Symbol("n"), Symbol("m")
    for a, b, wanted in (
        ((n, 3), (3,), (n, 3)),
        ((n,), (1,), (n,)),
        ((n,), (5,), (5,)),
        ((n, 1), (n, 4), (n, 4)),
        ((n,), (m,), (Symbol("max(m, n)"),)),
        (None, (3,), None),
    ):
        (y,) = Add().infer([tensor("f4", a), tensor("f4", b)])
        assert y.shape == wanted


F = tensor("f4", (2, 3))


@pytest.mark.parametrize(
    ("op", "operands", "error", "message"),
    [
        (Add(), [F, tensor("f4", (2, 4))], ShapeError, r"\(2, 3\) and \(2, 4\) do not broadcast: 3 and 4 differ"),
        (Add(), [F, tensor("i8", (2, 3))], DtypeError, "a has type float32 and b int64, expected the same type"),
        (Add(), [F], ShapeError, "b is required"),
        (Mul(), [tensor("?", (2,)), tensor("?", (2,))], DtypeError, "a has type bool, expected a number type"),
        (Pow(), [F, tensor("?", (2, 3))], DtypeError, "exponent has type bool"),
        (Max(), [], ShapeError, "at least one operand"),
        (Max(), [F, F, tensor("f4", (4,))], ShapeError, "do not broadcast"),
        (Sum(), [F, tensor("i8", (3,))], DtypeError, "operand 2 has type int64, expected a floating-point"),
        (Max(), [F, tensor("i8", (3,))], DtypeError, "operand 1 has type float32 and operand 2 int64"),
    ],
)
def test_what_cannot_be_is_refused(op, operands, error, message):
    with pytest.raises(error, match=message):
        op.infer(operands)
