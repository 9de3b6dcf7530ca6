"""st.filter on signals, pictures and volumes."""

import numpy as np
import pytest

from striate import filters
from striate.errors import DtypeError, LimitError, ParameterError, ShapeError, UnknownNameError

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(30,), (9, 7), (6, 7, 8)])
def test_sobel_without_axis_is_the_gradients_magnitude(shape, scipy):
    data = RNG.random(shape)
    magnitude = np.sqrt(sum(scipy.ndimage.sobel(data, axis) ** 2 for axis in range(data.ndim)))
    if data.ndim == 1:
        magnitude = scipy.ndimage.sobel(data)  # of a signal the derivative keeps its sign
    result = filters.filter(data, "sobel")
    assert result.dtype == np.float64
    np.testing.assert_allclose(result, magnitude, atol=1e-12)
    np.testing.assert_allclose(filters.filter(data, "sobel", axis=0), scipy.ndimage.sobel(data, 0), atol=1e-12)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_pictures_channel_by_channel_and_alpha_as_it_is(channels, scipy):
    picture = RNG.integers(0, 256, (9, 7, channels), np.uint8)
    result = filters.filter(picture, "gaussian", size=3, sigma=0.8)
    assert result.dtype == np.float32
    assert result.shape == picture.shape
    colours = channels - (channels in (2, 4))
    kernel = filters.gaussian(3, 0.8)
    for c in range(colours):
        truth = scipy.ndimage.correlate(picture[..., c].astype(float), kernel, mode="reflect")
        np.testing.assert_allclose(result[..., c], truth, atol=1e-3)
    np.testing.assert_array_equal(result[..., colours:], picture[..., colours:])


def test_own_weights_and_other_modes():
    picture = RNG.random((9, 7, 4))
    result = filters.filter(picture, np.ones((3, 2)), mode="valid")
    assert result.shape == (7, 6, 3)  # alpha has no place in another size
    np.testing.assert_allclose(result[0, 0, 0], picture[:3, :2, 0].sum(), atol=1e-12)


def test_spatial_settles_how_a_shape_is_read(scipy):
    data = RNG.random((5, 6, 3))
    assert filters.filter(data, "box").shape == (5, 6, 3)
    as_volume = filters.filter(data, "box", spatial=3)
    np.testing.assert_allclose(as_volume, scipy.ndimage.uniform_filter(data, 3), atol=1e-6)
    many = RNG.random((40, 17))
    per_sensor = filters.filter(many, "derivative", spatial=1, boundary="nearest")
    alone = filters.filter(many[:, 3], "derivative", axis=0, boundary="nearest")
    np.testing.assert_allclose(per_sensor[:, 3], alone)
    assert (alone < 0).any()  # along one axis the sign stays


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((np.ones((3, 3)), "sobbel"), {}, UnknownNameError, 'did you mean "sobel"'),
        ((np.ones(9), "roberts"), {}, ParameterError, 'filter "roberts" is for data with 2 spatial axes, these have 1'),
        ((np.ones((3, 3)), "box"), {"axis": 1}, ParameterError, 'filter "box" has no direction; leave axis (=1) out'),
        ((np.ones((3, 3)), "box"), {"sigma": 1}, ParameterError, "got an unexpected keyword argument 'sigma'"),
        (
            (np.ones((3, 3)), np.ones((1, 1))),
            {"size": 3},
            ParameterError,
            "size: options are for kernels given by",
        ),
        ((np.ones((3, 3)), "sobel"), {"axis": 5}, ParameterError, "axis (=5) must be from -2 to 1"),
        ((np.ones((3, 3, 9)), "box"), {"spatial": 2}, ShapeError, "have 9 channels in the last axis, expected 1 to 4"),
        ((np.ones((1, 1, 1, 1, 3)), "box"), {}, ShapeError, "expected (l,), (h, w), (h, w, c)"),
        ((np.ones((0, 3)), "box"), {}, ShapeError, "data of shape (0, 3) are empty"),
        ((np.array(["a"]), "box"), {}, DtypeError, "expected real numbers"),
        ((np.ones((5, 6)), "derivative"), {"mode": "valid"}, ParameterError, "results of different sizes"),
    ],
)
def test_errors(arguments, options, error, message):
    with pytest.raises(error) as caught:
        filters.filter(*arguments, **options)
    assert message in str(caught.value)


def test_a_gigantic_picture_is_refused():
    with pytest.raises(LimitError, match="filtering an array of shape"):
        filters.filter(np.broadcast_to(np.uint8(1), (90_000, 90_000, 3)), "sobel")
