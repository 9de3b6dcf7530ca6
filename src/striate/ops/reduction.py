"""Reductions: one number made of many along some axes; and CumSum, which keeps every partial sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from striate.dimension import Shape
from striate.errors import DtypeError, ParameterError
from striate.graph import Array, Cost, Op, TensorType, tensor
from striate.ops.operands import (
    count_in,
    integers,
    integers_in,
    optional,
    positive_axes,
    positive_axis,
    required,
    text,
    unknown_sizes,
)


@dataclass(frozen=True)
class Reduction(Op):
    """Base of the reductions: operands are the input and ``axes`` (all where left out or empty).

    Args:
        keepdims: Whether a reduced axis stays, with size 1.
        noop_with_empty_axes: Whether left out or empty axes mean none instead of all.
    """

    keepdims: bool = True
    noop_with_empty_axes: bool = False

    def combine(self, x: Array, axes: tuple[int, ...]) -> Array:
        """The numbers of these axes made one, the axes kept with size 1."""
        raise NotImplementedError

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, axes = required(operands, 0, "input"), optional(operands, 1)
        if x.dtype.kind not in "iuf" and not (x.dtype.kind == "b" and isinstance(self, (ReduceMax, ReduceMin))):
            raise DtypeError(f"input has type {x.dtype}, expected numbers")
        given: tuple[int, ...] | None = () if axes is None else integers_in(axes, "axes")
        if x.shape is None:
            return (tensor(x.dtype, None),)
        if given is None:
            return (tensor(x.dtype, self._unknown(len(x.shape), count_in(axes) if axes is not None else None)),)
        reduced = self._reduced(given, len(x.shape))
        return (tensor(x.dtype, _without(x.shape, reduced, self.keepdims)),)

    def _unknown(self, rank: int, count: int | None) -> Shape | None:
        if self.keepdims:
            return unknown_sizes(rank)
        return None if count is None else unknown_sizes(rank - count if count or self.noop_with_empty_axes else 0)

    def _reduced(self, axes: tuple[int, ...], rank: int) -> tuple[int, ...]:
        if not axes and not self.noop_with_empty_axes:
            return tuple(range(rank))
        return positive_axes(axes, rank)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, axes = required(operands, 0, "input"), optional(operands, 1)
        reduced = self._reduced(() if axes is None else integers(axes), x.ndim)
        y = np.asarray(self.combine(x, reduced), x.dtype)
        return (y if self.keepdims else y.reshape([s for i, s in enumerate(y.shape) if i not in reduced]),)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        x = required(operands, 0, "input")
        return Cost(operations=x.nbytes // x.dtype.itemsize)


def _without(shape: Shape, axes: tuple[int, ...], keepdims: bool) -> Shape:
    if keepdims:
        return tuple(1 if axis in axes else size for axis, size in enumerate(shape))
    return tuple(size for axis, size in enumerate(shape) if axis not in axes)


@dataclass(frozen=True)
class ReduceSum(Reduction):
    """Sum."""

    def combine(self, x: Array, axes: tuple[int, ...]) -> Array:
        return np.sum(x, axes, dtype=x.dtype, keepdims=True)


@dataclass(frozen=True)
class ReduceMean(Reduction):
    """Arithmetic mean."""

    def combine(self, x: Array, axes: tuple[int, ...]) -> Array:
        return np.mean(x, axes, keepdims=True)


@dataclass(frozen=True)
class ReduceMax(Reduction):
    """Largest number; of none, the lowest one that the type has."""

    def combine(self, x: Array, axes: tuple[int, ...]) -> Array:
        return np.max(x, axes, keepdims=True, initial=_extreme(x.dtype, lowest=True))


@dataclass(frozen=True)
class ReduceMin(Reduction):
    """Smallest number; of none, the highest one that the type has."""

    def combine(self, x: Array, axes: tuple[int, ...]) -> Array:
        return np.min(x, axes, keepdims=True, initial=_extreme(x.dtype, lowest=False))


@dataclass(frozen=True)
class ReduceProd(Reduction):
    """Product."""

    def combine(self, x: Array, axes: tuple[int, ...]) -> Array:
        return np.prod(x, axes, dtype=x.dtype, keepdims=True)


@dataclass(frozen=True)
class ReduceL1(Reduction):
    """Sum of magnitudes: ``sum |x|``."""

    def combine(self, x: Array, axes: tuple[int, ...]) -> Array:
        return np.sum(np.abs(x), axes, dtype=x.dtype, keepdims=True)


@dataclass(frozen=True)
class ReduceL2(Reduction):
    """Euclidean length: ``sqrt(sum x²)``."""

    def combine(self, x: Array, axes: tuple[int, ...]) -> Array:
        return np.sqrt(np.sum(np.square(x), axes, dtype=x.dtype, keepdims=True))


@dataclass(frozen=True)
class ReduceLogSum(Reduction):
    """Logarithm of the sum: ``log(sum x)``."""

    def combine(self, x: Array, axes: tuple[int, ...]) -> Array:
        return np.log(np.sum(x, axes, dtype=x.dtype, keepdims=True))


@dataclass(frozen=True)
class ReduceLogSumExp(Reduction):
    """``log(sum exp(x))``, as ``m + log(sum exp(x - m))`` with the largest number m, so that nothing overflows."""

    def combine(self, x: Array, axes: tuple[int, ...]) -> Array:
        largest = np.max(x, axes, keepdims=True, initial=_extreme(x.dtype, lowest=True))
        shift = np.where(np.isfinite(largest), largest, 0).astype(x.dtype)
        return np.log(np.sum(np.exp(x - shift), axes, keepdims=True)) + shift


@dataclass(frozen=True)
class ReduceSumSquare(Reduction):
    """Sum of squares: ``sum x²``."""

    def combine(self, x: Array, axes: tuple[int, ...]) -> Array:
        return np.sum(np.square(x), axes, dtype=x.dtype, keepdims=True)


def _extreme(dtype: np.dtype[np.generic], lowest: bool) -> float | int | bool:
    if dtype.kind == "b":
        return not lowest
    if dtype.kind == "f":
        return -np.inf if lowest else np.inf
    limits = np.iinfo(dtype.name)
    return int(limits.min if lowest else limits.max)


@dataclass(frozen=True)
class _ArgExtreme(Op):
    """Base of ArgMax and ArgMin.

    Args:
        axis: Axis that is searched; negative counts from the end.
        keepdims: Whether that axis stays, with size 1.
        select_last_index: Whether of equals the last one counts, not the first.
    """

    axis: int = 0
    keepdims: bool = True
    select_last_index: bool = False

    def places(self, x: Array, axis: int) -> Array:
        """Where along the axis the first extreme number is, the axis kept."""
        raise NotImplementedError

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required(operands, 0, "input")
        if x.shape is None:
            return (tensor(np.int64, None),)
        axis = positive_axis(self.axis, len(x.shape))
        if x.shape[axis] == 0:
            raise ParameterError(f"axis (={self.axis}) of the input's {text(x.shape)} is empty; nothing can be chosen")
        return (tensor(np.int64, _without(x.shape, (axis,), self.keepdims)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        axis = positive_axis(self.axis, x.ndim)
        if self.select_last_index:
            found = x.shape[axis] - 1 - self.places(np.flip(x, axis), axis)
        else:
            found = self.places(x, axis)
        return (np.asarray(found if self.keepdims else found.squeeze(axis), np.int64),)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        x = required(operands, 0, "input")
        return Cost(operations=x.nbytes // x.dtype.itemsize)


@dataclass(frozen=True)
class ArgMax(_ArgExtreme):
    """Where along an axis the largest number is."""

    def places(self, x: Array, axis: int) -> Array:
        return np.argmax(x, axis, keepdims=True)


@dataclass(frozen=True)
class ArgMin(_ArgExtreme):
    """Where along an axis the smallest number is."""

    def places(self, x: Array, axis: int) -> Array:
        return np.argmin(x, axis, keepdims=True)


@dataclass(frozen=True)
class CumSum(Op):
    """Running sum along the axis that the second operand says: ``y[i] = x[0] + ... + x[i]``.

    Args:
        exclusive: Whether a place's own number is left out: ``y[i] = x[0] + ... + x[i-1]``.
        reverse: Whether it runs from the end.
    """

    exclusive: bool = False
    reverse: bool = False

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, axis = required(operands, 0, "input"), required(operands, 1, "axis")
        given = integers_in(axis, "axis")
        if given is not None and x.rank is not None:
            for place in given:
                positive_axis(place, x.rank)
        return (tensor(x.dtype, x.shape),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, (axis,) = required(operands, 0, "input"), integers(required(operands, 1, "axis"))
        ordered = np.flip(x, axis) if self.reverse else x
        sums = np.cumsum(ordered, axis, dtype=x.dtype)
        if self.exclusive:
            sums = np.roll(sums, 1, axis)
            sums[(slice(None),) * (axis % x.ndim) + (slice(0, 1),)] = 0
        return (np.ascontiguousarray(np.flip(sums, axis)) if self.reverse else sums,)
