"""Filtering on emitted kernels: float32 data against SciPy in float64, and not by the reference."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import striate
from striate.filters import convolve, correlate
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
