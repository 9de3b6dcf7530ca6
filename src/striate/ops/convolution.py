"""Convolution and its transpose, in any number of dimensions.

Deep learning's convolution is the sliding dot product (cross-correlation, no flip)::

    y[n, k, o] = b[k] + sum over c, t of  w[k, c, t] * x[n, c, stride*o + dilation*t - padding]

where ``o`` and ``t`` run over the spatial axes (positions and taps). The transpose sends each input the other way::

    y[n, k, stride * i + dilation * t - padding] += w[c, k, t] * x[n, c, i]

Source: Dumoulin & Visin, "A guide to convolution arithmetic for deep learning", 2016; ONNX ``Conv``, ``ConvTranspose``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, ClassVar

import numpy as np

from striate.arithmetic import AutoPad, Pads, Window, dilated_extent, transposed_length
from striate.dimension import Dim, Shape, Symbol, known_shape, known_size
from striate.errors import ParameterError, ShapeError
from striate.graph import Array, Cost, Op, TensorType, tensor
from striate.ops.operands import FLOAT, optional, required, required_of, same_dtype, text
from striate.ops.pointwise import widened


@dataclass(frozen=True)
class Conv(Op):
    """Convolution: input (n, c, *spatial), weight (k, c/groups, *kernel), bias (k,) -> (n, k, *positions).

    Args:
        stride: Cells between two positions, per spatial axis.
        padding: Zeros (before, after) per spatial axis, or a rule.
        dilation: Cells between two taps, per spatial axis.
        groups: Parts that the channels are cut into; each filter sees one part.
    """

    stride: tuple[int, ...]
    padding: Pads | AutoPad
    dilation: tuple[int, ...]
    groups: int = 1

    weight_operands: ClassVar[tuple[int, ...]] = (1, 2)

    def window(self, kernel: Sequence[int]) -> Window:
        """The sliding window for a kernel of this size."""
        return Window(tuple(kernel), self.stride, self.padding, self.dilation)

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        dtype, x, weight = _checked(operands, self.groups)
        if x is None or weight is None:
            return (tensor(dtype, None),)
        filters, depth = weight[:2]
        if isinstance(x[1], int) and isinstance(depth, int) and depth * self.groups != x[1]:
            raise ShapeError(
                f"weight expects {depth * self.groups} input channels, input has shape {text(x)}; "
                f"check groups (={self.groups})"
            )
        if isinstance(filters, int) and filters % self.groups:
            raise ShapeError(f"{filters} filters cannot be cut into groups (={self.groups}) of equal size")
        _check_bias(operands, filters)
        spatial = self.window(_kernel(weight)).output(x[2:])
        return (tensor(dtype, (x[0], filters, *spatial)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, weight = widened(required(operands, 0, "input")), widened(required(operands, 1, "weight"))
        window = self.window(weight.shape[2:])
        padded = np.pad(x, ((0, 0), (0, 0), *window.pads(x.shape[2:])))
        positions = known_shape(window.output(x.shape[2:]))
        n, g = x.shape[0], self.groups
        filters, depth = weight.shape[:2]
        by_group = weight.reshape(g, filters // g, depth, *window.kernel)
        total = np.zeros((n, g, filters // g, *positions), x.dtype)
        for tap, cells in taps(window, positions):
            seen = padded[(..., *cells)].reshape(n, g, depth, *positions)
            total += _weighted(by_group[(..., *tap)], seen)
        return (_with_bias(total.reshape(n, filters, *positions), operands),)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """For each output a multiplication for each number of its filter, and an addition of the bias."""
        weight, outputs = required(operands, 1, "weight"), _elements(results[0])
        taps_per_output = prod(known_shape(weight.shape[1:])) if weight.concrete and weight.shape else 0
        return Cost(macs=outputs * taps_per_output, operations=outputs if optional(operands, 2) else 0)

    def workspace(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> int:
        """The padded input."""
        x, weight = required(operands, 0, "input"), required(operands, 1, "weight")
        lengths = known_shape((x.shape or ())[2:])
        pads = self.window(_kernel(weight.shape or ())).pads(lengths)
        padded = [length + before + after for length, (before, after) in zip(lengths, pads, strict=True)]
        return _widened_bytes(x) // max(1, prod(lengths)) * prod(padded)


@dataclass(frozen=True)
class ConvTranspose(Op):
    """Transposed convolution: input (n, c, *spatial), weight (c, k/groups, *kernel), bias (k,) -> (n, k, *positions).

    Args:
        stride: Cells between the places that two neighbouring inputs are sent to, per spatial axis.
        padding: Cells cut from the (beginning, end) of the result, per spatial axis, or a rule.
        dilation: Cells between two taps, per spatial axis.
        groups: Parts that the channels are cut into.
        output_padding: Cells added to the end of the result, per spatial axis.
        output_shape: Spatial size wanted; the padding follows from it.
    """

    stride: tuple[int, ...]
    padding: Pads | AutoPad
    dilation: tuple[int, ...]
    groups: int = 1
    output_padding: tuple[int, ...] = ()
    output_shape: tuple[int, ...] = ()

    weight_operands: ClassVar[tuple[int, ...]] = (1, 2)

    def pads(self, lengths: Sequence[Dim], kernel: Sequence[int]) -> Pads:
        """Cells cut from the beginning and end of each axis.

        A rule cuts what exceeds the wanted length, ``stride * length`` or that of ``output_shape``, the odd cell at the
        end for "same_upper", else at the beginning.
        """
        if not self.output_shape and not isinstance(self.padding, str):
            return self.padding
        cut: list[tuple[int, int]] = []
        for axis, stride in enumerate(self.stride):
            span = dilated_extent(kernel[axis], self.dilation[axis]) + self._more(axis)
            excess = 0
            if self.output_shape:
                length = known_size(lengths[axis], f"input axis {axis + 2}")
                excess = max(0, (length - 1) * stride + span - self.output_shape[axis])
            elif self.padding != "valid":
                excess = max(0, span - stride)
            small, large = excess // 2, excess - excess // 2
            cut.append((small, large) if self.padding == "same_upper" else (large, small))
        return tuple(cut)

    def _more(self, axis: int) -> int:
        return self.output_padding[axis] if self.output_padding else 0

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        dtype, x, weight = _checked(operands, self.groups)
        if x is None or weight is None:
            return (tensor(dtype, None),)
        channels, kernel = x[1], _kernel(weight)
        self._check_attributes(kernel)
        if isinstance(channels, int) and isinstance(weight[0], int) and weight[0] != channels:
            raise ShapeError(f"weight expects {weight[0]} input channels, input has shape {text(x)}")
        if isinstance(weight[0], int) and weight[0] % self.groups:
            raise ShapeError(f"{weight[0]} input channels cannot be cut into groups (={self.groups}) of equal size")
        filters = weight[1] * self.groups
        _check_bias(operands, filters)
        spatial = self.positions(x[2:], kernel)
        if any(isinstance(size, int) and size < 1 for size in spatial):
            raise ShapeError(
                f"result would have spatial size {text(spatial)} from input {text(x)}; "
                f"padding (={self.padding}) cuts everything away"
            )
        return (tensor(dtype, (x[0], filters, *spatial)),)

    def _check_attributes(self, kernel: tuple[int, ...]) -> None:
        Window(kernel, self.stride, self.padding, self.dilation)  # refuses what does not fit
        for name, sizes, least in (("output_padding", self.output_padding, 0), ("output_shape", self.output_shape, 1)):
            if sizes and len(sizes) != len(kernel):
                raise ParameterError(
                    f"{name} (={sizes}) has {len(sizes)} entries, expected {len(kernel)}, one per spatial axis"
                )
            if any(size < least for size in sizes):
                raise ParameterError(f"{name} (={sizes}) must be {'positive' if least else '0 or more'}")

    def positions(self, lengths: Sequence[Dim], kernel: Sequence[int]) -> Shape:
        """Spatial size of the result for an input of these lengths."""
        if self.output_shape:
            return self.output_shape
        if self.padding in ("same_upper", "same_lower"):
            return tuple(length * s for length, s in zip(lengths, self.stride, strict=True))
        pads = self.pads(lengths, kernel)
        return tuple(
            transposed_length(length, kernel[i], self.stride[i], pads[i], self.dilation[i], self._more(i))
            for i, length in enumerate(lengths)
        )

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, weight = widened(required(operands, 0, "input")), widened(required(operands, 1, "weight"))
        kernel, lengths, g = weight.shape[2:], x.shape[2:], self.groups
        n, depth, filters = x.shape[0], x.shape[1] // g, weight.shape[1]
        pads, spatial = self.pads(lengths, kernel), known_shape(self.positions(lengths, kernel))
        reach = self._reach(lengths, kernel, spatial)
        by_group = weight.reshape(g, depth, filters, *kernel)
        seen = x.reshape(n, g, depth, *lengths)
        total = np.zeros((n, g, filters, *reach), x.dtype)
        # Where each input goes is where a window of the same stride would look from each position.
        for tap, cells in taps(Window(kernel, self.stride, "valid", self.dilation), lengths):
            total[(..., *cells)] += _weighted(by_group[(..., *tap)].swapaxes(1, 2), seen)
        kept = tuple(slice(before, before + size) for (before, _), size in zip(pads, spatial, strict=True))
        return (_with_bias(total[(..., *kept)].reshape(n, g * filters, *spatial), operands),)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """For each input a multiplication for each number it meets, and for each output an addition of the bias."""
        inputs, weight = _elements(required(operands, 0, "input")), required(operands, 1, "weight")
        taps_per_input = prod(known_shape(weight.shape[1:])) if weight.concrete and weight.shape else 0
        return Cost(macs=inputs * taps_per_input, operations=_elements(results[0]) if optional(operands, 2) else 0)

    def workspace(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> int:
        """The result before anything is cut from it."""
        x, weight = required(operands, 0, "input"), required(operands, 1, "weight")
        positions = known_shape((results[0].shape or ())[2:])
        reach = self._reach(known_shape((x.shape or ())[2:]), _kernel(weight.shape or ()), positions)
        return _widened_bytes(results[0]) // max(1, prod(positions)) * prod(reach)

    def _reach(self, lengths: Sequence[int], kernel: Sequence[int], positions: Sequence[int]) -> list[int]:
        """What the kernel reaches before anything is cut, and at least as far as the result goes."""
        pads = self.pads(lengths, kernel)
        axes = zip(lengths, self.stride, kernel, self.dilation, pads, positions, strict=True)
        return [max((i - 1) * s + dilated_extent(k, d), cut[0] + size) for i, s, k, d, cut, size in axes]


def taps(window: Window, positions: Sequence[int]) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """Each tap of the window with the cells of the padded input that it meets, over all positions."""
    for tap in product(*map(range, window.kernel)):
        axes = zip(tap, window.dilation, window.stride, positions, strict=True)
        yield tap, tuple(slice(t * d, t * d + (count - 1) * s + 1, s) for t, d, s, count in axes)


def _weighted(weight: Array, cells: Array) -> Array:
    """Sum over c of ``weight[g, k, c] * cells[n, g, c, ...]``, giving (n, g, k, ...)."""
    n, g, depth, *spatial = cells.shape
    if depth == 1:
        return weight.reshape(g, -1, *([1] * len(spatial))) * cells
    flat = np.ascontiguousarray(cells).reshape(n, g, depth, prod(spatial))
    return (weight @ flat).reshape(n, g, weight.shape[1], *spatial)


def _with_bias(y: Array, operands: Sequence[Array | None]) -> Array:
    """The sums with the bias of their filter, in the input's type."""
    bias = optional(operands, 2)
    if bias is not None:
        y = y + widened(bias).reshape(-1, *([1] * (y.ndim - 2)))
    return y.astype(required(operands, 0, "input").dtype, copy=False)


def _widened_bytes(kind: TensorType) -> int:
    """Bytes of a value in the type that is computed in: half precision as single."""
    return _elements(kind) * max(kind.dtype.itemsize, 4)


def _elements(kind: TensorType) -> int:
    return kind.nbytes // kind.dtype.itemsize


def _checked(operands: Sequence[TensorType | None], groups: int) -> tuple[np.dtype[Any], Shape | None, Shape | None]:
    """The operands' element type, and the shapes of input and weight where they are known."""
    if groups < 1:
        raise ParameterError(f"groups (={groups}) must be positive")
    x, weight = required_of(FLOAT, operands, 0), required_of(FLOAT, operands, 1, "weight")
    bias = optional(operands, 2)
    if bias is None:
        dtype = same_dtype((x, weight), ("input", "weight"))
    else:
        dtype = same_dtype((x, weight, bias), ("input", "weight", "bias"))
    if x.shape is None or weight.shape is None:
        return dtype, x.shape, weight.shape
    if len(weight.shape) < 3 or len(x.shape) != len(weight.shape):
        raise ShapeError(
            f"input has shape {text(x.shape)} and weight {text(weight.shape)}; expected (n, c, *spatial) and "
            "(k, c, *kernel) of the same rank, 3 or more"
        )
    if 0 in x.shape[2:]:
        raise ShapeError(f"input has shape {text(x.shape)}: a spatial axis without cells gives nothing to convolve")
    return dtype, x.shape, weight.shape


def _kernel(weight: Shape) -> tuple[int, ...]:
    return known_shape(weight[2:], f"a kernel size of weight {text(weight)}")


def _check_bias(operands: Sequence[TensorType | None], filters: Dim) -> None:
    bias = optional(operands, 2)
    if bias is None or bias.shape is None:
        return
    free = isinstance(filters, Symbol) or any(isinstance(size, Symbol) for size in bias.shape)
    if len(bias.shape) != 1 or not (free or bias.shape[0] == filters):
        raise ShapeError(f"bias has shape {text(bias.shape)}, expected ({filters},): one number for each filter")
