"""Activations: the nonlinear functions between layers, applied to each element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from striate.errors import ParameterError, ShapeError
from striate.graph import Array, TensorType, tensor
from striate.ops.broadcast import require_fits
from striate.ops.error_function import erf
from striate.ops.operands import NUMBER, SIGNED, optional, required, required_of, same_dtype, text
from striate.ops.pointwise import Pointwise


@dataclass(frozen=True)
class Activation(Pointwise):
    """Base of the activations: functions of one number; the result has the input's type and shape."""


@dataclass(frozen=True)
class Relu(Activation):
    """Rectified linear unit."""

    expression = "max(0, x)"
    accepts = SIGNED

    def function(self, x: Array) -> Array:
        return np.maximum(x, np.zeros((), x.dtype))


@dataclass(frozen=True)
class LeakyRelu(Activation):
    """Rectified linear unit that lets a part of negative numbers through.

    Args:
        alpha: Slope below zero.
    """

    alpha: float = 0.01
    expression = "x if x >= 0 else {alpha}*x"

    def function(self, x: Array) -> Array:
        return np.where(x >= 0, x, self.alpha * x)


@dataclass(frozen=True)
class PRelu(Activation):
    """Leaky rectified linear unit whose slope is learned: operands x and slope, which is repeated to x's shape."""

    expression = "x if x >= 0 else slope*x"
    accepts = NUMBER
    weight_operands: ClassVar[tuple[int, ...]] = (1,)

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, slope = required_of(NUMBER, operands, 0), required_of(NUMBER, operands, 1, "slope")
        same_dtype((x, slope), ("input", "slope"))
        require_fits("slope", slope, x.shape)
        return (tensor(x.dtype, x.shape),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, slope = required(operands, 0, "input"), required(operands, 1, "slope")
        return (np.where(x >= 0, x, slope * x),)


@dataclass(frozen=True)
class Elu(Activation):
    """Exponential linear unit.

    Args:
        alpha: How far below zero it goes.
    """

    alpha: float = 1.0
    expression = "x if x >= 0 else {alpha}*(exp(x) - 1)"

    def function(self, x: Array) -> Array:
        return np.where(x >= 0, x, self.alpha * np.expm1(np.minimum(x, 0)))


@dataclass(frozen=True)
class Selu(Activation):
    """Scaled exponential linear unit, which keeps mean 0 and variance 1 (Klambauer et al., 2017).

    Args:
        alpha: How far below zero it goes, before scaling.
        gamma: Scale.
    """

    alpha: float = 1.67326319217681884765625
    gamma: float = 1.05070102214813232421875
    expression = "{gamma}*(x if x >= 0 else {alpha}*(exp(x) - 1))"

    def function(self, x: Array) -> Array:
        return self.gamma * np.where(x >= 0, x, self.alpha * np.expm1(np.minimum(x, 0)))


@dataclass(frozen=True)
class Celu(Activation):
    """Exponential linear unit whose slope is continuous.

    Args:
        alpha: How far below zero it goes; not 0.
    """

    alpha: float = 1.0
    expression = "max(0, x) + min(0, {alpha}*(exp(x/{alpha}) - 1))"

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        if self.alpha == 0:
            raise ParameterError(f"alpha (={self.alpha}) must not be 0: x is divided by it")
        return super().infer(operands)

    def function(self, x: Array) -> Array:
        return np.maximum(x, 0) + np.minimum(self.alpha * np.expm1(x / self.alpha), 0)


@dataclass(frozen=True)
class ThresholdedRelu(Activation):
    """What lies above a threshold; the rest becomes 0.

    Args:
        alpha: The threshold.
    """

    alpha: float = 1.0
    expression = "x if x > {alpha} else 0"

    def function(self, x: Array) -> Array:
        return np.where(x > self.alpha, x, np.zeros((), x.dtype))


@dataclass(frozen=True)
class Clip(Activation):
    """Limits to a range: operands x, min and max, of which either may be left out; ReLU6 is Clip from 0 to 6.

    Where min is larger than max, everything becomes max.
    """

    expression = "min(max(x, low), high)"
    accepts = NUMBER

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required_of(NUMBER, operands, 0)
        for index, name in ((1, "min"), (2, "max")):
            limit = optional(operands, index)
            if limit is None:
                continue
            same_dtype((x, limit), ("input", name))
            if limit.shape not in (None, (), (1,)):
                raise ShapeError(f"{name} has shape {text(limit.shape)}, expected one number")
        return (tensor(x.dtype, x.shape),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        y, low, high = required(operands, 0, "input"), optional(operands, 1), optional(operands, 2)
        if low is not None:
            y = np.maximum(y, low.reshape(()))
        if high is not None:
            y = np.minimum(y, high.reshape(()))
        return (np.asarray(y),)


@dataclass(frozen=True)
class Sigmoid(Activation):
    """Logistic function."""

    expression = "1/(1 + exp(-x))"

    def function(self, x: Array) -> Array:
        return logistic(x)


@dataclass(frozen=True)
class Tanh(Activation):
    """Hyperbolic tangent."""

    expression = "tanh(x)"

    def function(self, x: Array) -> Array:
        return np.tanh(x)


@dataclass(frozen=True)
class HardSigmoid(Activation):
    """Sigmoid made of three straight lines.

    Args:
        alpha: Slope of the middle line.
        beta: Its height at 0.
    """

    alpha: float = 0.2
    beta: float = 0.5
    expression = "max(0, min(1, {alpha}*x + {beta}))"

    def function(self, x: Array) -> Array:
        return np.maximum(np.minimum(self.alpha * x + self.beta, 1), 0)


@dataclass(frozen=True)
class HardSwish(Activation):
    """Swish made of a parabola between two lines (Howard et al., "Searching for MobileNetV3", 2019)."""

    expression = "x*max(0, min(1, x/6 + 0.5))"

    def function(self, x: Array) -> Array:
        return x * np.maximum(np.minimum(x / 6 + 0.5, 1), 0)


@dataclass(frozen=True)
class Swish(Activation):
    """Swish, with alpha 1 also called SiLU.

    Args:
        alpha: Factor inside the sigmoid.
    """

    alpha: float = 1.0
    expression = "x/(1 + exp(-{alpha}*x))"

    def function(self, x: Array) -> Array:
        return x * logistic(self.alpha * x)


@dataclass(frozen=True)
class Mish(Activation):
    """Mish: x times the hyperbolic tangent of its softplus (Misra, 2019)."""

    expression = "x*tanh(log(1 + exp(x)))"

    def function(self, x: Array) -> Array:
        return x * np.tanh(np.logaddexp(x, np.zeros((), x.dtype)))


@dataclass(frozen=True)
class Gelu(Activation):
    """Gaussian error linear unit: x times the probability that a normal number is smaller (Hendrycks & Gimpel, 2016).

    Args:
        approximate: "none" for the definition, "tanh" for its approximation.
    """

    approximate: Literal["none", "tanh"] = "none"

    @property
    def formula(self) -> str:
        """The function as a Python expression in ``x``."""
        if self.approximate == "tanh":
            return "0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))"
        return "0.5*x*(1 + erf(x/sqrt(2)))"

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        if self.approximate not in ("none", "tanh"):
            raise ParameterError(f'approximate (="{self.approximate}") must be "none" or "tanh"')
        return super().infer(operands)

    def function(self, x: Array) -> Array:
        # In double precision: far below zero 1 + erf is the difference of two almost equal numbers.
        exact = x.astype(np.float64)
        if self.approximate == "tanh":
            return 0.5 * exact * (1 + np.tanh(np.sqrt(2 / np.pi) * (exact + 0.044715 * exact**3)))
        return 0.5 * exact * (1 + erf(exact / np.sqrt(2)))


@dataclass(frozen=True)
class Softplus(Activation):
    """Smooth form of the rectified linear unit."""

    expression = "log(1 + exp(x))"

    def function(self, x: Array) -> Array:
        return np.logaddexp(x, np.zeros((), x.dtype))


@dataclass(frozen=True)
class Softsign(Activation):
    """x, squeezed between -1 and 1 by a quotient."""

    expression = "x/(1 + abs(x))"

    def function(self, x: Array) -> Array:
        return x / (1 + np.abs(x))


@dataclass(frozen=True)
class Shrink(Activation):
    """Moves towards zero what is far from it; the rest becomes 0.

    Args:
        bias: How far it is moved.
        lambd: What counts as far.
    """

    bias: float = 0.0
    lambd: float = 0.5
    expression = "x + {bias} if x < -{lambd} else x - {bias} if x > {lambd} else 0"
    accepts = NUMBER

    def function(self, x: Array) -> Array:
        return np.where(x < -self.lambd, x + self.bias, np.where(x > self.lambd, x - self.bias, 0))


def logistic(x: Array) -> Array:
    """``1/(1 + exp(-x))``, through the exponential of a negative number, which cannot overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)
