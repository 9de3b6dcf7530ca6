from __future__ import annotations

import numpy as np
import pytest

from striate.dimension import UNKNOWN, Symbol
from striate.errors import DtypeError, GraphError, ShapeError
from striate.graph import GraphBuilder, infer_node, tensor, verify
from striate.ops import Add, Concat, Relu, Reshape, Split

N = Symbol("n")


def started():
    build = GraphBuilder("net")
    return build, build.input("x", np.float32, (N, 4))


def test_names_are_kept_and_made_where_they_are_left_out():
    build, x = started()
    (first,) = build.add(Relu(), [x])
    (second,) = build.add(Relu(), [first])
    (third,) = build.add(Relu(), [second], name="act", outputs=["y"])
    parts = build.add(Split(1, 2), [third], name="cut")
    graph = build.finish([*parts])
    assert (first, second, third, parts) == ("relu", "relu_1", "y", ("cut", "cut.output1"))
    assert [node.name for node in graph.nodes] == ["relu", "relu_1", "act", "cut"]
    verify(graph)


def test_a_taken_name_gets_a_number():
    build, x = started()
    one = build.constant(np.float32([1]), "x")
    assert one == "x_1"
    (y,) = build.add(Relu(), [x], name="relu")
    (z,) = build.add(Relu(), [y], name="relu")
    assert (y, z) == ("relu", "relu_1")
    assert build.unused_value("relu") == "relu_2"
    assert build.unused_node("relu") == "relu_2"
    assert build.unused_node("new") == "new"


def test_constants_cannot_be_written_to():
    build, _ = started()
    mine = np.float32([1, 2])
    name = build.constant(mine, "w")
    assert not build.constants[name].flags.writeable
    mine[0] = 3  # the caller's own array stays the caller's
    assert build.types[name].value is not None


def test_dropped_results_have_no_name():
    build, x = started()
    build.add(Split(1, 2), [x], outputs=["first", ""])
    assert "" not in build.types
    assert build.finish(["first"]).nodes[0].outputs == ("first", "")


def test_errors_name_the_node():
    build, x = started()
    wide = build.constant(np.zeros((2, 5), np.float32))
    with pytest.raises(ShapeError) as caught:
        build.add(Concat(0), [x, wide], name="join")
    assert str(caught.value) == (
        'Concat "join": inputs have shapes (n, 4) and (2, 5); all sizes but that of axis 0 must be the same'
    )
    with pytest.raises(DtypeError, match=r'^Add "add": '):
        build.add(Add(), [x, build.constant(np.int64([1]))])


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda b: b.add(Relu(), ["z"]), 'Relu "relu": input "z" does not exist; no node before it makes it'),
        (lambda b: b.add(Relu(), ["x"], outputs=["x"]), 'value "x" is made twice in network "net"'),
        (lambda b: b.input("x", np.float32, (1,)), 'value "x" is made twice in network "net"'),
        (lambda b: b.finish(["z"]), 'output "z" of network "net" is made by no node'),
    ],
)
def test_what_is_no_graph(action, message):
    build, _ = started()
    with pytest.raises(GraphError) as caught:
        action(build)
    assert str(caught.value) == message


def test_unknown_sizes_are_called_after_their_place():
    (row,) = infer_node(Reshape(), "view", [tensor(np.float32, (N, 4)), tensor(np.int64, (2,))])
    assert row.shape == (Symbol("view[0]"), Symbol("view[1]"))
    parts = infer_node(Split(1), "cut", [tensor(np.float32, (N, 4)), tensor(np.int64, (2,))])
    assert [part.shape for part in parts] == [(N, Symbol("cut[1]")), (N, Symbol("cut.output1[1]"))]
    assert UNKNOWN not in (parts[0].shape or ())
