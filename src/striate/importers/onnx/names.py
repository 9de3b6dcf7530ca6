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

    ``features.0.0.weight`` as the weight of a convolution makes ``features.0.0`` a name of it; for modules without such
    a weight, what the exporter noted of a node's module counts.

    Args:
        graph: The network, before constants are folded: weights still have the names that the file gives them.
        layers: Its layers.
        owner: Node -> the ONNX node that it belongs to.
        modules: ONNX node -> module path that the exporter noted.
    """
    place = {layer.name: index for index, layer in enumerate(layers)}
    by_weight: dict[str, set[str]] = {}
    for node in graph.nodes:
        layer = owner.get(node.name, node.name)
        weight = _weight_name(graph, node)
        if layer in place and weight.endswith(".weight"):
            by_weight.setdefault(weight.removesuffix(".weight"), set()).add(layer)
    by_note: dict[str, list[int]] = {}
    for layer, path in modules.items():
        if layer in place:
            by_note.setdefault(path, []).append(place[layer])
    # A module that is called once stands in one piece, and its last layer gives its output.
    found = {path: layers[max(at)].name for path, at in by_note.items() if max(at) - min(at) + 1 == len(at)}
    found.update({path: next(iter(called)) for path, called in by_weight.items() if len(called) == 1})
    return {path: layer for path, layer in found.items() if path not in place}


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
    """Path of the PyTorch module that a node comes from, as PyTorch's exporters note it; "" if they do not."""
    for entry in node.metadata_props:
        if entry.key == "pkg.torch.onnx.name_scopes":
            scopes = re.findall(r"'([^']*)'", entry.value)  # "['', 'features.0', 'features.0.0', 'conv2d']"
            return scopes[-2] if len(scopes) > 1 else ""
    return _scope_path(node.name) if node.name.startswith("/") else ""


def _scope_path(name: str) -> str:
    """The module path in a node name of the older exporter.

    Each step is a module's name in the one around it; in a Sequential that is its parent's name and a number:
    ``/features/features.1/conv/conv.0/conv.0.0/Conv`` lies in ``features.1.conv.0.0``.
    """
    path, last = "", ""
    for step in name.split("/")[1:-1]:
        path += step.removeprefix(last) if last and step.startswith(f"{last}.") else f".{step}"
        last = step
    return path.removeprefix(".")
