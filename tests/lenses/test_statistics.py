from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import striate
from striate.dimension import Symbol
from striate.errors import ParameterError, UnknownNameError
from striate.graph import GraphBuilder, LayerView, Model
from striate.lenses.statistics import statistics
from striate.ops import Relu


def relu_run(x: Any) -> striate.Run:
    build = GraphBuilder("relu")
    source = build.input("x", np.float32, (Symbol("n"), Symbol("c"), Symbol("h"), Symbol("w")))
    (y,) = build.add(Relu(), [source], "relu", ["y"])
    model = Model(build.finish([y]), (LayerView("relu", "Relu", ("relu",), y),))
    return striate.Network(model).run(x, allow_nonfinite=True)


X = np.random.default_rng(3).normal(size=(2, 3, 4, 5)).astype(np.float32)


@settings(max_examples=60)
@given(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(max_dims=3, max_side=6),
        elements=st.floats(-1000, 1000, width=32) | st.sampled_from([0.0, math.nan, math.inf, -math.inf]),
    )
)
def test_what_is_said_is_what_numpy_says_of_the_finite_numbers(array: Any):
    found = statistics(array)
    finite = array[np.isfinite(array)].astype(np.float64)
    assert found.count == array.size
    assert found.nonfinite == array.size - finite.size
    assert found.zeros == pytest.approx((array == 0).mean(), abs=1e-12)
    if finite.size:
        assert (found.least, found.greatest) == (finite.min(), finite.max())
        assert found.mean == pytest.approx(finite.mean(), rel=1e-9, abs=1e-9)
        assert found.deviation == pytest.approx(finite.std(), rel=1e-6, abs=1e-6)
    else:
        assert all(math.isnan(n) for n in (found.least, found.greatest, found.mean, found.deviation))


def test_many_numbers_are_added_up_in_double_precision():
    array = np.full(1_000_003, 0.1, np.float32)
    found = statistics(array)
    assert found.mean == pytest.approx(float(np.float32(0.1)), rel=1e-12)
    assert found.deviation < 1e-12


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float64"])
def test_other_types_are_numbers_too(dtype: str):
    found = statistics(np.array([0, 1, 1, 0]).astype(dtype))
    assert (found.least, found.greatest, found.mean, found.zeros, found.nonfinite) == (0, 1, 0.5, 0.5, 0)


def test_layers_and_channels_of_a_run():
    run = relu_run(X)
    assert run.statistics() == {"relu": statistics(np.maximum(X, 0))}
    assert run.statistics(["x", "relu"])["x"] == statistics(X)
    assert run.channel_statistics("relu", sample=1) == tuple(statistics(np.maximum(X[1, c], 0)) for c in range(3))
    with pytest.raises(UnknownNameError, match='no layer "rely"; did you mean "relu"'):
        run.statistics(["rely"])
    with pytest.raises(ParameterError, match='layer "relu": sample 2 must be from 0 to 1'):
        run.channel_statistics("relu", sample=2)


def test_a_histogram_counts_as_numpy_does():
    run = relu_run(X)
    found = run.histogram("x", channel=1, bins=7)
    counts, edges = np.histogram(X[0, 1].astype(np.float64), 7)
    np.testing.assert_array_equal(found.counts, counts)
    np.testing.assert_allclose(found.edges, edges)
    assert (found.total, found.outside, found.nonfinite) == (20, 0, 0)
    narrow = run.histogram("x", bins=4, span=(-0.5, 0.5))
    assert narrow.counts.sum() == ((X[0] >= -0.5) & (X[0] <= 0.5)).sum()
    assert narrow.outside == 60 - narrow.counts.sum()


def test_a_histogram_of_odd_numbers():
    x = np.full((1, 1, 1, 4), 3.0, np.float32)
    assert relu_run(x).histogram("x", bins=5).counts.tolist() == [0, 0, 4, 0, 0]
    x[0, 0, 0] = [math.nan, math.inf, -1, 2]
    found = relu_run(x).histogram("x", bins=3)
    assert (found.counts.tolist(), found.total, found.nonfinite) == ([1, 0, 1], 4, 2)
    x[...] = math.nan
    assert relu_run(x).histogram("x").counts.sum() == 0
    x[0, 0, 0] = [3e38, -3e38, 0, 0]
    assert relu_run(x).histogram("x").counts.sum() == 4


def test_impossible_histograms_are_refused():
    run = relu_run(X)
    with pytest.raises(ParameterError, match=r"bins \(=0\) must be positive"):
        run.histogram("x", bins=0)
    with pytest.raises(ParameterError, match=r"span \(=\(1, 1\)\) must be two finite numbers, the first one less"):
        run.histogram("x", span=(1, 1))
    with pytest.raises(ParameterError, match='layer "x" has 3 channels; channel 3 must be'):
        run.histogram("x", channel=3)
