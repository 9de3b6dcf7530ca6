"""Colours: zero is the page, signs are symmetric, nothing is normalised on the way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate.render.colour import DIVERGING, NOT_A_NUMBER, VIRIDIS, Scale, rgb, scale_of, short

SIGNED = Scale("signed", -2.0, 2.0)


def test_the_ends_and_the_middle():
    pixels = SIGNED.pixels(np.array([-2.0, 0.0, 2.0, -99.0, 99.0]))
    assert [tuple(p) for p in pixels] == [rgb("2166ac"), rgb("fbfbfa"), rgb("b2182b"), rgb("2166ac"), rgb("b2182b")]
    unsigned = Scale("unsigned", 0.0, 4.0).pixels(np.array([0.0, 4.0]))
    assert [tuple(p) for p in unsigned] == [rgb(VIRIDIS[0]), rgb(VIRIDIS[-1])]
    assert Scale("grey", 0.0, 255.0).pixels(np.array([128.0])).tolist() == [[128, 128, 128]]


def test_every_stop_of_the_diverging_scale():
    places = np.linspace(-2, 2, len(DIVERGING))
    for place, stop in zip(places, DIVERGING, strict=True):
        assert np.abs(SIGNED.pixels(np.array(place)).astype(int) - rgb(stop)).max() <= 6


def test_what_is_no_number_is_magenta():
    pixels = SIGNED.pixels(np.array([np.nan, np.inf, -np.inf, 0.0]))
    assert [tuple(p) for p in pixels[:3]] == [NOT_A_NUMBER] * 3
    assert tuple(pixels[3]) == rgb("fbfbfa")


def test_an_empty_span_and_tiny_numbers():
    assert tuple(Scale("unsigned", 0.0, 0.0).pixels(np.zeros(1))[0]) == rgb(VIRIDIS[0])
    tiny = Scale("signed", -1e-300, 1e-300).pixels(np.array([-1e-300, 1e-300]))
    assert [tuple(p) for p in tiny] == [rgb("2166ac"), rgb("b2182b")]


@given(hnp.arrays(np.float64, 20, elements=st.floats(-2, 2)))
def test_the_sign_decides_the_side(numbers):
    red, _, blue = SIGNED.pixels(numbers).astype(int).T
    assert (red[numbers < -0.02] < blue[numbers < -0.02]).all()
    assert (red[numbers > 0.02] > blue[numbers > 0.02]).all()


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        ([[-1.0, 3.0]], Scale("signed", -3.0, 3.0)),
        ([[0.0, 3.0], [-5.0]], Scale("signed", -5.0, 5.0)),
        ([[1.0, 3.0]], Scale("unsigned", 0.0, 3.0)),
        ([[0.0]], Scale("unsigned", 0.0, 0.0)),
        ([[np.nan, np.inf, 2.0]], Scale("unsigned", 0.0, 2.0)),
        ([[np.nan]], Scale("unsigned", 0.0, 0.0)),
    ],
)
def test_the_scale_of_numbers(arrays, expected):
    assert scale_of([np.array(a) for a in arrays]) == expected


@pytest.mark.parametrize(("number", "text"), [(-3.14159, "−3.142"), (0.0, "0"), (1234567.0, "1.235e+06")])
def test_short(number, text):
    assert short(number) == text
