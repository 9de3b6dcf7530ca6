from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import tensor
from striate.ops import (
    Celu,
    Clip,
    Elu,
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    Mish,
    PRelu,
    Relu,
    Selu,
    Shrink,
    Sigmoid,
    Softplus,
    Softsign,
    Swish,
    Tanh,
    ThresholdedRelu,
)

# Of the article (Klambauer et al., 2017); ONNX's defaults are these, rounded to single precision.
SELU_ALPHA, SELU_GAMMA = 1.6732632423543772848, 1.0507009873554804934

# Each activation with PyTorch's name for it.
IN_TORCH = [
    (Relu(), lambda F, x: F.relu(x)),
    (LeakyRelu(0.2), lambda F, x: F.leaky_relu(x, 0.2)),
    (Elu(0.7), lambda F, x: F.elu(x, 0.7)),
    (Selu(SELU_ALPHA, SELU_GAMMA), lambda F, x: F.selu(x)),
    (Celu(1.3), lambda F, x: F.celu(x, 1.3)),
    (ThresholdedRelu(0.65), lambda F, x: F.threshold(x, 0.65, 0)),
    (Sigmoid(), lambda F, x: F.sigmoid(x)),
    (Tanh(), lambda F, x: F.tanh(x)),
    (HardSigmoid(1 / 6, 0.5), lambda F, x: F.hardsigmoid(x)),
    (HardSwish(), lambda F, x: F.hardswish(x)),
    (Swish(), lambda F, x: F.silu(x)),
    (Swish(1.7), lambda F, x: x * F.sigmoid(1.7 * x)),
    (Mish(), lambda F, x: F.mish(x)),
    (Gelu(), lambda F, x: F.gelu(x)),
    (Gelu("tanh"), lambda F, x: F.gelu(x, approximate="tanh")),
    (Softplus(), lambda F, x: F.softplus(x, threshold=1e9)),
    (Softsign(), lambda F, x: F.softsign(x)),
    (Shrink(0.3, 0.3), lambda F, x: F.softshrink(x, 0.3)),
    (Shrink(0.0, 0.45), lambda F, x: F.hardshrink(x, 0.45)),
]
SCALAR = [op for op, _ in IN_TORCH]
# Room for the rounding of inputs and of a result near 1.
TOLERANCE = {np.float16: 2e-3, np.float32: 2e-6, np.float64: 1e-14}

shapes = hnp.array_shapes(min_dims=0, max_dims=5, max_side=4)


@pytest.mark.parametrize(("op", "wanted"), IN_TORCH, ids=lambda value: str(value) if hasattr(value, "kind") else "")
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_agrees_with_torch(torch, apply, op, wanted, dtype):
    x = np.concatenate([np.linspace(-20, 20, 401), [0.0, -0.0, 80, -80]]).astype(dtype).reshape(5, 81)
    (y,) = apply(op, x)
    exact = wanted(torch.nn.functional, torch.from_numpy(x).double()).numpy()
    np.testing.assert_allclose(y, exact, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


@pytest.mark.parametrize("op", SCALAR, ids=str)
def test_its_formula_says_what_it_computes(apply, op):
    names = {**vars(math), "abs": abs, "max": max, "min": min}
    x = np.linspace(-6, 6, 97)
    (y,) = apply(op, x)
    np.testing.assert_allclose(y, [eval(op.formula, names, {"x": float(value)}) for value in x], rtol=1e-9, atol=1e-12)


def test_selu_has_the_constants_of_its_article():
    assert np.float32(Selu().alpha) == np.float32(SELU_ALPHA)
    assert np.float32(Selu().gamma) == np.float32(SELU_GAMMA)


def test_formulas_are_filled_in():
    assert Relu().formula == "max(0, x)"
    assert LeakyRelu(0.2).formula == "x if x >= 0 else 0.2*x"
    assert Clip().formula == "min(max(x, low), high)"
    assert "tanh" in Gelu("tanh").formula


@pytest.mark.parametrize("op", SCALAR, ids=str)
def test_the_ends_of_the_line(torch, apply, op):
    """Infinity and NaN give what PyTorch gives, and no warning of overflow is needed on the way."""
    wanted = dict(zip(SCALAR, (f for _, f in IN_TORCH), strict=True))[op]
    x = np.array([1e30, -1e30, np.inf])
    (y,) = apply(op, x)
    np.testing.assert_allclose(y, wanted(torch.nn.functional, torch.from_numpy(x)).numpy(), atol=1e-12)


@given(x=hnp.arrays(np.float32, shapes, elements=st.floats(-9, 9, width=32)))
def test_every_shape_keeps_its_shape_and_dtype(apply, x):
    for op in SCALAR:
        assert apply(op, x)[0].dtype == np.float32


@given(data=st.data(), shape=hnp.array_shapes(min_dims=1, max_dims=4, max_side=4))
def test_prelu_repeats_its_slope(apply, data, shape):
    slope_shape = data.draw(hnp.broadcastable_shapes(shape, max_dims=len(shape), max_side=1).filter(
        lambda s: np.broadcast_shapes(s, shape) == shape
    ))  # fmt: skip
    numbers = np.random.default_rng(data.draw(st.integers(0, 99)))
    x, slope = numbers.standard_normal(shape), numbers.standard_normal(slope_shape)
    (y,) = apply(PRelu(), x.astype("f4"), slope.astype("f4"))
    np.testing.assert_allclose(y, np.maximum(x, 0) + slope * np.minimum(x, 0), rtol=1e-6)


def test_prelu_per_channel_agrees_with_torch(torch, apply):
    x = np.random.default_rng(0).standard_normal((2, 3, 4)).astype("f4")
    slope = np.array([0.1, 0.2, -0.3], "f4")
    (y,) = apply(PRelu(), x, slope.reshape(3, 1))
    np.testing.assert_array_equal(y, torch.nn.functional.prelu(*map(torch.from_numpy, (x, slope))).numpy())


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8, np.int64, np.uint8])
@pytest.mark.parametrize(("low", "high"), [(2, 5), (None, 5), (2, None), (None, None), (5, 2)])
def test_clip_agrees_with_onnx_runtime(ort_run, apply, dtype, low, high):
    x = np.arange(8, dtype=dtype).reshape(2, 4)
    limits = [None if limit is None else np.array(limit, dtype) for limit in (low, high)]
    (y,) = apply(Clip(), x, *limits)
    assert y.dtype == dtype
    np.testing.assert_array_equal(y, ort_run("Clip", x, *limits)[0])


def test_relu_of_integers(apply):
    (y,) = apply(Relu(), np.array([-3, 0, 4], np.int8))
    assert (y.dtype, y.tolist()) == (np.int8, [0, 0, 4])


@pytest.mark.parametrize(
    ("op", "operands", "error", "message"),
    [
        (Sigmoid(), [tensor("i8", (2,))], DtypeError, "input has type int64, expected a floating-point type"),
        (Relu(), [tensor("u1", (2,))], DtypeError, "a signed number type"),
        (Relu(), [], ShapeError, "input is required"),
        (PRelu(), [tensor("f4", (1, 3, 4))], ShapeError, "slope is required"),
        (PRelu(), [tensor("f4", (1, 3, 4)), tensor("f4", (3,))], ShapeError, r"slope has shape \(3,\)"),
        (PRelu(), [tensor("f4", (3,)), tensor("f4", (1, 3))], ShapeError, r"slope has shape \(1, 3\)"),
        (PRelu(), [tensor("f4", (3,)), tensor("f8", (3,))], DtypeError, "float32 and slope float64, expected the same"),
        (Clip(), [tensor("f4", (3,)), tensor("f4", (3,))], ShapeError, r"min has shape \(3,\), expected one number"),
        (Clip(), [tensor("f4", (3,)), None, tensor("f8", ())], DtypeError, "float32 and max float64"),
        (Celu(0.0), [tensor("f4", (3,))], ParameterError, r"alpha \(=0.0\) must not be 0"),
        (Gelu("fast"), [tensor("f4", (3,))], ParameterError, r'approximate \(="fast"\)'),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(op, operands, error, message):
    with pytest.raises(error, match=message):
        op.infer(operands)
