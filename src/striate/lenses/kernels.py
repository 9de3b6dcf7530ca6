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
