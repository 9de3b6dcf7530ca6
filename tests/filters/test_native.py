"""Filtering on emitted kernels: float32 data against SciPy in float64, and not by the reference."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import striate
from striate.errors import ParameterError, ShapeError
from striate.filters import convolve, correlate
from striate.filters.correlation import Boundary, Mode
from striate.ops import Conv


@settings(max_examples=60)
@given(data=st.data())
def test_against_scipy(data, scipy):
    rank = data.draw(st.integers(1, 3))
    kernel = tuple(data.draw(st.integers(1, 4)) for _ in range(rank))
    shape = (*(data.draw(st.integers(k, k + 6)) for k in kernel[:-1]), kernel[-1] + data.draw(st.integers(0, 70)))
    mode = data.draw(st.sampled_from(["valid", "same", "full"]))
    boundary = data.draw(st.sampled_from(["zero", "constant", "reflect", "mirror", "nearest", "wrap"]))
    steps = tuple(data.draw(st.integers(1, 2)) for _ in range(rank))
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    a, weights = (rng.standard_normal(size).astype(np.float32) for size in (shape, kernel))
    names = {"zero": "constant", "constant": "constant", "reflect": "symmetric", "mirror": "reflect"}
    names |= {"nearest": "edge", "wrap": "wrap"}
    pads = [{"valid": (0, 0), "same": (k // 2, k - 1 - k // 2), "full": (k - 1, k - 1)}[mode] for k in kernel]
    options = {"constant_values": 2.5} if boundary == "constant" else {}
    padded = np.pad(a.astype(np.float64), pads, names[boundary], **options)
    size = scipy.signal.correlate(np.abs(padded), np.abs(weights).astype(np.float64), "valid", "direct")
    truth = scipy.signal.correlate(padded, weights.astype(np.float64), "valid", "direct")
    every = tuple(slice(None, None, step) for step in steps)
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(Conv, "reference")
        ours = correlate(a, weights, mode, boundary, 2.5, stride=steps)
        turned = convolve(a, np.flip(weights), mode, boundary, 2.5, stride=steps)
    assert ours.dtype == np.float32
    assert np.all(np.abs(ours - truth[every]) <= 2 * (weights.size + 2) * 2.0**-24 * size[every] + 1e-30)
    np.testing.assert_array_equal(turned, ours)


def test_pictures_are_filtered_natively(monkeypatch, scipy):
    picture = np.random.default_rng(1).random((40, 50, 3)).astype(np.float32)
    monkeypatch.delattr(Conv, "reference")
    blurred = striate.filter(picture, "gaussian")
    edges = striate.filter(picture[..., 0], "sobel")
    monkeypatch.undo()
    monkeypatch.setenv("STRIATE_ENGINE", "reference")
    np.testing.assert_allclose(blurred, striate.filter(picture, "gaussian"), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(edges, striate.filter(picture[..., 0], "sobel"), rtol=1e-5, atol=1e-6)


def test_what_is_not_finite_goes_where_the_kernel_reaches():
    a = np.zeros((9, 40), np.float32)
    a[4, 20] = np.nan
    seen = np.isnan(correlate(a, np.ones((3, 3), np.float32), "same"))
    assert seen.sum() == 9
    assert seen[3:6, 19:22].all()


@settings(max_examples=120)
@given(data=st.data())
def test_every_border_of_small_arrays(data):
    """Found again and again, with other data and other weights: as in float64, which NumPy pads."""
    axes = data.draw(st.integers(1, 3))
    shape = [data.draw(st.integers(1, (40, 25, 7)[axes - 1])) for _ in range(axes)]
    kernel = [data.draw(st.integers(1, min(5, 2 * size))) for size in shape]
    mode, boundary = data.draw(st.sampled_from(get_args(Mode))), data.draw(st.sampled_from(get_args(Boundary)))
    options = {"stride": data.draw(st.integers(1, 2)), "dilation": data.draw(st.integers(1, 2)), "value": 1.5}
    draw = np.random.default_rng(data.draw(st.integers(0, 99)))
    for _ in range(3):
        a, k = draw.standard_normal(shape).astype(np.float32), draw.standard_normal(kernel).astype(np.float32)
        try:
            truth = correlate(a.astype(np.float64), k.astype(np.float64), mode, boundary, **options)
        except ShapeError:
            with pytest.raises(ShapeError):
                correlate(a, k, mode, boundary, **options)
            continue
        found = correlate(a, k, mode, boundary, **options)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, truth, rtol=0, atol=1e-4)


def test_small_arrays_do_not_remember_their_border():
    """What lies outside is that of this call's array, also after one with NaN and infinity."""
    kernel = np.ones((3, 3), np.float32)
    for boundary in get_args(Boundary):
        for value in (np.nan, 1.0, np.inf, 2.0):
            a = np.full((5, 18), value, np.float32)
            inside = np.float32(value) * 9
            outside = inside if boundary not in ("zero", "constant") else np.float32(value) * 4
            found = correlate(a, kernel, "same", boundary)
            np.testing.assert_array_equal(found[2, 9], inside)
            np.testing.assert_array_equal(found[0, 0], outside)


def test_options_that_only_look_the_same():
    a, kernel = np.ones((6, 6), np.float32), np.ones((3, 3), np.float32)
    correlate(a, kernel)
    for stride in (True, 1.0, (1.0, 1)):
        with pytest.raises(ParameterError, match="stride"):
            correlate(a, kernel, stride=stride)
    with pytest.raises(ParameterError, match="mode"):
        correlate(a, kernel, "Valid")
    assert correlate(a.astype(int), kernel.astype(int)).dtype == np.int64


def test_kernels_of_the_bank_are_made_once_and_stay_as_they_are():
    a = np.random.default_rng(3).random((9, 9)).astype(np.float32)
    first = striate.filter(a, "gaussian", size=5, sigma=1.0)
    striate.filters.get("gaussian")(size=5, sigma=1.0)[...] = 7
    np.testing.assert_array_equal(striate.filter(a, "gaussian", sigma=1.0, size=5), first)
    np.testing.assert_array_equal(striate.filter(a, "gaussian", size=5, sigma=1), first)
    with pytest.raises(ParameterError, match="gaussian"):
        striate.filter(a, "gaussian", size=[5])
    with pytest.raises(ParameterError, match="gaussian"):
        striate.filter(a, "gaussian", sizes=5)
