"""Element-wise arithmetic, functions of numbers, and what passes its input on."""

from __future__ import annotations

from striate import ops
from striate.graph import Op
from striate.importers.onnx.source import Decline, OnnxNode
from striate.importers.onnx.table import Call, converts

_PLAIN: dict[str, type[Op]] = {
    op.__name__: op
    for op in (
        *(ops.Add, ops.Sub, ops.Mul, ops.Div, ops.Pow, ops.Max, ops.Min, ops.Mean, ops.Sum),
        *(ops.Neg, ops.Abs, ops.Sqrt, ops.Exp, ops.Log, ops.Sign, ops.Reciprocal, ops.Erf),
        *(ops.Floor, ops.Ceil, ops.Round),
        *(ops.Sin, ops.Cos, ops.Tan, ops.Asin, ops.Acos, ops.Atan),
        *(ops.Sinh, ops.Cosh, ops.Asinh, ops.Acosh, ops.Atanh),
        ops.Identity,
    )
}


@converts(*_PLAIN)
def without_attributes(node: OnnxNode) -> Op:
    return _PLAIN[node.op_type]()


@converts("Mod", since=10)
def mod(node: OnnxNode) -> ops.Mod:
    return ops.Mod(node.flag("fmod"))


@converts("Dropout", since=7)
def dropout(node: OnnxNode) -> Call:
    training = node.contents(2)
    if node.operand(2) is not None and (training is None or training.any()):
        raise Decline("training mode: random zeros")
    return Call(ops.Dropout(), (node.operand(0),))
