"""correlate and convolve against SciPy, with drawn shapes and options."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.errors import DtypeError, LimitError, ParameterError, ShapeError
from striate.filters import convolve, correlate


@st.composite
def pairs(draw):
    rank = draw(st.integers(1, 3))
    kernel = tuple(draw(st.integers(1, 4)) for _ in range(rank))
    data = tuple(draw(st.integers(k, k + 6)) for k in kernel)
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    return rng.standard_normal(data), rng.standard_normal(kernel)


@settings(max_examples=60)
@given(pair=pairs(), mode=st.sampled_from(["valid", "same", "full"]))
def test_against_scipy_signal(pair, mode, scipy):
    a, kernel = pair
    np.testing.assert_allclose(
        correlate(a, kernel, mode), scipy.signal.correlate(a, kernel, mode, "direct"), atol=1e-12
    )
    np.testing.assert_allclose(convolve(a, kernel, mode), scipy.signal.convolve(a, kernel, mode, "direct"), atol=1e-12)


@settings(max_examples=60)
@given(pair=pairs(), boundary=st.sampled_from(["constant", "reflect", "mirror", "nearest", "wrap"]))
def test_against_scipy_ndimage(pair, boundary, scipy):
    a, kernel = pair
    truth = scipy.ndimage.correlate(a, kernel, mode=boundary, cval=1.5)
    np.testing.assert_allclose(correlate(a, kernel, "same", boundary, 1.5), truth, atol=1e-12)
    if all(size % 2 for size in kernel.shape):
        truth = scipy.ndimage.convolve(a, kernel, mode=boundary, cval=1.5)
        np.testing.assert_allclose(convolve(a, kernel, "same", boundary, 1.5), truth, atol=1e-12)


@settings(max_examples=60)
@given(
    pair=pairs(),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 3),
    mode=st.sampled_from(["same", "full"]),
)
def test_stride_and_dilation(pair, stride, dilation, mode, scipy):
    a, kernel = pair
    spread = np.zeros([dilation * (k - 1) + 1 for k in kernel.shape])
    spread[(slice(None, None, dilation),) * kernel.ndim] = kernel
    full = scipy.signal.correlate(a, spread, "full", "direct")
    # "same" starts where the kernel's cell K//2 lies over the first cell
    starts = [s - 1 - s // 2 if mode == "same" else 0 for s in spread.shape]
    counts = a.shape if mode == "same" else full.shape
    kept = full[tuple(slice(i, i + n, stride) for i, n in zip(starts, counts, strict=True))]
    np.testing.assert_allclose(correlate(a, kernel, mode, stride=stride, dilation=dilation), kept, atol=1e-12)


def test_whole_numbers_stay_whole_and_do_not_overflow():
    image = np.full((4, 4), 255, np.uint8)
    result = correlate(image, np.ones((3, 3), np.uint8))
    assert result.dtype == np.int64
    np.testing.assert_array_equal(result, np.full((2, 2), 9 * 255))


@pytest.mark.parametrize(
    ("data", "kernel", "expected"),
    [
        ("u1", "f4", "f4"),
        ("f4", "f8", "f8"),
        ("f2", "f2", "f2"),
        ("f2", "i8", "f4"),
        ("f8", "i4", "f8"),
        ("?", "?", "i8"),
    ],
)
def test_result_type(data, kernel, expected):
    assert correlate(np.ones(4, data), np.ones(2, kernel)).dtype == np.dtype(expected)


def test_nan_goes_through():
    np.testing.assert_array_equal(correlate([1.0, np.nan, 1, 1, 1], [1.0, 1]), [np.nan, np.nan, 2, 2])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1, 2], [1, 2, 3]), ShapeError, "spans (3,) cells, more than the array of shape (2,) has"),
        (
            ([[1, 2]], [1]),
            ShapeError,
            "array has shape (1, 2) and kernel (1,); expected the same number of axes",
        ),
        (([], [1]), ShapeError, "array of shape (0,) is empty"),
        (([[1], [1, 2]], [[1]]), ShapeError, "array is not rectangular"),
        (([1j], [1]), DtypeError, "array has type complex128, expected real numbers"),
        ((["a"], [1]), DtypeError, "expected real numbers"),
        (([1], [1], "most"), ParameterError, 'mode (="most") must be one of valid, same, full'),
        (([1], [1], "same", "loop"), ParameterError, 'boundary (="loop") must be one of zero, constant, reflect'),
        (([1], [1], "same", "zero", 0, 0), ParameterError, "stride (=0) must be a positive number"),
        (
            ([1], [1], "same", "zero", 0, 1, (1, 2)),
            ParameterError,
            "dilation (=(1, 2)) must be a positive number",
        ),
    ],
)
def test_errors(arguments, error, message):
    with pytest.raises(error) as caught:
        correlate(*arguments)
    assert message in str(caught.value)


def test_memory_is_checked_before_anything_is_allocated():
    huge = np.broadcast_to(np.float32(1), (60_000, 60_000))
    with pytest.raises(LimitError, match="correlating an array of shape"):
        correlate(huge, np.ones((3, 3)), "same")
