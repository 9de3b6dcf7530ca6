"""Gives constants other contents."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import replace

from striate.graph import Array, Graph, type_of


def replace_constants(graph: Graph, contents: Mapping[str, Array]) -> Graph:
    """The graph with other contents in some of its constants; all else is shared.

    Args:
        graph: The network.
        contents: By the constant's name; shape and element type are those of the present contents.
    """
    types = {name: type_of(array) for name, array in contents.items()}
    return replace(graph, constants={**graph.constants, **contents}, types={**graph.types, **types})


def readers_of(graph: Graph, values: Set[str]) -> set[str]:
    """Names of the nodes that read one of these values."""
    return {node.name for value in values for node in graph.consumers.get(value, ())}
