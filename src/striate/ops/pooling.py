"""Pooling: the maximum, mean or norm of each window, channel by channel; no weights.

With padded input x and window taps t, position o of the result is::

    y[n, c, o] = f over t of x[n, c, stride*o + dilation*t - padding]

The number of positions is that of convolution (:class:`striate.arithmetic.Window`); with ``ceil_mode`` the last window
may reach past the padded input. What lies outside never wins a maximum and adds nothing to a sum.
Source: ONNX ``MaxPool``, ``AveragePool``, ``LpPool`` and their global forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from striate.arithmetic import AutoPad, Pads, Window, dilated_extent
from striate.dimension import Shape, known_shape
from striate.errors import ParameterError, ShapeError
from striate.graph import Array, Cost, Op, TensorType, tensor
from striate.ops.convolution import taps
from striate.ops.operands import FLOAT, NUMBER, required, required_of, text
from striate.ops.pointwise import widened


@dataclass(frozen=True)
class Pool(Op):
    """Base of the pooling ops: input (n, c, *spatial) -> (n, c, *positions).

    Args:
        kernel: Taps per spatial axis.
        stride: Cells between two positions, per spatial axis.
        padding: Cells added (before, after) per spatial axis, or a rule.
        dilation: Cells between two taps, per spatial axis.
        ceil_mode: Whether a last window that reaches past the padded input counts.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pads | AutoPad
    dilation: tuple[int, ...]
    ceil_mode: bool = False

    @property
    def window(self) -> Window:
        """The sliding window."""
        return Window(self.kernel, self.stride, self.padding, self.dilation, self.ceil_mode)

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, window = required_of(FLOAT, operands, 0), self.window
        self._check_padding()
        if x.shape is None:
            return (tensor(x.dtype, None),)
        if len(x.shape) != len(self.kernel) + 2:
            raise ShapeError(
                f"input has shape {text(x.shape)}, expected (n, c, *spatial) with {len(self.kernel)} spatial axes, "
                f"one for each entry of kernel (={self.kernel})"
            )
        _refuse_empty(x.shape)
        return (tensor(x.dtype, (*x.shape[:2], *window.output(x.shape[2:]))),)

    def _check_padding(self) -> None:
        if isinstance(self.padding, str):
            return
        for pads, size, dilation in zip(self.padding, self.kernel, self.dilation, strict=True):
            if max(pads) >= dilated_extent(size, dilation):
                raise ParameterError(
                    f"padding (={self.padding}) must be smaller than the window, which spans "
                    f"{dilated_extent(size, dilation)} cells (kernel {self.kernel}, dilation {self.dilation}); else "
                    "some windows would see only padding"
                )

    def positions(self, lengths: Sequence[int]) -> tuple[int, ...]:
        """Number of windows per axis for an input of these lengths."""
        return known_shape(self.window.output(lengths))

    def margins(self, lengths: Sequence[int]) -> Pads:
        """Cells (before, after) that the windows reach beyond the input, per axis; at least the padding."""
        reach: list[tuple[int, int]] = []
        window, counts = self.window, self.positions(lengths)
        for axis, (before, after) in enumerate(window.pads(lengths)):
            end = (counts[axis] - 1) * self.stride[axis] + dilated_extent(self.kernel[axis], self.dilation[axis])
            reach.append((before, max(after, end - before - lengths[axis])))
        return tuple(reach)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """An operation for each tap of each window."""
        return Cost(operations=results[0].nbytes // results[0].dtype.itemsize * prod(self.kernel))

    def workspace(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> int:
        """The padded input, and as much for the place of each cell."""
        x = required(operands, 0, "input")
        shape = known_shape(x.shape or ())
        margins = self.margins(shape[2:])
        padded = [length + before + after for length, (before, after) in zip(shape[2:], margins, strict=True)]
        return prod(shape[:2]) * prod(padded) * (x.dtype.itemsize + np.dtype(np.int64).itemsize)


@dataclass(frozen=True)
class MaxPool(Pool):
    """Maximum of each window, and where it was found: results y and indices (int64).

    An index counts through the whole input (n, c, *spatial), padding left out; of equal values the first wins. A window
    with a NaN gives NaN. A window that meets no cell of the input gives the type's lowest number and index -1.

    Args:
        storage_order: 0 if indices count the last spatial axis fastest, 1 if the first.
    """

    storage_order: int = 0

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required_of(NUMBER, operands, 0)
        if self.storage_order not in (0, 1):
            raise ParameterError(f"storage_order (={self.storage_order}) must be 0 (row major) or 1 (column major)")
        (y,) = super().infer([tensor(np.float32, x.shape)])
        return tensor(x.dtype, y.shape), tensor(np.int64, y.shape)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        positions = self.positions(x.shape[2:])
        margins = ((0, 0), (0, 0), *self.margins(x.shape[2:]))
        padded = np.pad(x, margins, constant_values=_lowest(x))
        places = np.pad(self._places(x.shape), margins, constant_values=-1)
        y = np.full((*x.shape[:2], *positions), _lowest(x), x.dtype)
        indices = np.full(y.shape, -1, np.int64)
        for _, cells in taps(self.window, positions):
            seen, place = padded[(..., *cells)], places[(..., *cells)]
            better = (seen > y) | (np.isnan(seen) & ~np.isnan(y)) | ((indices < 0) & (place >= 0))
            y = np.where(better, seen, y)
            indices = np.where(better, place, indices)
        return y, indices

    def _places(self, shape: tuple[int, ...]) -> Array:
        """The index of each cell of the input."""
        count = np.arange(prod(shape), dtype=np.int64)
        if self.storage_order == 0:
            return count.reshape(shape)
        by_column = count.reshape(*shape[:2], *reversed(shape[2:]))
        return by_column.transpose(0, 1, *range(len(shape) - 1, 1, -1))


def _lowest(x: Array) -> float | int:
    return -np.inf if x.dtype.kind == "f" else int(np.iinfo(x.dtype).min)


@dataclass(frozen=True)
class AveragePool(Pool):
    """Mean of each window.

    Args:
        count_include_pad: Whether the sum is divided by the padded cells too. Cells past the padding, which a last
            window of ``ceil_mode`` meets, never count.
    """

    count_include_pad: bool = False

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        total = _sum_of_windows(self, widened(x))
        return ((total / self.counts(x.shape[2:])).astype(x.dtype, copy=False),)

    def counts(self, lengths: Sequence[int]) -> Array:
        """Cells that each window's sum is divided by, as an array (*positions); at least 1."""
        pads, margins, positions = self.window.pads(lengths), self.margins(lengths), self.positions(lengths)
        total = np.ones((), np.int64)
        for axis, length in enumerate(lengths):
            (before, after), reach = pads[axis], margins[axis]
            padded = np.pad(np.ones(length, np.int64), reach)
            if self.count_include_pad:
                padded[: before + length + after] = 1
            first = np.arange(positions[axis]) * self.stride[axis]
            taps_here = np.arange(self.kernel[axis]) * self.dilation[axis]
            total = np.multiply.outer(total, padded[first[:, None] + taps_here].sum(axis=1))
        return np.maximum(total, 1)


@dataclass(frozen=True)
class LpPool(Pool):
    """Norm of each window: ``(sum of |x|^p)^(1/p)``.

    Args:
        p: Order of the norm, a positive whole number.
    """

    p: int = 2

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        _check_order(self.p)
        return super().infer(operands)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        total = _sum_of_windows(self, np.abs(widened(x)) ** self.p)
        return ((total ** (1 / self.p)).astype(x.dtype, copy=False),)


def _sum_of_windows(pool: Pool, x: Array) -> Array:
    positions = pool.positions(x.shape[2:])
    padded = np.pad(x, ((0, 0), (0, 0), *pool.margins(x.shape[2:])))
    total = np.zeros((*x.shape[:2], *positions), x.dtype)
    for _, cells in taps(pool.window, positions):
        total += padded[(..., *cells)]
    return total


def _refuse_empty(shape: Shape) -> None:
    if 0 in shape[2:]:
        raise ShapeError(f"input has shape {text(shape)}: there is nothing to pool where a spatial axis has size 0")


def _check_order(p: int) -> None:
    if p < 1:
        raise ParameterError(f"p (={p}) must be a positive whole number")


@dataclass(frozen=True)
class GlobalPool(Op):
    """Base of the global pooling ops: all spatial axes become one number per channel, (n, c, 1, ...)."""

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required_of(FLOAT, operands, 0)
        if x.shape is None:
            return (tensor(x.dtype, None),)
        if len(x.shape) < 2:
            raise ShapeError(f"input has shape {text(x.shape)}, expected (n, c, *spatial) with at least 2 axes")
        _refuse_empty(x.shape)
        return (tensor(x.dtype, (*x.shape[:2], *[1] * (len(x.shape) - 2))),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        y = self.function(widened(x), tuple(range(2, x.ndim)))
        return (y.astype(x.dtype, copy=False),)

    def function(self, x: Array, axes: tuple[int, ...]) -> Array:
        """The pooled number over those axes, which are kept with size 1."""
        raise NotImplementedError

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """An operation for each element of the input."""
        x = required(operands, 0, "input")
        return Cost(operations=x.nbytes // x.dtype.itemsize)


@dataclass(frozen=True)
class GlobalMaxPool(GlobalPool):
    """Maximum of each channel."""

    def function(self, x: Array, axes: tuple[int, ...]) -> Array:
        return x.max(axis=axes, keepdims=True)


@dataclass(frozen=True)
class GlobalAveragePool(GlobalPool):
    """Mean of each channel."""

    def function(self, x: Array, axes: tuple[int, ...]) -> Array:
        return x.mean(axis=axes, keepdims=True)


@dataclass(frozen=True)
class GlobalLpPool(GlobalPool):
    """Norm of each channel: ``(sum of |x|^p)^(1/p)``.

    Args:
        p: Order of the norm, a positive whole number.
    """

    p: int = 2

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        _check_order(self.p)
        return super().infer(operands)

    def function(self, x: Array, axes: tuple[int, ...]) -> Array:
        return (np.abs(x) ** self.p).sum(axis=axes, keepdims=True) ** (1 / self.p)
