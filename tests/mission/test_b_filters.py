"""Mission, part B: hand-crafted filters, with the mission's own numbers. One test a row."""

import numpy as np
import pytest

import striate as st

LINES = np.zeros((8, 8))
LINES[:, 3] = 1
LINES[5, :] = 1


def test_B3_vertical_and_horizontal_lines_combined_show_all_lines():
    vertical = st.correlate(LINES, st.filters.vertical_line(), "same").clip(min=0)
    horizontal = st.correlate(LINES, st.filters.horizontal_line(), "same").clip(min=0)
    assert (vertical[1:4, 3] == 6).all()
    assert (horizontal[5, 5:7] == 6).all()
    assert vertical[2, 6] == horizontal[2, 6] == 0
    both = np.maximum(vertical, horizontal)
    np.testing.assert_array_equal(both[1:-1, 1:-1] >= 3, LINES[1:-1, 1:-1] == 1)


@pytest.mark.parametrize(
    "name", ["prewitt", "sobel", "box", "gaussian", "sharpen", "derivative", "smoothing", "spike", "laplacian"]
)
def test_B4_the_classic_bank_by_name_in_1d_and_2d(name):
    image = np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8)
    signal = np.sin(np.arange(50.0) / 4)
    assert st.filter(image, name).shape == image.shape
    assert st.filter(signal, name).shape == signal.shape
    assert name in st.filters.names()


def test_B4_weights_as_the_texts_write_them():
    np.testing.assert_array_equal(st.filters.derivative(), [1, 0, -1])
    np.testing.assert_allclose(st.filters.smoothing(), [0.33, 0.33, 0.33])
    np.testing.assert_array_equal(st.filters.spike(), [-1, 2, -1])
    np.testing.assert_array_equal(st.filters.sobel(), [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    rows = [[int(digit) for digit in row] for row in "12012 01210 20101 12021 01210".split()]
    expected = [[2, -1, -2], [-1, 0, -1], [-1, 0, 0]]
    np.testing.assert_array_equal(st.correlate(rows, st.filters.sobel()), expected)


@pytest.mark.parametrize(
    ("kernel", "kind"),
    [
        ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "edge detector"),
        ([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], "edge detector"),
        (np.full((3, 3), 1 / 9), "blur"),
        ([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], "sharpener"),
        ([1, 0, -1], "derivative"),
        ([0.33, 0.33, 0.33], "blur"),
        ([-1, 2, -1], "spike detector"),
        ([0, 1, 0], "identity"),
        ([[0, 1, 0], [0, 1, 0], [0, 1, 0]], "line detector"),
    ],
)
def test_B5_what_the_weights_encode(kernel, kind):
    assert st.filters.describe(kernel).kind == kind


def test_B1_keras_style_1d_example(capsys):
    # The tutorial's script, only its import lines changed.
    from numpy import asarray

    from striate.layers import Conv1D, Sequential

    # define input data
    data = asarray([0, 0, 0, 1, 1, 0, 0, 0])
    data = data.reshape(1, 8, 1)
    # create model
    model = Sequential()
    model.add(Conv1D(1, 3, input_shape=(8, 1)))
    # define a vertical line detector
    weights = [asarray([[[0]], [[1]], [[0]]]), asarray([0.0])]
    # store the weights in the model
    model.set_weights(weights)
    # confirm they were stored
    print(model.get_weights())
    # apply filter to input data
    yhat = model.predict(data)
    print(yhat)

    assert yhat.shape == (1, 6, 1)
    np.testing.assert_array_equal(yhat.ravel(), [0, 0, 1, 1, 0, 0])
    kernel, bias = model.get_weights()
    np.testing.assert_array_equal(kernel, [[[0]], [[1]], [[0]]])
    np.testing.assert_array_equal(bias, [0])
    printed = capsys.readouterr().out
    assert "[[[0.]\n  [0.]\n  [1.]\n  [1.]\n  [0.]\n  [0.]]]" in printed


def test_B2_keras_style_2d_example():
    from numpy import asarray

    from striate import Sequential
    from striate.layers import Conv2D

    # define input data
    data = [[0, 0, 0, 1, 1, 0, 0, 0]] * 8
    data = asarray(data)
    data = data.reshape(1, 8, 8, 1)
    # create model
    model = Sequential()
    model.add(Conv2D(1, (3, 3), input_shape=(8, 8, 1)))
    # define a vertical line detector
    detector = [[[[0]], [[1]], [[0]]], [[[0]], [[1]], [[0]]], [[[0]], [[1]], [[0]]]]
    weights = [asarray(detector), asarray([0.0])]
    # store the weights in the model
    model.set_weights(weights)
    # apply filter to input data
    yhat = model.predict(data)
    assert yhat.shape == (1, 6, 6, 1)
    for r in range(yhat.shape[1]):
        assert [yhat[0, r, c, 0] for c in range(yhat.shape[2])] == [0, 0, 3, 3, 0, 0]
