"""Activations of float32 arrays run on kernels: against the same function of float64 numbers, which runs on NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate import functional as F
from striate.engine.immediate import recall

CALLS: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "relu": (F.relu, ()),
    "relu6": (F.relu6, ()),
    "leaky_relu": (F.leaky_relu, ()),
    "leaky_relu, a slope of its own": (F.leaky_relu, (0.123456,)),
    "hardtanh": (F.hardtanh, (-0.5, 2)),
    "hardsigmoid": (F.hardsigmoid, ()),
    "hardswish": (F.hardswish, ()),
    "softshrink": (F.softshrink, (0.25,)),
    "hardshrink": (F.hardshrink, ()),
    "elu": (F.elu, (0.7,)),
    "selu": (F.selu, ()),
    "celu": (F.celu, (1.3,)),
    "gelu": (F.gelu, ()),
    "gelu by tanh": (F.gelu, ("tanh",)),
    "silu": (F.silu, ()),
    "mish": (F.mish, ()),
    "sigmoid": (F.sigmoid, ()),
    "logsigmoid": (F.logsigmoid, ()),
    "tanh": (F.tanh, ()),
    "softplus": (F.softplus, (2.0, 10.0)),
    "softsign": (F.softsign, ()),
    "softmax": (F.softmax, ()),
    "softmin, its last axis by number": (F.softmin, (2,)),
    "softmax of another axis": (F.softmax, (1,)),
    "log_softmax": (F.log_softmax, (-1,)),
    "glu": (F.glu, (-1,)),
}


def check(name: str, x: np.ndarray) -> None:
    function, options = CALLS[name]
    expected = function(x.astype(np.float64), *options)
    first, second = function(x, *options), function(x, *options)
    assert first.dtype == np.float32
    assert first.shape == expected.shape
    np.testing.assert_allclose(first, expected, rtol=2e-6, atol=2e-6)
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=15)
@given(data=st.data())
def test_any_shape(name: str, data: st.DataObject) -> None:
    shape = tuple(data.draw(st.lists(st.integers(1, 12), min_size=3, max_size=3)))
    if name == "glu":
        shape = (*shape[:-1], 2 * shape[-1])
    x = np.random.default_rng(len(shape)).standard_normal(shape, np.float32) * 4
    check(name, x)
    check(name, x[:, ::-1])
    check(name, x[::2])


@pytest.mark.parametrize("name", [name for name in CALLS if "soft" not in name and name != "glu"])
def test_one_number_none_and_what_is_not_finite(name: str) -> None:
    function, options = CALLS[name]
    assert function(np.float32(2.0), *options) == pytest.approx(function(np.float64(2.0), *options), rel=1e-6)
    assert function(np.zeros((0, 3), np.float32), *options).shape == (0, 3)
    strange = np.array([np.nan, np.inf, -np.inf, 0.0, 1.0], np.float32)
    expected = function(strange.astype(np.float64), *options)
    for _ in range(2):
        np.testing.assert_allclose(function(strange, *options), expected, rtol=1e-6, atol=1e-6)


def test_a_call_is_remembered_with_its_options_and_results_are_new_arrays() -> None:
    x = np.linspace(-3, 3, 35, dtype=np.float32).reshape(5, 7)
    before = F.leaky_relu(x, 0.5)
    found = recall(("leaky_relu", 0.5), x)
    assert found is not None
    np.testing.assert_array_equal(found, before)
    assert not np.shares_memory(found, before)
    np.testing.assert_array_equal(F.leaky_relu(x, 0.25), np.where(x >= 0, x, x * np.float32(0.25)))
    np.testing.assert_array_equal(F.leaky_relu(x.astype(np.float64), 0.5), np.where(x >= 0, x, x * 0.5))


def test_options_with_many_digits_get_no_kernels() -> None:
    x = np.linspace(-3, 3, 12, dtype=np.float32)
    for slope in np.random.default_rng(0).uniform(0, 1, 20):
        F.leaky_relu(x, float(slope))
        assert recall(("leaky_relu", float(slope)), x) is None
