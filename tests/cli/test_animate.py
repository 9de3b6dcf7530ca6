"""``striate animate``: what it writes and says, and what it refuses."""

import shutil

import numpy as np
import pytest
from PIL import Image

import striate as st

SMALL = ("--size", "320x180")


def test_a_layer_of_a_network(striate, model, photo, tmp_path):
    out = tmp_path / "c1.gif"
    status, said, err = striate("animate", model, photo, "c1:2", "-o", out, "--steps", 3, *SMALL)
    assert (status, err) == (0, "")
    assert said.startswith(f"{out}: 3 steps of Conv; positions ")
    assert said.endswith("of 16×16; the rest is not shown\n")
    with Image.open(out) as found:
        assert found.n_frames == 3


def test_a_picture_is_that_of_the_library(striate, tmp_path):
    out = tmp_path / "a.png"
    rows = "1 2 0 1; 0 1 2 1; 2 0 1 0; 1 1 1 1"
    options = ("--stride", "2x1", "--padding", "1", "--theme", "dark", "--step", "0")
    assert striate("animate", "--kernel", "sobel", "--input", rows, *options, "-o", out, *SMALL)[0] == 0
    x = [[1, 2, 0, 1], [0, 1, 2, 1], [2, 0, 1, 0], [1, 1, 1, 1]]
    wanted = st.animate(x, "sobel", stride=(2, 1), padding=1).frame(0, "dark", (320, 180))
    with Image.open(out) as found:
        assert np.array_equal(np.asarray(found), np.asarray(wanted))


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (("--kernel", "1 0 -1", "--flip", "--dilation", "2"), "Conv"),
        (("--kernel", "1,0,-1", "--transposed", "--stride", "2"), "ConvTranspose"),
        (("--pool", "average", "--window", "3", "--stride", "1", "--padding", "same"), "AveragePool"),
    ],
)
def test_states_and_files(striate, tmp_path, options, kind):
    np.save(tmp_path / "x.npy", np.arange(8.0))
    (tmp_path / "x.csv").write_text("\n".join(map(str, range(8))) + "\n")
    outs = []
    for source in ("0 1 2 3 4 5 6 7", tmp_path / "x.npy", tmp_path / "x.csv"):
        out = tmp_path / "a.svg"
        status, said, err = striate("animate", "--input", source, *options, "-o", out)
        assert (status, err, said) == (0, "", f"{out}: one step of {kind}\n")
        outs.append(out.read_text("utf-8"))
    assert len(set(outs)) == 1


def test_an_image(striate, photo, tmp_path):
    status, said, _ = striate("animate", "--kernel", "sobel", "--input", photo, "-o", tmp_path / "f", "--steps", "2")
    assert status == 0
    assert "2 steps of Conv; positions" in said
    assert len(list((tmp_path / "f").iterdir())) == 2


def refused(result, *parts):
    status, out, err = result
    assert (status, out) == (2, "")
    assert err.startswith("striate: ")
    assert err.count("\n") == 1
    for part in parts:
        assert part in err


def test_what_does_not_fit(striate, model, photo, tmp_path):
    out = ("-o", tmp_path / "a.gif")
    one = ("animate", "--kernel", "sobel", "--input", "1 2 3 4; 1 2 3 4; 1 2 3 4")
    needs = "animate needs MODEL INPUT LAYER:CHANNEL, such as net.onnx cat.jpg conv1:3; or a layer such as"
    refused(striate("animate"), needs, "or --input with either --kernel or --pool")
    refused(striate("animate", model, photo), needs)
    refused(striate("animate", model, photo, "c1:0", "--kernel", "sobel"), "--kernel is for a layer or kernel of your")
    refused(striate("animate", model, photo, "c1:0", "--channel", "1"), "--channel is for", "(conv1:3): leave it out")
    refused(striate(*one, "--preprocess", "unit"), "--preprocess is for a network's inputs")
    refused(striate("animate", "--kernel", "sobel", "--input", "abc"), 'input (="abc") must be a file, or numbers')
    refused(striate("animate", model, photo, "r1:0", *out), 'layer "r1" is Relu: no window slides', "c1, p1, c2")
    refused(striate("animate", model, photo, "c9:0", *out), "c9", "did you mean")
    refused(
        striate("animate", model, photo, "c1:0", "--positions", "0-3", *out), 'positions (="0-3") must be first:end'
    )
    refused(striate("animate", model, photo, "c1:0", "--positions", "0:3", *out), "positions (=0:3)", "0:16,0:16")
    refused(striate(*one, "--stride", "x", *out), 'stride (="x") must be a whole number, or one for each axis')
    refused(striate(*one, "--size", "9", *out), 'size (="9") must be width x height')
    refused(striate(*one, "--theme", "blue", *out), 'theme (="blue") must be one of light, dark')
    refused(striate(*one, "--fps", "0", *out), "fps (=0) must be from 0.1 to 50")
    refused(striate(*one, "-o", tmp_path / "a.avi"), 'ending ".avi" is no animation')
    refused(striate("animate", "--pool", "min", "--input", "1 2"), 'pool (="min") must be one of max, average')
    refused(striate("animate", "--kernel", "sobel", "--input", tmp_path / "none.png", *out), "does not exist")
    refused(striate("animate", "--kernel", "1 2; 3", "--input", "1 2; 3 4", *out), "the same length in every row")
    assert list(tmp_path.iterdir()) == []


LAYER = "nn.Conv2d(1, 2, 3, stride=2, padding=1)"


def test_a_declared_layer(striate, tmp_path):
    out = tmp_path / "a.png"
    status, said, err = striate("animate", LAYER, "--input", "1x9x9", "--channel", 1, "-o", out, *SMALL)
    assert (status, err) == (0, "")
    assert said == f"{out}: one step of Conv; weights and input random, always the same; bias 0\n"
    wanted = st.animate_declaration(LAYER, input_shape=(1, 9, 9), channel=1).frame(-1, size=(320, 180))
    with Image.open(out) as found:
        assert np.array_equal(np.asarray(found), np.asarray(wanted))


@pytest.mark.parametrize("name", ["a.gif", "a.svg", "steps"])
def test_a_declared_layer_in_every_form(striate, tmp_path, name):
    status, said, err = striate("animate", "MaxPooling1D()", "--input", "6x1", "-o", tmp_path / name, *SMALL)
    assert (status, err) == (0, "")
    assert "of MaxPool; input random, always the same" in said
    assert (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("line", "source", "options", "x", "given"),
    [
        ("nn.Conv1d(1, 1, 3)", "0 1 2 3", ("--kernel", "1 0 -1", "--bias", "0.5"), [0, 1, 2, 3],
         {"kernel": [1, 0, -1], "bias": 0.5}),
        ("nn.Conv2d(1, 1, 2)", "0 1; 2 3", ("--kernel", "weight.npy"), [[0, 1], [2, 3]], {"kernel": "weight"}),
        ("Conv2D(2, 2)", "x.npy", ("--bias", "1 2", "--channel", "1"), "x", {"bias": [1, 2], "channel": 1}),
        ("nn.MaxPool1d(2)", "x.csv", (), [[0, 2, 4], [1, 3, 5]], {}),
        ("Conv1D(1, 2)", "x.csv", (), [[0, 1], [2, 3], [4, 5]], {}),
        ("self.conv1 = nn.Conv2d(1, 1, 3),", "photo", ("--positions", "0:2,0:2"), "grey", {}),
        ("nn.Conv2d(3, 1, 3)", "photo", ("--positions", "0:2,0:2"), "colours", {}),
        ("Conv2D(1, 3)", "photo", ("--positions", "0:2,0:2"), "colours last", {}),
        ("Conv2D(1, 3, input_shape=(40, 50, 1))", "photo", ("--positions", "0:2,0:2"), "grey last", {}),
    ],
)  # fmt: skip
def test_what_a_declared_layer_slides_over(striate, photo, tmp_path, monkeypatch, line, source, options, x, given):
    monkeypatch.chdir(tmp_path)
    weight, array = np.arange(4.0).reshape(1, 1, 2, 2), np.arange(36.0).reshape(3, 4, 3)
    np.save("weight.npy", weight)
    np.save("x.npy", array)
    (tmp_path / "x.csv").write_text("0,1\n2,3\n4,5\n")
    colours = st.image(photo, size=None, preprocess="unit")[0]
    grey = st.image(photo, size=None, preprocess="grey")[0]
    known = {"x": array, "grey": grey, "colours": colours, "grey last": grey[0, :, :, None],
             "colours last": np.moveaxis(colours, 0, -1)}  # fmt: skip
    status, said, err = striate("animate", line, "-i", photo if source == "photo" else source, *options, "-o", "a.svg")
    assert (status, err) == (0, "")
    assert "input random" not in said
    given = {name: weight if value == "weight" else value for name, value in given.items()}
    part = {"positions": [(0, 2), (0, 2)]} if options[:1] == ("--positions",) else {}
    shown = st.animate_declaration(line, known[x] if isinstance(x, str) else x, **given, **part)
    assert (tmp_path / "a.svg").read_text("utf-8") == shown.svg(-1)


def test_a_declared_layer_without_an_input_has_a_usual_one(striate, tmp_path):
    status, said, _ = striate("animate", "nn.Conv2d(3, 8, 3, padding=1)", "-o", tmp_path / "a.svg")
    assert status == 0
    assert said.endswith("; weights and input random, always the same; bias 0; positions 9:16,4:11 of 16×16; the rest "
                         "is not shown\n")  # fmt: skip


def test_a_declared_layer_that_does_not_fit(striate, photo, tmp_path):
    out = ("-o", tmp_path / "a.gif")
    refused(striate("animate", "nn.ReLU()", *out), "ReLU has no window that slides; convolutions, transposed and")
    several = "nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2))"
    refused(striate("animate", several, *out), "take one with a window: nn.Conv2d(1, 2, 3); nn.MaxPool2d(2)")
    refused(striate("animate", LAYER, "-i", "3x9x9", *out), "in_channels (=1) but the input 3x9x9 has 3 channels")
    refused(striate("animate", LAYER, "--stride", "2", *out), "--stride stands in the declaration itself: write it")
    refused(striate("animate", LAYER, "--pool", "max", *out), "--pool stands in the declaration itself")
    refused(striate("animate", LAYER, "--preprocess", "unit", *out), "--preprocess is for a network's inputs")
    refused(striate("animate", LAYER, photo, *out), "stands behind a declared layer; its input goes to --input")
    refused(striate("animate", LAYER, "-i", "abc", *out), 'input (="abc") must be a file, numbers such as', "1x9x9")
    refused(striate("animate", LAYER, "-i", "abc.png", *out), '"abc.png" does not exist')
    refused(striate("animate", LAYER, "--kernel", "1 2", *out), "kernel has shape (2,)", "one kernel (3, 3)")
    refused(striate("animate", LAYER, "--kernel", "sobl", *out), 'no filter "sobl"', 'did you mean "sobel"')
    refused(striate("animate", LAYER, "--kernel", "a.npy", *out), 'array "a.npy" does not exist')
    refused(striate("animate", LAYER, "--bias", "a", *out), 'bias (="a") must be a number, one for each filter, or')
    refused(striate("animate", LAYER, "--channel", "2", *out), "channel (=2) must be from 0 to 1")
    refused(striate("animate", "nn.Conv1d(1, 1, 3)", "-i", photo, *out), "is a picture, Conv1d reads a signal")
    refused(striate("animate", "nn.Conv2d(3, 8, 3", *out), "not a Python call: '(' was never closed")
    refused(striate("animate", "net (1).onnx", photo, "c1:0", *out), '"net (1).onnx" does not exist')
    assert list(tmp_path.iterdir()) == []


def test_a_model_file_may_be_called_like_a_layer(striate, model, photo, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(model, "Conv2d(1, 1, 3)")
    assert striate("animate", "Conv2d(1, 1, 3)", photo, "c1:0", "--steps", 1, "-o", "a.svg")[0] == 0
