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
from typing import ClassVar

import numpy as np

from striate.arithmetic import AutoPad, Pads, Window, dilated_extent, transposed_length
from striate.dimension import Dim, Symbol
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import Array, Cost, Op, TensorType, tensor


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
        x, weight, bias = _operands(operands)
        assert x.shape is not None and weight.shape is not None
        filters, depth = weight.shape[0], weight.shape[1]
        channels = x.shape[1]
        if self.groups < 1:
            raise ParameterError(f"groups (={self.groups}) must be positive")
        if isinstance(channels, int) and isinstance(depth, int) and depth * self.groups != channels:
            raise ShapeError(
                f"weight expects {depth * self.groups} input channels, input has shape {_text(x)}; "
                f"check groups (={self.groups})"
            )
        if isinstance(filters, int) and filters % self.groups:
            raise ShapeError(f"{filters} filters cannot be cut into groups (={self.groups}) of equal size")
        _check_bias(bias, filters)
        spatial = self.window(_kernel(weight)).output(x.shape[2:])
        return (tensor(x.dtype, (x.shape[0], filters, *spatial)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, weight, bias = operands if len(operands) == 3 else (*operands, None)
        assert x is not None and weight is not None
        window = self.window(weight.shape[2:])
        padded = np.pad(x, ((0, 0), (0, 0), *window.pads(x.shape[2:])))
        positions = [int(size) for size in window.output(x.shape[2:]) if not isinstance(size, Symbol)]
        n, g = x.shape[0], self.groups
        filters, depth = weight.shape[:2]
        by_group = weight.reshape(g, filters // g, depth, *window.kernel)
        total = np.zeros((n, g, filters // g, *positions), x.dtype)
        for tap, cells in taps(window, positions):
            seen = padded[(slice(None), slice(None), *cells)].reshape(n, g, depth, *positions)
            total += _weighted(by_group[(..., *tap)], seen)
        y = total.reshape(n, filters, *positions)
        return (y if bias is None else y + bias.reshape(-1, *([1] * len(positions))),)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        weight, y = operands[1], results[0]
        assert weight is not None
        outputs = y.nbytes // y.dtype.itemsize
        taps_per_output = weight.nbytes // weight.dtype.itemsize // max(1, int(str(_required(weight)[0])))
        return Cost(macs=outputs * taps_per_output, operations=outputs if len(operands) > 2 else 0)


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
        """Cells cut from the beginning and end of each axis."""
        if not self.output_shape and not isinstance(self.padding, str):
            return self.padding
        cut: list[tuple[int, int]] = []
        for axis, (length, size) in enumerate(zip(lengths, kernel, strict=True)):
            stride, more = self.stride[axis], self._more(axis)
            if isinstance(length, Symbol):
                raise ShapeError(f"padding (={self.padding!r}) needs a known input length, axis {axis + 2} is {length}")
            full = int(str(transposed_length(length, size, stride, (0, 0), self.dilation[axis], more)))
            if self.output_shape:
                wanted = self.output_shape[axis]
            elif self.padding == "valid":
                wanted = full
            else:
                wanted = length * stride
            excess = max(0, full - wanted)
            small, large = excess // 2, excess - excess // 2
            cut.append((small, large) if self.padding == "same_upper" else (large, small))
        return tuple(cut)

    def _more(self, axis: int) -> int:
        return self.output_padding[axis] if self.output_padding else 0

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, weight, bias = _operands(operands)
        assert x.shape is not None and weight.shape is not None
        channels = x.shape[1]
        Window(_kernel(weight), self.stride, self.padding, self.dilation)  # checks the attributes
        if isinstance(channels, int) and weight.shape[0] != channels:
            raise ShapeError(f"weight expects {weight.shape[0]} input channels, input has shape {_text(x)}")
        if isinstance(channels, int) and (self.groups < 1 or channels % self.groups):
            raise ShapeError(f"{channels} input channels cannot be cut into groups (={self.groups}) of equal size")
        filters = weight.shape[1] * self.groups
        _check_bias(bias, filters)
        if self.output_shape:
            return (tensor(x.dtype, (x.shape[0], filters, *self.output_shape)),)
        lengths, kernel = x.shape[2:], _kernel(weight)
        if self.padding in ("same_upper", "same_lower"):
            spatial: tuple[Dim, ...] = tuple(length * s for length, s in zip(lengths, self.stride, strict=True))
        else:
            pads = ((0, 0),) * len(kernel) if isinstance(self.padding, str) else self.padding
            spatial = tuple(
                transposed_length(length, kernel[i], self.stride[i], pads[i], self.dilation[i], self._more(i))
                for i, length in enumerate(lengths)
            )
        if any(isinstance(size, int) and size < 1 for size in spatial):
            raise ShapeError(f"result would have size {spatial}; padding (={self.padding}) cuts everything away")
        return (tensor(x.dtype, (x.shape[0], filters, *spatial)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, weight, bias = operands if len(operands) == 3 else (*operands, None)
        assert x is not None and weight is not None
        kernel, lengths, g = weight.shape[2:], x.shape[2:], self.groups
        n, depth = x.shape[0], x.shape[1] // g
        pads = self.pads(lengths, kernel)
        (result,) = self.infer([tensor(a.dtype, a.shape) if a is not None else None for a in operands])
        spatial = [int(str(size)) for size in (result.shape or ())[2:]]
        # What the kernel reaches before anything is cut, and at least as far as the result goes.
        reach = [
            max((i - 1) * s + dilated_extent(k, d), before + size)
            for i, s, k, d, (before, _), size in zip(
                lengths, self.stride, kernel, self.dilation, pads, spatial, strict=True
            )
        ]
        by_group = weight.reshape(g, depth, weight.shape[1], *kernel)
        seen = x.reshape(n, g, depth, *lengths)
        total = np.zeros((n, g, weight.shape[1], *reach), x.dtype)
        for tap in product(*map(range, kernel)):
            cells = tuple(
                slice(t * d, t * d + (i - 1) * s + 1, s)
                for t, d, i, s in zip(tap, self.dilation, lengths, self.stride, strict=True)
            )
            total[(..., *cells)] += _weighted(by_group[(..., *tap)].swapaxes(1, 2), seen)
        kept = tuple(slice(before, before + size) for (before, _), size in zip(pads, spatial, strict=True))
        y = total[(..., *kept)].reshape(n, g * weight.shape[1], *spatial)
        return (y if bias is None else y + bias.reshape(-1, *([1] * len(spatial))),)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        x, weight, y = operands[0], operands[1], results[0]
        assert x is not None and weight is not None
        inputs = x.nbytes // x.dtype.itemsize
        taps_per_input = weight.nbytes // weight.dtype.itemsize // max(1, int(str(_required(weight)[0])))
        return Cost(macs=inputs * taps_per_input, operations=y.nbytes // y.dtype.itemsize if len(operands) > 2 else 0)


def taps(window: Window, positions: Sequence[int]) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """Each tap of the window with the cells of the padded input that it meets, over all positions."""
    for tap in product(*map(range, window.kernel)):
        yield (
            tap,
            tuple(
                slice(t * d, t * d + (count - 1) * s + 1, s)
                for t, d, s, count in zip(tap, window.dilation, window.stride, positions, strict=True)
            ),
        )


def _weighted(weight: Array, cells: Array) -> Array:
    """Sum over c of ``weight[g, k, c] * cells[n, g, c, ...]``, giving (n, g, k, ...)."""
    n, g, depth, *spatial = cells.shape
    if depth == 1:
        return weight.reshape(g, -1, *([1] * len(spatial))) * cells
    flat = np.ascontiguousarray(cells).reshape(n, g, depth, -1)
    return (weight @ flat).reshape(n, g, weight.shape[1], *spatial)


def _operands(operands: Sequence[TensorType | None]) -> tuple[TensorType, TensorType, TensorType | None]:
    x, weight, bias = operands if len(operands) == 3 else (*operands, None)
    if x is None or weight is None:
        raise ShapeError("input and weight are required")
    for name, operand in (("input", x), ("weight", weight)):
        if operand.dtype.kind != "f":
            raise DtypeError(f"{name} has type {operand.dtype}, expected a floating-point type")
        if operand.shape is None:
            raise ShapeError(f"{name} has an unknown shape")
    rank = len(_required(weight))
    if rank < 3 or len(_required(x)) != rank:
        raise ShapeError(
            f"input has shape {_text(x)} and weight {_text(weight)}; expected (n, c, *spatial) and (k, c, *kernel) of "
            "the same rank, 3 or more"
        )
    return x, weight, bias


def _required(operand: TensorType) -> tuple[Dim, ...]:
    assert operand.shape is not None
    return operand.shape


def _kernel(weight: TensorType) -> tuple[int, ...]:
    kernel = _required(weight)[2:]
    if any(isinstance(size, Symbol) for size in kernel):
        raise ShapeError(f"weight has shape {_text(weight)}; the kernel's size must be known")
    return tuple(size for size in kernel if isinstance(size, int))


def _check_bias(bias: TensorType | None, filters: Dim) -> None:
    if bias is not None and bias.shape is not None and bias.shape != (filters,):
        raise ShapeError(f"bias has shape {_text(bias)}, expected ({filters},): one number for each filter")


def _text(operand: TensorType) -> str:
    return str(tuple(operand.shape or ()))
