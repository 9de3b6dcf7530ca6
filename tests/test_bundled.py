"""The bundled network and picture: they are what their scripts make, and the maps show what they are said to show."""

import importlib.util
from pathlib import Path

import numpy as np
import onnx
import pytest

import striate as st
from striate import bundled
from striate.errors import ShapeError

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_bundled_network", SCRIPTS / "make_bundled_network.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def net():
    return st.load(bundled.model_path())


def test_the_file_is_what_the_script_makes(script, tmp_path):
    script.build().save(tmp_path / "edges.onnx")
    made, kept = onnx.load(tmp_path / "edges.onnx"), onnx.load(bundled.model_path())
    assert [node.name for node in made.graph.node] == [node.name for node in kept.graph.node]
    for new, old in zip(made.graph.initializer, kept.graph.initializer, strict=True):
        np.testing.assert_array_equal(onnx.numpy_helper.to_array(new), onnx.numpy_helper.to_array(old))
    assert tuple(bundled.labels_path().read_text().split()) == script.OUTPUTS


def test_small_files():
    assert bundled.model_path().stat().st_size < 20_000
    assert bundled.picture_path().stat().st_size < 60_000


def scene(*boxes):
    picture = np.zeros((1, 3, 64, 64), np.float32)
    for top, left, bottom, right in boxes:
        picture[:, :, top:bottom, left:right] = 1
    return picture


def test_edges_answer_to_their_side(net, script):
    maps = net.run(scene((0, 32, 64, 64)))["edges/Relu"][0].max(axis=(1, 2))
    names = script.NAMES
    assert maps[names.index("brighter on the right")] == pytest.approx(1)
    for name in ("brighter on the left", "brighter below", "brighter above", "horizontal line"):
        assert maps[names.index(name)] == pytest.approx(0, abs=1e-6)


def test_corners_are_told_apart(net, script):
    corners = net.run(scene((20, 20, 44, 44)))["shapes/Relu"][0, :4]
    assert (corners.max(axis=(1, 2)) > 0.2).all()
    places = [np.unravel_index(corner.argmax(), corner.shape) for corner in corners]
    middle = 14.5
    assert [(row > middle, column > middle) for row, column in places] == [
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    ]


def stripes(slope):
    rows, columns = np.indices((64, 64))
    wave = {"upright": columns, "level": rows, "slanted": rows + columns}[slope]
    return np.broadcast_to((wave // 8 % 2).astype(np.float32), (1, 3, 64, 64))


@pytest.mark.parametrize("slope", ["upright", "level", "slanted"])
def test_the_verdict_is_the_direction_of_stripes(net, script, slope):
    assert script.OUTPUTS[int(net(stripes(slope)).argmax())] == slope


def test_every_map_answers_to_the_bundled_picture(net):
    run = net.run(st.image(bundled.picture_path(), size=None, preprocess="unit"))
    for layer in ("edges/Relu", "shapes/Relu", "parts/Relu"):
        assert (run[layer].max(axis=(0, 2, 3)) > 0.1).all()
    assert run.output.sum() == pytest.approx(1)


def test_smallest_image(net):
    assert net(np.zeros((1, 3, 18, 18), np.float32)).shape == (1, 4)
    with pytest.raises(ShapeError):
        net(np.zeros((1, 3, 17, 17), np.float32))
