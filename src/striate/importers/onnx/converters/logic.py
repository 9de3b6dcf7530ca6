"""Comparisons, logic, choice, and operations on bits."""

from __future__ import annotations

from striate import ops
from striate.graph import Op
from striate.importers.onnx.source import OnnxNode
from striate.importers.onnx.table import converts

_PLAIN: dict[str, type[Op]] = {
    op.__name__: op
    for op in (
        *(ops.Equal, ops.Less, ops.LessOrEqual, ops.Greater, ops.GreaterOrEqual),
        *(ops.And, ops.Or, ops.Xor, ops.Not, ops.Where, ops.IsNaN),
        *(ops.BitwiseAnd, ops.BitwiseOr, ops.BitwiseXor, ops.BitwiseNot),
    )
}


@converts(*_PLAIN)
def without_attributes(node: OnnxNode) -> Op:
    return _PLAIN[node.op_type]()


@converts("IsInf", since=10)
def is_inf(node: OnnxNode) -> ops.IsInf:
    return ops.IsInf(node.flag("detect_negative", True), node.flag("detect_positive", True))


@converts("BitShift", since=11)
def bit_shift(node: OnnxNode) -> ops.BitShift:
    return ops.BitShift(node.choice("direction", "LEFT", ("LEFT", "RIGHT")))
