"""Which convolutions of a network follow each other with nothing but functions of each number between them."""

from __future__ import annotations

from dataclasses import dataclass

from striate import ops
from striate.arguments import expect
from striate.graph import Graph, Node
from striate.network import Network


@dataclass(frozen=True)
class StackedPair:
    """Two convolutions of which the second reads what the first has made.

    Args:
        first: Name of the layer.
        second: Name of the layer behind it.
        between: Kinds of what lies between; () where the two are one convolution in truth.
        reads: Name of the value that the first one reads.
    """

    first: str
    second: str
    between: tuple[str, ...]
    reads: str


def stacked_convolutions(net: Network) -> tuple[StackedPair, ...]:
    """The pairs of convolutions of a network that follow each other directly or with an activation between.

    Args:
        net: The network.

    Returns:
        The pairs, in the network's order; those with nothing between merge exactly (:func:`merge_convolutions`).

    Example:
        >>> import striate as st
        >>> stacked_convolutions(st.load(st.bundled.model_path()))
        (StackedPair(first='grey/Conv', second='edges/Conv', between=(), reads='image'),)
    """
    expect(net, Network, "net", "a network: st.load(file)")
    graph = net.model.graph
    makers = {name: node for node in graph.nodes for name in node.outputs if name}
    found: list[StackedPair] = []
    for node in graph.nodes:
        if not _plain_convolution(graph, node):
            continue
        between: list[str] = []
        before = makers.get(node.inputs[0] or "")
        while before is not None and isinstance(before.op, ops.Activation):
            between.insert(0, before.op.kind)
            before = makers.get(before.inputs[0] or "")
        if before is not None and _plain_convolution(graph, before):
            found.append(StackedPair(_layer(net, before), _layer(net, node), tuple(between), before.inputs[0] or ""))
    return tuple(found)


def _plain_convolution(graph: Graph, node: Node) -> bool:
    return isinstance(node.op, ops.Conv) and node.inputs[1] in graph.constants


def _layer(net: Network, node: Node) -> str:
    view = net.model.layer_of_node.get(node.name)
    return node.name if view is None else view.name
