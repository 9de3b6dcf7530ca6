"""Filters put together from the bank and own weights."""

import numpy as np
import pytest

import striate as st
from striate.errors import ParameterError, ShapeError, UnknownNameError
from striate.lessons import bank_filters

NAMES = [(name, rank) for name in st.filters.names() for rank in st.filters.get(name).ranks]


@pytest.mark.parametrize(("name", "rank"), NAMES)
def test_every_kernel_is_the_bank_s(name, rank):
    weight, names = bank_filters([name], rank, depth=2)
    call = {"ndim": rank} if len(st.filters.get(name).ranks) > 1 else {}
    assert names == (name,)
    for channel in range(2):
        np.testing.assert_allclose(weight[0, channel], st.filters.get(name)(**call), rtol=1e-6)


def test_decimals_are_meant_as_they_are_written():
    assert bank_filters(["smoothing"], 1)[0][0, 0].tolist() == [0.33, 0.33, 0.33]


def test_an_axis_can_be_named():
    weight, _ = bank_filters(["sobel", "sobel@0"], 2)
    assert np.array_equal(weight[0, 0], weight[1, 0].T)


def test_windows_are_filled_cut_and_grown():
    weight, names = bank_filters(["sobel"], 2, taps=(5, 7))
    assert np.array_equal(weight[0, 0, 1:4, 2:5], st.filters.sobel())
    assert np.abs(weight).sum() == np.abs(st.filters.sobel()).sum()
    assert bank_filters(["sobel"], 2, taps=(1, 3))[1] == ("",)
    assert np.allclose(bank_filters(["gaussian"], 2, taps=(7, 7))[0][0, 0], st.filters.gaussian(size=7))
    own = np.arange(9.0).reshape(1, 1, 9)
    assert bank_filters([""], 1, taps=(3,), given=own)[0].ravel().tolist() == [3, 4, 5]
    assert bank_filters([""], 1, taps=(2,), given=own[..., :1] + 1)[0].ravel().tolist() == [1, 0]
    assert names == ("sobel",)


def test_own_weights_are_repeated_over_filters_and_channels():
    own = np.arange(4.0).reshape(2, 2, 1)
    weight, _ = bank_filters(["", "", ""], 1, depth=3, given=own)
    assert weight[..., 0].tolist() == [[0, 1, 0], [2, 3, 2], [0, 1, 0]]


@pytest.mark.parametrize(
    ("names", "options", "error", "message"),
    [
        ([], {}, ParameterError, "at least one filter"),
        (["sobbel"], {}, UnknownNameError, "sobel"),
        (["box@0"], {}, ParameterError, '"box" has no axis "0"'),
        (["sobel@2"], {}, ParameterError, '"sobel" has no axis "2" in 2 dimensions'),
        (["vertical_line"], {"axes": 1}, ParameterError, "exists for .2,. axes, not for 1"),
        (["sobel", ""], {}, ShapeError, "filter 1 has no name, so its weights must be given"),
        ([""], {"given": [[1, 2]]}, ShapeError, "expected .k, c/groups"),
        (["box"], {"taps": (0, 3)}, ParameterError, "must be a positive whole number"),
    ],
)
def test_what_is_no_filter(names, options, error, message):
    with pytest.raises(error, match=message):
        bank_filters(names, **({"axes": 2} | options))
