"""Curved activations, as torch.nn.functional has them, and those that compare numbers along an axis."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from striate.errors import ParameterError, ShapeError
from striate.functional.apply import along_axis, arrays, of_each_number, whole
from striate.graph import Array
from striate.ops import (
    Celu,
    Elu,
    Gelu,
    LogSoftmax,
    Mish,
    Selu,
    Sigmoid,
    Softmax,
    Softplus,
    Softsign,
    Swish,
    Tanh,
)


def elu(input: npt.ArrayLike, alpha: float = 1.0) -> Array:
    """``x`` where it is positive, ``alpha (exp(x) - 1)`` elsewhere.

    Args:
        input: Any array; whole numbers count as float32.
        alpha: What it tends to far below 0, turned round.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> elu([-1.0, 2.0]).round(3)
        array([-0.632,  2.   ])
    """
    return of_each_number("elu", input, Elu, alpha)


def selu(input: npt.ArrayLike) -> Array:
    """Scaled ELU, which keeps mean 0 and variance 1 (Klambauer et al., 2017).

    Args:
        input: Any array; whole numbers count as float32.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> selu([-1.0, 2.0]).round(3)
        array([-1.111,  2.101])
    """
    return of_each_number("selu", input, Selu)


def celu(input: npt.ArrayLike, alpha: float = 1.0) -> Array:
    """``max(0, x) + min(0, alpha (exp(x/alpha) - 1))``.

    Args:
        input: Any array; whole numbers count as float32.
        alpha: What it tends to far below 0, turned round.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> celu([-1.0, 2.0]).round(3)
        array([-0.632,  2.   ])
    """
    return of_each_number("celu", input, Celu, alpha)


def gelu(input: npt.ArrayLike, approximate: Literal["none", "tanh"] = "none") -> Array:
    """``x`` times the normal distribution function of ``x``, exact or by the tanh formula.

    Args:
        input: Any array; whole numbers count as float32.
        approximate: "none" for the distribution function itself, "tanh" for the usual approximation.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> gelu([-1.0, 2.0]).round(3)
        array([-0.159,  1.954])
    """
    if approximate not in ("none", "tanh"):
        raise ParameterError(f'gelu: approximate (="{approximate}") must be "none" or "tanh"')
    return of_each_number("gelu", input, Gelu, approximate)


def silu(input: npt.ArrayLike) -> Array:
    """``x * sigmoid(x)``, also called swish.

    Args:
        input: Any array; whole numbers count as float32.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> silu([-1.0, 2.0]).round(3)
        array([-0.269,  1.762])
    """
    return of_each_number("silu", input, Swish, 1.0)


def mish(input: npt.ArrayLike) -> Array:
    """``x * tanh(softplus(x))``.

    Args:
        input: Any array; whole numbers count as float32.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> mish([-1.0, 2.0]).round(3)
        array([-0.303,  1.944])
    """
    return of_each_number("mish", input, Mish)


def sigmoid(input: npt.ArrayLike) -> Array:
    """``1 / (1 + exp(-x))``.

    Args:
        input: Any array; whole numbers count as float32.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> sigmoid([0.0, 2.0]).round(3)
        array([0.5  , 0.881])
    """
    return of_each_number("sigmoid", input, Sigmoid)


def logsigmoid(input: npt.ArrayLike) -> Array:
    """Logarithm of the sigmoid, ``-softplus(-x)``.

    Args:
        input: Any array; whole numbers count as float32.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> logsigmoid([0.0, 2.0]).round(3)
        array([-0.693, -0.127])
    """
    (x,) = arrays("logsigmoid", ("input", input))
    return -of_each_number("logsigmoid", -x, Softplus)


def tanh(input: npt.ArrayLike) -> Array:
    """Hyperbolic tangent.

    Args:
        input: Any array; whole numbers count as float32.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> tanh([0.0, 2.0]).round(3)
        array([0.   , 0.964])
    """
    return of_each_number("tanh", input, Tanh)


def softplus(input: npt.ArrayLike, beta: float = 1.0, threshold: float = 20.0) -> Array:
    """``log(1 + exp(beta x)) / beta``; ``x`` itself where ``beta x`` is above the threshold.

    Args:
        input: Any array; whole numbers count as float32.
        beta: How sharp the bend is.
        threshold: From here on the result is the number itself.

    Returns:
        Array of the input's shape, floating point.

    Raises:
        ParameterError: Beta is 0.

    Example:
        >>> softplus([0.0, 30.0]).round(3)
        array([ 0.693, 30.   ])
    """
    if beta == 0:
        raise ParameterError("softplus: beta must not be 0")
    (x,) = arrays("softplus", ("input", input))
    scaled = x * x.dtype.type(beta)
    return np.where(scaled > threshold, x, of_each_number("softplus", scaled, Softplus) / x.dtype.type(beta))


def softsign(input: npt.ArrayLike) -> Array:
    """``x / (1 + |x|)``.

    Args:
        input: Any array; whole numbers count as float32.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> softsign([-1.0, 3.0])
        array([-0.5 ,  0.75])
    """
    return of_each_number("softsign", input, Softsign)


def tanhshrink(input: npt.ArrayLike) -> Array:
    """``x - tanh(x)``.

    Args:
        input: Any array; whole numbers count as float32.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> tanhshrink([0.0, 2.0]).round(3)
        array([0.   , 1.036])
    """
    (x,) = arrays("tanhshrink", ("input", input))
    return x - np.tanh(x)


def softmax(input: npt.ArrayLike, dim: int = -1) -> Array:
    """``exp(x)`` divided by its sum along an axis.

    Args:
        input: Any array; whole numbers count as float32.
        dim: Axis, negative ones counted from the last.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> softmax([0.0, 0.0])
        array([0.5, 0.5])
    """
    return along_axis("softmax", input, Softmax, dim)


def softmin(input: npt.ArrayLike, dim: int = -1) -> Array:
    """Softmax of ``-x``.

    Args:
        input: Any array; whole numbers count as float32.
        dim: Axis, negative ones counted from the last.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> softmin([0.0, 1.0]).round(3)
        array([0.731, 0.269])
    """
    (x,) = arrays("softmin", ("input", input))
    return along_axis("softmin", -x, Softmax, dim)


def log_softmax(input: npt.ArrayLike, dim: int = -1) -> Array:
    """Logarithm of softmax.

    Args:
        input: Any array; whole numbers count as float32.
        dim: Axis, negative ones counted from the last.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> log_softmax([0.0, 0.0]).round(3)
        array([-0.693, -0.693])
    """
    return along_axis("log_softmax", input, LogSoftmax, dim)


def glu(input: npt.ArrayLike, dim: int = -1) -> Array:
    """The first half along an axis times the sigmoid of the second.

    Args:
        input: Any array; whole numbers count as float32.
        dim: Axis to cut in halves, negative ones counted from the last.

    Returns:
        Array of the input's shape, the axis half as long.

    Raises:
        ShapeError: The axis does not exist or has an odd length.

    Example:
        >>> glu([2.0, 4.0, 0.0, 0.0])
        array([1., 2.])
    """
    (x,) = arrays("glu", ("input", input))
    dim = whole(dim, "glu", "dim")
    if not -x.ndim <= dim < x.ndim or x.shape[dim] % 2:
        raise ShapeError(f"glu: axis dim (={dim}) of the input's shape {x.shape} must exist and have an even length")
    first, second = np.split(x, 2, dim)
    return first * of_each_number("glu", second, Sigmoid)
