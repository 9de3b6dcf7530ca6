"""Inputs whose channels are last become channels first: what a transpose right behind them would do anyway.

Exporters from TensorFlow keep its order of axes at the inputs, (n, h, w, c), and transpose before the first
convolution.
"""

from __future__ import annotations

from dataclasses import replace

from striate import ops
from striate.graph import Graph, Node, TensorType


def inputs_first(graph: Graph) -> tuple[Graph, frozenset[str]]:
    """The graph with its inputs channels first wherever all that reads one is that transpose, which then does nothing.

    All other values, and all names, stay as they are.

    Args:
        graph: The network as it was read.

    Returns:
        The graph, and the inputs that were turned: whoever gives their arrays moves the axis.
    """
    turned = frozenset(name for name in graph.inputs if _only_transposed(graph, name))
    if not turned:
        return graph, turned
    types = {name: _first(kind) if name in turned else kind for name, kind in graph.types.items()}
    nodes = tuple(replace(node, op=ops.Identity()) if _reads(node, turned) else node for node in graph.nodes)
    return replace(graph, nodes=nodes, types=types), turned


def _only_transposed(graph: Graph, name: str) -> bool:
    rank = graph.types[name].rank
    readers = graph.consumers.get(name, ())
    if rank is None or rank < 3 or not readers or name in graph.outputs:
        return False
    to_first = (0, rank - 1, *range(1, rank - 1))
    if not all(isinstance(node.op, ops.Transpose) and node.op.perm == to_first for node in readers):
        return False
    # Two axes beside the batch may be anything's; what a convolution slides over are places and channels.
    return rank > 3 or any(
        isinstance(user.op, ops.Conv) for node in readers for user in graph.consumers.get(node.outputs[0], ())
    )


def _reads(node: Node, turned: frozenset[str]) -> bool:
    return any(name in turned for name in node.inputs)


def _first(kind: TensorType) -> TensorType:
    assert kind.shape is not None
    n, *spatial, c = kind.shape
    return replace(kind, shape=(n, c, *spatial))
