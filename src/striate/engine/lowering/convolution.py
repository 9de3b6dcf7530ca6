"""Convolutions and transposed convolutions: which kernel, with which weights, in which memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import prod
from typing import Literal

import numpy as np

from striate.arithmetic import Pads
from striate.engine.kernels import depthwise
from striate.engine.kernels.convolution import call_convolution, line_width, needed_halo, pack_convolution
from striate.engine.kernels.direct import DirectWeights, unpack_direct
from striate.engine.kernels.first_layer import (
    call_first_layer,
    choose_first_layer_tile,
    pack_first_layer,
    whole_line,
)
from striate.engine.kernels.place import Place
from striate.engine.kernels.transposed import TransposedConvolution, call_transposed, pack_transposed
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.fusion import batch_norm, epilogue, place_results
from striate.graph import Array, Node
from striate.ops import Conv, ConvTranspose

# Channels up to which the input is read as it is, unpacked.
FEW_CHANNELS = 4


def convolution_halo(lo: Lowering, node: Node) -> Pads | None:
    """Zero cells around its input that the kernel of a convolution will read; None where no kernel takes the node."""
    shape, sizes = lo.map_shape(node.inputs[0]), lo.weight_shape(node.inputs[1])
    if shape is None or sizes is None or not isinstance(node.op, Conv):
        return None
    window = node.op.window(sizes[2:])
    pads = window.pads(shape[2:])
    return needed_halo(shape[2:], _positions(lo, node), window, pads)


def transposed_halo(lo: Lowering, node: Node) -> Pads | None:
    """The same for a transposed convolution."""
    described = _transposed(lo, node)
    return None if described is None else described.needed_halo()


def lower_convolution(lo: Lowering, node: Node) -> bool:
    """Conv."""
    assert isinstance(node.op, Conv) and node.inputs[0] is not None
    shape, sizes, bias = lo.map_shape(node.inputs[0]), lo.weight_shape(node.inputs[1]), _bias(lo, node)
    if shape is None or sizes is None or bias is False or lo.map_shape(node.outputs[0]) is None:
        return False
    last = _batch_norm_behind(lo, node)
    fused = epilogue(lo, last, last.outputs[0])
    source = node.inputs[0]
    window = node.op.window(sizes[2:])
    pads = window.pads(shape[2:])
    positions = _positions(lo, node)
    few = shape[1] <= FEW_CHANNELS and node.op.groups == 1
    # That kernel leaves padding out, which makes no difference unless a weight is infinite.
    address = lo.outside(source) if few and np.isfinite(_weight(lo, node)).all() else None
    if address is not None:
        target = place_results(lo, fused, _mixes(lo, sizes[0], sizes[1], 1))
        lo.outside(source)
        left, right = whole_line(window, pads, shape[2:], positions)
        pixels, vectors = choose_first_layer_tile(right - left, sizes[0], lo.target)
        packed = lo.weights(
            (node.name, last.name, vectors),
            lambda: pack_first_layer(*_folded(lo, node, last, bias), vectors, lo.target.lanes),
        )
        x = _plain_place(address, shape)
        lo.call(call_first_layer(packed, pixels, shape[0], window, pads, shape[2:], positions, x, target))
    else:
        groups = node.op.groups
        x, place = lo.source(source)
        target = place_results(lo, fused, _mixes(lo, sizes[0], sizes[1], groups))
        lo.source(source)
        y = lo.layout(fused.value)
        others = [lo.layout(value) for value in fused.maps(lo)]
        width = line_width(window, pads, x, y, others)
        packed = lo.weights(
            (node.name, last.name, width),
            lambda: pack_convolution(*_folded(lo, node, last, bias), groups, width, lo.target),
        )
        if last is node and groups == 1 and isinstance(packed.weights, DirectWeights):
            lo.release(node.inputs[1], partial(unpack_direct, packed.weights, sizes))
        else:
            lo.release_again(node.inputs[1])
        base = place.address - 4 * x.origin
        lo.call(call_convolution(packed, window, pads, x, base, y, lo.target, target))
    lo.touch(fused)
    lo.computed(node, *([last] if last is not node else []), *fused.nodes[1:])
    return True


def lower_transposed(lo: Lowering, node: Node) -> bool:
    """ConvTranspose."""
    assert isinstance(node.op, ConvTranspose) and node.inputs[0] is not None
    described, bias = _transposed(lo, node), _bias(lo, node)
    if described is None or bias is False:
        return False
    weight = _weight(lo, node)
    fused = epilogue(lo, node, node.outputs[0])
    layout, place = lo.source(node.inputs[0])
    groups = node.op.groups
    # Phases multiply zeros around the input, which the op does not; an infinite weight makes NaN of them.
    mixes = groups > 1 or weight.shape[1] % lo.target.lanes != 0 or not np.isfinite(weight).all()
    target = place_results(lo, fused, mixes)
    phases = lo.weights((node.name, described), lambda: pack_transposed(weight, bias, groups, described, lo.target))
    base = place.address - 4 * layout.origin
    for call in call_transposed(phases, described.stride, layout, base, target):
        lo.source(node.inputs[0])
        lo.call(call)
        lo.touch(fused)
    lo.computed(*fused.nodes)
    return True


def _mixes(lo: Lowering, filters: int, depth: int, groups: int) -> bool:
    """Whether a kernel multiplies inputs with zero weights: those of other groups, or in spare lanes of filters."""
    if depthwise.suits(filters, depth, groups, lo.target.lanes):
        return False
    return groups > 1 or filters % lo.target.lanes != 0


def _batch_norm_behind(lo: Lowering, node: Node) -> Node:
    """The batch norm that alone reads the convolution, so that it goes into the weights; else the node itself."""
    value = node.outputs[0]
    readers = lo.graph.consumers.get(value, ())
    if len(readers) != 1 or lo.keep or lo.needed(value, readers[0].name) or any(readers[0].outputs[1:]):
        return node
    known = readers[0].inputs[0] == value and batch_norm(lo, readers[0]) is not None
    return readers[0] if known else node


def _folded(lo: Lowering, node: Node, last: Node, bias: Array | None) -> tuple[Array, Array | None]:
    """Weight and bias with the batch norm in them: w*scale and b*scale + shift, worked out in float64."""
    weight, normed = _weight(lo, node), batch_norm(lo, last)
    if normed is None:
        return weight, bias
    scale, shift = normed
    folded = weight * scale.reshape(-1, *[1] * (weight.ndim - 1))
    moved = shift if bias is None else bias * scale + shift
    return folded.astype(np.float32), moved.astype(np.float32)


def _weight(lo: Lowering, node: Node) -> Array:
    weight = lo.constant(node.inputs[1])
    assert weight is not None
    return weight


def _bias(lo: Lowering, node: Node) -> Array | Literal[False] | None:
    """The bias; None if there is none, False if it is computed."""
    name = node.inputs[2] if len(node.inputs) > 2 else None
    if name is None:
        return None
    bias = lo.constant(name)
    return False if bias is None else bias


def _positions(lo: Lowering, node: Node) -> tuple[int, ...]:
    shape = lo.map_shape(node.outputs[0])
    return () if shape is None else shape[2:]


def _transposed(lo: Lowering, node: Node) -> TransposedConvolution | None:
    shape, sizes, positions = lo.map_shape(node.inputs[0]), lo.weight_shape(node.inputs[1]), _positions(lo, node)
    if shape is None or sizes is None or not positions or not isinstance(node.op, ConvTranspose):
        return None
    pads = node.op.pads(shape[2:], sizes[2:])
    before = tuple(cut for cut, _ in pads)
    return TransposedConvolution(shape[2:], positions, sizes[2:], node.op.stride, node.op.dilation, before)


def _plain_place(address: int, shape: Sequence[int]) -> Place:
    steps = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
    plane, row, column = (0, 0, 0, *steps[2:])[-3:]
    return replace(Place(address), sample=steps[0], block=steps[1], plane=plane, row=row, column=column)
