"""Matrix products: MatMul (any rank) and Gemm (a matrix product with a bias, the dense layer)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from striate.arithmetic import broadcast_shape
from striate.dimension import UNKNOWN, Dim, Shape, Symbol
from striate.errors import DtypeError, ShapeError
from striate.graph import Array, Cost, Op, TensorType, tensor
from striate.ops.operands import optional, required, same_size, text


@dataclass(frozen=True)
class MatMul(Op):
    """Matrix product: ``y[..., i, j] = sum over k of a[..., i, k] * b[..., k, j]``; leading axes broadcast.

    An operand of rank 1 is a row (first) or column (second), and its axis is not in the result.
    """

    weight_operands: ClassVar[tuple[int, ...]] = (0, 1)

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        a, b = _pair(operands)
        if a.shape is None or b.shape is None:
            return (tensor(a.dtype, None),)
        if not a.shape or not b.shape:
            raise ShapeError(f"operands have shapes {text(a.shape)} and {text(b.shape)}; a single number is no matrix")
        left = a.shape if len(a.shape) > 1 else (1, *a.shape)
        right = b.shape if len(b.shape) > 1 else (*b.shape, 1)
        _check_inner(left[-1], right[-2], a.shape, b.shape)
        rows = left[-2:-1] if len(a.shape) > 1 else ()
        columns = right[-1:] if len(b.shape) > 1 else ()
        return (tensor(a.dtype, (*broadcast_shape(left[:-2], right[:-2]), *rows, *columns)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        return (np.asarray(np.matmul(required(operands, 0, "first operand"), required(operands, 1, "second operand"))),)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        a, y = required(operands, 0, "first operand"), results[0]
        return Cost(macs=y.nbytes // y.dtype.itemsize * _number(a.shape[-1] if a.shape else 0))


@dataclass(frozen=True)
class Gemm(Op):
    """``y = alpha * a' @ b' + beta * c``: first operand (m, k), second (k, n), c broadcast to (m, n) or left out.

    Args:
        alpha: Factor of the product.
        beta: Factor of c.
        trans_a: Whether the first operand is given as (k, m).
        trans_b: Whether the second operand is given as (n, k).
    """

    weight_operands: ClassVar[tuple[int, ...]] = (1, 2)

    alpha: float = 1.0
    beta: float = 1.0
    trans_a: bool = False
    trans_b: bool = False

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        a, b = _pair(operands)
        c = optional(operands, 2)
        for name, operand in (("first operand", a), ("second operand", b)):
            if operand.rank not in (None, 2):
                raise ShapeError(f"{name} has shape {text(operand.shape)}, expected a matrix")
        m, k = _turned(a.shape, self.trans_a)
        depth, n = _turned(b.shape, self.trans_b)
        if a.shape is not None and b.shape is not None:
            given = f"; check trans_a (={self.trans_a}) and trans_b (={self.trans_b})"
            _check_inner(k, depth, a.shape, b.shape, given)
        if c is not None and c.shape is not None and not _stretches(c.shape, (m, n)):
            raise ShapeError(f"c has shape {text(c.shape)}, which does not broadcast to the product's {text((m, n))}")
        return (tensor(a.dtype, (m, n)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        a, b = required(operands, 0, "first operand"), required(operands, 1, "second operand")
        c = optional(operands, 2)
        y = (a.T if self.trans_a else a) @ (b.T if self.trans_b else b)
        if self.alpha != 1:
            y = np.asarray(self.alpha * y, a.dtype)
        if c is None:
            return (y,)
        return (y + (c if self.beta == 1 else np.asarray(self.beta * c, c.dtype)),)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        a, y = required(operands, 0, "first operand"), results[0]
        outputs = y.nbytes // y.dtype.itemsize
        depth = _turned(a.shape, self.trans_a)[1]
        return Cost(macs=outputs * _number(depth), operations=outputs if optional(operands, 2) is not None else 0)


def _pair(operands: Sequence[TensorType | None]) -> tuple[TensorType, TensorType]:
    a, b = required(operands, 0, "first operand"), required(operands, 1, "second operand")
    if a.dtype != b.dtype:
        raise DtypeError(f"operands have types {a.dtype} and {b.dtype}; expected the same type")
    if a.dtype.kind not in "iuf":
        raise DtypeError(f"operands have type {a.dtype}, expected numbers")
    return a, b


def _check_inner(columns: Dim, rows: Dim, a: Shape, b: Shape, advice: str = "") -> None:
    if same_size(columns, rows) is None:
        raise ShapeError(
            f"first operand {text(a)} has {columns} columns, second {text(b)} has {rows} rows; "
            f"they must be the same{advice}"
        )


def _turned(shape: Shape | None, turn: bool) -> tuple[Dim, Dim]:
    rows, columns = (UNKNOWN, UNKNOWN) if shape is None else shape
    return (columns, rows) if turn else (rows, columns)


def _stretches(shape: Shape, target: Shape) -> bool:
    aligned = (1,) * (len(target) - len(shape)) + shape
    pairs = zip(aligned, target, strict=False)
    return len(aligned) == len(target) and all(size == 1 or same_size(size, to) is not None for size, to in pairs)


def _number(size: Dim) -> int:
    return 0 if isinstance(size, Symbol) else size
