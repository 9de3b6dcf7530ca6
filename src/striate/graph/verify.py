"""Checks that a graph is one: every value made once and before it is read, every name known."""

from __future__ import annotations

from striate.errors import GraphError
from striate.graph.graph import Graph


def verify(graph: Graph) -> None:
    """Checks the invariants that every transform must keep.

    Raises:
        GraphError: A value is read before it is made, made twice, has no type, or a node's name is not unique.
    """
    made = set(graph.inputs) | set(graph.constants)
    names: set[str] = set()
    for node in graph.nodes:
        if node.name in names:
            raise GraphError(f'two nodes are called "{node.name}"')
        names.add(node.name)
        for value in node.inputs:
            if value is not None and value not in made:
                raise GraphError(f'{node.op.kind} "{node.name}" reads "{value}" before anything makes it')
        for value in node.outputs:
            if value and value in made:
                raise GraphError(f'{node.op.kind} "{node.name}" makes "{value}", which exists already')
            made.add(value)
    for value in graph.outputs:
        if value not in made:
            raise GraphError(f'output "{value}" is made by no node')
    for value in made - {""}:
        if value not in graph.types:
            raise GraphError(f'value "{value}" has no type')
