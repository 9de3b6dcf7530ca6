"""Operations that move numbers and compute none: join, cut, repeat, and trade channels for space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from striate.arithmetic import broadcast_shape
from striate.dimension import UNKNOWN, Dim, Symbol, known_shape
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import Array, Cost, Op, TensorType, tensor
from striate.ops.operands import (
    count_in,
    integers,
    optional,
    positive_axis,
    required,
    same_size,
    sizes_in,
    text,
    unknown_sizes,
)


@dataclass(frozen=True)
class Movement(Op):
    """Base of the operations whose results hold the input's numbers (or a given filling) in other places."""

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        return Cost()


@dataclass(frozen=True)
class Expand(Movement):
    """Broadcasts to a shape: ``shape`` is aligned with the input's at the last axis, sizes of 1 stretch, either way."""

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, shape = required(operands, 0, "input"), required(operands, 1, "shape")
        sizes, count = sizes_in(shape, "shape"), count_in(shape)
        if x.shape is None or count is None:
            return (tensor(x.dtype, None),)
        if sizes is None:
            return (tensor(x.dtype, unknown_sizes(max(len(x.shape), count))),)
        if any(size < 0 for size in sizes if not isinstance(size, Symbol)):
            raise ParameterError(f"shape (={text(sizes)}) must not be negative; 1 keeps a size")
        return (tensor(x.dtype, broadcast_shape(x.shape, sizes)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, shape = required(operands, 0, "input"), required(operands, 1, "shape")
        return (np.broadcast_to(x, np.broadcast_shapes(x.shape, integers(shape))).copy(),)


@dataclass(frozen=True)
class Tile(Movement):
    """Repeats the input ``repeats[i]`` times along axis i."""

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, repeats = required(operands, 0, "input"), required(operands, 1, "repeats")
        times, count = sizes_in(repeats, "repeats"), count_in(repeats)
        rank = x.rank if x.rank is not None else count
        if x.rank is not None and count is not None and count != x.rank:
            raise ShapeError(
                f"repeats has {count} entries, input has shape {text(x.shape)}; expected one for each axis"
            )
        if x.shape is None or times is None:
            return (tensor(x.dtype, unknown_sizes(rank)),)
        if any(time < 0 for time in times if not isinstance(time, Symbol)):
            raise ParameterError(f"repeats (={text(times)}) must not be negative")
        return (tensor(x.dtype, tuple(size * time for size, time in zip(x.shape, times, strict=True))),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, repeats = required(operands, 0, "input"), required(operands, 1, "repeats")
        return (np.tile(x, integers(repeats)),)


@dataclass(frozen=True)
class Concat(Movement):
    """Joins any number of inputs along an axis; all their other sizes agree.

    Args:
        axis: Axis along which they are joined; negative counts from the end.
    """

    axis: int

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        inputs = [required(operands, i, f"input {i}") for i in range(max(1, len(operands)))]
        dtype = inputs[0].dtype
        if any(operand.dtype != dtype for operand in inputs):
            raise DtypeError(f"inputs have types {', '.join(str(x.dtype) for x in inputs)}; expected one type for all")
        shapes = [operand.shape for operand in inputs if operand.shape is not None]
        if not shapes:
            return (tensor(dtype, None),)
        rank = len(shapes[0])
        listed = " and ".join(text(shape) for shape in shapes)
        if any(len(shape) != rank for shape in shapes):
            raise ShapeError(f"inputs have shapes {listed}; expected the same rank")
        axis = positive_axis(self.axis, rank)
        sizes: list[Dim] = list(shapes[0])
        for shape in shapes[1:]:
            for i, size in enumerate(shape):
                agreed = sizes[i] + size if i == axis else same_size(sizes[i], size)
                if agreed is None:
                    raise ShapeError(f"inputs have shapes {listed}; all sizes but that of axis {axis} must be the same")
                sizes[i] = agreed
        if len(shapes) < len(inputs):
            sizes[axis] = UNKNOWN
        return (tensor(dtype, tuple(sizes)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        return (np.concatenate([required(operands, i, f"input {i}") for i in range(len(operands))], axis=self.axis),)


@dataclass(frozen=True)
class Split(Movement):
    """Cuts the input into parts along an axis: of the sizes in operand ``split``, or equal ones.

    Args:
        axis: Axis that is cut; negative counts from the end.
        num_outputs: How many parts where ``split`` is left out: each ``ceil(size/num_outputs)`` long, the last shorter
            if need be.
    """

    axis: int = 0
    num_outputs: int = 0

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, split = required(operands, 0, "input"), optional(operands, 1)
        count = self.num_outputs if split is None else (count_in(split) or self.num_outputs)
        if count < 1:
            raise ParameterError(f"num_outputs (={self.num_outputs}) must be positive where no split is given")
        if x.shape is None:
            return tuple(tensor(x.dtype, None) for _ in range(count))
        axis = positive_axis(self.axis, len(x.shape))
        length = x.shape[axis]
        if split is None:
            parts: Sequence[Dim] | None = self._equal_parts(length)
        else:
            parts = sizes_in(split, "split")
        if parts is None:
            parts = [UNKNOWN] * count
        elif split is not None:
            _check_parts(parts, length, axis)
        return tuple(tensor(x.dtype, (*x.shape[:axis], part, *x.shape[axis + 1 :])) for part in parts)

    def _equal_parts(self, length: Dim) -> list[Dim]:
        size = (length + (self.num_outputs - 1)) // self.num_outputs
        last = length - size * (self.num_outputs - 1)
        if isinstance(last, int) and last < 0:
            raise ShapeError(f"axis {self.axis} has size {length}, too short for {self.num_outputs} parts of {size}")
        return [size] * (self.num_outputs - 1) + [last]

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, split = required(operands, 0, "input"), optional(operands, 1)
        parts = self._equal_parts(x.shape[self.axis]) if split is None else integers(split)
        ends = np.cumsum(known_shape(parts, "part"))
        return tuple(part.copy() for part in np.split(x, ends[:-1], axis=self.axis))


def _check_parts(parts: Sequence[Dim], length: Dim, axis: int) -> None:
    numbers = [part for part in parts if not isinstance(part, Symbol)]
    wrong = len(numbers) == len(parts) and not isinstance(length, Symbol) and sum(numbers) != length
    if wrong or any(part < 0 for part in numbers):
        raise ShapeError(
            f"split (={text(tuple(parts))}) must be sizes that add up to {length}, the size of axis {axis}"
        )


@dataclass(frozen=True)
class DepthToSpace(Movement):
    """Spreads channels over space: (n, c, h, w) -> (n, c/b², h*b, w*b), with b the block size.

    Args:
        blocksize: b.
        mode: "DCR": channel ``(p*b + q)*c' + k`` goes to place (p, q) of the block in channel k; "CRD": channel
            ``(k*b + p)*b + q`` does (PyTorch's pixel shuffle).
    """

    blocksize: int
    mode: Literal["DCR", "CRD"] = "DCR"

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, b = required(operands, 0, "input"), self.blocksize
        if self.mode not in ("DCR", "CRD"):
            raise ParameterError(f'mode (="{self.mode}") must be "DCR" or "CRD"')
        n, c, h, w = _image_sizes(x, b)
        if not isinstance(c, Symbol) and c % (b * b):
            raise ShapeError(
                f"input has shape {text(x.shape)}; {c} channels are not a multiple of blocksize² (={b * b})"
            )
        return (tensor(x.dtype, (n, c // (b * b), h * b, w * b)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, b = required(operands, 0, "input"), self.blocksize
        n, c, h, w = x.shape
        kept = c // (b * b)
        if self.mode == "DCR":
            parts = x.reshape(n, b, b, kept, h, w).transpose(0, 3, 4, 1, 5, 2)
        else:
            parts = x.reshape(n, kept, b, b, h, w).transpose(0, 1, 4, 2, 5, 3)
        return (parts.reshape(n, kept, h * b, w * b),)


@dataclass(frozen=True)
class SpaceToDepth(Movement):
    """Stacks blocks of space into channels: (n, c, h, w) -> (n, c*b², h/b, w/b); undoes DepthToSpace "DCR".

    Args:
        blocksize: b.
    """

    blocksize: int

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, b = required(operands, 0, "input"), self.blocksize
        n, c, h, w = _image_sizes(x, b)
        if any(not isinstance(size, Symbol) and size % b for size in (h, w)):
            raise ShapeError(f"input has shape {text(x.shape)}; height and width must be multiples of blocksize (={b})")
        return (tensor(x.dtype, (n, c * (b * b), h // b, w // b)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, b = required(operands, 0, "input"), self.blocksize
        n, c, h, w = x.shape
        parts = x.reshape(n, c, h // b, b, w // b, b).transpose(0, 3, 5, 1, 2, 4)
        return (parts.reshape(n, c * b * b, h // b, w // b),)


def _image_sizes(x: TensorType, blocksize: int) -> tuple[Dim, Dim, Dim, Dim]:
    if blocksize < 1:
        raise ParameterError(f"blocksize (={blocksize}) must be positive")
    if x.shape is None:
        return UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN
    if len(x.shape) != 4:
        raise ShapeError(f"input has shape {text(x.shape)}, expected (n, c, h, w)")
    n, c, h, w = x.shape
    return n, c, h, w
