"""Activations, as torch.nn.functional has them: each a function of one number, applied to every element."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from striate.errors import ParameterError, ShapeError
from striate.functional.apply import apply, arrays
from striate.graph import Array, Op
from striate.ops import (
    Celu,
    Clip,
    Elu,
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    LogSoftmax,
    Mish,
    PRelu,
    Relu,
    Selu,
    Shrink,
    Sigmoid,
    Softmax,
    Softplus,
    Softsign,
    Swish,
    Tanh,
)


def _one(op: Op, name: str, input: npt.ArrayLike) -> Array:
    return apply(op, name, arrays(name, ("input", input))[0])[0]


def relu(input: npt.ArrayLike) -> Array:
    """``max(0, x)``.

    Example:
        >>> relu([-1.0, 2.0])
        array([0., 2.])
    """
    return _one(Relu(), "relu", input)


def relu6(input: npt.ArrayLike) -> Array:
    """``min(max(0, x), 6)``."""
    return hardtanh(input, 0.0, 6.0)


def leaky_relu(input: npt.ArrayLike, negative_slope: float = 0.01) -> Array:
    """``x`` where it is positive, ``negative_slope * x`` elsewhere."""
    return _one(LeakyRelu(negative_slope), "leaky_relu", input)


def prelu(input: npt.ArrayLike, weight: npt.ArrayLike) -> Array:
    """``x`` where it is positive, ``weight * x`` elsewhere; one weight, or one for each channel (axis 1).

    Raises:
        ShapeError: There is neither one weight nor one for each channel.
    """
    x, slope = arrays("prelu", ("input", input), ("weight", weight))
    if slope.ndim > 1 or slope.size not in (1, x.shape[1] if x.ndim > 1 else 1):
        raise ShapeError(
            f"prelu: weight has shape {slope.shape}, expected one number or one for each channel of {x.shape}"
        )
    if slope.size > 1:
        slope = slope.reshape(-1, *[1] * (x.ndim - 2))
    return apply(PRelu(), "prelu", x, slope.reshape(slope.shape or (1,)) if x.ndim else slope.reshape(()))[0]


def elu(input: npt.ArrayLike, alpha: float = 1.0) -> Array:
    """``x`` where it is positive, ``alpha (exp(x) - 1)`` elsewhere."""
    return _one(Elu(alpha), "elu", input)


def selu(input: npt.ArrayLike) -> Array:
    """Scaled ELU, which keeps mean 0 and variance 1 (Klambauer et al., 2017)."""
    return _one(Selu(), "selu", input)


def celu(input: npt.ArrayLike, alpha: float = 1.0) -> Array:
    """``max(0, x) + min(0, alpha (exp(x/alpha) - 1))``."""
    return _one(Celu(alpha), "celu", input)


def gelu(input: npt.ArrayLike, approximate: Literal["none", "tanh"] = "none") -> Array:
    """``x`` times the normal distribution function of ``x``, exact or by the tanh formula."""
    if approximate not in ("none", "tanh"):
        raise ParameterError(f'gelu: approximate (="{approximate}") must be "none" or "tanh"')
    return _one(Gelu(approximate), "gelu", input)


def silu(input: npt.ArrayLike) -> Array:
    """``x * sigmoid(x)``, also called swish."""
    return _one(Swish(1.0), "silu", input)


def mish(input: npt.ArrayLike) -> Array:
    """``x * tanh(softplus(x))``."""
    return _one(Mish(), "mish", input)


def sigmoid(input: npt.ArrayLike) -> Array:
    """``1 / (1 + exp(-x))``."""
    return _one(Sigmoid(), "sigmoid", input)


def logsigmoid(input: npt.ArrayLike) -> Array:
    """Logarithm of the sigmoid, ``-softplus(-x)``."""
    (x,) = arrays("logsigmoid", ("input", input))
    return -apply(Softplus(), "logsigmoid", -x)[0]


def tanh(input: npt.ArrayLike) -> Array:
    """Hyperbolic tangent."""
    return _one(Tanh(), "tanh", input)


def hardtanh(input: npt.ArrayLike, min_val: float = -1.0, max_val: float = 1.0) -> Array:
    """``x`` clipped to ``min_val .. max_val``.

    Raises:
        ParameterError: The largest value is below the smallest.
    """
    if max_val < min_val:
        raise ParameterError(f"hardtanh: max_val (={max_val}) must not be less than min_val (={min_val})")
    (x,) = arrays("hardtanh", ("input", input))
    return apply(Clip(), "hardtanh", x, np.array(min_val, x.dtype), np.array(max_val, x.dtype))[0]


def hardsigmoid(input: npt.ArrayLike) -> Array:
    """``x/6 + 1/2`` clipped to 0 .. 1."""
    return _one(HardSigmoid(1 / 6, 0.5), "hardsigmoid", input)


def hardswish(input: npt.ArrayLike) -> Array:
    """``x * hardsigmoid(x)``."""
    return _one(HardSwish(), "hardswish", input)


def softplus(input: npt.ArrayLike, beta: float = 1.0, threshold: float = 20.0) -> Array:
    """``log(1 + exp(beta x)) / beta``; ``x`` itself where ``beta x`` is above the threshold.

    Raises:
        ParameterError: Beta is 0.
    """
    if beta == 0:
        raise ParameterError("softplus: beta must not be 0")
    (x,) = arrays("softplus", ("input", input))
    scaled = x * x.dtype.type(beta)
    return np.where(scaled > threshold, x, apply(Softplus(), "softplus", scaled)[0] / x.dtype.type(beta))


def softsign(input: npt.ArrayLike) -> Array:
    """``x / (1 + |x|)``."""
    return _one(Softsign(), "softsign", input)


def softshrink(input: npt.ArrayLike, lambd: float = 0.5) -> Array:
    """``x`` moved towards 0 by ``lambd``, 0 where it is nearer than that."""
    return _one(Shrink(lambd, lambd), "softshrink", input)


def hardshrink(input: npt.ArrayLike, lambd: float = 0.5) -> Array:
    """``x`` where it is farther than ``lambd`` from 0, otherwise 0."""
    return _one(Shrink(0.0, lambd), "hardshrink", input)


def tanhshrink(input: npt.ArrayLike) -> Array:
    """``x - tanh(x)``."""
    (x,) = arrays("tanhshrink", ("input", input))
    return x - np.tanh(x)


def threshold(input: npt.ArrayLike, threshold: float, value: float) -> Array:
    """``x`` where it is above the threshold, otherwise ``value``."""
    (x,) = arrays("threshold", ("input", input))
    return np.where(x > threshold, x, x.dtype.type(value))


def softmax(input: npt.ArrayLike, dim: int = -1) -> Array:
    """``exp(x)`` divided by its sum along an axis.

    Example:
        >>> softmax([0.0, 0.0])
        array([0.5, 0.5])
    """
    return _one(Softmax((dim,)), "softmax", input)


def softmin(input: npt.ArrayLike, dim: int = -1) -> Array:
    """Softmax of ``-x``."""
    (x,) = arrays("softmin", ("input", input))
    return apply(Softmax((dim,)), "softmin", -x)[0]


def log_softmax(input: npt.ArrayLike, dim: int = -1) -> Array:
    """Logarithm of softmax."""
    return _one(LogSoftmax((dim,)), "log_softmax", input)


def glu(input: npt.ArrayLike, dim: int = -1) -> Array:
    """The first half along an axis times the sigmoid of the second.

    Raises:
        ShapeError: The axis does not exist or has an odd length.
    """
    (x,) = arrays("glu", ("input", input))
    if not -x.ndim <= dim < x.ndim or x.shape[dim] % 2:
        raise ShapeError(f"glu: axis dim (={dim}) of the input's shape {x.shape} must exist and have an even length")
    first, second = np.split(x, 2, dim)
    return first * apply(Sigmoid(), "glu", second)[0]
