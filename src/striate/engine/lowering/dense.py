"""Dense layers, softmax."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Literal

import numpy as np

from striate.arithmetic import Window
from striate.engine.kernels.call import Call
from striate.engine.kernels.convolution import call_convolution, line_width, pack_convolution
from striate.engine.kernels.dense import call_dense, pack_dense
from striate.engine.kernels.direct import DirectWeights, unpack_direct
from striate.engine.kernels.matmul import call_matmul
from striate.engine.kernels.softmax import Softmax as SoftmaxKernel
from striate.engine.kernels.softmax import emit_softmax, softmax_arguments
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.fusion import epilogue, place_results
from striate.graph import Array, Node
from striate.ops import Gemm, LogSoftmax, MatMul, Softmax


def lower_dense(lo: Lowering, node: Node) -> bool:
    """Gemm and MatMul with constant weights; MatMul of computed matrices."""
    source = node.inputs[0]
    sizes = _weight_shape(lo, node)
    shape = lo.map_shape(source)
    if isinstance(node.op, MatMul) and shape is not None and len(shape) > 2:
        return _lower_linear(lo, node, sizes) if sizes is not None else _lower_products(lo, node)
    if source is None or sizes is None or shape is None or len(shape) != 2 or lo.map_shape(node.outputs[0]) is None:
        return False
    bias = _bias(lo, node, sizes[0])
    if bias is False:
        return False
    fused = epilogue(lo, node, node.outputs[0])
    layout, place = lo.source(source)
    target = place_results(lo, fused, sizes[0] % lo.target.lanes != 0)
    lo.source(source)
    packed, pixels = lo.weights((node.name, shape[0]), lambda: pack_dense(_weight(lo, node), bias, shape[0], lo.target))
    if isinstance(node.op, MatMul) or (isinstance(node.op, Gemm) and node.op.alpha == 1):
        lo.release(node.inputs[1], partial(_unpacked, packed, sizes, _turned(node)))
    lo.call(call_dense(packed, pixels, layout, place.address, target))
    lo.touch(fused)
    lo.computed(*fused.nodes)
    return True


def _lower_linear(lo: Lowering, node: Node, sizes: tuple[int, int]) -> bool:
    """A matrix for the last axis: a convolution of one tap over the others."""
    source, value = node.inputs[0], node.outputs[0]
    shape = lo.map_shape(source, True)
    if source is None or shape is None or lo.map_shape(value, True) is None:
        return False
    x, place = lo.source(source, True)
    fused = epilogue(lo, node, value, True)
    target = place_results(lo, fused, sizes[0] % lo.target.lanes != 0)
    lo.source(source, True)
    ones = (1,) * (len(shape) - 2)
    pads = ((0, 0),) * len(ones)
    window = Window(ones, ones, pads, ones)
    y, others = lo.layout(fused.value, True), [lo.layout(each, True) for each in fused.maps(lo)]
    width = line_width(window, pads, x, y, others)
    packed = lo.weights(
        (node.name, width),
        lambda: pack_convolution(_weight(lo, node).reshape(*sizes, *ones), None, 1, width, lo.target),
    )
    if isinstance(packed.weights, DirectWeights):
        lo.release(node.inputs[1], partial(_unpacked, packed.weights, sizes, True))
    lo.call(call_convolution(packed, window, pads, x, place.address - 4 * x.origin, y, lo.target, target))
    lo.touch(fused)
    lo.computed(*fused.nodes)
    return True


def _lower_products(lo: Lowering, node: Node) -> bool:
    """Matrices of the last two axes, the same number of them on both sides or one."""
    a, b, value = *node.inputs[:2], node.outputs[0]
    shapes = [lo.map_shape(each, True) for each in (a, b, value)]
    if a is None or b is None or any(shape is None for shape in shapes):
        return False
    left, right, result = (shape for shape in shapes if shape is not None)
    batch = (result[0], *result[2:-1])
    if not len(left) == len(right) == len(result) or (left[0], *left[2:-1]) != batch:
        return False
    if any(size not in (1, full) for size, full in zip((right[0], *right[2:-1]), batch, strict=True)):
        return False
    fused = epilogue(lo, node, value, True)
    lo.source(b, True)
    x, w = lo.source(a, True)[1], lo.source(b, True)[1]
    target = place_results(lo, fused, result[1] % lo.target.lanes != 0)
    lo.source(a, True)
    lo.source(b, True)
    sizes = dict(zip(("row", "plane"), reversed(right[2:-1]), strict=False)) | {"sample": right[0]}
    w = replace(w, **{axis: 0 for axis, size in sizes.items() if size == 1})
    lo.call(call_matmul(result, left[1], x, w, target, lo.target))
    lo.touch(fused)
    lo.computed(*fused.nodes)
    return True


def _weight_shape(lo: Lowering, node: Node) -> tuple[int, int] | None:
    """Sizes (k, c) of the weights; None where no kernel takes them."""
    shape = lo.weight_shape(node.inputs[1])
    if shape is None or len(shape) != 2 or (isinstance(node.op, Gemm) and node.op.trans_a):
        return None
    return (shape[1], shape[0]) if _turned(node) else (shape[0], shape[1])


def _turned(node: Node) -> bool:
    """Whether the weights are given as (c, k)."""
    return not (isinstance(node.op, Gemm) and node.op.trans_b)


def _weight(lo: Lowering, node: Node) -> Array:
    """The weights (k, c)."""
    weight = lo.constant(node.inputs[1])
    assert weight is not None
    weight = weight.T if _turned(node) else weight
    factor = node.op.alpha if isinstance(node.op, Gemm) else 1
    return weight if factor == 1 else weight * np.float32(factor)


def _unpacked(packed: DirectWeights, shape: tuple[int, int], turned: bool) -> Array:
    weight = unpack_direct(packed, (*shape, 1)).reshape(shape)
    return np.ascontiguousarray(weight.T) if turned else weight


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
    """Softmax and LogSoftmax over the channels or the last axis."""
    assert isinstance(node.op, Softmax | LogSoftmax)
    source, value = node.inputs[0], node.outputs[0]
    rank = len(lo.types[value].shape or ())
    last = rank > 2 and tuple(axis % rank for axis in node.op.axes) == (rank - 1,)
    shape = lo.map_shape(source, last)
    if source is None or shape is None or tuple(axis % rank for axis in node.op.axes) != (rank - 1 if last else 1,):
        return False
    layout, x = lo.source(source, last)
    _, y = lo.make(value, last)
    lo.source(source, last)
    spec = SoftmaxKernel(isinstance(node.op, LogSoftmax))
    arguments, chunks = softmax_arguments(shape, layout.lanes, x, y)
    lo.call(Call(spec.name, partial(emit_softmax, spec), arguments, (), chunks, spec.name))
    lo.extend(value)
    lo.computed(node)
    return True
