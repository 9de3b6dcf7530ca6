from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate import ops
from striate.errors import DtypeError
from striate.graph import tensor
from striate.ops import Abs, Neg, Pointwise, Round, Sign, Sqrt
from striate.ops.error_function import erf

# Each function with PyTorch's name for it and where it is defined.
LINE, UNIT, POSITIVE, ABOVE_ONE = (-4, 4), (-0.95, 0.95), (0.1, 9), (1.1, 9)
IN_TORCH = {
    "Neg": ("neg", LINE),
    "Abs": ("abs", LINE),
    "Sign": ("sign", LINE),
    "Reciprocal": ("reciprocal", POSITIVE),
    "Sqrt": ("sqrt", POSITIVE),
    "Exp": ("exp", LINE),
    "Log": ("log", POSITIVE),
    "Floor": ("floor", LINE),
    "Ceil": ("ceil", LINE),
    "Round": ("round", LINE),
    "Erf": ("erf", LINE),
    "Sin": ("sin", LINE),
    "Cos": ("cos", LINE),
    "Tan": ("tan", UNIT),
    "Asin": ("asin", UNIT),
    "Acos": ("acos", UNIT),
    "Atan": ("atan", LINE),
    "Sinh": ("sinh", LINE),
    "Cosh": ("cosh", LINE),
    "Asinh": ("asinh", LINE),
    "Acosh": ("acosh", ABOVE_ONE),
    "Atanh": ("atanh", UNIT),
}
TOLERANCE = {"f2": 4e-3, "f4": 2e-6, "f8": 1e-14}


@pytest.mark.parametrize("kind", IN_TORCH)
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
@given(data=st.data())
@settings(max_examples=15)
def test_agrees_with_torch(torch, apply, kind, dtype, data):
    name, (low, high) = IN_TORCH[kind]
    shape = data.draw(hnp.array_shapes(min_dims=0, max_dims=3, max_side=5))
    x = np.random.default_rng(data.draw(st.integers(0, 9999))).uniform(low, high, shape).astype(dtype)
    (y,) = apply(getattr(ops, kind)(), x)
    exact = getattr(torch, name)(torch.from_numpy(x).double()).numpy()
    np.testing.assert_allclose(y, exact, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


@pytest.mark.parametrize("kind", IN_TORCH)
def test_its_formula_says_what_it_computes(apply, kind):
    op = getattr(ops, kind)()
    x = np.linspace(*IN_TORCH[kind][1], 33)
    (y,) = apply(op, x)
    names = {**vars(math), "abs": abs, "round": round}
    np.testing.assert_allclose(y, [eval(op.formula, names, {"x": float(value)}) for value in x], rtol=1e-12, atol=1e-12)


def test_every_function_of_one_number_is_tried():
    activations = {kind.__name__ for kind in ops.Activation.__subclasses__()}
    assert {kind.__name__ for kind in Pointwise.__subclasses__()} == {*IN_TORCH, "Activation"}
    assert activations >= {"Relu", "Sigmoid"}


def test_halves_round_to_even(apply):
    assert apply(Round(), np.array([-2.5, -0.5, 0.5, 1.5, 2.5]))[0].tolist() == [-2, 0, 0, 2, 2]


@pytest.mark.parametrize("dtype", ["i1", "i8"])
def test_integers_stay_integers(apply, dtype):
    x = np.array([-3, 0, 4], dtype)
    for op, wanted in ((Neg(), [3, 0, -4]), (Abs(), [3, 0, 4]), (Sign(), [-1, 0, 1])):
        (y,) = apply(op, x)
        assert (y.dtype, y.tolist()) == (x.dtype, wanted)


def test_what_is_not_a_number_is_nan_and_no_error(apply):
    (y,) = apply(Sqrt(), np.array([-1.0, 4.0]))
    np.testing.assert_array_equal(y, [np.nan, 2])


@given(hnp.arrays(np.float64, 20, elements=st.floats(-30, 30)))
def test_error_function_is_right_to_the_last_bits(x):
    np.testing.assert_allclose(erf(x), [math.erf(value) for value in x], rtol=1e-15, atol=0)


def test_error_function_at_the_ends():
    with np.errstate(all="ignore"):
        y = erf(np.array([np.nan, np.inf, -np.inf, -0.0, 1e-300]))
    np.testing.assert_array_equal(y, [np.nan, 1, -1, -0.0, 1.1283791670955126e-300])


def test_integers_are_refused_where_the_result_is_none():
    with pytest.raises(DtypeError, match="input has type int64, expected a floating-point type; put a Cast before it"):
        Sqrt().infer([tensor("i8", (3,))])
    with pytest.raises(DtypeError, match="a signed number type"):
        Neg().infer([tensor("u1", (3,))])
