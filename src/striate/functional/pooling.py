"""Pooling by maxima, as torch.nn.functional has it."""

from __future__ import annotations

from math import prod
from typing import Literal, overload

import numpy.typing as npt

from striate.engine.immediate import recall
from striate.errors import ParameterError
from striate.functional.apply import Sizes, apply, arrays, batched, each, first_result, plain, remembered
from striate.graph import Array
from striate.ops import MaxPool


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
        whole_options(kernel_size, stride, padding, dilation) or plain(kernel_size, stride, padding, dilation)
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


def whole_options(kernel_size: object, stride: object, padding: object, dilation: object = 1) -> bool:
    """Whether each is one whole number, as in most calls: 100 ns, where a look at any options takes 600."""
    return type(kernel_size) is type(padding) is type(dilation) is int and (stride is None or type(stride) is int)


@remembered
def _maximum(
    name: str, axes: int, kernel_size: Sizes, stride: Sizes | None, padding: Sizes, dilation: Sizes, ceil_mode: bool
) -> MaxPool:
    kernel, steps, pads = window_of(name, axes, kernel_size, stride, padding)
    return MaxPool(kernel, steps, pads, each(dilation, axes, name, "dilation"), ceil_mode)


def window_of(
    name: str, axes: int, kernel_size: Sizes, stride: Sizes | None, padding: Sizes
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Cells, steps and padding of a pooling window, one for each axis."""
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
    """Maximum of each window of an image.

    Args:
        input: (n, c, h, w), or (c, h, w) for one sample.
        kernel_size: Cells of the window, one number or (height, width).
        stride: Cells between two windows, one number or (height, width); the window's size if left out.
        padding: Cells added at both ends of each axis, which never win; at most half of the window.
        dilation: Cells between two taps, one number or (height, width).
        ceil_mode: Whether a last window that reaches past the end counts.
        return_indices: Whether the places of the maxima, counted within each map, are given too.

    Returns:
        (n, c, *positions), or without n; with return_indices a pair with the places (int64).

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Example:
        >>> import numpy as np
        >>> max_pool2d(np.arange(16).reshape(1, 4, 4), 2)[0]
        array([[ 5.,  7.],
               [13., 15.]], dtype=float32)

    Source:
        torch.nn.functional.max_pool2d
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
    """Maximum of each window of a volume.

    Args:
        input: (n, c, d, h, w), or (c, d, h, w) for one sample.
        kernel_size: Cells of the window, one number or (depth, height, width).
        stride: Cells between two windows, one number or (depth, height, width); the window's size if left out.
        padding: Cells added at both ends of each axis, which never win; at most half of the window.
        dilation: Cells between two taps, one number or (depth, height, width).
        ceil_mode: Whether a last window that reaches past the end counts.
        return_indices: Whether the places of the maxima, counted within each map, are given too.

    Returns:
        (n, c, *positions), or without n; with return_indices a pair with the places (int64).

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Example:
        >>> import numpy as np
        >>> max_pool3d(np.arange(8).reshape(1, 2, 2, 2), 2)
        array([[[[7.]]]], dtype=float32)

    Source:
        torch.nn.functional.max_pool3d
    """
    return _max_pool(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)
