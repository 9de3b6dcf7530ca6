"""Activations made of straight lines, as torch.nn.functional has them: ReLU, its relatives and shrinkage."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from striate.errors import ParameterError, ShapeError
from striate.functional.apply import apply, arrays, of_each_number, real
from striate.graph import Array
from striate.ops import Clip, HardSigmoid, HardSwish, LeakyRelu, PRelu, Relu, Shrink


def relu(input: npt.ArrayLike) -> Array:
    """``max(0, x)``.

    Args:
        input: Any array; whole numbers count as float32.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> relu([-1.0, 2.0])
        array([0., 2.])
    """
    return of_each_number("relu", input, Relu)


def relu6(input: npt.ArrayLike) -> Array:
    """``min(max(0, x), 6)``.

    Args:
        input: Any array; whole numbers count as float32.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> relu6([-1.0, 2.0, 8.0])
        array([0., 2., 6.])
    """
    return hardtanh(input, 0.0, 6.0)


def leaky_relu(input: npt.ArrayLike, negative_slope: float = 0.01) -> Array:
    """``x`` where it is positive, ``negative_slope * x`` elsewhere.

    Args:
        input: Any array; whole numbers count as float32.
        negative_slope: Slope below 0.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> leaky_relu([-2.0, 2.0])
        array([-0.02,  2.  ])
    """
    return of_each_number("leaky_relu", input, _leaky, negative_slope)


def _leaky(negative_slope: float) -> LeakyRelu:
    return LeakyRelu(real(negative_slope, "leaky_relu", "negative_slope"))


def prelu(input: npt.ArrayLike, weight: npt.ArrayLike) -> Array:
    """``x`` where it is positive, ``weight * x`` elsewhere; one weight, or one for each channel (axis 1).

    Args:
        input: (n, c, ...), or any array for one weight; whole numbers count as float32.
        weight: One number, or (c,).

    Returns:
        Array of the input's shape, floating point.

    Raises:
        ShapeError: There is neither one weight nor one for each channel.

    Example:
        >>> prelu([[-2.0, -2.0]], [0.1, 0.5])
        array([[-0.2, -1. ]])
    """
    x, slope = arrays("prelu", ("input", input), ("weight", weight))
    if slope.ndim > 1 or slope.size not in (1, x.shape[1] if x.ndim > 1 else 1):
        raise ShapeError(
            f"prelu: weight has shape {slope.shape}, expected one number or one for each channel of {x.shape}"
        )
    if slope.size > 1:
        slope = slope.reshape(-1, *[1] * (x.ndim - 2))
    return apply(PRelu(), "prelu", x, slope.reshape(slope.shape or (1,)) if x.ndim else slope.reshape(()))[0]


def hardtanh(input: npt.ArrayLike, min_val: float = -1.0, max_val: float = 1.0) -> Array:
    """``x`` clipped to ``min_val .. max_val``.

    Args:
        input: Any array; whole numbers count as float32.
        min_val: Smallest result.
        max_val: Largest result.

    Returns:
        Array of the input's shape, floating point.

    Raises:
        ParameterError: The largest value is below the smallest.

    Example:
        >>> hardtanh([-3.0, 0.5, 3.0])
        array([-1. ,  0.5,  1. ])
    """
    if max_val < min_val:
        raise ParameterError(f"hardtanh: max_val (={max_val}) must not be less than min_val (={min_val})")
    return of_each_number("hardtanh", input, Clip, bounds=(min_val, max_val))


def hardsigmoid(input: npt.ArrayLike) -> Array:
    """``x/6 + 1/2`` clipped to 0 .. 1.

    Args:
        input: Any array; whole numbers count as float32.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> hardsigmoid([-4.0, 0.0, 1.5])
        array([0.  , 0.5 , 0.75])
    """
    return of_each_number("hardsigmoid", input, _hard_sigmoid)


def _hard_sigmoid() -> HardSigmoid:
    return HardSigmoid(1 / 6, 0.5)


def hardswish(input: npt.ArrayLike) -> Array:
    """``x * hardsigmoid(x)``.

    Args:
        input: Any array; whole numbers count as float32.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> hardswish([-4.0, 3.0])
        array([-0.,  3.])
    """
    return of_each_number("hardswish", input, HardSwish)


def softshrink(input: npt.ArrayLike, lambd: float = 0.5) -> Array:
    """``x`` moved towards 0 by ``lambd``, 0 where it is nearer than that.

    Args:
        input: Any array; whole numbers count as float32.
        lambd: By how much.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> softshrink([-2.0, 0.25])
        array([-1.5,  0. ])
    """
    return of_each_number("softshrink", input, _soft_shrink, lambd)


def _soft_shrink(lambd: float) -> Shrink:
    return Shrink(lambd, lambd)


def hardshrink(input: npt.ArrayLike, lambd: float = 0.5) -> Array:
    """``x`` where it is farther than ``lambd`` from 0, otherwise 0.

    Args:
        input: Any array; whole numbers count as float32.
        lambd: Up to where numbers become 0.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> hardshrink([-2.0, 0.25])
        array([-2.,  0.])
    """
    return of_each_number("hardshrink", input, _hard_shrink, lambd)


def _hard_shrink(lambd: float) -> Shrink:
    return Shrink(0.0, lambd)


def threshold(input: npt.ArrayLike, threshold: float, value: float) -> Array:
    """``x`` where it is above the threshold, otherwise ``value``.

    Args:
        input: Any array; whole numbers count as float32.
        threshold: What a number must exceed to stay.
        value: What the others become.

    Returns:
        Array of the input's shape, floating point.

    Example:
        >>> threshold([1.0, 3.0], 2.0, -1.0)
        array([-1.,  3.])
    """
    (x,) = arrays("threshold", ("input", input))
    return np.where(x > threshold, x, x.dtype.type(value))
