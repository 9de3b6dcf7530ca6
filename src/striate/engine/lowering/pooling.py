"""Pooling and reductions over the whole map."""

from __future__ import annotations

from functools import partial

from striate.engine.kernels.call import Call
from striate.engine.kernels.pool import Pool as PoolKernel
from striate.engine.kernels.pool import emit_pool, pool_arguments, pool_table, pool_windows
from striate.engine.kernels.reduce import Reduce, emit_reduce, reduce_arguments
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.fusion import epilogue, place_results
from striate.graph import Node
from striate.ops import (
    AveragePool,
    GlobalAveragePool,
    GlobalLpPool,
    GlobalMaxPool,
    LpPool,
    MaxPool,
    ReduceL1,
    ReduceL2,
    ReduceMax,
    ReduceMean,
    ReduceMin,
    ReduceSum,
    ReduceSumSquare,
)
from striate.ops.pooling import Pool
from striate.ops.reduction import Reduction

_REDUCTIONS: dict[type, str] = {
    ReduceMean: "mean",
    ReduceSum: "sum",
    ReduceMax: "max",
    ReduceMin: "min",
    ReduceL1: "l1",
    ReduceL2: "l2",
    ReduceSumSquare: "sum_square",
    GlobalAveragePool: "mean",
    GlobalMaxPool: "max",
}


def lower_pool(lo: Lowering, node: Node) -> bool:
    """MaxPool, AveragePool, LpPool."""
    op, source, value = node.op, node.inputs[0], node.outputs[0]
    kind = _kind(op)
    shape, result = lo.map_shape(source), lo.map_shape(value)
    if kind is None or not isinstance(op, Pool) or source is None or shape is None or result is None:
        return False
    if any(node.outputs[1:]):
        return False
    fused = epilogue(lo, node, value)
    layout, x = lo.source(source)
    target = place_results(lo, fused)
    lo.source(source)
    window = op.window
    windows = pool_windows(shape[2:], result[2:], window.kernel, window.stride, window.pads(shape[2:]), window.dilation)
    include = isinstance(op, AveragePool) and op.count_include_pad
    table = pool_table(windows, x, layout.lanes, include)
    spec = PoolKernel(kind, target.stages)
    arguments, chunks = pool_arguments(
        spec, shape[0], shape[1], windows, layout.lanes, x, target.y, table.ctypes.data, target.operands, target.results
    )
    lo.call(Call(spec.name, partial(emit_pool, spec), arguments, (table,), chunks, f"pool {kind}"))
    lo.touch(fused)
    lo.computed(*fused.nodes)
    return True


def _kind(op: object) -> str | None:
    match op:
        case MaxPool():
            return "max"
        case AveragePool():
            return "average"
        case LpPool(p=1):
            return "l1"
        case LpPool(p=2):
            return "l2"
        case _:
            return None


def lower_reduction(lo: Lowering, node: Node) -> bool:
    """Global pooling, and reductions over all spatial axes."""
    source, value = node.inputs[0], node.outputs[0]
    last = isinstance(node.op, Reduction) and _over_the_map(
        lo, node, range(1, len(lo.types[str(source)].shape or ()) - 1)
    )
    shape = lo.map_shape(source, last)
    kind = _REDUCTIONS.get(type(node.op))
    if isinstance(node.op, GlobalLpPool) and node.op.p in (1, 2):
        kind = f"l{node.op.p}"
    if kind is None or source is None or shape is None or len(shape) < 3 or lo.map_shape(value) is None:
        return False
    if isinstance(node.op, Reduction) and not last and not _over_the_map(lo, node, range(2, len(shape))):
        return False
    fused = epilogue(lo, node, value, last)
    layout, x = lo.source(source, last)
    target = place_results(lo, fused)
    lo.source(source, last)
    spec = Reduce(kind, target.stages)
    arguments, chunks = reduce_arguments(spec, shape, layout.lanes, x, target.y, target.operands, target.results)
    lo.call(Call(spec.name, partial(emit_reduce, spec), arguments, (), chunks, f"reduce {kind}"))
    lo.touch(fused)
    lo.computed(*fused.nodes)
    return True


def _over_the_map(lo: Lowering, node: Node, spatial: range) -> bool:
    """Whether a reduction is over just those axes."""
    rank = len(lo.types[str(node.inputs[0])].shape or ())
    axes = lo.constant(node.inputs[1]) if len(node.inputs) > 1 else None
    return axes is not None and len(spatial) > 0 and sorted(int(axis) % rank for axis in axes.reshape(-1)) == [*spatial]
