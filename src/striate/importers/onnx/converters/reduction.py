"""Reductions, where the largest and smallest numbers are, and running sums."""

from __future__ import annotations

from striate import ops
from striate.importers.onnx.source import OnnxNode
from striate.importers.onnx.table import Call, converts

_REDUCTIONS: dict[str, type[ops.Reduction]] = {
    op.__name__: op
    for op in (
        *(ops.ReduceSum, ops.ReduceMean, ops.ReduceMax, ops.ReduceMin, ops.ReduceProd),
        *(ops.ReduceL1, ops.ReduceL2, ops.ReduceLogSum, ops.ReduceLogSumExp, ops.ReduceSumSquare),
    )
}


@converts(*_REDUCTIONS)
def reduce_by_attributes(node: OnnxNode) -> Call:
    axes = node.constant(node.ints("axes"), "axes") if node.has("axes") else None
    return Call(_REDUCTIONS[node.op_type](node.flag("keepdims", True)), (node.operand(0), axes))


@converts("ReduceSum", since=13)
@converts(*_REDUCTIONS, since=18)
def reduce(node: OnnxNode) -> ops.Reduction:
    return _REDUCTIONS[node.op_type](node.flag("keepdims", True), node.flag("noop_with_empty_axes"))


@converts("ArgMax")
def arg_max(node: OnnxNode) -> ops.ArgMax:
    return ops.ArgMax(node.int("axis", 0), node.flag("keepdims", True), node.flag("select_last_index"))


@converts("ArgMin")
def arg_min(node: OnnxNode) -> ops.ArgMin:
    return ops.ArgMin(node.int("axis", 0), node.flag("keepdims", True), node.flag("select_last_index"))


@converts("CumSum", since=11)
def cum_sum(node: OnnxNode) -> ops.CumSum:
    return ops.CumSum(node.flag("exclusive"), node.flag("reverse"))
