"""How shape rules and references take their operands: required or optional, and what is known of a shape operand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from striate.dimension import UNKNOWN, Dim, Shape, Symbol
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import Array, TensorType

Given = TypeVar("Given", TensorType, Array)

# Element types an op takes, as letters of dtype.kind.
FLOAT = "f"
NUMBER = "fiu"
SIGNED = "fi"
INTEGER = "iu"
BOOLEAN = "b"
_SPOKEN = {
    FLOAT: "a floating-point type",
    NUMBER: "a number type",
    SIGNED: "a signed number type",
    INTEGER: "an integer type",
    BOOLEAN: "bool",
}


def required(operands: Sequence[Given | None], index: int, name: str) -> Given:
    """The operand at that place.

    Raises:
        ShapeError: It is left out.
    """
    operand = optional(operands, index)
    if operand is None:
        raise ShapeError(f"{name} is required")
    return operand


def optional(operands: Sequence[Given | None], index: int) -> Given | None:
    """The operand at that place, None where it is left out."""
    return operands[index] if index < len(operands) else None


def required_of(kinds: str, operands: Sequence[TensorType | None], index: int, name: str = "input") -> TensorType:
    """The operand at that place, whose element type must be of one of the kinds (FLOAT, NUMBER ...).

    Raises:
        ShapeError: It is left out.
        DtypeError: Its element type is another.
    """
    operand = required(operands, index, name)
    if operand.dtype.kind not in kinds:
        expected = _SPOKEN.get(kinds, f"a type of kind {' or '.join(kinds)}")
        raise DtypeError(f"{name} has type {operand.dtype}, expected {expected}; put a Cast before it")
    return operand


def same_dtype(operands: Sequence[TensorType], names: Sequence[str]) -> np.dtype[Any]:
    """The element type that all operands share.

    Raises:
        DtypeError: They differ.
    """
    first = operands[0].dtype
    for operand, name in zip(operands, names, strict=True):
        if operand.dtype != first:
            raise DtypeError(
                f"{names[0]} has type {first} and {name} {operand.dtype}, expected the same type; "
                "put a Cast before one of them"
            )
    return first


def sizes_in(operand: TensorType, name: str) -> Shape | None:
    """The sizes that an integer operand of rank 0 or 1 holds, symbols among them; None where they are not known.

    Raises:
        DtypeError: It is not of an integer type.
        ShapeError: Its rank is above 1.
    """
    if operand.dtype.kind not in "iu":
        raise DtypeError(f"{name} has type {operand.dtype}, expected int64")
    if operand.rank is not None and operand.rank > 1:
        raise ShapeError(f"{name} has shape {text(operand.shape)}, expected one row of numbers")
    if operand.value is None:
        return None
    return tuple(size if isinstance(size, Symbol) else int(size) for size in operand.value.reshape(-1).tolist())


def integers_in(operand: TensorType, name: str) -> tuple[int, ...] | None:
    """The numbers that an integer operand of rank 0 or 1 holds; None where one of them is not known.

    Raises:
        DtypeError, ShapeError: As :func:`sizes_in`.
    """
    sizes = sizes_in(operand, name)
    if sizes is None:
        return None
    numbers = tuple(size for size in sizes if not isinstance(size, Symbol))
    return numbers if len(numbers) == len(sizes) else None


def count_in(operand: TensorType) -> int | None:
    """How many numbers an operand of rank 0 or 1 holds; None where that is not known."""
    if operand.shape is None:
        return None
    count = operand.shape[0] if operand.shape else 1
    return None if isinstance(count, Symbol) else count


def integers(array: Array) -> tuple[int, ...]:
    """The contents of a small array as whole numbers."""
    return tuple(int(number) for number in array.reshape(-1).tolist())


def unknown_sizes(rank: int | None) -> Shape | None:
    """A shape of that rank of which nothing else is known."""
    return None if rank is None else (UNKNOWN,) * rank


def positive_axis(axis: int, rank: int, name: str = "axis") -> int:
    """The axis counted from the front.

    Raises:
        ParameterError: There is no such axis.
    """
    if not -rank <= axis < rank:
        allowed = f"from {-rank} to {rank - 1}" if rank else "none"
        raise ParameterError(f"{name} (={axis}) does not exist in rank {rank}; allowed: {allowed}")
    return axis % rank


def positive_axes(axes: Iterable[int], rank: int, name: str = "axes") -> tuple[int, ...]:
    """The axes counted from the front, in the order given.

    Raises:
        ParameterError: An axis does not exist or occurs twice.
    """
    given = tuple(axes)
    found = tuple(positive_axis(axis, rank, name) for axis in given)
    if len(set(found)) != len(found):
        raise ParameterError(f"{name} (={given}) names an axis twice")
    return found


def same_size(first: Dim, second: Dim) -> Dim | None:
    """The size that both are, a number where one of them is; None where they surely differ."""
    if isinstance(first, Symbol):
        return second if not isinstance(second, Symbol) else first
    return first if isinstance(second, Symbol) or first == second else None


def text(shape: Shape | None) -> str:
    """A shape in an error message."""
    if shape is None:
        return "(unknown)"
    return f"({', '.join(str(size) for size in shape)}{',' if len(shape) == 1 else ''})"
