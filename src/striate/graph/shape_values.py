"""Follows the contents of small integer tensors while shapes are inferred.

Exporters compute sizes inside the network: ``Shape -> Gather -> Mul -> Concat -> Reshape``. Such a tensor holds a few
sizes; it is known, up to the free ones, before anything runs. Its contents are kept as an object array of integers and
symbols, and an op is applied to them simply by running its reference on that array: Python adds symbols as it adds
numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from striate.dimension import Symbol
from striate.errors import StriateError
from striate.graph.op import Op
from striate.graph.tensor import Array, TensorType

# More elements than any shape has: larger constants are left to the constant folder, which works on real arrays.
LARGEST = 64
# Ops whose reference is as right on an object array of sizes as on numbers.
FOLLOWED = frozenset(
    "Add Sub Mul Div Neg Floor Ceil Max Min Mod Equal Less LessOrEqual Greater GreaterOrEqual Not And Or Where Concat "
    "Gather GatherElements GatherND Slice Squeeze Unsqueeze Reshape Transpose Cast Identity Split Flatten Expand Tile "
    "ConstantOfShape Range ReduceProd ReduceSum ReduceMax ReduceMin CumSum".split()
)


def known_results(
    op: Op, operands: Sequence[TensorType | None], results: tuple[TensorType, ...]
) -> tuple[TensorType, ...]:
    """The results with their contents filled in where those follow from known operands."""
    if op.kind not in FOLLOWED or any(result.value is not None for result in results):
        return results
    contents: list[Array | None] = []
    for operand in operands:
        if operand is None:
            contents.append(None)
        elif operand.value is None or operand.value.size > LARGEST or operand.dtype.kind not in "iubf":
            return results
        else:
            contents.append(operand.value)
    if any(result.dtype.kind not in "iubf" or not _small(result) for result in results):
        return results
    try:
        with np.errstate(all="ignore"):
            values = _equal(contents) if op.kind == "Equal" else op.reference(*contents)
    except (StriateError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError):
        return results  # a symbol met arithmetic that it does not know: the contents stay unknown, nothing is wrong
    return tuple(_with_value(result, np.asarray(value)) for result, value in zip(results, values, strict=False))


def _small(result: TensorType) -> bool:
    """Whether the result's shape is known and small, so that it may be computed already."""
    return result.concrete and result.nbytes <= LARGEST * result.dtype.itemsize


def _equal(contents: Sequence[Array | None]) -> tuple[Array, ...]:
    """Equality where it is certain: a free size equals itself and is never negative; of anything else a run decides."""
    first, second = np.broadcast_arrays(*(np.asarray(array, object) for array in contents))
    verdicts = [_same(a, b) for a, b in zip(first.flat, second.flat, strict=True)]
    return (np.array(verdicts, bool).reshape(first.shape),)


def _same(first: float | Symbol, second: float | Symbol) -> bool:
    if isinstance(second, Symbol):
        first, second = second, first
    if not isinstance(first, Symbol) or first == second:
        return first == second
    if not isinstance(second, Symbol) and second < 0 and first.never_negative:
        return False
    raise TypeError(f"whether {first} equals {second} is not known before a run")


def _with_value(result: TensorType, value: Array) -> TensorType:
    if value.dtype == object and not any(isinstance(size, Symbol) for size in value.flat):
        value = value.astype(result.dtype)
    if value.dtype != object and value.dtype != result.dtype:
        value = value.astype(result.dtype)
    shape: tuple[Any, ...] = value.shape
    return replace(result, shape=shape, value=value)
