"""Switches channels off: a factor behind a value, 0 for the channels that are off and 1 for the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np

from striate.graph import Array, Graph, LayerView, Model, Node, TensorType, type_of
from striate.ops import Mul


def switch_off(model: Model, channels: Mapping[str, Collection[int]]) -> Model:
    """The model with channels of some values set to zero for whatever reads them.

    The value keeps its name: what is asked for under it is what the readers get. The product belongs to the layer.

    Args:
        model: The network.
        channels: By name of the value, which a node makes and which has a channel axis of known size.
    """
    graph = model.graph
    nodes: list[Node] = []
    types: dict[str, TensorType] = dict(graph.types)
    constants = dict(graph.constants)
    layers: dict[str, LayerView] = {}
    for node in graph.nodes:
        before = {value: _unused(f"{value} before switching", types) for value in node.outputs if value in channels}
        nodes.append(replace(node, outputs=tuple(before.get(value, value) for value in node.outputs)))
        for value, whole in before.items():
            factors = _unused(f"{value} channels on", types)
            constants[factors] = _factors(types[value], channels[value])
            types[factors], types[whole] = type_of(constants[factors]), types[value]
            name = _unused(f"{value} switch", {each.name: each for each in (*graph.nodes, *nodes)})
            nodes.append(Node(name, Mul(), (whole, factors), (value,)))
            owner = model.layer_of_node.get(node.name)
            if owner is not None:
                view = layers.get(owner.name, owner)
                place = view.nodes.index(node.name) + 1
                layers[owner.name] = replace(view, nodes=(*view.nodes[:place], name, *view.nodes[place:]))
    changed = Graph(graph.name, graph.inputs, graph.outputs, tuple(nodes), types, constants)
    return replace(model, graph=changed, layers=tuple(layers.get(view.name, view) for view in model.layers))


def _factors(kind: TensorType, off: Collection[int]) -> Array:
    assert kind.shape is not None
    channels = kind.shape[1]
    assert isinstance(channels, int)
    factors = np.ones((1, channels, *[1] * (len(kind.shape) - 2)), kind.dtype)
    factors[:, list(off)] = 0
    return factors


def _unused(wish: str, taken: Mapping[str, object]) -> str:
    name, number = wish, 2
    while name in taken:
        name, number = f"{wish} {number}", number + 1
    return name
