"""What an operation of a network is: the base class that every op of :mod:`striate.ops` extends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import ClassVar

from striate.errors import UnsupportedOpError
from striate.graph.tensor import Array, TensorType


@dataclass(frozen=True, slots=True)
class Cost:
    """What one evaluation costs.

    Args:
        macs: Multiplications whose products are added up.
        operations: All other elementary operations (comparisons, additions, divisions, exponentials ...).
    """

    macs: int = 0
    operations: int = 0


@dataclass(frozen=True)
class Op:
    """One operation: attributes (the dataclass fields), shape rule, reference, gradient rule and cost.

    Operands are those of the newest ONNX version of the op of the same name, in its order; an operand that is left out
    is None. Subclasses are frozen dataclasses and define :meth:`infer` and :meth:`reference`.

    ``weight_operands`` are the positions of the operands that hold learned numbers when they are constants (weight and
    bias, not the running statistics of a batch norm): what counts as a parameter.
    """

    weight_operands: ClassVar[tuple[int, ...]] = ()

    @property
    def kind(self) -> str:
        """Name of the operation, as ONNX spells it."""
        return type(self).__name__

    def __str__(self) -> str:
        """The op with the attributes that differ from their defaults."""
        shown = [f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if getattr(self, f.name) != f.default]
        return f"{self.kind}({', '.join(shown)})"

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        """Shape rule: the types of the results. Sizes may be symbols.

        Raises:
            ShapeError, DtypeError, ParameterError: The operands do not fit; the message names "input", "weight" ...
                and the caller adds which node it is.
        """
        raise NotImplementedError

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        """The definition, in NumPy: clear before it is fast. Operands are never written to."""
        raise NotImplementedError

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """What one evaluation costs, for concrete shapes. The default: an operation for each element of the results."""
        total = 0
        for result in results:
            if result.concrete and result.dtype.itemsize:
                total += result.nbytes // result.dtype.itemsize
        return Cost(operations=total)

    def workspace(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> int:
        """Bytes that the reference needs beside operands and results (a padded copy, say), for concrete shapes."""
        return 0

    def gradient(
        self, operands: Sequence[Array | None], results: Sequence[Array], upstream: Sequence[Array | None]
    ) -> tuple[Array | None, ...]:
        """Gradient of a scalar with respect to each operand, given its gradient with respect to each result.

        Raises:
            UnsupportedOpError: The op has no gradient rule.
        """
        raise UnsupportedOpError(f"{self.kind} has no gradient rule")
