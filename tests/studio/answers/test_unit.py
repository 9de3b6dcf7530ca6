"""Explanations as they travel to the page: what the arrays say is what the Python API says."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

import striate as st
from striate.studio.answers.unit import explained
from striate.studio.protocol.unit import ExplainRequest
from striate.studio.work import Work

LAYERS = st.layers
PICTURE = np.random.default_rng(5).normal(size=(1, 9, 11, 4)).astype(np.float32)


class OneRun:
    """Stands in for the session of a tab: it has this one run and no edits."""

    def __init__(self, *layers, given=PICTURE):
        self.held = st.Network(st.Sequential(list(layers)).to_model()).run(given)

    def run(self, request, work):
        return self.held, 0


def ask(session, layer, channel, at=(), strongest=8):
    request = ExplainRequest(
        id=1, type="explain", network="n", input="x", layer=layer, channel=channel, at=at, strongest=strongest
    )
    answer, arrays = explained(session, request, {}, Work())
    return answer, arrays, session.held.unit(layer, channel=channel, at=at).explain()


def test_the_strongest_channels_come_in_full_and_all_sums():
    session = OneRun(LAYERS.Conv2D(6, 3, padding="same", strides=2, input_shape=(9, 11, 4), name="conv"))
    answer, arrays, found = ask(session, "conv", 2, (0, 0), strongest=2)
    assert answer.view == "convolution"
    assert (answer.window.channels, answer.window.taps) == (4, (3, 3))
    np.testing.assert_allclose(arrays["sums"], found.products.reshape(4, -1).sum(1), rtol=1e-12)
    assert list(arrays["order"]) == list(np.argsort(-np.abs(arrays["sums"])))
    for name in ("window", "kernel", "products"):
        np.testing.assert_array_equal(arrays[name], getattr(found, name)[arrays["order"][:2]])
    assert arrays["sums"].sum() + answer.bias == pytest.approx(answer.total, rel=1e-12)


@pytest.mark.parametrize(
    ("layer", "at", "taps"),
    [
        (LAYERS.AveragePooling2D(3, strides=2, padding="same", input_shape=(9, 11, 4), name="pool"), (0, 0), (3, 3)),
        (LAYERS.MaxPooling2D(2, input_shape=(9, 11, 4), name="pool"), (1, 2), (2, 2)),
        (LAYERS.GlobalAveragePooling2D(input_shape=(9, 11, 4), name="pool"), (), (9, 11)),
    ],
    ids=["average", "max", "global"],
)
def test_a_pooling_has_one_window_and_no_axis_of_channels(layer, at, taps):
    session = OneRun(layer)
    answer, arrays, found = ask(session, "pool", 3, at)
    assert answer.view in ("pooling", "reduction")
    assert (answer.window.channels, answer.window.taps) == (1, taps)
    np.testing.assert_array_equal(arrays["window"][0], found.window)
    np.testing.assert_array_equal(arrays["inside"][0].astype(bool), found.inside)
    assert arrays["cells"].shape == (1, *taps, 3)
    inside = found.inside
    cells = arrays["cells"][0][inside]
    values = np.moveaxis(PICTURE, -1, 1)[0]
    np.testing.assert_array_equal(values[tuple(cells.T)].astype(np.float64), found.window[inside])
    assert set(cells[:, 0]) == {3}
    assert (answer.divisor, answer.winner) == (found.divisor, found.winner)


def test_an_activation_travels_with_its_law_and_its_curve():
    session = OneRun(LAYERS.Activation("sigmoid", input_shape=(9, 11, 4), name="act"))
    answer, arrays, found = ask(session, "act", 1, (2, 3))
    assert answer.view == "activation"
    assert answer.law == "1/(1 + exp(-x))"
    assert [(figure.symbol, figure.value) for figure in answer.figures] == [("x", float(PICTURE[0, 2, 3, 1]))]
    x, y = arrays["curve"]
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-x)), rtol=1e-12)
    assert answer.total == found.total
    assert answer.words == "Logistic function."


def test_a_dense_layer_is_a_window_with_a_cell_for_each_input():
    session = OneRun(LAYERS.Flatten(input_shape=(9, 11, 4)), LAYERS.Dense(3, name="dense"))
    answer, arrays, found = ask(session, "dense", 1, strongest=20)
    assert (answer.view, answer.window.channels, answer.window.taps) == ("dense", 396, ())
    assert arrays["products"].shape == (20,)
    rest = arrays["sums"][arrays["order"][20:]].sum()
    assert arrays["products"].sum() + rest + answer.bias == pytest.approx(found.total, rel=1e-9)


@pytest.mark.parametrize(("kind", "sign", "order"), [("ArgMax", -1, "greatest"), ("ArgMin", 1, "least")])
def test_a_choice_ranks_its_cells_by_their_numbers(kind, sign, order):
    """The chosen cell comes first, however large the magnitudes on the other side are."""
    numbers = np.array([[3.0, -9.0, 8.5, -1.0, 2.0]], np.float32)
    ports = [
        onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, 5]),
        onnx.helper.make_tensor_value_info("y", onnx.TensorProto.INT64, [1, 1]),
    ]
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node(kind, ["x"], ["y"], "best", axis=1)], "c", ports[:1], ports[1:]
    )
    session = OneRun(LAYERS.Activation("relu", input_shape=(9, 11, 4)))
    session.held = st.load(onnx.helper.make_model(graph, ir_version=8).SerializeToString()).run(numbers)
    answer, arrays, found = ask(session, "best", 0, strongest=3)
    assert (answer.operands[0].order, answer.operands[0].shown, answer.operands[0].count) == (order, 3, 5)
    ranked = np.argsort(sign * numbers[0], kind="stable")[:3]
    np.testing.assert_array_equal(arrays["operand.0.numbers"], numbers[0, ranked])
    assert arrays["operand.0.cells"][0].tolist() == [int(found.value)]
