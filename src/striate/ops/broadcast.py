"""Broadcasting: functions of two tensors whose shapes are aligned at the last axis; a size 1 stretches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from striate.arithmetic import broadcast_shape
from striate.dimension import Shape, Symbol
from striate.errors import ShapeError
from striate.graph import Array, Op, TensorType, tensor
from striate.ops.operands import NUMBER, required, required_of, same_dtype, text


def common_shape(types: Iterable[TensorType]) -> Shape | None:
    """The common shape of some operands, None where a rank is unknown."""
    shapes: list[Shape] = []
    for kind in types:
        if kind.shape is None:
            return None
        shapes.append(kind.shape)
    return broadcast_shape(*shapes)


def require_fits(name: str, kind: TensorType, target: Shape | None, what: str = "input") -> None:
    """Refuses an operand that cannot be repeated to a given shape.

    Raises:
        ShapeError: Broadcasting it would change the target's shape.
    """
    if kind.shape is None or target is None:
        return
    fits = len(kind.shape) <= len(target)
    for size, wanted in zip(reversed(kind.shape), reversed(target), strict=False):
        fits = fits and (size in (1, wanted) or isinstance(size, Symbol) or isinstance(wanted, Symbol))
    if not fits:
        raise ShapeError(
            f"{name} has shape {text(kind.shape)}, expected one that can be repeated to {what} {text(target)}"
        )


@dataclass(frozen=True)
class Broadcasting(Op):
    """Base of the functions of two numbers ``a`` and ``b``, applied to each pair of elements.

    Subclasses give the function in NumPy (:meth:`function`) and in text (``expression``: Python, with attributes in
    braces), the element types they take and, where it is not that of the operands, the type they make.
    """

    expression: ClassVar[str]
    accepts: ClassVar[str] = NUMBER
    makes: ClassVar[np.dtype[Any] | None] = None

    @property
    def formula(self) -> str:
        """The function as a Python expression in ``a`` and ``b``, such as ``a + b``."""
        return self.expression

    def function(self, a: Array, b: Array) -> Array:
        """The function, on arrays that broadcast."""
        raise NotImplementedError

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        a, b = required_of(self.accepts, operands, 0, "a"), required_of(self.accepts, operands, 1, "b")
        dtype = same_dtype((a, b), ("a", "b"))
        return (tensor(self.makes or dtype, common_shape((a, b))),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        return (np.asarray(self.function(required(operands, 0, "a"), required(operands, 1, "b"))),)
