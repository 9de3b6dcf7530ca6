"""Operations that make arrays of sizes or of nothing, and the change of type."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from striate.dimension import UNKNOWN, Dim, Symbol, element_count, known_size
from striate.errors import DtypeError, ParameterError
from striate.graph import Array, Op, TensorType, tensor
from striate.ops.movement import Movement
from striate.ops.operands import count_in, integers, required, sizes_in, text, unknown_sizes


@dataclass(frozen=True)
class Cast(Op):
    """Converts to another element type; floating point to whole numbers cuts towards zero, anything but 0 is True.

    Args:
        to: Element type of the result.
    """

    to: np.dtype[Any]

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        return (tensor(self.to, required(operands, 0, "input").shape),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        if x.dtype != object:
            return (x.astype(self.to),)
        # Sizes that are not all known: a free one is a whole number in any type of numbers, but might be False or True.
        if self.to.kind not in "iuf":
            raise TypeError(f"a free size has no {self.to} form")
        sizes = [size if isinstance(size, Symbol) else self.to.type(size).item() for size in x.reshape(-1).tolist()]
        return (object_array(sizes).reshape(x.shape),)


@dataclass(frozen=True)
class Shape(Movement):
    """The input's sizes, as int64.

    Args:
        start: First axis asked for; negative counts from the end, what is outside counts as the nearest end.
        end: Axis before which it stops; None for all.
    """

    start: int = 0
    end: int | None = None

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required(operands, 0, "input")
        if x.shape is None:
            return (tensor(np.int64, (UNKNOWN,)),)
        sizes = x.shape[self.start : self.end]
        return (tensor(np.int64, (len(sizes),), sizes_array(sizes)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        return (np.array(required(operands, 0, "input").shape[self.start : self.end], np.int64),)


@dataclass(frozen=True)
class Size(Movement):
    """How many numbers the input has, as int64."""

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required(operands, 0, "input")
        value = None if x.shape is None else sizes_array([element_count(x.shape)]).reshape(())
        return (tensor(np.int64, (), value),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        return (np.array(required(operands, 0, "input").size, np.int64),)


@dataclass(frozen=True)
class ConstantOfShape(Movement):
    """An array of the shape that the operand says, filled with one number.

    Args:
        value: The number.
        dtype: Element type.
    """

    value: float | int | bool = 0.0
    dtype: np.dtype[Any] = field(default_factory=lambda: np.dtype(np.float32))

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        shape = required(operands, 0, "shape")
        sizes = sizes_in(shape, "shape")
        if sizes is None:
            return (tensor(self.dtype, unknown_sizes(count_in(shape))),)
        if any(size < 0 for size in sizes if not isinstance(size, Symbol)):
            raise ParameterError(f"shape (={text(sizes)}) must not be negative")
        return (tensor(self.dtype, sizes),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        return (np.full(integers(required(operands, 0, "shape")), self.value, self.dtype),)


@dataclass(frozen=True)
class Range(Movement):
    """``start, start + delta, start + 2*delta ...`` as far as it stays before ``limit``; three single numbers."""

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        names = ("start", "limit", "delta")
        given = [required(operands, i, name) for i, name in enumerate(names)]
        dtype = given[0].dtype
        if any(operand.dtype != dtype for operand in given) or dtype.kind not in "iuf":
            types = ", ".join(str(operand.dtype) for operand in given)
            raise DtypeError(f"start, limit and delta have types {types}; expected one type of numbers for all")
        contents = [None if operand.value is None else operand.value.reshape(-1).tolist()[0] for operand in given]
        return (tensor(dtype, (_range_length(*contents),)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        start, limit, delta = (required(operands, i, name) for i, name in enumerate(("start", "limit", "delta")))
        count = _range_length(start.item(), limit.item(), delta.item())
        steps = np.arange(known_size(count, "length of the range")).astype(start.dtype)
        return ((start.reshape(()) + steps * delta.reshape(())).astype(start.dtype),)


def _range_length(start: Any, limit: Any, delta: Any) -> Dim:
    if delta == 0:
        raise ParameterError("delta (=0) must not be 0")
    if start is None or limit is None or delta is None or isinstance(delta, Symbol):
        return UNKNOWN
    if isinstance(start, Symbol) or isinstance(limit, Symbol):
        if delta != int(delta):
            return UNKNOWN
        span: Dim = limit - start if delta > 0 else start - limit
        steps = (span + (abs(int(delta)) - 1)) // abs(int(delta))
        return steps if isinstance(steps, Symbol) else max(0, steps)
    if isinstance(start, int):
        return max(0, -((start - limit) // delta))
    length = (limit - start) / delta
    if not math.isfinite(length):
        raise ParameterError(f"range from {start} to {limit} in steps of {delta} has no end")
    return max(0, math.ceil(length))


def sizes_array(sizes: Sequence[Dim]) -> Array:
    """The sizes as int64, or as objects where a symbol is among them."""
    if any(isinstance(size, Symbol) for size in sizes):
        return object_array(sizes)
    return np.array(sizes, np.int64)


def object_array(items: Sequence[Any]) -> Array:
    """A row of Python objects."""
    row = np.empty(len(items), object)
    row[:] = items
    return row
