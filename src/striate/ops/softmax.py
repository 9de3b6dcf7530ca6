"""Softmax and its kin: numbers compared with one another along some axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from striate.graph import Array, Cost, Op, TensorType, tensor
from striate.ops.operands import FLOAT, positive_axes, positive_axis, required, required_of
from striate.ops.pointwise import widened


@dataclass(frozen=True)
class Softmax(Op):
    """Positive numbers that add up to 1: ``exp(x) / sum of exp(x)``, over some axes together.

    Args:
        axes: The axes that are summed over. (ONNX before version 13 sums over ``axis`` and all behind it.)
    """

    axes: tuple[int, ...] = (-1,)

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required_of(FLOAT, operands, 0)
        if x.rank is not None:
            positive_axes(self.axes, x.rank)
        return (tensor(x.dtype, x.shape),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        powers = np.exp(_below_the_largest(x, self.axes))
        return ((powers / powers.sum(axis=self.axes, keepdims=True)).astype(x.dtype, copy=False),)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """For each element a comparison, a subtraction, an exponential, an addition and a division."""
        return Cost(operations=5 * super().cost(operands, results).operations)


@dataclass(frozen=True)
class LogSoftmax(Softmax):
    """Logarithm of softmax: ``x - log(sum of exp(x))``, over some axes together.

    Args:
        axes: The axes that are summed over.
    """

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        below = _below_the_largest(x, self.axes)
        total = np.exp(below).sum(axis=self.axes, keepdims=True)
        return ((below - np.log(total)).astype(x.dtype, copy=False),)


def _below_the_largest(x: Array, axes: tuple[int, ...]) -> Array:
    """``x - max x``: softmax is the same for x + c, and of numbers up to 0 no exponential overflows."""
    wide = widened(x)
    return wide - wide.max(axis=axes, keepdims=True, initial=-np.inf)


@dataclass(frozen=True)
class Hardmax(Op):
    """1 at the first largest number along an axis, 0 elsewhere.

    Args:
        axis: The axis.
    """

    axis: int = -1

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required_of(FLOAT, operands, 0)
        if x.rank is not None:
            positive_axis(self.axis, x.rank)
        return (tensor(x.dtype, x.shape),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        y = np.zeros_like(x)
        if x.size:
            np.put_along_axis(y, x.argmax(axis=self.axis, keepdims=True), 1, axis=self.axis)
        return (y,)
