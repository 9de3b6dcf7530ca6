"""How the file speaks of its network: its layers, and the module paths by which PyTorch calls them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from onnx import NodeProto

from striate.graph import Graph, LayerView, Node

# Results of these are sizes, known without looking at the data.
_SIZES = frozenset({"Shape", "Size"})
# Ops that have a weight of their own as operand 1, whose name tells the module.
_WEIGHTED = frozenset(
    "Conv ConvTranspose Gemm MatMul BatchNormalization InstanceNormalization LayerNormalization GroupNormalization "
    "RMSNormalization PRelu".split()
)
# Exporters put these between a weight and the node that uses it.
_PASSED_THROUGH = frozenset({"Transpose", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Cast"})


def layer_views(graph: Graph, owner: Mapping[str, str], kinds: Mapping[str, str]) -> tuple[LayerView, ...]:
    """The layers: each ONNX node that computes on the network's data.

    Nodes that only compute on sizes (everything that they read comes from shapes and constants) are none; they run all
    the same and can be asked for by name.

    Args:
        graph: The network.
        owner: Node -> the ONNX node that it belongs to.
        kinds: ONNX node -> its operation.
    """
    data = set(graph.inputs)
    parts: dict[str, list[Node]] = {}
    for node in graph.nodes:
        reads = [name for name in node.inputs if name]
        if (not reads or data.intersection(reads)) and node.op.kind not in _SIZES:
            data.update(name for name in node.outputs if name)
            parts.setdefault(owner.get(node.name, node.name), []).append(node)
    layers: list[LayerView] = []
    for name, nodes in parts.items():
        output = next((value for value in nodes[-1].outputs if value), "")
        layers.append(LayerView(name, kinds.get(name, nodes[-1].op.kind), tuple(node.name for node in nodes), output))
    return tuple(layers)


def module_aliases(
    graph: Graph, layers: tuple[LayerView, ...], owner: Mapping[str, str], modules: Mapping[str, str]
) -> dict[str, str]:
    """Module paths by which a layer may be called as well, where only one layer answers to them.

    ``features.0.0.weight`` as the weight of a convolution makes ``features.0.0`` a name of it; what the exporter noted
    of a node's module counts for layers without weights.

    Args:
        graph: The network, before constants are folded: weights still have the names that the file gives them.
        layers: Its layers.
        owner: Node -> the ONNX node that it belongs to.
        modules: ONNX node -> module path that the exporter noted.
    """
    names = {layer.name for layer in layers}
    by_weight: dict[str, set[str]] = {}
    for node in graph.nodes:
        layer = owner.get(node.name, node.name)
        weight = _weight_name(graph, node)
        if layer in names and weight.endswith(".weight"):
            by_weight.setdefault(weight.removesuffix(".weight"), set()).add(layer)
    by_note: dict[str, set[str]] = {}
    for layer, path in modules.items():
        if layer in names:
            by_note.setdefault(path, set()).add(layer)
    found = {path: next(iter(called)) for path, called in by_note.items() if len(called) == 1}
    found.update({path: next(iter(called)) for path, called in by_weight.items() if len(called) == 1})
    return {path: layer for path, layer in found.items() if path not in names}


def _weight_name(graph: Graph, node: Node) -> str:
    if node.op.kind not in _WEIGHTED or len(node.inputs) < 2:
        return ""
    name = node.inputs[1] or ""
    while name not in graph.constants:
        maker = graph.producers.get(name)
        if maker is None or maker.op.kind not in _PASSED_THROUGH or not maker.inputs[0]:
            return ""
        name = maker.inputs[0]
    return name


def module_path(node: NodeProto) -> str:
    """Path of the PyTorch module that a node comes from, as PyTorch's exporter notes it; "" if it does not."""
    for entry in node.metadata_props:
        if entry.key == "pkg.torch.onnx.name_scopes":
            scopes = re.findall(r"'([^']*)'", entry.value)  # "['', 'features.0', 'features.0.0', 'conv2d']"
            return scopes[-2] if len(scopes) > 1 else ""
    return ""
