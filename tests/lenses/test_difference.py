"""Two runs beside each other, against NumPy on their values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import striate
from striate.errors import ShapeError, UnknownNameError
from striate.lenses.difference import change

RANDOM = np.random.default_rng(8)
NUMBERS = st.floats(-1000, 1000, width=32) | st.sampled_from([0.0, math.nan, math.inf, -math.inf])


@settings(max_examples=60)
@given(st.data(), hnp.array_shapes(max_dims=3, max_side=6))
def test_a_change_is_what_numpy_says_of_the_finite_differences(data: Any, shape: Any) -> None:
    after, before = (data.draw(hnp.arrays(np.float32, shape, elements=NUMBERS)) for _ in range(2))
    found = change(after, before)
    with np.errstate(invalid="ignore"):
        delta = (after.astype(np.float64) - before).reshape(-1)
    held = before.reshape(-1).astype(np.float64)[np.isfinite(delta)]
    delta = delta[np.isfinite(delta)]
    assert found.nonfinite == after.size - delta.size
    assert found.largest == (np.abs(delta).max() if delta.size else 0)
    root = math.sqrt(np.square(delta).mean()) if delta.size else 0.0
    whole = math.sqrt(np.square(held).mean()) if held.size else 0.0
    assert found.root == pytest.approx(root, rel=1e-12)
    expected = root / whole if whole else (math.inf if root else 0.0)
    assert found.relative == pytest.approx(expected, rel=1e-12)


def test_an_array_compared_with_itself_and_many_numbers() -> None:
    array = np.array([1.0, np.nan])
    assert change(array, array) == change(array, array.copy())
    many = np.full(1_000_003, 0.5, np.float32)
    assert change(many + 1, many).root == 1.0
    assert change(many + 1, many).relative == 2.0


@pytest.fixture(scope="module")
def sequential() -> striate.Network:
    layers = [
        striate.layers.Conv2D(5, 3, activation="relu", input_shape=(9, 8, 2)),
        striate.layers.MaxPooling2D(2),
        striate.layers.Flatten(),
        striate.layers.Dense(4),
    ]
    return striate.Network(striate.Sequential(layers).to_model())


def test_the_difference_of_two_inputs_in_the_order_of_the_source(sequential: striate.Network) -> None:
    one, two = (RANDOM.normal(size=(2, 9, 8, 2)).astype(np.float32) for _ in range(2))
    after, before = sequential.run(one), sequential.run(two)
    found = after.difference(before)
    assert list(found.layers) == [*sequential.model.graph.inputs, *sequential.layers]
    for name in sequential.layers:
        np.testing.assert_array_equal(found[name], after[name] - before[name])
        assert found.layers[name].largest == pytest.approx(float(np.abs(after[name] - before[name]).max()), rel=1e-6)
    first = next(iter(sequential.layers))
    maps = found.maps(first, first=1, count=3, sample=1)
    np.testing.assert_array_equal(maps.maps, np.moveaxis(found[first], -1, 1)[1, 1:4])
    assert maps.extents.tolist() == [[plane.min(), plane.max()] for plane in maps.maps]
    assert found.statistics([first])[first].greatest == found[first].max()
    assert found.channel_statistics(first)[2].least == found[first][0, ..., 2].min()
    assert found.histogram(first, 0).counts.sum() == found[first][0, ..., 0].size


def test_of_a_network_and_one_made_from_it(sequential: striate.Network) -> None:
    x = RANDOM.normal(size=(1, 9, 8, 2)).astype(np.float32)
    first, *_, last = sequential.layers
    off = sequential.switch_off({first: 2}).run(x)
    found = off.difference(sequential.run(x))
    np.testing.assert_array_equal(found[first][..., 2], -sequential.run(x)[first][..., 2])
    assert not np.delete(found[first], 2, -1).any()
    assert found.layers[last].largest > 0
    assert found.layers["x" if "x" in found.layers else next(iter(found.layers))].largest == 0


def test_other_sizes_and_unknown_names_are_said() -> None:
    net = striate.load(striate.bundled.model_path())
    one, two = (net.run(np.zeros((1, 3, size, 40), np.float32)) for size in (40, 48))
    found = one.difference(two)
    with pytest.raises(ShapeError, match=r'layer "edges/Conv" has shape .*, in the other run .*; they cannot be'):
        found["edges/Conv"]
    assert "edges/Conv" not in found.layers
    assert net.model.layers[-1].name in found.layers
    with pytest.raises(UnknownNameError, match="nothing"):
        found["nothing"]
