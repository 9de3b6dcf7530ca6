from __future__ import annotations

import numpy as np

from striate.graph import GraphBuilder, verify
from striate.ops import Add, Relu, Split, Tanh
from striate.transforms.drop_dead import drop_dead


def test_what_no_output_needs_goes():
    build = GraphBuilder("net")
    x, unread = build.input("x", np.float32, (2, 4)), build.input("unread", np.float32, (1,))
    kept, dropped = build.constant(np.float32([1]), "kept"), build.constant(np.float32([2]), "dropped")
    (a,) = build.add(Add(), [x, kept], name="a")
    (b,) = build.add(Add(), [a, dropped], name="b")
    build.add(Relu(), [b], name="dead end")
    (c,) = build.add(Relu(), [a], name="c")
    graph = drop_dead(build.finish([c]))
    verify(graph)
    assert [node.name for node in graph.nodes] == ["a", "c"]
    assert set(graph.constants) == {"kept"}
    assert set(graph.types) == {"x", "unread", "kept", "a", "c"}
    assert graph.inputs == ("x", unread)


def test_a_node_stays_for_one_of_its_results():
    build = GraphBuilder("net")
    x = build.input("x", np.float32, (2, 4))
    first, _ = build.add(Split(1, 2), [x], name="cut")
    (y,) = build.add(Tanh(), [first])
    graph = drop_dead(build.finish([y]))
    assert [node.name for node in graph.nodes] == ["cut", "tanh"]
    assert "cut.output1" in graph.types  # a result that nobody reads, but that a run makes


def test_an_input_that_is_an_output():
    build = GraphBuilder("net")
    x = build.input("x", np.float32, (2, 4))
    build.add(Relu(), [x])
    assert drop_dead(build.finish([x])).nodes == ()
