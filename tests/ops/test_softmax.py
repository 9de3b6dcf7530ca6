from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate.errors import DtypeError, ParameterError
from striate.graph import tensor
from striate.ops import Hardmax, LogSoftmax, Softmax

TOLERANCE = {"f2": 4e-3, "f4": 2e-6, "f8": 1e-13}


@given(data=st.data(), dtype=st.sampled_from(["f2", "f4", "f8"]))
def test_one_axis_agrees_with_torch(torch, apply, data, dtype):
    shape = data.draw(hnp.array_shapes(max_dims=4, max_side=5))
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    x = np.random.default_rng(data.draw(st.integers(0, 99))).normal(0, 5, shape).astype(dtype)
    exact = torch.from_numpy(x).double()
    (y,) = apply(Softmax((axis,)), x)
    np.testing.assert_allclose(y, torch.softmax(exact, axis).numpy(), rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])
    (y,) = apply(LogSoftmax((axis,)), x)
    np.testing.assert_allclose(y, torch.log_softmax(exact, axis).numpy(), rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])
    (y,) = apply(Hardmax(axis), x)
    np.testing.assert_array_equal(y, hard(x, axis))


def hard(x, axis):
    """One where the number is the largest of its row and no earlier one is as large."""
    rows = np.moveaxis(x, axis, -1).reshape(-1, x.shape[axis])
    out = np.zeros_like(rows)
    for row, one in zip(rows, out, strict=True):
        one[list(row).index(max(row))] = 1
    return np.moveaxis(out.reshape(np.moveaxis(x, axis, -1).shape), -1, axis)


@given(data=st.data())
def test_several_axes_are_taken_together(torch, apply, data):
    shape = data.draw(hnp.array_shapes(min_dims=2, max_dims=4, max_side=4))
    first = data.draw(st.integers(0, len(shape) - 1))
    x = np.random.default_rng(0).standard_normal(shape)
    rows = torch.from_numpy(x).reshape(*shape[:first], -1)
    for op, function in ((Softmax, torch.softmax), (LogSoftmax, torch.log_softmax)):
        (y,) = apply(op(tuple(range(first, len(shape)))), x)
        np.testing.assert_allclose(y, function(rows, -1).numpy().reshape(shape), rtol=1e-12)


@pytest.mark.parametrize("kind", [Softmax, LogSoftmax])
def test_large_numbers_do_not_overflow(apply, kind):
    (y,) = apply(kind(), np.array([1e4, 1e4], np.float16))
    np.testing.assert_allclose(np.exp(y) if kind is LogSoftmax else y, [0.5, 0.5], rtol=1e-3)


def test_empty_batch(apply):
    for op in (Softmax(), LogSoftmax(), Hardmax()):
        assert apply(op, np.zeros((0, 3), np.float32))[0].shape == (0, 3)


def test_what_cannot_be_is_refused():
    x = tensor("f4", (2, 3))
    with pytest.raises(ParameterError, match=r"axes \(=2\) does not exist in rank 2"):
        Softmax((2,)).infer([x])
    with pytest.raises(ParameterError, match=r"axis \(=-3\) does not exist in rank 2"):
        Hardmax(-3).infer([x])
    with pytest.raises(ParameterError, match="names an axis twice"):
        LogSoftmax((1, -1)).infer([x])
    with pytest.raises(DtypeError, match="input has type int64"):
        Softmax().infer([tensor("i8", (2, 3))])
