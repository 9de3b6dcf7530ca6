from __future__ import annotations

import numpy as np
import pytest

from striate.errors import UnknownNameError
from striate.graph import GraphBuilder, LayerView, Model, UnitAddress
from striate.ops import Add, Relu, Tanh


def small():
    """A layer "dense" of two nodes, and a layer named like another node's value."""
    build = GraphBuilder("small")
    x = build.input("x", np.float32, (1, 4))
    (a,) = build.add(Add(), [x, x], name="dense/add")
    (b,) = build.add(Relu(), [a], name="dense/relu")
    (c,) = build.add(Tanh(), [b], name="act", outputs=["out"])
    graph = build.finish([c])
    layers = (LayerView("dense", "Dense", ("dense/add", "dense/relu"), b), LayerView("dense/add", "Tanh", ("act",), c))
    return Model(graph, layers, aliases={"last": "dense/add", "x": "dense"})


def test_names_of_layers_nodes_values_and_aliases():
    model = small()
    assert model.value_name("dense") == "dense/relu"
    assert model.value_name("dense/relu") == "dense/relu"
    assert model.value_name("act") == "out"
    assert model.value_name("out") == "out"
    assert model.value_name("last") == "out"
    # A layer wins over a value of its name, a value over an alias.
    assert model.value_name("dense/add") == "out"
    assert model.value_name("x") == "x"


def test_nodes_and_layers():
    model = small()
    assert model.layer_of_node["dense/relu"].name == "dense"
    node = model.node_of("last")
    assert node is not None
    assert node.name == "act"
    assert model.node_of("x") is None
    assert model.knows("last")
    assert not model.knows("lost")


def test_a_name_that_does_not_exist():
    with pytest.raises(UnknownNameError, match='no layer "dens"; did you mean "dense"'):
        small().value_name("dens")


def test_a_value_named_like_a_channel_of_its_node():
    """TensorFlow's names: node "conv" makes the value "conv:0"."""
    build = GraphBuilder("small")
    x = build.input("x", np.float32, (1, 3, 4, 4))
    (y,) = build.add(Relu(), [x], name="conv", outputs=["conv:0"])
    model = Model(build.finish([y]), (LayerView("conv", "Relu", ("conv",), y),))
    assert model.address("conv:0@1,2") == UnitAddress("conv", 0, (1, 2))
    assert model.address("conv:2@1,2") == UnitAddress("conv", 2, (1, 2))
    assert model.address("conv:0:2@1,2") == UnitAddress("conv:0", 2, (1, 2))
    assert model.address("conv:0") == UnitAddress("conv:0")
    assert model.value_name("conv:0") == "conv:0"


def test_addresses():
    model = small()
    assert model.address("dense:2") == UnitAddress("dense", 2)
    assert model.address("dense/add:2#0") == UnitAddress("dense/add", 2)
    with pytest.raises(UnknownNameError, match='no layer "densse"; did you mean "dense"'):
        model.address("densse:2")
