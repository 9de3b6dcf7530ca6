from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.dimension import Symbol
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import tensor
from striate.ops import (
    LRN,
    BatchNormalization,
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    LpNormalization,
    MeanVarianceNormalization,
    RMSNormalization,
)

TOLERANCE = {"f2": 8e-3, "f4": 2e-5, "f8": 1e-11}


CHANNELS = st.integers(1, 4)


@st.composite
def images(draw, channels=CHANNELS, least=1):
    """(n, c, *spatial) with 0 to 3 spatial axes, and its dtype."""
    spatial = [draw(st.integers(1, 4)) for _ in range(draw(st.integers(least, 3)))]
    dtype = draw(st.sampled_from(["f2", "f4", "f8"]))
    shape = (draw(st.integers(1, 3)), draw(channels), *spatial)
    numbers = np.random.default_rng(draw(st.integers(0, 999)))
    return (numbers.standard_normal(shape) * 2 + 1).astype(dtype), numbers


def exact(torch, *arrays):
    return [torch.from_numpy(np.asarray(a, np.float64)) for a in arrays]


def close(y, wanted, dtype):
    assert y.dtype == np.dtype(dtype)
    np.testing.assert_allclose(
        y, wanted.numpy(), rtol=TOLERANCE[np.dtype(dtype).str[1:]], atol=TOLERANCE[np.dtype(dtype).str[1:]]
    )


@given(image=images(least=0), epsilon=st.sampled_from([1e-5, 1e-3, 0.1]))
def test_batch_normalization_agrees_with_torch(torch, apply, image, epsilon):
    x, numbers = image
    scale, bias, mean = (numbers.standard_normal(x.shape[1]).astype(x.dtype) for _ in range(3))
    variance = numbers.uniform(0.3, 2, x.shape[1]).astype(x.dtype)
    (y,) = apply(BatchNormalization(epsilon), x, scale, bias, mean, variance)
    wanted = torch.nn.functional.batch_norm(*exact(torch, x, mean, variance, scale, bias), eps=epsilon)
    close(y, wanted, x.dtype)


def test_batch_normalization_of_half_numbers_takes_single_statistics(apply, torch):
    numbers = np.random.default_rng(0)
    x = numbers.standard_normal((2, 3, 4)).astype("f2")
    single = [numbers.uniform(0.5, 2, 3).astype("f4") for _ in range(4)]
    (y,) = apply(BatchNormalization(), x, *single)
    scale, bias, mean, variance = single
    close(y, torch.nn.functional.batch_norm(*exact(torch, x, mean, variance, scale, bias)), "f2")


@given(image=images(), epsilon=st.sampled_from([1e-5, 0.1]))
def test_instance_normalization_agrees_with_torch(torch, apply, image, epsilon):
    x, numbers = image
    if x[0, 0].size == 1:
        return  # torch refuses the variance of one number
    scale, bias = (numbers.standard_normal(x.shape[1]).astype(x.dtype) for _ in range(2))
    (y,) = apply(InstanceNormalization(epsilon), x, scale, bias)
    tx, ts, tb = exact(torch, x, scale, bias)
    close(y, torch.nn.functional.instance_norm(tx, weight=ts, bias=tb, eps=epsilon), x.dtype)


@given(image=images(channels=st.sampled_from([1, 2, 4, 6])), data=st.data())
def test_group_normalization_agrees_with_torch(torch, apply, image, data):
    x, numbers = image
    groups = data.draw(st.sampled_from([g for g in (1, 2, 3, 6) if x.shape[1] % g == 0]))
    if x[0].size == groups:
        return
    scale, bias = (numbers.standard_normal(x.shape[1]).astype(x.dtype) for _ in range(2))
    (y,) = apply(GroupNormalization(groups, 1e-3), x, scale, bias, free=())
    tx, ts, tb = exact(torch, x, scale, bias)
    close(y, torch.nn.functional.group_norm(tx, groups, ts, tb, 1e-3), x.dtype)


@given(image=images(least=0), data=st.data(), with_bias=st.booleans())
def test_layer_normalization_agrees_with_torch(torch, apply, image, data, with_bias):
    x, numbers = image
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    normalized = x.shape[axis % x.ndim :]
    scale, bias = (numbers.standard_normal(normalized).astype(x.dtype) for _ in range(2))
    operands = (x, scale, bias) if with_bias else (x, scale)
    y, mean, inverse = apply(LayerNormalization(axis, 1e-3), *operands)
    tx, ts, tb = exact(torch, x, scale, bias)
    wanted = torch.native_layer_norm(tx, normalized, ts, tb if with_bias else None, 1e-3)
    close(y, wanted[0], x.dtype)
    close(mean, wanted[1], "f4")
    close(inverse, wanted[2], "f4")


@given(image=images(least=0), data=st.data())
def test_rms_normalization_agrees_with_torch(torch, apply, image, data):
    x, numbers = image
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    normalized = x.shape[axis % x.ndim :]
    scale = numbers.standard_normal(normalized).astype(x.dtype)
    (y,) = apply(RMSNormalization(axis, 1e-3), x, scale)
    tx, ts = exact(torch, x, scale)
    close(y, torch.nn.functional.rms_norm(tx, normalized, ts, 1e-3), x.dtype)


@given(image=images(), size=st.integers(1, 6), alpha=st.sampled_from([2**-13, 0.5]), beta=st.sampled_from([0.75, 2.0]))
@settings(max_examples=60)
def test_local_response_normalization_agrees_with_torch_and_onnx(torch, onnx_run, apply, image, size, alpha, beta):
    x, _ = image
    (y,) = apply(LRN(size, alpha, beta, 1.5), x)
    if size % 2:  # torch puts the odd neighbour of an even size before, ONNX behind
        (tx,) = exact(torch, x)
        close(y, torch.nn.functional.local_response_norm(tx, size, alpha, beta, 1.5), x.dtype)
    if x.ndim == 4:
        # onnx's reference (1.23) fills as many channels as there are samples: give it equally many
        square = np.repeat(x[:1], x.shape[1], axis=0).astype("f8")
        wanted = onnx_run("LRN", square, opset=13, size=size, alpha=alpha, beta=beta, bias=1.5)[0]
        tolerance = TOLERANCE[x.dtype.str[1:]]
        np.testing.assert_allclose(y[0], wanted[0], rtol=tolerance, atol=tolerance)


@given(image=images(least=0), data=st.data(), p=st.sampled_from([1, 2]))
def test_lp_normalization_agrees_with_torch(torch, apply, image, data, p):
    x, _ = image
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    (y,) = apply(LpNormalization(axis, p), x)
    (tx,) = exact(torch, x)
    close(y, torch.nn.functional.normalize(tx, p, axis, eps=0), x.dtype)


def test_lp_normalization_leaves_zeros(apply):
    assert apply(LpNormalization(), np.zeros((2, 3), np.float32))[0].tolist() == [[0] * 3] * 2


@given(image=images(least=2), data=st.data())
def test_mean_variance_normalization_agrees_with_torch(torch, apply, image, data):
    x, _ = image
    axes = tuple(data.draw(st.sets(st.integers(0, x.ndim - 1), min_size=1)))
    (y,) = apply(MeanVarianceNormalization(axes), x)
    (tx,) = exact(torch, x)
    mean = tx.mean(axes, keepdim=True)
    close(y, (tx - mean) / (tx.var(axes, correction=0, keepdim=True).sqrt() + 1e-9), x.dtype)


@pytest.mark.parametrize("kind", ["InstanceNormalization", "BatchNormalization", "LayerNormalization", "LRN"])
def test_agrees_with_onnx_runtime(ort_run, apply, kind):
    numbers = np.random.default_rng(3)
    x = numbers.standard_normal((2, 6, 5, 4)).astype("f4")
    scale, bias, mean = (numbers.standard_normal(6).astype("f4") for _ in range(3))
    variance = numbers.uniform(0.5, 2, 6).astype("f4")
    rows = [numbers.standard_normal(4).astype("f4") for _ in range(2)]
    op, operands, attributes = {
        "InstanceNormalization": (InstanceNormalization(1e-3), (scale, bias), {"epsilon": 1e-3}),
        "BatchNormalization": (BatchNormalization(1e-3), (scale, bias, mean, variance), {"epsilon": 1e-3}),
        "LayerNormalization": (LayerNormalization(-1, 1e-3), rows, {"epsilon": 1e-3, "axis": -1}),
        "LRN": (LRN(3, 0.2, 0.7, 1.2), (), {"size": 3, "alpha": 0.2, "beta": 0.7, "bias": 1.2}),
    }[kind]
    results = apply(op, x, *operands)
    opset = 13 if kind == "LRN" else 17
    for y, wanted in zip(
        results, ort_run(kind, x, *operands, results=len(results), opset=opset, **attributes), strict=True
    ):
        np.testing.assert_allclose(y, wanted, rtol=2e-5, atol=2e-5)


def test_large_means_do_not_cancel_the_variance(apply):
    x = np.array([[10000, 10001, 10002, 10003]], np.float32)
    y, _, _ = apply(LayerNormalization(epsilon=0.0), x, np.ones(4, np.float32))
    np.testing.assert_allclose(y, (np.arange(4) - 1.5)[None] / np.sqrt(1.25), rtol=1e-6)


def test_free_sizes_pass():
    x = tensor("f4", (Symbol("n"), 6, Symbol("l")))
    c = tensor("f4", (6,))
    for op, operands in (
        (BatchNormalization(), [x, c, c, c, c]),
        (InstanceNormalization(), [x, c, c]),
        (GroupNormalization(3), [x, c, c]),
        (LRN(3), [x]),
    ):
        assert op.infer(operands)[0].shape == x.shape
    y, mean, _ = LayerNormalization(1).infer([x, tensor("f4", (6, 1))])
    assert (y.shape, mean.shape) == (x.shape, (Symbol("n"), 1, 1))
    unknown = tensor("f4", None)
    assert BatchNormalization().infer([unknown, c, c, c, c])[0].shape is None
    assert LayerNormalization().infer([unknown, c])[1].shape is None


X, C, D = tensor("f4", (1, 6, 4)), tensor("f4", (6,)), tensor("f4", (4,))


@pytest.mark.parametrize(
    ("op", "operands", "error", "message"),
    [
        (BatchNormalization(), [X, C, C, D, C], ShapeError, r"mean has shape \(4,\), expected \(6,\)"),
        (BatchNormalization(), [X, C, C, C], ShapeError, "variance is required"),
        (BatchNormalization(), [tensor("i8", (1, 6, 4)), C, C, C, C], DtypeError, "input has type int64"),
        (BatchNormalization(-1.0), [X, C, C, C, C], ParameterError, r"epsilon \(=-1.0\) must not be negative"),
        (BatchNormalization(), [tensor("f4", (6,)), C, C, C, C], ShapeError, "at least 2 axes"),
        (InstanceNormalization(), [X, tensor("f4", (6, 1)), C], ShapeError, r"scale has shape \(6, 1\)"),
        (GroupNormalization(4), [X, C, C], ParameterError, r"6 channels cannot be cut into num_groups \(=4\)"),
        (GroupNormalization(0), [X, C, C], ParameterError, r"num_groups \(=0\)"),
        (LayerNormalization(3), [X, D], ParameterError, r"axis \(=3\) does not exist in rank 3"),
        (LayerNormalization(), [X, C], ShapeError, r"scale has shape \(6,\), expected one that can be repeated"),
        (LayerNormalization(), [X, D, C], ShapeError, r"bias has shape \(6,\)"),
        (RMSNormalization(), [X], ShapeError, "scale is required"),
        (LpNormalization(p=3), [X], ParameterError, r"p \(=3\) must be 1 or 2"),
        (LpNormalization(axis=5), [X], ParameterError, r"axis \(=5\)"),
        (MeanVarianceNormalization(), [X], ParameterError, r"axes \(=3\) does not exist in rank 3"),
        (LRN(0), [X], ParameterError, r"size \(=0\) must be positive"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(op, operands, error, message):
    with pytest.raises(error, match=message):
        op.infer(operands)


def test_local_response_normalization_over_more_channels_than_there_are(apply):
    x = np.arange(1, 5, dtype=np.float32).reshape(1, 4, 1)
    (y,) = apply(LRN(10**12, 1e12, 1.0, 1.0), x)
    np.testing.assert_allclose(y, x / (1 + np.square(x).sum()), rtol=1e-6)
