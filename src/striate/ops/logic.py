"""Comparisons, boolean and bitwise logic, and choice, element by element, with broadcasting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from striate.errors import ParameterError
from striate.graph import Array, Op, TensorType, tensor
from striate.ops.broadcast import Broadcasting, common_shape
from striate.ops.operands import BOOLEAN, FLOAT, INTEGER, NUMBER, required, required_of, same_dtype

BOOL = np.dtype(np.bool_)


@dataclass(frozen=True)
class Equal(Broadcasting):
    """Whether two elements are equal; NaN equals nothing."""

    expression = "a == b"
    accepts = NUMBER + BOOLEAN + "USO"
    makes = BOOL

    def function(self, a: Array, b: Array) -> Array:
        return np.equal(a, b)


@dataclass(frozen=True)
class Less(Broadcasting):
    """Whether a is smaller than b."""

    expression = "a < b"
    makes = BOOL

    def function(self, a: Array, b: Array) -> Array:
        return np.less(a, b)


@dataclass(frozen=True)
class LessOrEqual(Broadcasting):
    """Whether a is at most b."""

    expression = "a <= b"
    makes = BOOL

    def function(self, a: Array, b: Array) -> Array:
        return np.less_equal(a, b)


@dataclass(frozen=True)
class Greater(Broadcasting):
    """Whether a is larger than b."""

    expression = "a > b"
    makes = BOOL

    def function(self, a: Array, b: Array) -> Array:
        return np.greater(a, b)


@dataclass(frozen=True)
class GreaterOrEqual(Broadcasting):
    """Whether a is at least b."""

    expression = "a >= b"
    makes = BOOL

    def function(self, a: Array, b: Array) -> Array:
        return np.greater_equal(a, b)


@dataclass(frozen=True)
class And(Broadcasting):
    """Whether both are true."""

    expression = "a and b"
    accepts = BOOLEAN

    def function(self, a: Array, b: Array) -> Array:
        return np.logical_and(a, b)


@dataclass(frozen=True)
class Or(Broadcasting):
    """Whether one of them or both are true."""

    expression = "a or b"
    accepts = BOOLEAN

    def function(self, a: Array, b: Array) -> Array:
        return np.logical_or(a, b)


@dataclass(frozen=True)
class Xor(Broadcasting):
    """Whether one of them is true, not both."""

    expression = "a != b"
    accepts = BOOLEAN

    def function(self, a: Array, b: Array) -> Array:
        return np.logical_xor(a, b)


@dataclass(frozen=True)
class BitwiseAnd(Broadcasting):
    """Bits that are set in both."""

    expression = "a & b"
    accepts = INTEGER

    def function(self, a: Array, b: Array) -> Array:
        return np.bitwise_and(a, b)


@dataclass(frozen=True)
class BitwiseOr(Broadcasting):
    """Bits that are set in one of them or both."""

    expression = "a | b"
    accepts = INTEGER

    def function(self, a: Array, b: Array) -> Array:
        return np.bitwise_or(a, b)


@dataclass(frozen=True)
class BitwiseXor(Broadcasting):
    """Bits that are set in one of them, not both."""

    expression = "a ^ b"
    accepts = INTEGER

    def function(self, a: Array, b: Array) -> Array:
        return np.bitwise_xor(a, b)


@dataclass(frozen=True)
class BitShift(Broadcasting):
    """Bits of a moved by b places; what leaves the type is lost, and a sign is kept when moving right.

    A shift by less than 0 or by all bits leaves 0, or -1 of a negative number moved right.

    Args:
        direction: "LEFT", to higher places, or "RIGHT".
    """

    direction: Literal["LEFT", "RIGHT"] = "LEFT"
    accepts: ClassVar[str] = INTEGER

    @property
    def formula(self) -> str:
        """The function as a Python expression in ``a`` and ``b``."""
        return "a << b" if self.direction == "LEFT" else "a >> b"

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        if self.direction not in ("LEFT", "RIGHT"):
            raise ParameterError(f'direction (="{self.direction}") must be "LEFT" or "RIGHT"')
        return super().infer(operands)

    def function(self, a: Array, b: Array) -> Array:
        bits = 8 * a.dtype.itemsize
        outside = (b < 0) | (b >= bits)
        places = np.where(outside, 0, b).astype(a.dtype)
        if self.direction == "LEFT":
            return np.where(outside, np.zeros((), a.dtype), np.left_shift(a, places))
        return np.where(outside, -(a < 0).astype(a.dtype), np.right_shift(a, places))


@dataclass(frozen=True)
class OfEach(Op):
    """Base of the tests and bit operations on one element.

    Subclasses say which element types they take, and which they make where it is not the input's.
    """

    accepts: ClassVar[str] = FLOAT
    makes: ClassVar[np.dtype[np.bool_] | None] = BOOL

    def function(self, x: Array) -> Array:
        """The function, on an array."""
        raise NotImplementedError

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required_of(self.accepts, operands, 0)
        return (tensor(self.makes or x.dtype, x.shape),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        return (np.asarray(self.function(required(operands, 0, "input"))),)


@dataclass(frozen=True)
class Not(OfEach):
    """Whether it is false."""

    accepts = BOOLEAN

    def function(self, x: Array) -> Array:
        return np.logical_not(x)


@dataclass(frozen=True)
class BitwiseNot(OfEach):
    """Every bit turned over."""

    accepts = INTEGER
    makes = None

    def function(self, x: Array) -> Array:
        return np.bitwise_not(x)


@dataclass(frozen=True)
class IsNaN(OfEach):
    """Whether it is not a number."""

    def function(self, x: Array) -> Array:
        return np.isnan(x)


@dataclass(frozen=True)
class IsInf(OfEach):
    """Whether it is infinite.

    Args:
        detect_negative: Whether minus infinity counts.
        detect_positive: Whether plus infinity counts.
    """

    detect_negative: bool = True
    detect_positive: bool = True

    def function(self, x: Array) -> Array:
        return (self.detect_negative & (x == -np.inf)) | (self.detect_positive & (x == np.inf))


@dataclass(frozen=True)
class Where(Op):
    """One of two tensors, element by element: operands condition (bool), x where it holds, y elsewhere."""

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        condition = required_of(BOOLEAN, operands, 0, "condition")
        x, y = required(operands, 1, "x"), required(operands, 2, "y")
        return (tensor(same_dtype((x, y), ("x", "y")), common_shape((condition, x, y))),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        condition, x, y = (required(operands, index, name) for index, name in enumerate(("condition", "x", "y")))
        return (np.where(condition, x, y),)
