from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.arithmetic import dilated_extent
from striate.dimension import Symbol
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import tensor
from striate.ops import AveragePool, GlobalAveragePool, GlobalLpPool, GlobalMaxPool, LpPool, MaxPool


@dataclass(frozen=True)
class Case:
    """One pooling: attributes and an input."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    ceil_mode: bool
    x: np.ndarray

    @property
    def attributes(self):
        return self.kernel, self.stride, self.padding, self.dilation, self.ceil_mode

    @property
    def rank(self):
        return len(self.kernel)

    @property
    def torch_pads(self):
        return tuple(before for before, _ in self.padding)

    def onnx(self, **more):
        return {
            "kernel_shape": self.kernel,
            "strides": self.stride,
            "dilations": self.dilation,
            "pads": [p[0] for p in self.padding] + [p[1] for p in self.padding],
            "ceil_mode": int(self.ceil_mode),
            **more,
        }


@st.composite
def cases(draw, symmetric=True, dilated=True, dtype=np.float32):
    rank = draw(st.integers(1, 3))
    several = lambda low, high: tuple(draw(st.integers(low, high)) for _ in range(rank))  # noqa: E731
    kernel, stride = several(1, 4), several(1, 3)
    dilation = several(1, 3) if dilated else (1,) * rank
    half = [k // 2 for k in kernel]
    pads = tuple((draw(st.integers(0, h)), draw(st.integers(0, h))) for h in half)
    if symmetric:
        pads = tuple((before, before) for before, _ in pads)
    lengths = tuple(
        draw(st.integers(max(1, dilated_extent(k, d) - sum(p)), dilated_extent(k, d) + 5))
        for k, d, p in zip(kernel, dilation, pads, strict=True)
    )
    seed = draw(st.integers(0, 2**16))
    x = np.random.default_rng(seed).standard_normal((draw(st.integers(1, 2)), draw(st.integers(1, 3)), *lengths))
    return Case(kernel, stride, pads, dilation, draw(st.booleans()), x.astype(dtype))


def of_torch(torch, name, case, x=None, **options):
    function = getattr(torch.nn.functional, f"{name}{case.rank}d")
    y = function(
        torch.from_numpy(case.x if x is None else x), case.kernel, case.stride, ceil_mode=case.ceil_mode, **options
    )
    return [part.numpy() for part in (y if isinstance(y, tuple) else (y,))]


@given(case=cases())
def test_max_pool_and_its_indices_agree_with_torch(torch, apply, case):
    y, indices = apply(MaxPool(*case.attributes), case.x)
    wanted, places = of_torch(
        torch, "max_pool", case, padding=case.torch_pads, dilation=case.dilation, return_indices=True
    )
    np.testing.assert_array_equal(y, wanted)
    # torch counts within one channel, ONNX through the whole input
    plane = int(np.prod(case.x.shape[2:]))
    first = plane * np.arange(case.x.shape[0] * case.x.shape[1]).reshape(*case.x.shape[:2], *[1] * case.rank)
    np.testing.assert_array_equal(indices, places + first)
    np.testing.assert_array_equal(case.x.reshape(-1)[indices], y)


@given(case=cases(symmetric=False), order=st.sampled_from([0, 1]))
@settings(max_examples=60)
def test_max_pool_with_asymmetric_padding_agrees_with_onnx_runtime(ort_run, apply, case, order):
    y, indices = apply(MaxPool(*case.attributes, storage_order=order), case.x)
    wanted, places = ort_run("MaxPool", case.x, results=2, **case.onnx(storage_order=order))
    np.testing.assert_array_equal(y, wanted)
    np.testing.assert_array_equal(indices, places)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.float16, np.float64])
def test_max_pool_keeps_the_dtype(apply, dtype):
    x = np.array([[[3, 0, 7, 1]]], dtype)
    y, indices = apply(MaxPool((2,), (1,), ((1, 0),), (1,)), x)
    assert y.dtype == dtype
    assert y.tolist() == [[[3, 3, 7, 7]]]
    assert indices.tolist() == [[[0, 0, 2, 2]]]


def test_max_pool_takes_the_first_of_equals_and_even_the_lowest_number(apply):
    x = np.array([[[-np.inf, -np.inf, 2, 2]]], np.float32)
    y, indices = apply(MaxPool((2,), (2,), ((0, 0),), (1,)), x)
    assert y.tolist() == [[[-np.inf, 2]]]
    assert indices.tolist() == [[[0, 2]]]


def test_max_pool_shows_nan(apply, torch):
    x = np.array([[[1, np.nan, 3, 0, 5]]], np.float32)
    y, indices = apply(MaxPool((3,), (2,), ((0, 0),), (1,)), x)
    np.testing.assert_array_equal(y, torch.nn.functional.max_pool1d(torch.from_numpy(x), 3, 2).numpy())
    assert indices.tolist() == [[[1, 4]]]


@given(case=cases(dilated=False), include=st.booleans())
def test_average_pool_agrees_with_torch(torch, apply, case, include):
    if case.rank == 3 and any(length < k for length, k in zip(case.x.shape[2:], case.kernel, strict=True)):
        return  # avg_pool3d, of all, wants the kernel to fit without padding
    (y,) = apply(AveragePool(*case.attributes, count_include_pad=include), case.x)
    (wanted,) = of_torch(torch, "avg_pool", case, padding=case.torch_pads, count_include_pad=include)
    np.testing.assert_allclose(y, wanted, rtol=1e-6, atol=1e-6)


@given(case=cases(symmetric=False), include=st.booleans())
@settings(max_examples=60)
def test_average_pool_with_dilation_agrees_with_onnx_runtime(ort_run, apply, case, include):
    (y,) = apply(AveragePool(*case.attributes, count_include_pad=include), case.x)
    (wanted,) = ort_run("AveragePool", case.x, **case.onnx(count_include_pad=int(include)))
    np.testing.assert_allclose(y, wanted, rtol=1e-6, atol=1e-6)


def test_average_pool_never_divides_by_cells_past_the_padding(apply):
    x = np.ones((1, 1, 4), np.float32)
    for include, last in ((True, 1 / 2), (False, 1.0)):
        # the last window has one cell of the input, one of padding and one past it
        (y,) = apply(AveragePool((3,), (3,), ((0, 1),), (1,), ceil_mode=True, count_include_pad=include), x)
        np.testing.assert_allclose(y, [[[1, last]]])


@given(case=cases(dilated=False), p=st.sampled_from([1, 2, 3, 4]))
@settings(max_examples=60)
def test_lp_pool_agrees_with_torch(torch, apply, case, p):
    if any(length < k for length, k in zip(case.x.shape[2:], case.kernel, strict=True)):
        return
    case = Case(case.kernel, case.stride, ((0, 0),) * case.rank, case.dilation, False, np.abs(case.x))
    (y,) = apply(LpPool(*case.attributes, p=p), case.x)
    pool = getattr(torch.nn.functional, f"lp_pool{case.rank}d")
    kernel, stride = (case.kernel, case.stride) if case.rank > 1 else (case.kernel[0], case.stride[0])
    # of odd powers torch takes the sign along: positive numbers only
    np.testing.assert_allclose(y, pool(torch.from_numpy(case.x), p, kernel, stride).numpy(), rtol=1e-5, atol=1e-6)


@given(case=cases(symmetric=False), p=st.sampled_from([1, 2, 3]))
@settings(max_examples=40)
def test_lp_pool_with_padding_and_dilation_agrees_with_onnx_runtime(ort_run, apply, case, p):
    (y,) = apply(LpPool(*case.attributes, p=p), case.x)
    (wanted,) = ort_run("LpPool", case.x, **case.onnx(p=p))
    np.testing.assert_allclose(y, wanted, rtol=1e-5, atol=1e-6)


@given(
    case=cases(dilated=False),
    padding=st.sampled_from(["same_upper", "same_lower", "valid"]),
    kind=st.sampled_from([MaxPool, AveragePool, LpPool]),
)
@settings(max_examples=40)
def test_padding_rules_agree_with_onnx_runtime(ort_run, apply, case, padding, kind):
    lengths = zip(case.x.shape[2:], case.kernel, strict=True)
    if padding == "valid" and any(length < k for length, k in lengths):
        return
    (y, *_) = apply(kind(case.kernel, case.stride, padding, case.dilation), case.x)
    (wanted,) = ort_run(kind.__name__, case.x, kernel_shape=case.kernel, strides=case.stride, auto_pad=padding.upper())
    np.testing.assert_allclose(y, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(2, 3, 5), (2, 3, 4, 5), (1, 2, 3, 4, 5), (2, 3)])
def test_global_pooling_is_the_statistic_of_each_channel(apply, shape, dtype):
    x = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    flat = x.reshape(*shape[:2], -1).astype(np.float64)
    kept = (*shape[:2], *[1] * (len(shape) - 2))
    tolerance = {"rtol": 1e-3 if dtype == np.float16 else 1e-6, "atol": 1e-4 if dtype == np.float16 else 1e-6}
    for op, wanted in (
        (GlobalMaxPool(), flat.max(2)),
        (GlobalAveragePool(), flat.mean(2)),
        (GlobalLpPool(p=3), (np.abs(flat) ** 3).sum(2) ** (1 / 3)),
    ):
        (y,) = apply(op, x)
        assert y.dtype == dtype
        np.testing.assert_allclose(y, wanted.reshape(kept), **tolerance)


def test_global_average_pool_of_many_half_numbers_does_not_overflow(apply):
    (y,) = apply(GlobalAveragePool(), np.full((1, 1, 100, 100), 100, np.float16))
    assert y.item() == 100


def test_empty_batch(apply):
    (y, indices) = apply(MaxPool((2,), (2,), ((0, 0),), (1,)), np.zeros((0, 3, 4), np.float32))
    assert y.shape == indices.shape == (0, 3, 2)


def test_free_sizes_are_kept_in_formulas():
    (y,) = AveragePool((2,), (2,), ((0, 0),), (1,)).infer([tensor("f4", (Symbol("n"), 3, Symbol("l")))])
    assert str(y) == "float32 (n, 3, l//2)"
    (y,) = AveragePool((2,), (2,), ((0, 0),), (1,)).infer([tensor("f4", None)])
    assert y.shape is None


def test_a_free_size_with_ceil_mode_never_counts_a_window_that_starts_outside(apply):
    # a window that starts in the padding at the end does not count: 3 cells, not 4
    for length in range(2, 9):
        apply(AveragePool((2,), (2,), ((0, 1),), (1,), ceil_mode=True), np.ones((1, 1, length), np.float32))


IMAGE = tensor("f4", (1, 3, 4, 5))


@pytest.mark.parametrize(
    ("op", "x", "error", "message"),
    [
        (MaxPool((9, 2), (1, 1), ((0, 0),) * 2, (1, 1)), IMAGE, ShapeError, "window spans 9 cells"),
        (MaxPool((2,), (1,), ((0, 0),), (1,)), IMAGE, ShapeError, r"\(1, 3, 4, 5\), expected .* 1 spatial"),
        (MaxPool((2, 2), (0, 1), ((0, 0),) * 2, (1, 1)), IMAGE, ParameterError, r"\(=\(0, 1\)\) must be positive"),
        (MaxPool((2, 2), (1, 1), ((2, 0), (0, 0)), (1, 1)), IMAGE, ParameterError, "must be smaller than the window"),
        (MaxPool((2, 2), (1, 1), ((-1, 0), (0, 0)), (1, 1)), IMAGE, ParameterError, "must not be negative"),
        (MaxPool((2, 2), (1, 1), "same", (1, 1)), IMAGE, ParameterError, '"same_upper", "same_lower", "valid"'),
        (MaxPool((2, 2), (1, 1), "valid", (1, 1), False, 2), IMAGE, ParameterError, r"storage_order \(=2\)"),
        (MaxPool((2, 2), (1, 1), "valid", (1, 1)), None, ShapeError, "input is required"),
        (AveragePool((2, 2), (1, 1), "valid", (1, 1)), tensor("i4", (1, 1, 4, 4)), DtypeError, "input has type int32"),
        (LpPool((2, 2), (1, 1), "valid", (1, 1), p=0), IMAGE, ParameterError, r"p \(=0\)"),
        (AveragePool((2,), (1,), "same_upper", (1,)), tensor("f4", (1, 3, 0)), ShapeError, "nothing to pool"),
        (GlobalMaxPool(), tensor("f4", (1, 3, 0)), ShapeError, "nothing to pool"),
        (GlobalMaxPool(), tensor("f4", (3,)), ShapeError, "at least 2 axes"),
        (GlobalLpPool(p=-1), IMAGE, ParameterError, r"p \(=-1\)"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(op, x, error, message):
    with pytest.raises(error, match=message):
        op.infer([x])
