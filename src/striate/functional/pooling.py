"""Pooling, as torch.nn.functional has it: maximum, mean and norm of windows."""

from __future__ import annotations

from math import prod
from typing import Literal, overload

import numpy as np
import numpy.typing as npt

from striate.engine.immediate import immediate, recall
from striate.errors import ParameterError
from striate.functional.apply import Sizes, apply, arrays, batched, each, first_result, plain, real, remembered
from striate.graph import Array
from striate.ops import AveragePool, Conv, MaxPool


def _max_pool(
    axes: int,
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None,
    padding: Sizes,
    dilation: Sizes,
    ceil_mode: bool,
    return_indices: bool,
) -> Array | tuple[Array, Array]:
    name = f"max_pool{axes}d"
    options = (name, kernel_size, stride, padding, dilation, ceil_mode)
    known = not return_indices and (
        _whole(kernel_size, stride, padding, dilation) or plain(kernel_size, stride, padding, dilation)
    )
    y = recall(options, input) if known else None
    if y is not None:
        return y
    one = _maximum(name, axes, kernel_size, stride, padding, dilation, ceil_mode)
    x, single = batched(arrays(name, ("input", input))[0], axes, name)
    if not return_indices:
        return first_result(one, name, x, single=single, options=options if known else None)
    y, places = apply(one.op, name, x)
    # PyTorch counts places within one map, ONNX through the whole input.
    places = places % prod(x.shape[2:])
    return (y[0], places[0]) if single else (y, places)


def _whole(kernel_size: object, stride: object, padding: object, dilation: object = 1) -> bool:
    """Whether each is one whole number, as in most calls: 100 ns, where a look at any options takes 600."""
    return type(kernel_size) is type(padding) is type(dilation) is int and (stride is None or type(stride) is int)


@remembered
def _maximum(
    name: str, axes: int, kernel_size: Sizes, stride: Sizes | None, padding: Sizes, dilation: Sizes, ceil_mode: bool
) -> MaxPool:
    kernel, steps, pads = _window(name, axes, kernel_size, stride, padding)
    return MaxPool(kernel, steps, pads, each(dilation, axes, name, "dilation"), ceil_mode)


def _window(
    name: str, axes: int, kernel_size: Sizes, stride: Sizes | None, padding: Sizes
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[tuple[int, int], ...]]:
    kernel = each(kernel_size, axes, name, "kernel_size")
    steps = kernel if stride is None else each(stride, axes, name, "stride")
    pads = each(padding, axes, name, "padding", 0)
    if any(2 * pad > size for pad, size in zip(pads, kernel, strict=True)):
        raise ParameterError(f"{name}: padding (={padding}) must be at most half of kernel_size (={kernel_size})")
    return kernel, steps, tuple((pad, pad) for pad in pads)


@overload
def max_pool1d(
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Array: ...
@overload
def max_pool1d(
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Array, Array]: ...
def max_pool1d(
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Array | tuple[Array, Array]:
    """Maximum of each window of a signal.

    Args:
        input: (n, c, l), or (c, l) for one sample.
        kernel_size: Cells of the window.
        stride: Cells between two windows; the window's size if left out.
        padding: Cells added at both ends, which never win; at most half of the window.
        dilation: Cells between two taps.
        ceil_mode: Whether a last window that reaches past the end counts.
        return_indices: Whether the places of the maxima, counted within each map, are given too.

    Returns:
        (n, c, positions), or without n; with return_indices a pair with the places (int64).

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Example:
        >>> max_pool1d([[[1, 3, 2, 5]]], 2)
        array([[[3., 5.]]], dtype=float32)

    Source:
        torch.nn.functional.max_pool1d
    """
    return _max_pool(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@overload
def max_pool2d(
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Array: ...
@overload
def max_pool2d(
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Array, Array]: ...
def max_pool2d(
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Array | tuple[Array, Array]:
    """Maximum of each window of an image; all as for :func:`max_pool1d`.

    Example:
        >>> import numpy as np
        >>> max_pool2d(np.arange(16).reshape(1, 4, 4), 2)[0]
        array([[ 5.,  7.],
               [13., 15.]], dtype=float32)
    """
    return _max_pool(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@overload
def max_pool3d(
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> Array: ...
@overload
def max_pool3d(
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    *,
    return_indices: Literal[True],
) -> tuple[Array, Array]: ...
def max_pool3d(
    input: npt.ArrayLike,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Array | tuple[Array, Array]:
    """Maximum of each window of a volume; all as for :func:`max_pool1d`.

    Example:
        >>> import numpy as np
        >>> max_pool3d(np.arange(8).reshape(1, 2, 2, 2), 2)
        array([[[[7.]]]], dtype=float32)
    """
    return _max_pool(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


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
    known = divisor_override is None and (_whole(kernel_size, stride, padding) or plain(kernel_size, stride, padding))
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
    kernel, steps, pads = _window(name, axes, kernel_size, stride, padding)
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
    """Mean of each window of an image, or its sum over ``divisor_override``; all else as for :func:`avg_pool1d`.

    Example:
        >>> import numpy as np
        >>> avg_pool2d(np.arange(16).reshape(1, 4, 4), 2)[0]
        array([[ 2.5,  4.5],
               [10.5, 12.5]], dtype=float32)
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
    """Mean of each window of a volume, or its sum over ``divisor_override``; all else as for :func:`avg_pool1d`.

    Example:
        >>> import numpy as np
        >>> avg_pool3d(np.arange(8).reshape(1, 2, 2, 2), 2)
        array([[[[3.5]]]], dtype=float32)
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
        y = (_sums(name, one.op, x**norm_type) ** (1 / norm_type)).astype(x.dtype, copy=False)
    return y[0] if single else y


def lp_pool1d(
    input: npt.ArrayLike,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Array:
    """Norm of each window of a signal, ``(sum of x**p) ** (1/p)``; other arguments as for :func:`avg_pool1d`.

    Example:
        >>> lp_pool1d([[[3, 4, 6, 8]]], 2, 2)
        array([[[ 5., 10.]]], dtype=float32)
    """
    return _lp_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: npt.ArrayLike,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Array:
    """Norm of each window of an image; as :func:`lp_pool1d`.

    Example:
        >>> lp_pool2d([[[3, 0], [0, 4]]], 2, 2)
        array([[[5.]]], dtype=float32)
    """
    return _lp_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(
    input: npt.ArrayLike,
    norm_type: float,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Array:
    """Norm of each window of a volume; as :func:`lp_pool1d`.

    Example:
        >>> lp_pool3d([[[[3, 0], [0, 4]]]], 2, (1, 2, 2))
        array([[[[5.]]]], dtype=float32)
    """
    return _lp_pool(3, input, norm_type, kernel_size, stride, ceil_mode)
