"""The code runs as it stands and gives what the state gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as draws

import striate as st
from striate.errors import ParameterError, ShapeError
from striate.lessons import Convolution, code_for


def run(code):
    space = {}
    exec(code, space)
    return space["y"]


@settings(max_examples=40)
@given(
    axes=draws.integers(1, 3),
    groups=draws.integers(1, 2),
    kernel=draws.integers(1, 3),
    stride=draws.integers(1, 2),
    padding=draws.sampled_from([0, 1, 2, "valid", [(0, 2)]]),
    dilation=draws.integers(1, 2),
    bias=draws.booleans(),
    flip=draws.booleans(),
)
def test_any_state(axes, groups, kernel, stride, padding, dilation, bias, flip):
    rng = np.random.default_rng(kernel)
    weight = rng.normal(size=(2 * groups, 1, *[kernel] * axes)).astype(np.float32)
    x = rng.normal(size=(groups, *range(6, 6 + axes))).astype(np.float32)
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    options["bias"] = rng.normal(size=2 * groups).astype(np.float32) if bias else None
    code = code_for(weight, x, definition="convolve" if flip else "correlate", **options)
    turned = np.flip(weight, tuple(range(2, 2 + axes))) if flip else weight
    assert np.allclose(run(code), Convolution(turned, **options)(x), atol=1e-5)


@pytest.mark.parametrize("name", [name for name in st.filters.names() if 2 in st.filters.get(name).ranks])
def test_every_kernel_of_the_bank_on_the_bundled_picture(name):
    grey = st.image(st.bundled.picture_path(), size=None, preprocess="grey")[0, 0]
    code = code_for(name, padding="valid")
    kernel = st.filters.get(name)
    weight = kernel.make(ndim=2) if "ndim=2" in code else kernel()
    assert weight.ndim == 2
    assert f"st.filters.{name}(" in code
    assert np.allclose(run(code)[0], st.correlate(grey, weight), atol=1e-4)


def test_what_follows_and_what_is_not_needed():
    code = code_for("sobel", padding=1, then=["relu", "max_pool"], pool=3)
    assert code.splitlines() == [
        "import striate as st",
        "",
        'x = st.image(st.bundled.picture_path(), size=None, preprocess="grey")[0]',
        "weight = st.filters.sobel()[None, None]",
        "y = st.conv2d(x, weight, padding=1)",
        "y = st.functional.relu(y)",
        "y = st.max_pool2d(y, 3)",
    ]
    y = run(code)
    assert y.shape == (1, 85, 106)
    assert y.min() >= 0


def test_files(tmp_path):
    rng = np.random.default_rng(0)
    np.savetxt(tmp_path / "signal.csv", rng.normal(size=(20, 1)), delimiter=",")
    made = run(code_for("derivative", str(tmp_path / "signal.csv"), spatial=1))
    signal = st.signal(tmp_path / "signal.csv")[0, 0]
    assert np.allclose(made[0], st.correlate(signal, st.filters.derivative()), atol=1e-5)
    assert run(code_for(np.ones((2, 3, 3, 3)), str(st.bundled.picture_path()))).shape == (2, 254, 318)


@pytest.mark.parametrize(
    ("kernel", "source", "options", "message"),
    [
        ("vertical_line", [1.0, 2.0], {"spatial": 1}, r"exists for \(2,\) axes, not for 1"),
        ("sobel", "picture", {"then": ["softmax"]}, 'then .="softmax". must be one of relu, max_pool, avg_pool'),
        ("sobel", "picture", {"definition": "flip"}, "must be one of correlate, convolve"),
        ([1, 2], "picture", {}, "is a picture, with 2 spatial axes; the kernel has 1"),
        (np.ones((1, 2, 3, 3)), "picture", {}, "3 channels, or 1 in grey; the kernel reads 2"),
        ([1, 2], np.ones(5000), {}, "too long to be written out"),
        ([1, 2], np.ones((2, 9)), {}, r"expected \(1, \*spatial\)"),
    ],
)
def test_what_is_no_state(kernel, source, options, message):
    with pytest.raises((ParameterError, ShapeError), match=message):
        code_for(kernel, source, **options)
