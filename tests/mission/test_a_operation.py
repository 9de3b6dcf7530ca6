"""Mission, part A: the operation itself, with the mission's own numbers. One test a row."""

import numpy as np
import pytest

import striate as st
from striate.errors import ShapeError


def test_A1_sliding_dot_product_from_its_definition(torch):
    f, g = [1, 2, 3, 4, 5], [1, 0, -1]
    np.testing.assert_array_equal(st.correlate(f, g), [-2, -2, -2])
    by_definition = [sum(f[n + k] * g[k] for k in range(3)) for n in range(3)]
    np.testing.assert_array_equal(st.correlate(f, g), by_definition)
    x, weight = np.array([[f]], np.float32), np.array([[g]], np.float32)
    assert (x.shape, weight.shape) == ((1, 1, 5), (1, 1, 3))
    theirs = torch.nn.functional.conv1d(torch.from_numpy(x), torch.from_numpy(weight)).numpy()
    np.testing.assert_array_equal(st.conv1d(x, weight), theirs)
    np.testing.assert_array_equal(theirs, [[[-2, -2, -2]]])


def test_A2_the_flipped_definition_too():
    f, g = [1, 2, 3, 4, 5], [1, 0, -1]
    np.testing.assert_array_equal(st.convolve(f, g), [2, 2, 2])
    np.testing.assert_array_equal(st.convolve(f, g), st.correlate(f, g[::-1]))
    words = st.convolve.__doc__ + st.correlate.__doc__
    assert "turned round" in words
    assert "not flipped" in words


def test_A3_two_dimensions(scipy):
    image = [[9, 8, 7, 6], [5, 4, 3, 2], [1, 2, 3, 4], [5, 6, 7, 8]]
    kernel = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    # The mission's page prints 146 in the first place. By its own definition that sum is
    # (9 + 16 + 21) + (20 + 20 + 18) + (7 + 16 + 27) = 46 + 58 + 50 = 154, as SciPy has it too; the other three agree.
    expected = [[154, 157], [200, 233]]
    by_definition = [
        [sum(image[i + m][j + n] * kernel[m][n] for m in range(3) for n in range(3)) for j in range(2)]
        for i in range(2)
    ]
    assert by_definition == expected
    np.testing.assert_array_equal(st.correlate(image, kernel), expected)
    np.testing.assert_array_equal(scipy.signal.correlate(image, kernel, "valid"), expected)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_A4_the_same_interface_for_1d_2d_3d(rank):
    data = np.arange(5**rank).reshape((5,) * rank)
    impulse = np.zeros((3,) * rank, int)
    impulse[(1,) * rank] = 1
    np.testing.assert_array_equal(st.correlate(data, impulse, mode="same"), data)
    np.testing.assert_array_equal(st.convolve(data, impulse), data[(slice(1, -1),) * rank])
    assert st.filter(data, "gaussian", spatial=rank).shape == data.shape


@pytest.mark.parametrize(
    ("length", "kernel", "options", "positions"),
    [
        (10, 4, {}, 7),
        (8, 3, {"padding": 1}, 8),
        (8, 3, {"padding": "same"}, 8),
        (8, 3, {"padding": "valid"}, 6),
        (9, 3, {"stride": 2}, 4),
        (9, 3, {"dilation": 2}, 5),
        (9, 3, {"padding": 1, "stride": 3}, 3),
    ],
)
def test_A5_stride_padding_dilation(length, kernel, options, positions):
    y = st.conv1d(np.ones((1, 1, length)), np.ones((1, 1, kernel)), **options)
    assert y.shape == (1, 1, positions)
    padding, stride = options.get("padding", 0), options.get("stride", 1)
    if isinstance(padding, int) and "dilation" not in options:
        assert positions == (length - kernel + 2 * padding) // stride + 1


def test_A5_groups():
    x = np.random.default_rng(0).random((1, 4, 6))
    weight = np.random.default_rng(1).random((6, 2, 3))
    halves = [st.conv1d(x[:, 2 * g : 2 * g + 2], weight[3 * g : 3 * g + 3]) for g in range(2)]
    np.testing.assert_allclose(st.conv1d(x, weight, groups=2), np.concatenate(halves, axis=1))


@pytest.mark.parametrize("filters", [32, 512])
def test_A6_as_deep_as_the_input_and_one_map_for_each_filter(filters):
    picture = np.random.default_rng(0).random((1, 3, 12, 10))
    weight = np.random.default_rng(1).standard_normal((filters, 3, 3, 3))
    maps = st.conv2d(picture, weight)
    assert maps.shape == (1, filters, 10, 8)
    one = sum(st.correlate(picture[0, c], weight[7, c]) for c in range(3))
    np.testing.assert_allclose(maps[0, 7], one, atol=1e-12)
    with pytest.raises(ShapeError, match="weight expects 2 input channels"):
        st.conv2d(picture, weight[:, :2])
    layer = st.layers.Conv2D(filters, 3, input_shape=(12, 10, 3))
    model = st.Sequential([layer])
    assert layer.get_weights()[0].shape == (3, 3, 3, filters)
    assert model.predict(picture.transpose(0, 2, 3, 1)).shape == (1, 10, 8, filters)


def test_A7_bias_and_relu_after_each_map():
    x, weight, bias = np.array([[[1.0, -2, 3]]]), np.array([[[1.0]], [[-1.0]]]), np.array([0.5, -1.0])
    expected = [[[1.5, 0, 3.5], [0, 1, 0]]]
    np.testing.assert_array_equal(st.functional.relu(st.conv1d(x, weight, bias)), expected)
    model = st.Sequential([st.layers.Conv1D(2, 1, activation="relu", input_shape=(3, 1))])
    model.set_weights([weight.transpose(2, 1, 0), bias])
    np.testing.assert_array_equal(model.predict(x.transpose(0, 2, 1)), np.array(expected).transpose(0, 2, 1))


def test_A8_pooling_and_flatten_have_no_weights():
    layers = [st.layers.MaxPooling2D(input_shape=(4, 4, 2)), st.layers.AveragePooling2D(), st.layers.Flatten()]
    model = st.Sequential(layers)
    assert [layer.count_params() for layer in model.layers] == [0, 0, 0]
    assert [facts.parameters for facts in st.load(model).layers.values()] == [0, 0, 0]
    assert model.get_weights() == []
    x = np.arange(32.0).reshape(1, 4, 4, 2)
    np.testing.assert_array_equal(model.predict(x), [[20, 21]])
