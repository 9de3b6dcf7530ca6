"""Mission, part A: the operation itself, with the mission's own numbers. One test a row."""

import numpy as np
import pytest

import striate as st


def test_A1_sliding_dot_product_from_its_definition():
    f, g = [1, 2, 3, 4, 5], [1, 0, -1]
    np.testing.assert_array_equal(st.correlate(f, g), [-2, -2, -2])
    by_definition = [sum(f[n + k] * g[k] for k in range(3)) for n in range(3)]
    np.testing.assert_array_equal(st.correlate(f, g), by_definition)


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
