"""Lessons' results in a notebook: their text, and pictures of what they are about."""

import base64
import html
import io
import re

import numpy as np
import pytest
from PIL import Image

import striate as st

RNG = np.random.default_rng(0)
KERNEL = RNG.normal(size=(2, 1, 3, 3))
PLANE = RNG.normal(size=(1, 9, 9))
LINE = RNG.normal(size=(1, 1, 12))

RESULTS = {
    "dense": (lambda: st.dense_equivalent(np.ones((1, 1, 3, 3)), (1, 4, 4)), 1),
    "dense without its matrix": (lambda: st.dense_equivalent(np.ones((1, 1, 3, 3)), (1, 4, 4), largest=1), 0),
    "explosion": (lambda: st.lessons.parameter_explosion((32, 32, 3), 512), 0),
    "layer": (lambda: dense_twin_of_a_layer(), 0),
    "equivariance": (lambda: st.equivariance_error(KERNEL, PLANE, (2, 1)), 3),
    "equivariance of a signal": (lambda: st.equivariance_error(RNG.normal(size=(1, 1, 3)), LINE, 2), 3),
    "equivariance of a volume": (
        lambda: st.equivariance_error(np.ones((1, 1, 2, 2, 2)), np.ones((1, 5, 5, 5)), (1, 0, 1)),
        3,
    ),
    "invariance": (lambda: st.invariance_error(st.lessons.Pooling((2, 2)), PLANE, (1, 1)), 3),
    "influence": (lambda: st.lessons.influence(KERNEL, PLANE, (4, 4)), 3),
    "merged": (lambda: st.merge_convolutions(KERNEL, RNG.normal(size=(1, 2, 3, 3))), 3),
    "measured": (lambda: st.merge_convolutions(KERNEL, RNG.normal(size=(1, 2, 3, 3))).measure(PLANE), 4),
    "loop": (lambda: st.sliding_sum([1, 2, 3, 4, 5], [1, 0, -1]), 0),
}


def dense_twin_of_a_layer():
    photo = st.image(st.bundled.picture_path(), size=64, preprocess="unit")
    return st.lessons.dense_layers(st.load(st.bundled.model_path()).run(photo))[0]


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_shows_itself(name):
    make, panels = RESULTS[name]
    result = make()
    drawn = result._repr_html_()
    assert result._repr_mimebundle_() == {"text/plain": str(result)}
    text = html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "\n", drawn))
    assert result.TITLE in text
    assert all(line in text for line in str(result).splitlines())
    assert drawn.count("<figure>") == panels == len(result.panels())
    assert "<script" not in drawn
    assert not re.search(r"color:\s*(#|black|white)", drawn)  # ink is the page's own, light or dark


def test_a_picture_has_a_pixel_for_each_number():
    result = st.equivariance_error(KERNEL, PLANE, (2, 1))
    pictures = re.findall(r'<figure><img src="data:image/png;base64,([^"]+)"', result._repr_html_())
    for (_, numbers), data in zip(result.panels(), pictures, strict=True):
        drawn = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
        assert drawn.shape == (*numbers.shape, 4)


def test_zero_is_the_page():
    """A difference that is 0 everywhere is drawn with no opacity at all."""
    result = st.equivariance_error(np.ones((1, 1, 1, 1)), PLANE, (0, 0))
    label, difference = result.panels()[2]
    assert (label, np.abs(difference).max()) == ("difference", 0)
    picture = re.findall(r'base64,([^"]+)" alt="difference"', result._repr_html_())[0]
    assert np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))))[..., 3].max() == 0


def test_large_maps_are_drawn_by_largest_magnitude():
    x = np.zeros((1, 1000, 30))
    x[0, 777, 5] = -3
    result = st.equivariance_error(np.ones((1, 1, 1, 1)), x, (0, 0))
    drawn = result._repr_html_()
    assert "cells drawn together: the largest magnitude" in drawn
    picture = re.findall(r'<figure><img src="data:image/png;base64,([^"]+)"', drawn)[0]
    alpha = np.asarray(Image.open(io.BytesIO(base64.b64decode(picture))))[..., 3]
    assert alpha.shape == (334, 30)
    assert np.argwhere(alpha).tolist() == [[777 // 3, 5]]
