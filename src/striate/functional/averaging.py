"""Pooling by means and norms, as torch.nn.functional has it."""

from __future__ import annotations

from math import prod

import numpy as np
import numpy.typing as npt

from striate.engine.immediate import immediate, recall
from striate.errors import ParameterError
from striate.functional.apply import Sizes, arrays, batched, first_result, plain, real, remembered
from striate.functional.pooling import whole_options, window_of
from striate.graph import Array
from striate.ops import AveragePool, Conv


def _avg_pool(
    axes: int,
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None = None,
) -> Array:
    name = f"avg_pool{axes}d"
    options = (name, kernel_size, stride, padding, ceil_mode, count_include_pad)
    known = divisor_override is None and (
        whole_options(kernel_size, stride, padding) or plain(kernel_size, stride, padding)
    )
    y = recall(options, input) if known else None
    if y is not None:
        return y
    one = _average(name, axes, kernel_size, stride, padding, ceil_mode, count_include_pad)
    x, single = batched(arrays(name, ("input", input))[0], axes, name)
    if divisor_override is None:
        return first_result(one, name, x, single=single, options=options if known else None)
    if real(divisor_override, name, "divisor_override") == 0:
        raise ParameterError(f"{name}: divisor_override must not be 0")
    y = _sums(name, one.op, x) / x.dtype.type(divisor_override)
    return y[0] if single else y


@remembered
def _average(
    name: str,
    axes: int,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    ceil_mode: bool,
    count_include_pad: bool,
) -> AveragePool:
    kernel, steps, pads = window_of(name, axes, kernel_size, stride, padding)
    return AveragePool(kernel, steps, pads, (1,) * axes, ceil_mode, count_include_pad)


def _sums(name: str, op: AveragePool, x: Array) -> Array:
    """Sum of each window: a convolution of each map with ones."""
    margins = op.margins(x.shape[2:])
    channels = x.shape[1]
    ones = np.ones((channels, 1, *op.kernel), x.dtype)
    return first_result(immediate(Conv(op.stride, margins, op.dilation, channels)), name, x, ones, None)


def avg_pool1d(
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Mean of each window of a signal.

    Args:
        input: (n, c, l), or (c, l) for one sample.
        kernel_size: Cells of the window.
        stride: Cells between two windows; the window's size if left out.
        padding: Zeros added at both ends; at most half of the window.
        ceil_mode: Whether a last window that reaches past the end counts.
        count_include_pad: Whether padded cells count when the sum is divided.

    Returns:
        (n, c, positions), or without n.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Example:
        >>> avg_pool1d([[[1, 3, 2, 6]]], 2)
        array([[[2., 4.]]], dtype=float32)

    Source:
        torch.nn.functional.avg_pool1d
    """
    return _avg_pool(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


def avg_pool2d(
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    """Mean of each window of an image.

    Args:
        input: (n, c, h, w), or (c, h, w) for one sample.
        kernel_size: Cells of the window, one number or (height, width).
        stride: Cells between two windows, one number or (height, width); the window's size if left out.
        padding: Zeros added at both ends of each axis; at most half of the window.
        ceil_mode: Whether a last window that reaches past the end counts.
        count_include_pad: Whether padded cells count when the sum is divided.
        divisor_override: What sums are divided by instead; not 0.

    Returns:
        (n, c, *positions), or without n.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Example:
        >>> import numpy as np
        >>> avg_pool2d(np.arange(16).reshape(1, 4, 4), 2)[0]
        array([[ 2.5,  4.5],
               [10.5, 12.5]], dtype=float32)

    Source:
        torch.nn.functional.avg_pool2d
    """
    return _avg_pool(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Array:
    """Mean of each window of a volume.

    Args:
        input: (n, c, d, h, w), or (c, d, h, w) for one sample.
        kernel_size: Cells of the window, one number or (depth, height, width).
        stride: Cells between two windows, one number or (depth, height, width); the window's size if left out.
        padding: Zeros added at both ends of each axis; at most half of the window.
        ceil_mode: Whether a last window that reaches past the end counts.
        count_include_pad: Whether padded cells count when the sum is divided.
        divisor_override: What sums are divided by instead; not 0.

    Returns:
        (n, c, *positions), or without n.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Example:
        >>> import numpy as np
        >>> avg_pool3d(np.arange(8).reshape(1, 2, 2, 2), 2)
        array([[[[3.5]]]], dtype=float32)

    Source:
        torch.nn.functional.avg_pool3d
    """
    return _avg_pool(3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def _lp_pool(
    axes: int, input: npt.ArrayLike, norm_type: float, kernel_size: Sizes, stride: Sizes | None, ceil_mode: bool
) -> Array:
    name = f"lp_pool{axes}d"
    if real(norm_type, name, "norm_type") <= 0:
        raise ParameterError(f"{name}: norm_type (={norm_type}) must be positive")
    x, single = batched(arrays(name, ("input", input))[0], axes, name)
    one = _average(name, axes, kernel_size, stride, 0, ceil_mode, False)
    with np.errstate(invalid="ignore"):  # odd powers of negative numbers can have a sum without a root
        powers = x**norm_type
        # PyTorch multiplies means with the window's size, which scales a partial window up.
        sums = first_result(one, name, powers) * prod(one.op.kernel) if ceil_mode else _sums(name, one.op, powers)
        y = (sums ** (1 / norm_type)).astype(x.dtype, copy=False)
    return y[0] if single else y


def lp_pool1d(
    input: npt.ArrayLike,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Array:
    """Norm of each window of a signal, ``(sum of x**p) ** (1/p)``.

    Args:
        input: (n, c, l), or (c, l) for one sample.
        norm_type: The power p, above 0.
        kernel_size: Cells of the window.
        stride: Cells between two windows; the window's size if left out.
        ceil_mode: Whether a last window that reaches past the end counts; as in PyTorch, the sum of the cells that it
            has is scaled to a whole window's.

    Returns:
        (n, c, *positions), or without n; NaN where an odd power of negative numbers has a sum without a root.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Example:
        >>> lp_pool1d([[[3, 4, 6, 8]]], 2, 2)
        array([[[ 5., 10.]]], dtype=float32)

    Source:
        torch.nn.functional.lp_pool1d
    """
    return _lp_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: npt.ArrayLike,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Array:
    """Norm of each window of an image, ``(sum of x**p) ** (1/p)``.

    Args:
        input: (n, c, h, w), or (c, h, w) for one sample.
        norm_type: The power p, above 0.
        kernel_size: Cells of the window, one number or (height, width).
        stride: Cells between two windows, one number or (height, width); the window's size if left out.
        ceil_mode: Whether a last window that reaches past the end counts; as in PyTorch, the sum of the cells that it
            has is scaled to a whole window's.

    Returns:
        (n, c, *positions), or without n; NaN where an odd power of negative numbers has a sum without a root.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Example:
        >>> lp_pool2d([[[3, 0], [0, 4]]], 2, 2)
        array([[[5.]]], dtype=float32)

    Source:
        torch.nn.functional.lp_pool2d
    """
    return _lp_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(
    input: npt.ArrayLike,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Array:
    """Norm of each window of a volume, ``(sum of x**p) ** (1/p)``.

    Args:
        input: (n, c, d, h, w), or (c, d, h, w) for one sample.
        norm_type: The power p, above 0.
        kernel_size: Cells of the window, one number or (depth, height, width).
        stride: Cells between two windows, one number or (depth, height, width); the window's size if left out.
        ceil_mode: Whether a last window that reaches past the end counts; as in PyTorch, the sum of the cells that it
            has is scaled to a whole window's.

    Returns:
        (n, c, *positions), or without n; NaN where an odd power of negative numbers has a sum without a root.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Example:
        >>> lp_pool3d([[[[3, 0], [0, 4]]]], 2, (1, 2, 2))
        array([[[[5.]]]], dtype=float32)

    Source:
        torch.nn.functional.lp_pool3d
    """
    return _lp_pool(3, input, norm_type, kernel_size, stride, ceil_mode)
