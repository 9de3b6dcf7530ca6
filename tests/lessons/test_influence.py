"""One changed cell: which outputs change, and by how much, against running both ways by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as draws

import striate as st
from striate.errors import ParameterError
from striate.lessons import Convolution, Pooling, influence


@given(
    seed=draws.integers(0, 2**16),
    stride=draws.integers(1, 3),
    dilation=draws.integers(1, 2),
    padding=draws.integers(0, 2),
    place=draws.tuples(draws.integers(0, 8), draws.integers(0, 9)),
)
def test_only_outputs_whose_window_holds_the_cell_change(seed, stride, dilation, padding, place):
    rng = np.random.default_rng(seed)
    x, weight = rng.integers(-9, 9, (2, 9, 10)), rng.integers(1, 9, (3, 2, 3, 2))
    one = Convolution(weight, None, stride, padding, dilation)
    seen = influence(one, x, place, by=2)
    holds = np.zeros(seen.changed.shape, bool)
    for p in np.ndindex(*holds.shape):
        rows = {p[0] * stride + r * dilation - padding for r in range(3)}
        columns = {p[1] * stride + s * dilation - padding for s in range(2)}
        holds[p] = place[0] in rows and place[1] in columns
    assert np.array_equal(seen.changed, holds)
    touched = np.array(x)
    touched[:, place[0], place[1]] += 2
    assert np.array_equal(seen.difference[0], one(touched) - one(x))


@given(row=draws.integers(2, 17), column=draws.integers(2, 17))
def test_the_answer_is_the_kernel_turned_round_wherever_the_cell_is(row, column):
    kernel = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    seen = influence(kernel, np.random.default_rng(0).integers(0, 256, (20, 20)), (row, column))
    assert np.array_equal(seen.response[0, 0], np.flip(kernel))
    assert seen.box == ((row - 2, row + 1), (column - 2, column + 1))
    assert str(seen) == (
        f"cell ({row}, {column}) changed by 1: 9 of 324 outputs change, "
        f"all at {row - 2} to {row} × {column - 2} to {column}"
    )


def test_what_nobody_looks_at_changes_nothing():
    seen = influence(Pooling((2,)), [[5.0, 1, 3, 3]], 1, by=0.5)
    assert seen.box == ()
    assert seen.response.shape == (1, 1, 0)
    assert str(seen) == "cell (1,) changed by 0.5: none of 2 outputs changes"


def test_a_network_s_layer():
    x = st.image(st.bundled.picture_path(), size=64, preprocess="unit")
    seen = influence(st.load(st.bundled.model_path()), x, (30, 30), layer="edges/Conv")
    assert seen.box == ((28, 31), (28, 31))


def test_what_is_no_cell_is_refused():
    with pytest.raises(ParameterError, match=r"cell \(=7\) must be a place in the input of 7 cells"):
        influence([1, 2], range(7), 7)
    with pytest.raises(ParameterError, match=r"cell \(=\(1, 2\)\) must be a place in the input of 7 cells"):
        influence([1, 2], range(7), (1, 2))
    with pytest.raises(ParameterError, match=r"by \(=0\) must be a number other than 0"):
        influence([1, 2], range(7), 3, by=0)
