"""Ops that hand their input on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from striate.errors import UnsupportedOpError
from striate.graph import Array, Cost, Op, TensorType, tensor
from striate.ops.operands import FLOAT, optional, required, required_of


@dataclass(frozen=True)
class Identity(Op):
    """The input itself."""

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        return (required(operands, 0, "input"),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        return (required(operands, 0, "input"),)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """Nothing."""
        return Cost()


@dataclass(frozen=True)
class Dropout(Op):
    """Dropout of a finished network, which drops nothing.

    Operands x, ratio, training_mode; results x and a mask of True.
    """

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required_of(FLOAT, operands, 0)
        ratio, training = optional(operands, 1), optional(operands, 2)
        _refuse_training(ratio and ratio.value, training and training.value)
        return tensor(x.dtype, x.shape), tensor(np.bool_, x.shape)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        _refuse_training(optional(operands, 1), optional(operands, 2))
        return x, np.ones(x.shape, np.bool_)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """Nothing."""
        return Cost()


def _refuse_training(ratio: Array | None, training: Array | None) -> None:
    """Raises: UnsupportedOpError: Elements would be dropped at random."""
    if training is None or not training.any():
        return
    if ratio is None or ratio.any():
        raise UnsupportedOpError(
            "Dropout with training_mode true drops elements at random; export the network for inference (model.eval())"
        )
