"""The kernels of a convolution, one per output channel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from striate import ops
from striate.errors import ParameterError
from striate.graph import Array, Model, Node


@dataclass(frozen=True, eq=False)
class Kernels:
    """The kernels of a layer.

    Args:
        layer: The layer's name.
        kind: Kind of the operation.
        weights: Shape (filters, channels that a filter sees, *kernel).
    """

    layer: str
    kind: str
    weights: Array


@dataclass(frozen=True, eq=False)
class Filter:
    """What one output channel of a layer multiplies its inputs by.

    Args:
        weights: Shape (inputs, *taps); a dense layer's (inputs,).
        bias: What is added; None where nothing is.
        source: Name of the value that it reads.
        first: Channel of the source that the first of its inputs is.
        name: Name of the constant that holds the weights.
        index: Where in it they are: the constant's contents at this index are ``weights``.
        bias_name: Name of the constant that holds the bias; None where there is none.
    """

    weights: Array
    bias: float | None
    source: str
    first: int
    name: str
    index: tuple[int | slice, ...]
    bias_name: str | None


def layer_filter(model: Model, layer: str, channel: int) -> Filter:
    """The filter of one output channel of a convolution or dense layer.

    Args:
        model: The network.
        layer: Name of the layer, node or value.
        channel: Which output channel.

    Raises:
        UnknownNameError: There is no such layer.
        ParameterError: It has no weights, or no such channel.
    """
    node = _weighted_node(model, layer)
    if node is None:
        raise ParameterError(f'layer "{layer}" has no kernels: it is no convolution or dense layer with fixed weights')
    source, name = node.inputs[0] or "", node.inputs[1] or ""
    weight = model.graph.constants[name]
    first = 0
    index: tuple[int | slice, ...]
    if isinstance(node.op, ops.Conv):
        channels = weight.shape[0]
        index, first = (channel,), channel // (channels // node.op.groups) * weight.shape[1]
    elif isinstance(node.op, ops.ConvTranspose):
        per_group, depth = weight.shape[1], weight.shape[0] // node.op.groups
        channels, first = per_group * node.op.groups, channel // per_group * depth
        index = (slice(first, first + depth), channel % per_group)
    else:
        turned = isinstance(node.op, ops.Gemm) and node.op.trans_b
        channels = weight.shape[0 if turned else 1]
        index = (channel,) if turned else (slice(None), channel)
    if not 0 <= channel < channels:
        raise ParameterError(f'layer "{layer}" has {channels} channels; channel {channel} must be from 0 on below that')
    added = node.inputs[2] if len(node.inputs) > 2 else None
    held = model.graph.constants.get(added) if added else None
    bias = None if held is None else float(np.broadcast_to(held.reshape(-1), (channels,))[channel])
    # Edited by its channel, so it must have a number for each.
    bias_name = added if held is not None and held.size == channels else None
    return Filter(weight[index], bias, source, first, name, index, bias_name)


def _weighted_node(model: Model, layer: str) -> Node | None:
    made_by = model.node_of(layer)
    view = model.layer_of.get(model.aliases.get(layer, layer))
    nodes = [made_by] if view is None else [model.graph.node(name) for name in view.nodes]
    for node in nodes:
        if node is None or not isinstance(node.op, ops.Conv | ops.ConvTranspose | ops.Gemm | ops.MatMul):
            continue
        weight = model.graph.constants.get(node.inputs[1] or "")
        # The columns of a matrix are the result's channels only where nothing else stands between: rows and columns.
        columns = weight is not None and weight.ndim == model.graph.types[node.outputs[0]].rank == 2
        if weight is not None and (columns or isinstance(node.op, ops.Conv | ops.ConvTranspose)):
            return node
    return None


def convolutions(model: Model) -> dict[str, Node]:
    """The layers that are convolutions with fixed weights, with the node that convolves."""
    found: dict[str, Node] = {}
    for layer in model.layers:
        for name in layer.nodes:
            node = model.graph.node(name)
            if isinstance(node.op, ops.Conv | ops.ConvTranspose) and node.inputs[1] in model.graph.constants:
                found.setdefault(layer.name, node)
    return found


def kernels(model: Model, name: str) -> Kernels:
    """The kernels of the layer of that name; a transposed convolution's are turned so that filters come first.

    Raises:
        UnknownNameError: There is no such layer.
        ParameterError: It is no convolution; the message says which layers are.
    """
    known = convolutions(model)
    node = known.get(name)
    if node is None:
        made_by = model.node_of(name)
        node = made_by if made_by is not None and made_by in known.values() else None
    if node is None:
        some = ", ".join(list(known)[:5]) or "none"
        raise ParameterError(f'layer "{name}" is no convolution, so it has no kernels; the network has {some}')
    weight = model.graph.constants[node.inputs[1] or ""]
    if isinstance(node.op, ops.ConvTranspose):
        groups = node.op.groups
        by_group = weight.reshape(groups, weight.shape[0] // groups, *weight.shape[1:]).swapaxes(1, 2)
        weight = np.ascontiguousarray(by_group.reshape(-1, *by_group.shape[2:]))
    return Kernels(name, node.op.kind, weight)
