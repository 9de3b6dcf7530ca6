"""Removes nodes and constants that no output needs."""

from __future__ import annotations

from striate.graph import Graph, Node


def drop_dead(graph: Graph) -> Graph:
    """The graph without what no output depends on; inputs all stay."""
    needed = set(graph.outputs)
    nodes: list[Node] = []
    for node in reversed(graph.nodes):
        if needed.intersection(name for name in node.outputs if name):
            nodes.append(node)
            needed.update(name for name in node.inputs if name)
    nodes.reverse()
    kept = needed | set(graph.inputs) | {name for node in nodes for name in node.outputs if name}
    return Graph(
        graph.name,
        graph.inputs,
        graph.outputs,
        tuple(nodes),
        {name: kind for name, kind in graph.types.items() if name in kept},
        {name: value for name, value in graph.constants.items() if name in kept},
    )
