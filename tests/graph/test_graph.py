from __future__ import annotations

import numpy as np
import pytest

from striate.dimension import Symbol
from striate.errors import UnknownNameError
from striate.graph import GraphBuilder, tensor, type_of
from striate.ops import Add, Clip, Conv, Relu


def small():
    build = GraphBuilder("small")
    x = build.input("x", np.float32, (Symbol("n"), 1, 4, 4))
    w = build.constant(np.ones((2, 1, 3, 3), np.float32), "w")
    (c,) = build.add(Conv((1, 1), ((1, 1), (1, 1)), (1, 1)), [x, w], name="conv")
    (r,) = build.add(Relu(), [c], name="relu")
    top = build.constant(np.float32(6), "six")
    (k,) = build.add(Clip(), [r, None, top], name="clip")
    (y,) = build.add(Add(), [c, k], name="add", outputs=["y"])
    return build.finish([y])


def test_a_graph_in_text():
    assert str(small()) == "\n".join(
        [
            "graph 'small'",
            "  input x: float32 (n, 1, 4, 4)",
            "  constant w: float32 (2, 1, 3, 3)",
            "  constant six: float32 ()",
            "  conv = Conv(stride=(1, 1), padding=((1, 1), (1, 1)), dilation=(1, 1))(x, w)  # conv",
            "  relu = Relu()(conv)  # relu",
            "  clip = Clip()(relu, _, six)  # clip",
            "  y = Add()(conv, clip)  # add",
            "  output y: float32 (n, 2, 4, 4)",
        ]
    )


def test_who_makes_and_who_reads_a_value():
    graph = small()
    assert graph.producers["y"].name == "add"
    assert "x" not in graph.producers
    assert [node.name for node in graph.consumers["conv"]] == ["relu", "add"]
    assert graph.node("relu").inputs == ("conv",)
    (nothing, weight) = graph.constant_operands(graph.node("conv"))
    assert nothing is None
    assert weight is not None
    assert weight.shape == (2, 1, 3, 3)


def test_no_such_node():
    with pytest.raises(UnknownNameError, match='no node "rellu"; did you mean "relu"'):
        small().node("rellu")


def test_a_value_read_twice_by_a_node_has_one_reader():
    build = GraphBuilder("twice")
    x = build.input("x", np.float32, (1,))
    graph = build.finish(build.add(Add(), [x, x]))
    assert len(graph.consumers["x"]) == 1


def test_types_in_text_and_in_bytes():
    assert str(tensor(np.float32, (3,))) == "float32 (3,)"
    assert str(tensor(np.int64, ())) == "int64 ()"
    assert str(tensor(np.int64, None)) == "int64 (shape unknown)"
    assert tensor(np.float64, (2, 3)).nbytes == 48
    assert tensor(np.float64, (Symbol("n"), 3)).nbytes == 0
    assert tensor(np.float64, None).rank is None
    assert not tensor(np.float64, (Symbol("n"),)).concrete
    assert type_of(np.zeros((2, 0), np.int8)).shape == (2, 0)
