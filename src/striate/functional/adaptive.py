"""Pooling in windows that adapt to the wanted size, as torch.nn.functional has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

import numpy as np
import numpy.typing as npt

from striate.arithmetic import whole_numbers
from striate.engine.limits import require_memory
from striate.errors import ParameterError
from striate.functional.apply import arrays, batched
from striate.graph import Array

# About what Python keeps for a window: its range and the array of its results.
WINDOW_BYTES = 400
OutputSize = int | Sequence[int | None]


def _adaptive(
    name: str, axes: int, input: npt.ArrayLike, output_size: OutputSize, reduce: Callable[[Array, int], Array]
) -> Array:
    """Window i of O along an axis of length L: from ``floor(i L / O)`` to ``ceil((i + 1) L / O)``.

    Windows are boxes, so the axes can be taken one after the other, for the mean as well as for the maximum.
    """
    y, single = batched(arrays(name, ("input", input))[0], axes, name)
    wanted = _wanted(name, axes, output_size)
    sizes = [length if size is None else size for size, length in zip(wanted, y.shape[2:], strict=True)]
    # Some axes have their new size and others still the old one; beside the cells there is an array for each window.
    cells = prod(max(size, length) for size, length in zip(sizes, y.shape[2:], strict=True))
    require_memory(2 * prod(y.shape[:2]) * cells * y.dtype.itemsize + WINDOW_BYTES * max(sizes), name)
    for axis, size in enumerate(wanted, 2):
        length = y.shape[axis]
        if size is None or size == length:
            continue
        if length == 0:
            raise ParameterError(f"{name}: input has shape {y.shape}, axis {axis} is empty")
        windows = [range(i * length // size, -(-(i + 1) * length // size)) for i in range(size)]
        y = np.stack([reduce(y.take(window, axis), axis) for window in windows], axis)
    return y[0] if single else y


def _wanted(name: str, axes: int, output_size: OutputSize) -> tuple[int | None, ...]:
    message = f"{name}: output_size (={output_size}) must be a positive number, or {axes} of them or None"
    given = output_size if isinstance(output_size, Sequence) and not isinstance(output_size, str) else (output_size,)
    sizes = [(None,) if size is None else whole_numbers(size, message) for size in given]
    if any(len(size) != 1 for size in sizes):
        raise ParameterError(message)
    wanted = tuple(size[0] for size in sizes)
    wanted = wanted * axes if len(wanted) == 1 else wanted
    if len(wanted) != axes or any(size is not None and size < 1 for size in wanted):
        raise ParameterError(message)
    return wanted


def _mean(x: Array, axis: int) -> Array:
    return x.mean(axis)


def _max(x: Array, axis: int) -> Array:
    return x.max(axis)


def adaptive_avg_pool1d(input: npt.ArrayLike, output_size: OutputSize) -> Array:
    """Mean of windows that cover a signal in as many steps as wanted.

    Args:
        input: (n, c, l), or (c, l) for one sample.
        output_size: Number of windows; for more axes one for each, None for as many as cells.

    Returns:
        (n, c, output_size), or without n.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.

    Example:
        >>> adaptive_avg_pool1d([[[1, 2, 3, 4, 5, 6]]], 3)
        array([[[1.5, 3.5, 5.5]]], dtype=float32)

    Source:
        torch.nn.functional.adaptive_avg_pool1d
    """
    return _adaptive("adaptive_avg_pool1d", 1, input, output_size, _mean)


def adaptive_avg_pool2d(input: npt.ArrayLike, output_size: OutputSize) -> Array:
    """Mean of windows that cover an image in as many steps as wanted.

    Args:
        input: (n, c, h, w), or (c, h, w) for one sample.
        output_size: Number of windows along each axis, one number or one for each; None for as many as cells.

    Returns:
        (n, c, *output_size), or without n.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.

    Example:
        >>> import numpy as np
        >>> adaptive_avg_pool2d(np.arange(16).reshape(1, 4, 4), 2)[0]
        array([[ 2.5,  4.5],
               [10.5, 12.5]], dtype=float32)

    Source:
        torch.nn.functional.adaptive_avg_pool2d
    """
    return _adaptive("adaptive_avg_pool2d", 2, input, output_size, _mean)


def adaptive_avg_pool3d(input: npt.ArrayLike, output_size: OutputSize) -> Array:
    """Mean of windows that cover a volume in as many steps as wanted.

    Args:
        input: (n, c, d, h, w), or (c, d, h, w) for one sample.
        output_size: Number of windows along each axis, one number or one for each; None for as many as cells.

    Returns:
        (n, c, *output_size), or without n.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.

    Example:
        >>> import numpy as np
        >>> adaptive_avg_pool3d(np.arange(8).reshape(1, 2, 2, 2), 1)
        array([[[[3.5]]]], dtype=float32)

    Source:
        torch.nn.functional.adaptive_avg_pool3d
    """
    return _adaptive("adaptive_avg_pool3d", 3, input, output_size, _mean)


def adaptive_max_pool1d(input: npt.ArrayLike, output_size: OutputSize) -> Array:
    """Maximum of windows that cover a signal in as many steps as wanted.

    Args:
        input: (n, c, l), or (c, l) for one sample.
        output_size: Number of windows.

    Returns:
        (n, c, *output_size), or without n.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.

    Example:
        >>> adaptive_max_pool1d([[[1, 2, 3, 4, 5, 6]]], 3)
        array([[[2., 4., 6.]]], dtype=float32)

    Source:
        torch.nn.functional.adaptive_max_pool1d
    """
    return _adaptive("adaptive_max_pool1d", 1, input, output_size, _max)


def adaptive_max_pool2d(input: npt.ArrayLike, output_size: OutputSize) -> Array:
    """Maximum of windows that cover an image in as many steps as wanted.

    Args:
        input: (n, c, h, w), or (c, h, w) for one sample.
        output_size: Number of windows along each axis, one number or one for each; None for as many as cells.

    Returns:
        (n, c, *output_size), or without n.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.

    Example:
        >>> import numpy as np
        >>> adaptive_max_pool2d(np.arange(16).reshape(1, 4, 4), (2, None))[0]
        array([[ 4.,  5.,  6.,  7.],
               [12., 13., 14., 15.]], dtype=float32)

    Source:
        torch.nn.functional.adaptive_max_pool2d
    """
    return _adaptive("adaptive_max_pool2d", 2, input, output_size, _max)


def adaptive_max_pool3d(input: npt.ArrayLike, output_size: OutputSize) -> Array:
    """Maximum of windows that cover a volume in as many steps as wanted.

    Args:
        input: (n, c, d, h, w), or (c, d, h, w) for one sample.
        output_size: Number of windows along each axis, one number or one for each; None for as many as cells.

    Returns:
        (n, c, *output_size), or without n.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.

    Example:
        >>> import numpy as np
        >>> adaptive_max_pool3d(np.arange(8).reshape(1, 2, 2, 2), 1)
        array([[[[7.]]]], dtype=float32)

    Source:
        torch.nn.functional.adaptive_max_pool3d
    """
    return _adaptive("adaptive_max_pool3d", 3, input, output_size, _max)
