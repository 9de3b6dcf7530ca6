from __future__ import annotations

import numpy as np
import pytest
from onnx import parser

import striate as st
from striate.errors import ParameterError
from striate.studio.answers.layer_info import layer_infos, module_path
from striate.studio.answers.signal import signals


def load(text: str) -> st.Network:
    proto = parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> {text}')
    return st.load(proto.SerializeToString())


def test_a_free_length_is_a_signal_and_what_is_moved_of_it_too() -> None:
    net = load("g (float[1, n] x) => (float[m, 4] y) <int64[2] s = {-1, 4}> { a = Relu(x) y = Reshape(a, s) }")
    assert signals(net.model) == {
        "x": "its length is free: taken as one signal",
        "a": "its length is free: taken as one signal",
        "y": "made of one, place by place: taken as a signal",
    }


def test_of_a_fixed_size_its_use_decides() -> None:
    conv = load(
        "g (float[1, 8] x) => (float[1, 1, 6] y) <int64[1] s = {1}, float[1, 1, 3] w = {1, 2, 1}>"
        "{ a = Unsqueeze(x, s) y = Conv(a, w) }"
    )
    assert signals(conv.model) == {"x": "a convolution runs over it: taken as one signal"}
    dense = load("g (float[1, 80] x, float[80, 2] w) => (float[1, 2] y) { a = Relu(x) y = MatMul(a, w) }")
    assert "a" not in signals(dense.model)
    alone = load("g (float[1, 80] x) => (float[1, 80] y) { y = Relu(x) }")
    assert signals(alone.model)["x"] == "80 numbers that no dense layer reads: taken as one signal"
    few = load("g (float[1, 8] x) => (float[1, 8] y) { y = Relu(x) }")
    assert signals(few.model) == {}


def test_a_dense_layer_makes_features_of_a_signal() -> None:
    net = load(
        "g (float[1, n] x, float[4, 2] w) => (float[m, 2] z) <int64[2] s = {-1, 4}>"
        "{ y = Reshape(x, s) z = MatMul(y, w) }"
    )
    assert "z" not in signals(net.model)
    assert "y" in signals(net.model)


def test_layers_say_it() -> None:
    net = load("g (float[1, n] x) => (float[1, n] y) { y = Relu(x) }")
    assert [info.line for info in layer_infos(net, {"x": (1, 9)})] == ["its length is free: taken as one signal"] * 2


def test_a_row_of_numbers_as_one_line() -> None:
    net = load("g (float[1, n] x) => (float[1, n] y) { y = Relu(x) }")
    x = np.array([[1, -3, 2, 0, 5]], np.float32)
    run = net.run(x)
    found = run.maps("x", 0, 1, (1, 3), line=True)
    assert found.maps.tolist() == [[-3, 2, 5]]
    assert found.shape == (5,)
    assert found.channels == 1
    assert found.low is not None
    assert found.low.tolist() == [[-3, 0, 5]]
    with pytest.raises(ParameterError, match="only one without maps is a line"):
        load("g (float[1, 1, n] x) => (float[1, 1, n] y) { y = Relu(x) }").run(x[None]).maps("x", line=True)


@pytest.mark.parametrize(
    ("name", "module", "label"),
    [
        ("/features/features.0/Conv", ("features", "features.0"), "Conv"),
        ("layer1.0.conv2", ("layer1", "layer1.0"), "conv2"),
        ("features.1.conv.0.0", ("features", "features.1"), "conv.0.0"),
        ("features.0.0", ("features", "features.0"), "features.0.0"),
        ("conv", (), "conv"),
        ("", (), ""),
    ],
)
def test_module_paths(name: str, module: tuple[str, ...], label: str) -> None:
    assert module_path(name) == (module, label)
