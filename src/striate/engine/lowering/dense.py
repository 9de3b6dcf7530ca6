"""Dense layers, softmax."""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np

from striate.engine.kernels.call import Call
from striate.engine.kernels.dense import call_dense, pack_dense
from striate.engine.kernels.softmax import Softmax as SoftmaxKernel
from striate.engine.kernels.softmax import emit_softmax, softmax_arguments
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.fusion import epilogue, place_results
from striate.graph import Array, Node
from striate.ops import Gemm, LogSoftmax, MatMul, Softmax


def lower_dense(lo: Lowering, node: Node) -> bool:
    """Gemm and MatMul of (n, c) with constant weights."""
    source = node.inputs[0]
    weight = _weight(lo, node)
    shape = lo.map_shape(source)
    if source is None or weight is None or shape is None or len(shape) != 2 or lo.map_shape(node.outputs[0]) is None:
        return False
    bias = _bias(lo, node, weight.shape[0])
    if bias is False:
        return False
    fused = epilogue(lo, node, node.outputs[0])
    layout, place = lo.source(source)
    target = place_results(lo, fused, weight.shape[0] % lo.target.lanes != 0)
    lo.source(source)
    packed, pixels = lo.weights((node.name, shape[0]), lambda: pack_dense(weight, bias, shape[0], lo.target))
    lo.call(call_dense(packed, pixels, layout, place.address, target))
    lo.touch(fused)
    lo.computed(*fused.nodes)
    return True


def _weight(lo: Lowering, node: Node) -> Array | None:
    """The weights (k, c); None where no kernel takes them."""
    weight = lo.constant(node.inputs[1])
    if weight is None or weight.dtype != np.float32 or weight.ndim != 2 or 0 in weight.shape:
        return None
    if isinstance(node.op, MatMul):
        return weight.T
    assert isinstance(node.op, Gemm)
    if node.op.trans_a:
        return None
    weight = weight if node.op.trans_b else weight.T
    return weight if node.op.alpha == 1 else (weight * np.float32(node.op.alpha))


def _bias(lo: Lowering, node: Node, units: int) -> Array | Literal[False] | None:
    """The bias (k,); None if there is none, False where no kernel takes it."""
    name = node.inputs[2] if len(node.inputs) > 2 else None
    if name is None:
        return None
    bias = lo.constant(name)
    if bias is None or bias.size not in (1, units) or (bias.shape[:-1].count(1) != bias.ndim - 1 and bias.ndim):
        return False
    assert isinstance(node.op, Gemm)
    return np.broadcast_to(bias.reshape(-1) * np.float32(node.op.beta), (units,)).astype(np.float32)


def lower_softmax(lo: Lowering, node: Node) -> bool:
    """Softmax and LogSoftmax over the channels."""
    assert isinstance(node.op, Softmax | LogSoftmax)
    source, value = node.inputs[0], node.outputs[0]
    shape = lo.map_shape(source)
    if source is None or shape is None or tuple(axis % len(shape) for axis in node.op.axes) != (1,):
        return False
    layout, x = lo.source(source)
    _, y = lo.make(value)
    lo.source(source)
    spec = SoftmaxKernel(isinstance(node.op, LogSoftmax))
    arguments, chunks = softmax_arguments(shape, layout.lanes, x, y)
    lo.call(Call(spec.name, partial(emit_softmax, spec), arguments, (), chunks, spec.name))
    lo.computed(node)
    return True
