"""Explanations, fields and plain data as text: what is written is what was found."""

import json
import re

import numpy as np
import pytest

from striate.engine import Recording
from striate.graph import GraphBuilder, LayerView, Model
from striate.lenses.explain import explain
from striate.lenses.prediction import predict
from striate.ops import Conv, Gemm, MaxPool
from striate.render.canvas import MARGIN, PAGE
from striate.render.explanation import by_strength, explanation_plain, explanation_text
from striate.render.explanation_picture import CELL, GAP, SLICE_GAP, explanation_picture
from striate.render.plain import plain, to_json
from striate.render.prediction import output_line, prediction_text


def recorded(op, x, *operands):
    build = GraphBuilder("one")
    name = build.input("x", x.dtype, x.shape)
    constants = [build.constant(a, f"w{i}") for i, a in enumerate(operands)]
    result = build.add(op, [name, *constants], name="layer")[0]
    graph = build.finish([result])
    values = dict(graph.constants) | {"x": x}
    values.update(zip(graph.nodes[0].outputs, op.reference(x, *operands), strict=False))
    return Recording(Model(graph, (LayerView("layer", op.kind, ("layer",), result),)), values)


def conv_2d(channels=5, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(1, channels, 6, 6)).astype(np.float32)
    w = rng.normal(size=(2, channels, 3, 3)).astype(np.float32)
    b = rng.normal(size=2).astype(np.float32)
    return recorded(Conv((1, 1), ((1, 1), (1, 1)), (1, 1)), x, w, b)


def test_the_strongest_channels_first_and_the_rest_in_a_line():
    found = explain(conv_2d(), "layer:1@0,3")
    lines = explanation_text(found, channels=2).splitlines()
    heads = [line for line in lines if line.startswith("channel ")]
    order = by_strength(found.products)
    assert [int(head.split()[1]) for head in heads] == [channel for channel, _ in order[:2]]
    (rest,) = [line for line in lines if "more channels" in line]
    assert rest.startswith("3 more channels")
    assert float(rest.split()[-1]) == pytest.approx(sum(total for _, total in order[2:]), rel=1e-3)
    assert sum(line.count("pad") for line in lines if line.startswith("  ") and "×" not in line) == 6


def test_a_grouped_convolution_names_the_inputs_own_channels():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(1, 6, 4, 4)).astype(np.float32)
    w = rng.normal(size=(3, 2, 3, 3)).astype(np.float32)
    found = explain(recorded(Conv((1, 1), ((1, 1), (1, 1)), (1, 1), 3), x, w), "layer:2@0,0")
    heads = re.findall(r"^channel (\d+)", explanation_text(found), re.MULTILINE)
    assert sorted(heads) == ["4", "5"]


def test_printed_cells_are_the_operands():
    found = explain(conv_2d(1), "layer:0@2,2")
    text = explanation_text(found, digits=6)
    rows = [re.findall(r"[-+]?\d+\.\d+", line) for line in text.splitlines() if re.match(r"  .*\d\.\d", line)]
    assert np.allclose([[float(n) for n in row[:3]] for row in rows], found.window[0], atol=1e-5)
    assert np.allclose([[float(n) for n in row[3:6]] for row in rows], found.kernel[0], atol=1e-5)
    assert np.allclose([[float(n) for n in row[6:]] for row in rows], found.products[0], atol=1e-5)


def test_a_narrow_terminal_gets_blocks_below_each_other():
    found = explain(conv_2d(1), "layer:0@2,2")
    wide, narrow = explanation_text(found), explanation_text(found, width=40)
    assert len(narrow.splitlines()) > len(wide.splitlines())
    assert max(map(len, narrow.splitlines())) <= 45


def test_dense_and_pooling():
    rng = np.random.default_rng(3)
    x, w = rng.normal(size=(1, 40)).astype(np.float32), rng.normal(size=(3, 40)).astype(np.float32)
    dense = recorded(Gemm(1.0, 1.0, False, True), x, w, np.ones(3, np.float32))
    text = explanation_text(explain(dense, "layer:2"), channels=1)
    assert text.count("  input ") == 10
    assert "30 more inputs" in text
    image = rng.normal(size=(1, 1, 4, 4)).astype(np.float32)
    pool = recorded(MaxPool((2, 2), (2, 2), ((0, 0), (0, 0)), (1, 1)), image)
    assert "max(" in explanation_text(explain(pool, "layer:0@1,1"))


def test_data_keep_every_digit():
    found = explain(conv_2d(), "layer:1@0,3")
    data = json.loads(to_json(explanation_plain(found)))
    assert data["products"] == found.products.tolist()
    assert data["total"] == found.total
    assert data["inside"][0][0] == [False, False, False]


def test_plain_data():
    assert plain(np.float32(0.5)) == 0.5
    assert plain({1: np.array([1, 2]), "x": (None, True)}) == {"1": [1, 2], "x": [None, True]}
    assert plain([float("inf"), np.nan]) == ["inf", "nan"]
    assert json.loads(to_json({"×": "é"})) == {"×": "é"}
    assert to_json("×").isascii()


@pytest.mark.parametrize("unit", ["layer:0@0,0", "layer:1@3,3"])
def test_the_picture_hatches_padding_and_colours_the_rest(unit):
    found = explain(conv_2d(), unit)
    picture = np.asarray(explanation_picture(found))
    assert picture.shape[1] >= 760
    assert (picture == (0xB2, 0x18, 0x2B)).all(axis=-1).any() or (picture == (0x21, 0x66, 0xAC)).all(axis=-1).any()


def test_the_slices_of_a_volume_stand_apart():
    """Between two slices there is a gap of the page's colour, in the window and in the kernel."""
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape).astype(np.float32) for shape in ((1, 2, 4, 4, 4), (2, 2, 2, 3, 3), (2,))]
    recording = recorded(Conv((1, 1, 1), ((0, 0),) * 3, (1, 1, 1), 1), *arrays)
    picture = np.asarray(explanation_picture(explain(recording, "layer:0@0,0,0")))
    top = 84 + 20  # below the title and the caption
    for left in (MARGIN, MARGIN + 3 * CELL + 1 + GAP):
        column = picture[top:, left + 4]
        apart = (column == PAGE).all(axis=-1)
        assert not apart[: 3 * CELL].any()
        assert apart[3 * CELL + 2 : 3 * CELL + SLICE_GAP - 1].all()
        assert not apart[3 * CELL + SLICE_GAP : 6 * CELL + SLICE_GAP].any()


def test_predictions():
    scores = np.array([[1.0, 3.0, 2.0]], np.float32)
    found = predict(scores, 2)
    assert [rank.index for rank in found.ranks] == [1, 2]
    assert found.softmax
    assert found.ranks[0].probability == pytest.approx(np.exp(3) / np.exp([1, 3, 2]).sum())
    assert not predict(np.array([[0.25, 0.75]], np.float32)).softmax
    for nothing in (np.zeros((2, 3)), np.zeros((1, 3, 4)), np.zeros(3), np.array([[1.0, np.nan]])):
        assert predict(nothing) is None
    assert "50.00%" in prediction_text(predict(np.zeros((1, 2), np.float32)), ["a", "b"])
    assert "class 1" in prediction_text(predict(scores, 1), None)
    assert output_line("y", scores) == "output y  1×3 float32  from 1 to 3, mean 2"
    assert "1 not finite" in output_line("y", np.array([1.0, 2.0, np.nan]))
