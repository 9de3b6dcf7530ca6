"""Correlation and convolution of an array with one kernel, in one, two or three dimensions.

Deep learning's "convolution" is the correlation ``y[n] = sum_k a[n + k] w[k]``; mathematics' convolution turns the
kernel round, ``y[n] = sum_k a[n - k] w[k]``. A learned kernel may as well learn its mirror image, so it makes no
difference there; for a kernel that is not symmetric, made by hand, it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from striate.arguments import one_of, real_array, shown
from striate.arithmetic import dilated_extent, whole_numbers
from striate.engine.immediate import bordered, immediate, recall, remember
from striate.engine.limits import require_memory
from striate.errors import ParameterError, ShapeError
from striate.graph import Array
from striate.ops import Conv

Mode = Literal["valid", "same", "full"]
Boundary = Literal["zero", "constant", "reflect", "mirror", "nearest", "wrap"]
# What NumPy's pad calls each boundary; our names are those of scipy.ndimage.
_PAD_MODES: dict[str, Literal["symmetric", "reflect", "edge", "wrap"]] = {
    "reflect": "symmetric",
    "mirror": "reflect",
    "nearest": "edge",
    "wrap": "wrap",
}


def correlate(
    a: npt.ArrayLike,
    kernel: npt.ArrayLike,
    mode: Mode = "valid",
    boundary: Boundary = "zero",
    value: float = 0.0,
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
) -> Array:
    """Slides a kernel over an array and takes the dot product at each position; the kernel is not flipped.

    Args:
        a: Signal (l,), image (h, w) or volume (d, h, w).
        kernel: Weights, with as many axes as ``a``.
        mode: "valid": only positions where the kernel lies inside; "same": as many positions as ``a`` has cells, the
            kernel's cell ``K//2`` over each; "full": every position where the two overlap.
        boundary: What lies outside, for "same" and "full"; the names are those of scipy.ndimage. For ``a b c d``:
            "zero" 0 0 | a b c d | 0 0; "constant" the same with ``value``; "reflect" b a | a b c d | d c;
            "mirror" c b | a b c d | c b; "nearest" a a | a b c d | d d; "wrap" c d | a b c d | a b.
        value: What lies outside for boundary "constant".
        stride: Cells between two positions, one number or one for each axis.
        dilation: Cells between two taps of the kernel, one number or one for each axis.

    Returns:
        The dot products. Two arrays of whole numbers give whole numbers (int64), otherwise the wider of the two
        floating-point types, whole numbers counting as float32.

    Raises:
        ShapeError: The arrays do not fit; the kernel is larger than the array ("valid").
        DtypeError: An array does not hold real numbers.
        ParameterError: An option is not one of those above.
        LimitError: It would take more than the memory limit.

    Exactness:
        Whole numbers: exact below 2**63. Floating point: each sum of K products is added up one after the other, so
        the error is at most K eps times the sum of their magnitudes.

    Example:
        >>> correlate([1, 2, 3, 4, 5], [1, 0, -1])
        array([-2, -2, -2])
    """
    options = ("correlate", mode, boundary, value, stride, dilation)
    known = type(stride) is type(dilation) is int and type(value) is float
    y = recall(options, a, kernel) if known else None
    if y is not None:
        return y
    data, weights = real_array(a, "array"), real_array(kernel, "kernel")
    _check(data, weights, mode, boundary, value)
    steps, gaps = _per_axis(stride, data.ndim, "stride"), _per_axis(dilation, data.ndim, "dilation")
    spans = [dilated_extent(size, gap) for size, gap in zip(weights.shape, gaps, strict=True)]
    if mode == "same":
        pads = [(span // 2, span - 1 - span // 2) for span in spans]
    else:
        pads = [(span - 1, span - 1) if mode == "full" else (0, 0) for span in spans]
    dtype = _result_type(data, weights)
    lengths = [size + before + after for size, (before, after) in zip(data.shape, pads, strict=True)]
    if any(length < span for length, span in zip(lengths, spans, strict=True)):
        raise ShapeError(
            f"kernel of shape {weights.shape} (dilation {gaps}) spans {tuple(spans)} cells, more than the array of "
            f'shape {data.shape} has; use a smaller kernel or mode="same"'
        )
    # The padded copy, the sum, one product on its way into it, and the cells it is made of.
    require_memory(4 * dtype.itemsize * _product(lengths), f"correlating an array of shape {data.shape}")
    data, weights = data.astype(dtype, copy=False), weights.astype(dtype, copy=False)
    op = Conv(steps, tuple((0, 0) for _ in spans), gaps)
    if known and dtype == np.float32:
        number = float(value) if boundary == "constant" else 0.0
        ready = bordered(op, data, weights, pads, _PAD_MODES.get(boundary), number)
        y = None if ready is None else ready.run(data, weights, None)
        if ready is not None and y is not None:
            remember(options, ready, data, weights)
            return y
    if any(pad != (0, 0) for pad in pads):
        data = _padded(data, pads, boundary, value)
    y = immediate(op).compute(data[None, None], weights[None, None])
    if y is not None:
        return y[0, 0]
    with np.errstate(invalid="ignore", over="ignore"):  # NaN and infinity in the data go through to the result
        (result,) = op.reference(data[None, None], weights[None, None])
    return result[0, 0]


def convolve(
    a: npt.ArrayLike,
    kernel: npt.ArrayLike,
    mode: Mode = "valid",
    boundary: Boundary = "zero",
    value: float = 0.0,
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
) -> Array:
    """Mathematics' convolution: like :func:`correlate`, with the kernel turned round along every axis.

    It agrees with ``numpy.convolve`` and ``scipy.signal.convolve``; scipy.ndimage.convolve puts an even kernel one cell
    further in mode "same".

    Args:
        a: As for :func:`correlate`.
        kernel: As for :func:`correlate`.
        mode: As for :func:`correlate`.
        boundary: As for :func:`correlate`.
        value: As for :func:`correlate`.
        stride: As for :func:`correlate`.
        dilation: As for :func:`correlate`.

    Returns:
        As for :func:`correlate`.

    Raises:
        ShapeError, DtypeError, ParameterError, LimitError: As for :func:`correlate`.

    Example:
        >>> convolve([1, 2, 3, 4, 5], [1, 0, -1])
        array([2, 2, 2])
    """
    return correlate(a, np.flip(real_array(kernel, "kernel")), mode, boundary, value, stride, dilation)


def _padded(data: Array, pads: list[tuple[int, int]], boundary: Boundary, value: float) -> Array:
    if boundary in ("zero", "constant"):
        return np.pad(data, pads, "constant", constant_values=value if boundary == "constant" else 0)
    return np.pad(data, pads, _PAD_MODES[boundary])


def _result_type(data: Array, weights: Array) -> np.dtype[np.int64] | np.dtype[np.floating]:
    floating = [array.dtype for array in (data, weights) if array.dtype.kind == "f"]
    if not floating:
        return np.dtype(np.int64)
    if len(floating) == 1:
        floating.append(np.dtype(np.float32))
    return np.result_type(*floating)


def _check(data: Array, weights: Array, mode: str, boundary: str, value: object) -> None:
    if data.ndim != weights.ndim or data.ndim not in (1, 2, 3):
        raise ShapeError(
            f"array has shape {data.shape} and kernel {weights.shape}; expected the same number of axes, 1, 2 or 3"
        )
    if not isinstance(value, Real):
        raise ParameterError(f"value (={value}) must be a number")
    for what, array in (("array", data), ("kernel", weights)):
        if array.size == 0:
            raise ShapeError(f"{what} of shape {array.shape} is empty")
    for what, got, known in (("mode", mode, get_args(Mode)), ("boundary", boundary, get_args(Boundary))):
        one_of(got, known, what)


def _per_axis(sizes: int | Sequence[int], rank: int, what: str) -> tuple[int, ...]:
    wanted = f"{what} (={shown(sizes)}) must be a positive number, or {rank} of them, one for each axis"
    spread = whole_numbers(sizes, wanted)
    spread = spread * rank if len(spread) == 1 else spread
    if len(spread) != rank or any(size < 1 for size in spread):
        raise ParameterError(wanted)
    return spread


def _product(sizes: Sequence[int]) -> int:
    total = 1
    for size in sizes:
        total *= size
    return total
