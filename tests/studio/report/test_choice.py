"""What a report shows when nobody says, and what it says when somebody asks for what is not there."""

import numpy as np
import pytest

import striate as st
from striate.errors import ParameterError, UnknownNameError, UnsupportedError
from striate.lenses.telling import telling_layers
from striate.studio.report.choice import chosen_layers, chosen_units
from tests.studio.report.conftest import sequential_run

L = st.layers


def small(seed=0):
    return sequential_run(
        L.Conv2D(4, 3, activation="relu", input_shape=(12, 12, 3)),
        L.MaxPooling2D(2),
        L.Conv2D(5, 3),
        L.Flatten(),
        L.Dense(3, activation="softmax"),
        seed=seed,
    )


def test_layers():
    run = small()
    assert chosen_layers(run, None) == telling_layers(run.model)
    assert chosen_layers(run, ["all"]) == list(run.model.layer_of)
    assert chosen_layers(run, ["conv2d_1", "conv2d", "conv2d_1"]) == ["conv2d_1", "conv2d"]
    with pytest.raises(UnknownNameError, match=r'no layer "conv2"; did you mean "conv2d'):
        chosen_layers(run, ["conv2"])


def test_layers_that_cannot_be_drawn(onnx_run_of_rank_6):
    run = onnx_run_of_rank_6
    assert "deep" not in chosen_layers(run, None)
    with pytest.raises(UnsupportedError, match="4 axes, and at most 3 can be drawn"):
        chosen_layers(run, ["deep"])


@pytest.fixture
def onnx_run_of_rank_6():
    onnx = pytest.importorskip("onnx")
    helper = onnx.helper
    shape = onnx.numpy_helper.from_array(np.array([1, 2, 2, 2, 2, 2], np.int64), "shape")
    nodes = [helper.make_node("Reshape", ["x", "shape"], ["deep"], "deep")]
    ports = [
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, size)]
        for name, size in (("x", [1, 2, 16]), ("deep", [1, 2, 2, 2, 2, 2]))
    ]
    model = helper.make_model(helper.make_graph(nodes, "deep", *ports, [shape]), ir_version=8)
    return st.load(model.SerializeToString()).run(np.zeros((1, 2, 16), np.float32))


@pytest.mark.parametrize("seed", range(3))
def test_units_go_down_from_the_strongest_class(seed):
    run = small(seed)
    first, *rest = chosen_units(run, None)
    assert first.address.channel == int(np.argmax(run.output))
    assert first.why == "the strongest class of the prediction"
    assert 1 <= len(rest) <= 3
    places = {name: place for place, name in enumerate(run.model.layer_of)}
    order = [places[unit.address.layer] for unit in (first, *rest)]
    assert order == sorted(order, reverse=True)
    for unit in rest:
        assert run.unit(str(unit.address)).value is not None


def test_the_largest_number_where_there_are_no_classes():
    run = sequential_run(L.Conv1D(3, 5, input_shape=(30, 2)))
    first, *_ = chosen_units(run, None)
    assert abs(run.unit(str(first.address)).value) == np.abs(run.output).max()
    assert first.why == "the number of the largest magnitude in the output"


def test_numbers_of_a_free_length_are_no_classes():
    onnx = pytest.importorskip("onnx")
    helper = onnx.helper
    ports = [[helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, "l"])] for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Exp", ["x"], ["y"], "e")], "exp", *ports)
    net = st.load(helper.make_model(graph, ir_version=8).SerializeToString())
    first, *_ = chosen_units(net.run(np.arange(7, dtype=np.float32)[None]), None)
    assert (str(first.address), first.why) == ("e:6", "the number of the largest magnitude in the output")


def test_units_that_are_asked_for():
    run = small()
    units = chosen_units(run, ["conv2d:1@2,3", run.unit("conv2d_1:0@0,0").address, "conv2d:1@2,3"])
    assert [(str(unit.address), unit.why) for unit in units] == [("conv2d:1@2,3", ""), ("conv2d_1:0@0,0", "")]
    with pytest.raises(ParameterError, match="channel 9 must be from 0 to 3"):
        chosen_units(run, ["conv2d:9@0,0"])


def test_a_unit_is_called_as_the_page_calls_its_layer():
    """An ONNX value has its own name beside its node's."""
    onnx = pytest.importorskip("onnx")
    helper = onnx.helper
    port = helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 2, 4])
    out = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1, 2, 4])
    nodes = [
        helper.make_node("Relu", ["x"], ["between"], "first"),
        helper.make_node("Sigmoid", ["between"], ["y"], "s"),
    ]
    model = helper.make_model(helper.make_graph(nodes, "two", [port], [out]), ir_version=8)
    run = st.load(model.SerializeToString()).run(np.ones((1, 2, 4), np.float32))
    assert [str(unit.address) for unit in chosen_units(run, ["between:1@3", "first:1@3", "x:0@0"])] == [
        "first:1@3",
        "x:0@0",
    ]
