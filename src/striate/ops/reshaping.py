"""Operations that change only the shape or the order of axes: Reshape, Flatten, Transpose, Squeeze, Unsqueeze."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from striate.dimension import UNKNOWN, Dim, Shape, Symbol, element_count, quotient
from striate.errors import ParameterError, ShapeError
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


@dataclass(frozen=True)
class Reshape(Movement):
    """The same numbers in the same (row-major) order under another shape.

    In the operand ``shape``, one -1 stands for what is left over, and 0 for the input's size at that place.

    Args:
        allowzero: Whether 0 means a size of 0 instead.
    """

    allowzero: bool = False

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, shape = required(operands, 0, "input"), required(operands, 1, "shape")
        wanted = sizes_in(shape, "shape")
        if wanted is None:
            return (tensor(x.dtype, unknown_sizes(count_in(shape))),)
        sizes = self._without_zeros(x.shape, wanted)
        open_places = [i for i, size in enumerate(sizes) if size == -1]
        if len(open_places) > 1 or any(size < -1 for size in sizes if not isinstance(size, Symbol)):
            raise ShapeError(f"shape (={text(wanted)}) must be sizes, with -1 at most once")
        if x.shape is None:
            return (tensor(x.dtype, tuple(UNKNOWN if size == -1 else size for size in sizes)),)
        if not open_places:
            if not _may_hold_as_much(x.shape, sizes):
                raise ShapeError(
                    f"shape (={text(wanted)}) does not hold as many numbers as the input's {text(x.shape)}"
                )
            return (tensor(x.dtype, sizes),)
        place = open_places[0]
        known = (*sizes[:place], *sizes[place + 1 :])
        left = quotient(x.shape, known)
        if left is None and not _may_divide(x.shape, known):
            raise ShapeError(f"shape (={text(wanted)}) does not divide the input's {text(x.shape)} evenly")
        return (tensor(x.dtype, (*sizes[:place], UNKNOWN if left is None else left, *sizes[place + 1 :])),)

    def _without_zeros(self, given: Shape | None, wanted: Shape) -> Shape:
        if self.allowzero:
            if 0 in wanted and -1 in wanted:
                raise ShapeError(f"shape (={text(wanted)}) has 0 and -1, so that -1 could be anything")
            return wanted
        sizes: list[Dim] = []
        for axis, size in enumerate(wanted):
            if size != 0:
                sizes.append(size)
            elif given is None:
                sizes.append(UNKNOWN)
            elif axis >= len(given):
                raise ShapeError(
                    f"shape (={text(wanted)}) has 0 at axis {axis}, which the input's {text(given)} has not"
                )
            else:
                sizes.append(given[axis])
        return tuple(sizes)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, shape = required(operands, 0, "input"), required(operands, 1, "shape")
        wanted = integers(shape)
        if not self.allowzero:
            wanted = tuple(x.shape[axis] if size == 0 else size for axis, size in enumerate(wanted))
        return (x.reshape(wanted),)


def _may_hold_as_much(first: Shape, second: Shape) -> bool:
    """False where the products of the sizes surely differ."""
    a, b = _unshared(first, second)
    return isinstance(a, Symbol) or isinstance(b, Symbol) or a == b


def _may_divide(total: Shape, known: Shape) -> bool:
    """False where the product of ``known`` surely does not divide that of ``total``."""
    a, b = _unshared(total, known)
    return isinstance(a, Symbol) or isinstance(b, Symbol) or (b != 0 and a % b == 0)


def _unshared(first: Shape, second: Shape) -> tuple[Dim, Dim]:
    """The products of the sizes, without the free sizes that both have."""
    a, b = Counter(first), Counter(second)
    shared: Counter[Dim] = Counter({size: count for size, count in (a & b).items() if isinstance(size, Symbol)})
    return element_count((a - shared).elements()), element_count((b - shared).elements())


@dataclass(frozen=True)
class Flatten(Movement):
    """Makes a matrix: the axes before ``axis`` become its rows, the others its columns.

    Args:
        axis: First axis of the columns; negative counts from the end.
    """

    axis: int = 1

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required(operands, 0, "input")
        if x.shape is None:
            return (tensor(x.dtype, (UNKNOWN, UNKNOWN)),)
        axis = self._cut(len(x.shape))
        return (tensor(x.dtype, (element_count(x.shape[:axis]), element_count(x.shape[axis:]))),)

    def _cut(self, rank: int) -> int:
        return rank if self.axis == rank else positive_axis(self.axis, rank) if rank else 0

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        rows = 1
        for size in x.shape[: self._cut(x.ndim)]:
            rows *= size
        return (x.reshape(rows, x.size // rows if rows else 0),)


@dataclass(frozen=True)
class Transpose(Movement):
    """Reorders the axes.

    Args:
        perm: Which axis of the input each axis of the result is; empty reverses them all.
    """

    perm: tuple[int, ...] = ()

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required(operands, 0, "input")
        if x.shape is None:
            return (tensor(x.dtype, unknown_sizes(len(self.perm) or None)),)
        perm = self.perm or tuple(range(len(x.shape)))[::-1]
        if sorted(perm) != list(range(len(x.shape))):
            raise ParameterError(
                f"perm (={text(perm)}) must name each of the {len(x.shape)} axes of the input's {text(x.shape)} once"
            )
        return (tensor(x.dtype, tuple(x.shape[axis] for axis in perm)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        return (required(operands, 0, "input").transpose(self.perm or None),)


@dataclass(frozen=True)
class Squeeze(Movement):
    """Drops axes of size 1: those in operand ``axes``, or all of them where it is left out."""

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, axes = required(operands, 0, "input"), optional(operands, 1)
        if x.shape is None:
            return (tensor(x.dtype, None),)
        if axes is None:
            # Whether a free size is 1, and so the rank of the result, only a run can tell.
            free = any(isinstance(size, Symbol) for size in x.shape)
            return (tensor(x.dtype, None if free else tuple(size for size in x.shape if size != 1)),)
        given = integers_in(axes, "axes")
        if given is None:
            count = count_in(axes)
            return (tensor(x.dtype, None if count is None else unknown_sizes(len(x.shape) - count)),)
        dropped = positive_axes(given, len(x.shape))
        for axis in dropped:
            size = x.shape[axis]
            if not isinstance(size, Symbol) and size != 1:
                raise ShapeError(
                    f"axis {axis} of the input's {text(x.shape)} has size {size}; only size 1 can be dropped"
                )
        return (tensor(x.dtype, tuple(size for axis, size in enumerate(x.shape) if axis not in dropped)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, axes = required(operands, 0, "input"), optional(operands, 1)
        return (x.squeeze(None if axes is None else integers(axes)),)


@dataclass(frozen=True)
class Unsqueeze(Movement):
    """Inserts axes of size 1 so that they stand at the places in operand ``axes`` of the result."""

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, axes = required(operands, 0, "input"), required(operands, 1, "axes")
        given = integers_in(axes, "axes")
        count = count_in(axes)
        if x.shape is None or count is None:
            return (tensor(x.dtype, None),)
        if given is None:
            return (tensor(x.dtype, unknown_sizes(len(x.shape) + count)),)
        rank = len(x.shape) + count
        places = positive_axes(given, rank)
        rest = iter(x.shape)
        return (tensor(x.dtype, tuple(1 if axis in places else next(rest) for axis in range(rank))),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, axes = required(operands, 0, "input"), required(operands, 1, "axes")
        places = positive_axes(integers(axes), x.ndim + axes.size)
        rest = iter(x.shape)
        return (x.reshape([1 if axis in places else next(rest) for axis in range(x.ndim + axes.size)]),)
