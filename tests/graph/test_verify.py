from __future__ import annotations

import numpy as np
import pytest

from striate.errors import GraphError
from striate.graph import Graph, Node, tensor, verify
from striate.ops import Relu

F = tensor(np.float32, (1,))


def relu(name, reads, makes):
    return Node(name, Relu(), (reads,), (makes,))


@pytest.mark.parametrize(
    ("nodes", "outputs", "types", "message"),
    [
        ([relu("a", "x", "y"), relu("a", "y", "z")], ("z",), "xyz", 'two nodes are called "a"'),
        ([relu("a", "y", "z"), relu("b", "z", "y")], ("y",), "xyz", 'Relu "a" reads "y" before anything makes it'),
        ([relu("a", "x", "y"), relu("b", "x", "y")], ("y",), "xy", 'Relu "b" makes "y", which exists already'),
        ([relu("a", "x", "x")], ("x",), "x", 'Relu "a" makes "x", which exists already'),
        ([relu("a", "x", "y")], ("z",), "xy", 'output "z" is made by no node'),
        ([relu("a", "x", "y")], ("y",), "x", 'value "y" has no type'),
    ],
)
def test_what_is_no_graph(nodes, outputs, types, message):
    graph = Graph("net", ("x",), outputs, tuple(nodes), dict.fromkeys(types, F))
    with pytest.raises(GraphError) as caught:
        verify(graph)
    assert str(caught.value) == message


def test_dropped_results_are_no_values():
    nodes = (Node("a", Relu(), ("x",), ("",)), Node("b", Relu(), ("x",), ("",)))
    verify(Graph("net", ("x",), ("x",), nodes, {"x": F}))
