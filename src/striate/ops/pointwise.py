"""Functions of one number, applied to each element: the base class, and those of ordinary mathematics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np

from striate.graph import Array, Op, TensorType, tensor
from striate.ops.error_function import erf
from striate.ops.operands import FLOAT, NUMBER, SIGNED, required, required_of


@dataclass(frozen=True)
class Pointwise(Op):
    """Base of the functions of one number ``x``: the result has the input's type and shape.

    Subclasses give the function in NumPy (:meth:`function`) and in text (``expression``: Python over the names of the
    ``math`` module, with attributes in braces) and the element types they take.
    """

    expression: ClassVar[str]
    accepts: ClassVar[str] = FLOAT

    @property
    def formula(self) -> str:
        """The function as a Python expression in ``x``, such as ``max(0, x)``, attributes filled in."""
        return self.expression.format(**{f.name: getattr(self, f.name) for f in fields(self)})

    def function(self, x: Array) -> Array:
        """The function, on an array."""
        raise NotImplementedError

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required_of(self.accepts, operands, 0)
        return (tensor(x.dtype, x.shape),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        return (np.asarray(self.function(widened(x))).astype(x.dtype, copy=False),)


def widened(x: Array) -> Array:
    """Half precision as single: what is computed in several steps is then rounded to half only once."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


@dataclass(frozen=True)
class Neg(Pointwise):
    """Negative: ``-x``."""

    expression = "-x"
    accepts = SIGNED

    def function(self, x: Array) -> Array:
        return np.negative(x)


@dataclass(frozen=True)
class Abs(Pointwise):
    """Absolute value."""

    expression = "abs(x)"
    accepts = NUMBER

    def function(self, x: Array) -> Array:
        return np.abs(x)


@dataclass(frozen=True)
class Sign(Pointwise):
    """-1, 0 or 1."""

    expression = "(x > 0) - (x < 0)"
    accepts = NUMBER

    def function(self, x: Array) -> Array:
        return np.sign(x)


@dataclass(frozen=True)
class Reciprocal(Pointwise):
    """``1/x``."""

    expression = "1/x"

    def function(self, x: Array) -> Array:
        return np.reciprocal(x)


@dataclass(frozen=True)
class Sqrt(Pointwise):
    """Square root; NaN below zero."""

    expression = "sqrt(x)"

    def function(self, x: Array) -> Array:
        return np.sqrt(x)


@dataclass(frozen=True)
class Exp(Pointwise):
    """Exponential."""

    expression = "exp(x)"

    def function(self, x: Array) -> Array:
        return np.exp(x)


@dataclass(frozen=True)
class Log(Pointwise):
    """Natural logarithm; NaN below zero."""

    expression = "log(x)"

    def function(self, x: Array) -> Array:
        return np.log(x)


@dataclass(frozen=True)
class Floor(Pointwise):
    """The nearest integer that is not larger."""

    expression = "floor(x)"

    def function(self, x: Array) -> Array:
        return np.floor(x)


@dataclass(frozen=True)
class Ceil(Pointwise):
    """The nearest integer that is not smaller."""

    expression = "ceil(x)"

    def function(self, x: Array) -> Array:
        return np.ceil(x)


@dataclass(frozen=True)
class Round(Pointwise):
    """The nearest integer; halfway between two, the even one."""

    expression = "round(x)"

    def function(self, x: Array) -> Array:
        return np.rint(x)


@dataclass(frozen=True)
class Erf(Pointwise):
    """Error function: ``2/sqrt(pi)`` times the integral of ``exp(-t*t)`` from 0 to x."""

    expression = "erf(x)"

    def function(self, x: Array) -> Array:
        return erf(x)


@dataclass(frozen=True)
class Sin(Pointwise):
    """Sine of an angle in radians."""

    expression = "sin(x)"

    def function(self, x: Array) -> Array:
        return np.sin(x)


@dataclass(frozen=True)
class Cos(Pointwise):
    """Cosine of an angle in radians."""

    expression = "cos(x)"

    def function(self, x: Array) -> Array:
        return np.cos(x)


@dataclass(frozen=True)
class Tan(Pointwise):
    """Tangent of an angle in radians."""

    expression = "tan(x)"

    def function(self, x: Array) -> Array:
        return np.tan(x)


@dataclass(frozen=True)
class Asin(Pointwise):
    """Angle in radians whose sine is x."""

    expression = "asin(x)"

    def function(self, x: Array) -> Array:
        return np.arcsin(x)


@dataclass(frozen=True)
class Acos(Pointwise):
    """Angle in radians whose cosine is x."""

    expression = "acos(x)"

    def function(self, x: Array) -> Array:
        return np.arccos(x)


@dataclass(frozen=True)
class Atan(Pointwise):
    """Angle in radians whose tangent is x."""

    expression = "atan(x)"

    def function(self, x: Array) -> Array:
        return np.arctan(x)


@dataclass(frozen=True)
class Sinh(Pointwise):
    """Hyperbolic sine."""

    expression = "sinh(x)"

    def function(self, x: Array) -> Array:
        return np.sinh(x)


@dataclass(frozen=True)
class Cosh(Pointwise):
    """Hyperbolic cosine."""

    expression = "cosh(x)"

    def function(self, x: Array) -> Array:
        return np.cosh(x)


@dataclass(frozen=True)
class Asinh(Pointwise):
    """Inverse of the hyperbolic sine."""

    expression = "asinh(x)"

    def function(self, x: Array) -> Array:
        return np.arcsinh(x)


@dataclass(frozen=True)
class Acosh(Pointwise):
    """Inverse of the hyperbolic cosine; NaN below 1."""

    expression = "acosh(x)"

    def function(self, x: Array) -> Array:
        return np.arccosh(x)


@dataclass(frozen=True)
class Atanh(Pointwise):
    """Inverse of the hyperbolic tangent; NaN outside [-1, 1]."""

    expression = "atanh(x)"

    def function(self, x: Array) -> Array:
        return np.arctanh(x)
