"""Painting, moving and mirroring inputs, against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import striate
from striate.errors import ParameterError, ShapeError

NUMBERS = st.floats(-100, 100, width=32)
INPUTS = hnp.arrays(np.float32, hnp.array_shapes(min_dims=3, max_dims=5, max_side=5), elements=NUMBERS)


@given(st.data(), INPUTS)
def test_wrapping_is_a_roll_and_other_fills_cut_off(data: Any, array: Any) -> None:
    axes = tuple(range(2, array.ndim))
    by = tuple(data.draw(st.integers(-7, 7)) for _ in axes)
    np.testing.assert_array_equal(striate.shift(array, by, "wrap"), np.roll(array, by, axes))
    padded = {"zero": {"mode": "constant"}, "edge": {"mode": "edge"}}
    for fill, how in padded.items():
        widths = [(0, 0)] * 2 + [(7, 7)] * len(axes)
        whole = np.pad(array, widths, **how)
        cut = [slice(None)] * 2 + [
            slice(7 - step, 7 - step + size) for step, size in zip(by, array.shape[2:], strict=True)
        ]
        np.testing.assert_array_equal(striate.shift(array, by, fill), whole[tuple(cut)])  # type: ignore[arg-type]


@given(st.data(), INPUTS)
def test_a_flip_is_numpy_s(data: Any, array: Any) -> None:
    axis = data.draw(st.integers(-(array.ndim - 2), array.ndim - 3))
    np.testing.assert_array_equal(striate.flip(array, axis), np.flip(array, axis + 2 if axis >= 0 else axis))


@given(st.data(), INPUTS)
def test_a_patch_is_put_cell_by_cell(data: Any, array: Any) -> None:
    spatial = array.shape[2:]
    window = tuple(data.draw(st.integers(1, 6)) for _ in spatial)
    at = tuple(data.draw(st.integers(-6, 6)) for _ in spatial)
    channel = data.draw(st.none() | st.integers(0, array.shape[1] - 1))
    shape = window if channel is not None or data.draw(st.booleans()) else (array.shape[1], *window)
    patch = data.draw(hnp.arrays(np.float32, shape, elements=NUMBERS))
    mask = data.draw(st.none() | hnp.arrays(np.float32, window, elements=st.sampled_from([0.0, 0.25, 1.0])))
    expected = array.copy()
    for index in np.ndindex(*window):
        cell = tuple(place + step for place, step in zip(at, index, strict=True))
        if all(0 <= step < size for step, size in zip(cell, spatial, strict=True)):
            for c in range(array.shape[1]) if channel is None else [channel]:
                new = patch[index] if patch.ndim == len(window) else patch[(c, *index)]
                share = 1.0 if mask is None else mask[index]
                old = expected[(slice(None), c, *cell)]
                expected[(slice(None), c, *cell)] = old + np.float32(share) * (new - old) if share != 1 else new
    made = striate.paint(array, at, patch, mask, channel)
    np.testing.assert_allclose(made, expected, rtol=1e-6)
    assert made.dtype == array.dtype


def test_lines_without_channels() -> None:
    line = np.arange(5.0)[None]
    assert striate.shift(line, (1,), "zero").tolist() == [[0, 0, 1, 2, 3]]
    assert striate.flip(line, 0).tolist() == [[4, 3, 2, 1, 0]]
    assert striate.paint(line, (3,), np.array([7.0, 8.0, 9.0])).tolist() == [[0, 1, 2, 7, 8]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: striate.shift(x, (1,)), ShapeError, r"moves along 2 axes, got \(1,\)"),
        (lambda x: striate.shift(x, (1, 1), "mirror"), ParameterError, 'must be "edge", "zero" or "wrap"'),
        (lambda x: striate.flip(x, 2), ParameterError, r"axis \(=2\) must be one of the 2 spatial axes"),
        (lambda x: striate.paint(x, (0,), np.zeros((1, 1))), ShapeError, "has 2 indices"),
        (lambda x: striate.paint(x, (0, 0), np.zeros(3)), ShapeError, r"expected \(3, \*window\)"),
        (lambda x: striate.paint(x, (0, 0), np.zeros((2, 1, 1))), ShapeError, "patch has shape"),
        (lambda x: striate.paint(x, (0, 0), np.zeros((1, 1)), np.zeros((2, 1))), ShapeError, "mask has shape"),
        (lambda x: striate.paint(x, (0, 0), np.full((1, 1), np.nan)), ParameterError, "NaN or infinity"),
        (lambda x: striate.paint(x, (0, 0), np.zeros((1, 1)), channel=3), ParameterError, r"channel \(=3\)"),
    ],
)
def test_what_does_not_fit_is_said(call: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        call(np.zeros((1, 3, 4, 4)))
