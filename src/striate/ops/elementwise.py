"""Arithmetic on two or more tensors, element by element, with broadcasting.

Add, Sub, Mul and Div work on object arrays as well, whose elements may be free sizes: so the contents of shape
computations are followed (see :mod:`striate.graph.shape_values`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import ClassVar

import numpy as np

from striate.dimension import Dim, Symbol
from striate.errors import ShapeError
from striate.graph import Array, Cost, Op, TensorType, tensor
from striate.ops.broadcast import Broadcasting, common_shape
from striate.ops.operands import FLOAT, NUMBER, required, required_of, same_dtype
from striate.ops.pointwise import widened


@dataclass(frozen=True)
class Add(Broadcasting):
    """Sum of two tensors."""

    expression = "a + b"

    def function(self, a: Array, b: Array) -> Array:
        return np.add(a, b)


@dataclass(frozen=True)
class Sub(Broadcasting):
    """Difference of two tensors."""

    expression = "a - b"

    def function(self, a: Array, b: Array) -> Array:
        return np.subtract(a, b)


@dataclass(frozen=True)
class Mul(Broadcasting):
    """Product of two tensors."""

    expression = "a * b"

    def function(self, a: Array, b: Array) -> Array:
        return np.multiply(a, b)


@dataclass(frozen=True)
class Div(Broadcasting):
    """Quotient of two tensors; of integers it is cut towards zero, as in C."""

    expression = "a / b"

    def function(self, a: Array, b: Array) -> Array:
        if object in (a.dtype, b.dtype):
            return np.asarray(np.frompyfunc(_size_quotient, 2, 1)(a, b), dtype=object)
        if a.dtype.kind == "f":
            return np.divide(a, b)
        down = np.floor_divide(a, b)
        # Rounding down and cutting differ by one where the quotient is negative and not whole.
        return down + ((down * b != a) & ((a < 0) != (b < 0)) & (b != 0))


def _size_quotient(a: Dim | float, b: Dim | float) -> Dim | float:
    if isinstance(a, float) or isinstance(b, float):
        if isinstance(a, Symbol) or isinstance(b, Symbol):
            raise TypeError(f"whether {a} / {b} is a whole number is not known before a run")
        return a / b
    if isinstance(a, Symbol):
        return a // b  # a size is not negative, so that rounding down is cutting
    if isinstance(b, Symbol):
        return Symbol(f"{a}//({b})")
    cut = abs(a) // abs(b)
    return cut if (a < 0) == (b < 0) else -cut


@dataclass(frozen=True)
class Mod(Broadcasting):
    """Remainder of a division.

    Args:
        fmod: Whether the remainder has the sign of the dividend (as C's fmod) instead of the divisor (as Python's %).
    """

    fmod: bool = False

    @property
    def formula(self) -> str:
        """The function as a Python expression in ``a`` and ``b``."""
        return "fmod(a, b)" if self.fmod else "a % b"

    def function(self, a: Array, b: Array) -> Array:
        return np.fmod(a, b) if self.fmod else np.mod(a, b)


@dataclass(frozen=True)
class Pow(Broadcasting):
    """Power: base and exponent may have different types; the result has the base's."""

    expression = "a ** b"

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        base, exponent = required_of(NUMBER, operands, 0, "base"), required_of(NUMBER, operands, 1, "exponent")
        return (tensor(base.dtype, common_shape((base, exponent))),)

    def function(self, a: Array, b: Array) -> Array:
        if b.dtype.kind == "i" and a.dtype.kind != "f" and (b < 0).any():
            return np.trunc(np.power(a.astype(np.float64), b)).astype(a.dtype)
        return np.power(widened(a), b).astype(a.dtype)


@dataclass(frozen=True)
class Variadic(Op):
    """Base of the functions of one or more tensors, all broadcast to one shape."""

    accepts: ClassVar[str] = NUMBER

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        if not operands:
            raise ShapeError("at least one operand is required, got none")
        names = [f"operand {index + 1}" for index in range(len(operands))]
        types = [required_of(self.accepts, operands, index, name) for index, name in enumerate(names)]
        return (tensor(same_dtype(types, names), common_shape(types)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        arrays = [required(operands, index, f"operand {index + 1}") for index in range(len(operands))]
        return (np.asarray(self.function(arrays)),)

    def function(self, arrays: Sequence[Array]) -> Array:
        """The function, on arrays that broadcast."""
        raise NotImplementedError

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        elements = super().cost(operands, results).operations
        return Cost(operations=elements * (len(operands) - 1))


@dataclass(frozen=True)
class Max(Variadic):
    """The largest of one or more tensors; NaN where one of them is."""

    def function(self, arrays: Sequence[Array]) -> Array:
        return reduce(np.maximum, arrays)


@dataclass(frozen=True)
class Min(Variadic):
    """The smallest of one or more tensors; NaN where one of them is."""

    def function(self, arrays: Sequence[Array]) -> Array:
        return reduce(np.minimum, arrays)


@dataclass(frozen=True)
class Sum(Variadic):
    """Sum of one or more tensors."""

    accepts = FLOAT

    def function(self, arrays: Sequence[Array]) -> Array:
        return reduce(np.add, [widened(x) for x in arrays]).astype(arrays[0].dtype)


@dataclass(frozen=True)
class Mean(Variadic):
    """Mean of one or more tensors."""

    accepts = FLOAT

    def function(self, arrays: Sequence[Array]) -> Array:
        total = reduce(np.add, [widened(x) for x in arrays])
        return (total / len(arrays)).astype(arrays[0].dtype)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        elements = Op.cost(self, operands, results).operations
        return Cost(operations=elements * len(operands))
