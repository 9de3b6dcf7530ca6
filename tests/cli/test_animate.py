"""``striate animate``: what it writes and says, and what it refuses."""

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
    refused(striate("animate"), "animate needs MODEL INPUT LAYER:CHANNEL, or --input with either --kernel or --pool")
    refused(striate("animate", model, photo), "animate needs MODEL INPUT LAYER:CHANNEL, such as")
    refused(striate("animate", model, photo, "c1:0", "--kernel", "sobel"), "--kernel is for a kernel of your own")
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
