"""Operations that pick numbers by index: Slice, Gather, GatherElements, GatherND."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from striate.dimension import UNKNOWN, Dim, Shape, Symbol
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import Array, TensorType, tensor
from striate.ops.movement import Movement
from striate.ops.operands import (
    count_in,
    integers,
    integers_in,
    optional,
    positive_axes,
    positive_axis,
    required,
    sizes_in,
    text,
    unknown_sizes,
)

# Ends at least this far out mean "to the very end"; exporters write the limits of int32 or int64.
FAR = 2**31 - 1


@dataclass(frozen=True)
class Slice(Movement):
    """Cuts a range out of axes, as Python's ``x[start:end:step]`` does.

    Operands: input, starts, ends, axes (all from the first on where left out), steps (1 where left out).
    """

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required(operands, 0, "input")
        starts, ends = required(operands, 1, "starts"), required(operands, 2, "ends")
        axes, steps = optional(operands, 3), optional(operands, 4)
        first, last = sizes_in(starts, "starts"), sizes_in(ends, "ends")
        count = count_in(starts)
        if x.shape is None:
            return (tensor(x.dtype, None),)
        cut = integers_in(axes, "axes") if axes is not None else None if count is None else tuple(range(count))
        if cut is None:
            return (tensor(x.dtype, unknown_sizes(len(x.shape))),)
        if any(other is not None and count_in(other) not in (None, len(cut)) for other in (starts, ends, steps)):
            raise ShapeError(
                f"starts, ends and steps must have {len(cut)} entries, one for each of the axes (={text(cut)})"
            )
        places = positive_axes(cut, len(x.shape))
        stride = integers_in(steps, "steps") if steps is not None else (1,) * len(places)
        sizes = list(x.shape)
        for i, axis in enumerate(places):
            if first is None or last is None or stride is None:
                sizes[axis] = UNKNOWN
            else:
                sizes[axis] = sliced_size(sizes[axis], first[i], last[i], stride[i])
        return (tensor(x.dtype, tuple(sizes)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        starts, ends = required(operands, 1, "starts"), required(operands, 2, "ends")
        axes, steps = optional(operands, 3), optional(operands, 4)
        cut = range(starts.size) if axes is None else positive_axes(integers(axes), x.ndim)
        stride = (1,) * len(cut) if steps is None else integers(steps)
        index = [slice(None)] * x.ndim
        for axis, start, end, step in zip(cut, integers(starts), integers(ends), stride, strict=True):
            cells = sliced_cells(x.shape[axis], start, end, step)
            # Counting down to cell 0 has no stop but None: -1 would be the last cell.
            index[axis] = slice(cells.start, cells.stop if cells.stop >= 0 else None, step) if cells else slice(0, 0)
        return (x[tuple(index)],)


def sliced_cells(size: int, start: int, end: int, step: int) -> range:
    """The cells that a slice takes: negative places count from the end, those outside are moved to the nearest edge.

    Raises:
        ParameterError: The step is 0.

    Example:
        >>> list(sliced_cells(5, -1, -100, -2))
        [4, 2, 0]
    """
    if step == 0:
        raise ParameterError("steps (=0) must not be 0")
    start, end = start + size if start < 0 else start, end + size if end < 0 else end
    if step > 0:
        return range(min(max(start, 0), size), min(max(end, 0), size), step)
    if size == 0:
        return range(0)
    return range(min(max(start, 0), size - 1), min(max(end, -1), size - 1), step)


def sliced_size(size: Dim, start: Dim, end: Dim, step: int) -> Dim:
    """How many cells ``range(size)[start:end:step]`` has.

    A free size is taken to be so large that a start, and an end counted from behind, lie inside it.

    Raises:
        ParameterError: The step is 0.
    """
    if step == 0:
        raise ParameterError("steps (=0) must not be 0")
    if not isinstance(size, Symbol) and not isinstance(start, Symbol) and not isinstance(end, Symbol):
        return len(sliced_cells(size, start, end, step))
    first, stop = _place(size, start, step), _place(size, end, step)
    if not isinstance(stop, Symbol) and stop > 0 and step > 0:
        stop = _smaller(stop, size)
    length = stop - first if step > 0 else first - stop
    if not isinstance(length, Symbol) and length <= 0:
        return 0
    return (length + (abs(step) - 1)) // abs(step)


def _place(size: Dim, place: Dim, step: int) -> Dim:
    """A start or end counted from the front: 0 to size or, counting down, -1 to size - 1."""
    if isinstance(place, Symbol):
        return place
    if place >= FAR:
        return size if step > 0 else size - 1
    if place <= -FAR:
        return 0 if step > 0 else -1
    return size + place if place < 0 else place


def _smaller(number: int, size: Dim) -> Dim:
    if isinstance(size, Symbol):
        return Symbol(f"min({number}, {size})")
    return min(number, size)


@dataclass(frozen=True)
class Gather(Movement):
    """Picks whole slices along one axis: (*before, size, *after) and indices -> (*before, *indices, *after).

    Args:
        axis: Axis that the indices count along; both may be negative and then count from the end.
    """

    axis: int = 0

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, indices = required(operands, 0, "input"), required(operands, 1, "indices")
        _check_indices(indices)
        if x.shape is None or indices.shape is None:
            return (tensor(x.dtype, None),)
        axis = positive_axis(self.axis, len(x.shape))
        size, known = x.shape[axis], indices.value
        if not isinstance(size, Symbol) and known is not None and known.dtype != object and known.size:
            worst = int(known.max()) if known.max() >= size else int(known.min())
            if not -size <= worst < size:
                raise ParameterError(f"index {worst} is outside axis {axis} of the input's {text(x.shape)}")
        return (tensor(x.dtype, (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, indices = required(operands, 0, "input"), required(operands, 1, "indices")
        return (np.asarray(np.take(x, indices, axis=self.axis)),)


@dataclass(frozen=True)
class GatherElements(Movement):
    """Picks single numbers along one axis: ``y[i, j, k] = x[i, indices[i, j, k], k]`` for axis 1.

    Args:
        axis: Axis that the indices count along; both may be negative and then count from the end.
    """

    axis: int = 0

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, indices = required(operands, 0, "input"), required(operands, 1, "indices")
        _check_indices(indices)
        if x.rank is not None and indices.rank is not None and x.rank != indices.rank:
            raise ShapeError(f"indices have shape {text(indices.shape)}, input {text(x.shape)}; expected the same rank")
        if x.rank is not None:
            positive_axis(self.axis, x.rank)
        return (tensor(x.dtype, indices.shape if indices.shape is not None else unknown_sizes(x.rank)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, indices = required(operands, 0, "input"), required(operands, 1, "indices")
        axis = positive_axis(self.axis, x.ndim)
        read = tuple(slice(None) if i == axis else slice(size) for i, size in enumerate(indices.shape))
        return (np.take_along_axis(x[read], indices, axis),)


@dataclass(frozen=True)
class GatherND(Movement):
    """Picks by whole coordinates: each row of ``indices``'s last axis says where in the input.

    Result: ``batch`` axes, then the other axes of ``indices``, then those axes of the input that a row leaves open.

    Args:
        batch_dims: How many leading axes input and indices share, place by place.
    """

    batch_dims: int = 0

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, indices = required(operands, 0, "input"), required(operands, 1, "indices")
        _check_indices(indices)
        if x.shape is None or indices.shape is None:
            return (tensor(x.dtype, None),)
        return (tensor(x.dtype, self._result(x.shape, indices.shape)),)

    def _result(self, x: Shape, indices: Shape) -> Shape | None:
        b = self.batch_dims
        if not 0 <= b < min(len(x), len(indices)):
            raise ParameterError(
                f"batch_dims (={b}) must be below the ranks of input {text(x)} and indices {text(indices)}"
            )
        depth = indices[-1]
        if isinstance(depth, Symbol):
            return None
        if not 1 <= depth <= len(x) - b:
            raise ShapeError(
                f"indices have shape {text(indices)}: rows of {depth} numbers; input {text(x)} has {len(x) - b} axes "
                f"after batch_dims (={b})"
            )
        return (*indices[:-1], *x[b + depth :])

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, indices = required(operands, 0, "input"), required(operands, 1, "indices")
        b, depth = self.batch_dims, indices.shape[-1]
        batch = x.shape[:b]
        rows = indices.reshape(int(np.prod(batch)), -1, depth)
        cells = x.reshape(int(np.prod(batch)), *x.shape[b:])
        picked = [cell[tuple(row.T)] for cell, row in zip(cells, rows, strict=True)]
        return (np.asarray(picked, x.dtype).reshape(*indices.shape[:-1], *x.shape[b + depth :]),)


def _check_indices(indices: TensorType) -> None:
    if indices.dtype.kind not in "iu":
        raise DtypeError(f"indices have type {indices.dtype}, expected int64 or int32")
