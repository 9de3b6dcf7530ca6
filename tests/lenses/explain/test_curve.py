"""Curves of activations against the definition of the op."""

from __future__ import annotations

import numpy as np
import pytest

import striate as st
from striate import ops
from striate.lenses.explain import curve, explain

X = np.array([[[-3.0, -0.5, 0.0, 2.0], [8.0, 1.0, -9.0, 0.25]]], np.float32)


@pytest.mark.parametrize("op", [ops.Relu(), ops.Sigmoid(), ops.Gelu("tanh"), ops.HardSwish(), ops.Neg()], ids=str)
def test_the_curve_is_the_function_and_goes_through_the_unit(record, op):
    recording = record(op, [X])
    found = curve(recording, "op:0@3", samples=33)
    assert found is not None
    np.testing.assert_array_equal(found.y, op.reference(found.x)[0])
    assert (found.x[0], found.x[-1], len(found.x)) == (-3, 3, 33)  # of its own map, not of the other channel's
    assert found.at == 2
    assert found.value == explain(recording, "op:0@3").total


def test_further_operands_stay_as_they_are_there(record):
    slopes = np.array([[0.5], [-2.0]], np.float32)
    found = curve(record(ops.PRelu(), [X, slopes]), "op:1@0")
    assert found is not None
    np.testing.assert_array_equal(found.y, np.where(found.x >= 0, found.x, -2 * found.x))


def test_limits_are_among_the_samples(record):
    limits = [np.array(0.1, np.float32), np.array(6, np.float32)]
    found = curve(record(ops.Clip(), [X, *limits]), "op:1@0", samples=5)
    assert found is not None
    assert {float(np.float32(0.1)), 6.0} <= set(found.x.tolist())
    assert found.y.max() == found.value == 6
    missing = curve(record(ops.Clip(), [X, None, limits[1]]), "op:1@2")
    assert missing is not None
    assert missing.value == -9


def test_all_zero_and_infinite_maps_have_a_curve_too(record):
    for x in (np.zeros_like(X), np.full_like(X, np.inf)):
        found = curve(record(ops.Relu(), [x]), "op:0@0")
        assert found is not None
        assert found.x[-1] == 1


def test_only_functions_of_one_number_have_a_curve(record):
    assert curve(record(ops.MaxPool((2,), (1,), ((0, 0),), (1,)), [X]), "op:0@0") is None
    assert curve(record(ops.Neg(), [X.astype(np.int32)]), "op:0@0") is None
    model = st.Sequential([st.layers.Conv1D(1, 3, activation="relu", input_shape=(8, 1))])
    run = st.Network(model.to_model()).run(np.ones((1, 8, 1), np.float32))
    assert run.unit("conv1d:0@1").curve() is None
    inner = run.unit("conv1d/Relu:0@1").curve()
    assert inner is not None
    assert inner.value == run.unit("conv1d:0@1").value
    assert run.unit(next(iter(run.model.graph.inputs)), channel=0, at=(0,)).curve() is None
