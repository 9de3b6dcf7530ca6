from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import striate
from striate.errors import ParameterError, UnsupportedError
from striate.graph import GraphBuilder, LayerView, Model
from striate.lenses.maps import reduced
from striate.ops import Identity


def run_of(x: Any) -> striate.Run:
    """A network that hands its input on."""
    build = GraphBuilder("same")
    source = build.input("x", x.dtype, x.shape)
    (y,) = build.add(Identity(), [source], "same", ["y"])
    model = Model(build.finish([y]), (LayerView("same", "Identity", ("same",), y),))
    return striate.Network(model).run(x, allow_nonfinite=True)


@settings(max_examples=80)
@given(
    shape=st.lists(st.integers(1, 13), min_size=1, max_size=2),
    cell=st.lists(st.integers(1, 6), min_size=2, max_size=2),
    seed=st.integers(0, 1000),
)
def test_each_block_gives_its_largest_magnitude_least_and_greatest(shape: list[int], cell: list[int], seed: int):
    maps = np.random.default_rng(seed).normal(size=(2, *shape)).astype(np.float32)
    steps = tuple(cell[: len(shape)])
    drawn, low, high = reduced(maps, steps)
    assert drawn.shape == (2, *[math.ceil(length / step) for length, step in zip(shape, steps, strict=True)])
    for place in np.ndindex(*drawn.shape):
        cut = [slice(i * step, (i + 1) * step) for i, step in zip(place[1:], steps, strict=True)]
        block = maps[(place[0], *cut)]
        assert drawn[place] == block.reshape(-1)[np.abs(block).argmax()]
        assert (low[place], high[place]) == (block.min(), block.max())


def test_nothing_that_stands_out_is_lost():
    maps = np.zeros((1, 100, 100), np.float32)
    maps[0, 37, 61] = -5
    maps[0, 99, 0] = np.nan
    drawn = reduced(maps, (9, 9))[0]
    assert np.isnan(drawn[0, 11, 0])
    assert np.nanmin(drawn) == -5
    assert (np.nan_to_num(drawn) != 0).sum() == 1


def test_small_maps_come_as_they_are():
    x = np.random.default_rng(0).normal(size=(2, 5, 6, 7)).astype(np.float32)
    found = run_of(x).maps("same", first=1, count=3, size=(6, 7), sample=1)
    np.testing.assert_array_equal(found.maps, x[1, 1:4])
    assert (found.channels, found.first, found.shape, found.cell) == (5, 1, (6, 7), (1, 1))
    np.testing.assert_array_equal(found.extents, [[m.min(), m.max()] for m in x[1, 1:4]])
    assert found.extent == (x[1].min(), x[1].max())
    assert found.low is None
    assert found.slice is None


def test_a_count_beyond_the_last_channel_gives_what_there_is():
    found = run_of(np.zeros((1, 5, 2, 2), np.float32)).maps("same", first=4, count=24)
    assert found.maps.shape == (1, 2, 2)


def test_rows_and_columns_are_reduced_each_for_itself():
    found = run_of(np.zeros((1, 1, 10, 100), np.float32)).maps("same", size=(10, 30))
    assert (found.cell, found.maps.shape) == ((1, 4), (1, 10, 25))


def test_lines_have_their_envelope():
    x = np.arange(12, dtype=np.float32).reshape(1, 1, 12) - 6
    found = run_of(x).maps("same", size=(1, 4))
    assert found.cell == (3,)
    assert found.low is not None
    assert found.high is not None
    assert (found.low.tolist(), found.high.tolist()) == ([[-6, -3, 0, 3]], [[-4, -1, 2, 5]])
    assert found.maps.tolist() == [[-6, -3, 2, 5]]
    assert run_of(x).maps("same", size=(1, 12)).low is None


def test_volumes_are_cut():
    x = np.random.default_rng(0).normal(size=(1, 2, 4, 5, 6)).astype(np.float32)
    run = run_of(x)
    middle = run.maps("same")
    np.testing.assert_array_equal(middle.maps, x[0, :, 2])
    assert (middle.slice, middle.shape) == ((0, 2), (4, 5, 6))
    np.testing.assert_array_equal(run.maps("same", plane=(2, 5)).maps, x[0, ..., 5])
    np.testing.assert_array_equal(middle.extents[0], [x[0, 0].min(), x[0, 0].max()])
    with pytest.raises(ParameterError, match=r"maps of shape \(4, 5, 6\); there is no plane 5 along axis 1"):
        run.maps("same", plane=(1, 5))


def test_numbers_without_a_map():
    found = run_of(np.array([[1.0, 2.0, 3.0]], np.float32)).maps("same", size=(5, 5))
    assert (found.maps.tolist(), found.shape, found.cell) == ([1, 2, 3], (), ())


def test_infinities_do_not_count_in_an_extent():
    x = np.array([[[[1, math.inf], [-2, math.nan]], [[math.nan] * 2] * 2]], np.float32)
    found = run_of(x).maps("same")
    assert found.extents[0].tolist() == [-2, 1]
    assert np.isnan(found.extents[1]).all()
    assert found.extent == (-2, 1)


def test_other_types_become_single_precision():
    assert run_of(np.array([[True, False]])).maps("same").maps.tolist() == [1, 0]
    assert run_of(np.array([[2**40, -1]])).maps("same").maps.dtype == np.float32


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(UnsupportedError, match=r'layer "same" has maps of shape \(1, 1, 1, 1\): 4 axes, and at most 3'):
        run_of(np.zeros((1, 1, 1, 1, 1, 1), np.float32)).maps("same")
    run = run_of(np.zeros((1, 2, 3), np.float32))
    with pytest.raises(ParameterError, match=r'layer "same" has 2 channels; first \(=2\) must be below that'):
        run.maps("same", first=2)
    with pytest.raises(ParameterError, match="only volumes have planes"):
        run.maps("same", plane=(0, 0))
    with pytest.raises(ParameterError, match=r"size \(=\(0, 3\)\) must be positive"):
        run.maps("same", size=(0, 3))
