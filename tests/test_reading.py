import numpy as np
import pytest
from PIL import Image

import striate as st
from striate.errors import MediaError, ParameterError, ShapeError
from striate.given import ValueInfo
from striate.reading import read_input

RANDOM = np.random.default_rng(0)
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
# Name -> a grey picture (h, w), and its brightness.
BYTES = RANDOM.integers(0, 256, (7, 9))
DEEP = RANDOM.integers(0, 65536, (7, 9)).astype(np.uint16)
PARTS = RANDOM.random((7, 9))
PLANES = {
    "8 bits": (BYTES.astype(np.uint8), BYTES / 255),
    "16 bits": (DEEP, DEEP / 65535),
    "whole numbers": (BYTES, BYTES / 255),
    "truths": (BYTES > 99, BYTES > 99),
    "floats": (PARTS.astype(np.float32), PARTS),
    "doubles": (PARTS, PARTS),
}


def info(*shape, dtype=np.float32):
    return ValueInfo("x", (None, *shape), np.dtype(dtype))


@pytest.mark.parametrize("kind", PLANES)
@pytest.mark.parametrize(("how", "scaled"), [
    (None, lambda v: v), ("unit", lambda v: v), ("signed", lambda v: 2 * v - 1), ("none", lambda v: 255 * v),
])  # fmt: skip
@pytest.mark.parametrize("last", [False, True])
def test_an_array_of_two_axes_is_a_grey_picture(tmp_path, kind, how, scaled, last):
    plane, brightness = PLANES[kind]
    np.save(tmp_path / "x.npy", plane)
    shape = (7, 9, 1) if last else (1, 7, 9)
    found = read_input(info(*shape), str(tmp_path / "x.npy"), how, last)
    truth = scaled(np.asarray(brightness, np.float64))
    assert found.array.shape == (1, *shape)
    assert found.array.dtype == np.float32
    assert np.allclose(found.array.reshape(7, 9), truth, rtol=1e-6, atol=1e-6)
    assert np.array_equal(found.picture, np.repeat(np.rint(np.asarray(brightness) * 255)[..., None], 3, axis=2))
    (scale,), (offset,) = found.scale, found.offset
    assert np.allclose(scale * np.asarray(brightness) + offset, truth)
    assert ", a grey picture of 7×9, values" in found.note


@pytest.mark.parametrize("kind", PLANES)
def test_it_has_as_many_channels_as_the_network_wants(tmp_path, kind):
    plane, brightness = PLANES[kind]
    np.save(tmp_path / "x.npy", plane)
    found = read_input(info(3, None, None), str(tmp_path / "x.npy"))
    truth = (np.asarray(brightness, np.float64)[..., None] - MEAN) / DEVIATION
    assert np.allclose(found.array[0].transpose(1, 2, 0), truth, atol=1e-5)
    assert len(found.scale) == len(found.offset) == 3


def test_eight_bits_are_what_the_image_file_gives(tmp_path):
    np.save(tmp_path / "x.npy", BYTES.astype(np.uint8))
    Image.fromarray(BYTES.astype(np.uint8)).save(tmp_path / "x.png")
    for channels in (1, 3):
        one, other = (read_input(info(channels, None, None), str(tmp_path / name)) for name in ("x.npy", "x.png"))
        assert np.array_equal(one.array, other.array)
        assert np.array_equal(one.picture, other.picture)
        assert (one.scale, one.offset) == (other.scale, other.offset)


def test_no_number_is_rounded_or_fitted(tmp_path):
    np.save(tmp_path / "x.npy", PARTS.astype(np.float32))
    net = st.Network(st.Sequential([st.layers.Conv2D(1, 3, input_shape=(7, 9, 1))], seed=0).to_model())
    (wanted,) = net.inputs
    found = read_input(wanted, str(tmp_path / "x.npy"), last=True)
    assert np.array_equal(found.array[0, ..., 0], PARTS.astype(np.float32))
    np.save(tmp_path / "x.npy", PARTS[:5])
    with pytest.raises(ShapeError, match=r'input "\w+" has shape \(1, 5, 9, 1\), expected \(free, 7, 9, 1\)'):
        net(read_input(wanted, str(tmp_path / "x.npy"), last=True).array)


@pytest.mark.parametrize(("plane", "channels", "how", "error", "message"), [
    (PARTS * 3, 1, None, MediaError,
     r'x.npy" has shape \(7, 9\), which is a grey picture, but image has values from .*, expected 0 to 1 in floating '
     r'point; for numbers as they are give 1 channel, shape \(1, 7, 9\)'),
    (BYTES - 9, 3, None, MediaError, r"expected 0 to 255; for numbers as they are give 3 channels, shape \(3, 7, 9\)"),
    (PARTS, 4, None, ShapeError, 'is an image, but input "x" has 4 channels, not 1 or 3'),
    (PARTS, 1, "imagenet", ParameterError, "needs 3 channels"),
])  # fmt: skip
def test_what_is_no_grey_picture(tmp_path, plane, channels, how, error, message):
    np.save(tmp_path / "x.npy", plane)
    with pytest.raises(error, match=message):
        read_input(info(channels, None, None), str(tmp_path / "x.npy"), how)


def test_other_inputs_take_two_axes_as_they_are(tmp_path):
    np.save(tmp_path / "x.npy", BYTES)
    for wanted in (info(9), info(7, 9), info(1, 7, 9, dtype=np.int64)):
        assert read_input(wanted, str(tmp_path / "x.npy")).picture is None
