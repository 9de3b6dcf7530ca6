"""Activations: functions of one number, applied to each element."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from striate.errors import ShapeError
from striate.graph import Array, Op, TensorType, tensor


@dataclass(frozen=True)
class Activation(Op):
    """Base of the functions of one number: the result has the input's type and shape."""

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = operands[0]
        if x is None:
            raise ShapeError("input is required")
        return (tensor(x.dtype, x.shape),)


@dataclass(frozen=True)
class Relu(Activation):
    """Rectified linear unit: ``max(0, x)``."""

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        (x,) = operands
        assert x is not None
        return (np.maximum(x, np.zeros((), x.dtype)),)
