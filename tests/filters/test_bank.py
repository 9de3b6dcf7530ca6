"""The bank of kernels: each against its definition, by name, with errors that say what fits."""

import numpy as np
import pytest

from striate import filters
from striate.errors import LimitError, ParameterError, UnknownNameError


def test_every_kernel_is_documented_and_buildable_in_each_rank():
    assert len(filters.names()) >= 20
    for name in filters.names():
        found = filters.get(name)
        assert found.name == name
        assert len(found.description) > 10
        assert len(found.source) > 3
        for rank in found.ranks:
            kernel = found() if found.ranks == (2,) else found(ndim=rank)
            assert kernel.dtype == np.float32
            assert kernel.ndim == rank
            assert np.isfinite(kernel).all()


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("name", ["sobel", "prewitt"])
def test_gradient_kernels_are_scipys(name, rank, scipy):
    impulse = np.zeros((5,) * rank)
    impulse[(2,) * rank] = 1
    for axis in range(rank):
        truth = getattr(scipy.ndimage, name)(impulse, axis=axis)[(slice(1, 4),) * rank]
        # the answer to an impulse is the kernel turned round
        np.testing.assert_array_equal(np.flip(getattr(filters, name)(axis, rank)), truth)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_gaussian_and_laplacian_are_scipys(rank, scipy):
    impulse = np.zeros((13,) * rank)
    impulse[(6,) * rank] = 1
    truth = scipy.ndimage.gaussian_filter(impulse, 1.2, radius=3, mode="constant")[(slice(3, 10),) * rank]
    np.testing.assert_allclose(filters.gaussian(7, 1.2, rank), truth, atol=1e-7)
    truth = scipy.ndimage.laplace(impulse, mode="constant")[(slice(5, 8),) * rank]
    np.testing.assert_array_equal(filters.laplacian(rank), truth)


def test_sums_say_detector_or_mean():
    zero = "sobel prewitt scharr roberts kirsch derivative gaussian_derivative laplacian laplacian_of_gaussian spike"
    for name in [*zero.split(), "vertical_line", "horizontal_line", "diagonal_line"]:
        assert abs(filters.get(name)().sum()) < 1e-5, name
    assert abs(filters.difference_of_gaussians(size=15).sum()) < 1e-5
    for name in ["identity", "box", "gaussian", "binomial", "sharpen", "unsharp", "emboss"]:
        assert abs(filters.get(name)().sum() - 1) < 1e-6, name


def test_gaussian_derivative_measures_the_slope():
    ramp = np.arange(20.0) * 3
    np.testing.assert_allclose(filters.correlate(ramp, filters.gaussian_derivative(size=9, ndim=1)), 3, rtol=1e-5)


def test_kirsch_turns_round():
    kernels = [filters.kirsch(d) for d in ("north", "west", "south", "east")]
    for step, kernel in enumerate(kernels):
        np.testing.assert_array_equal(kernel, np.rot90(kernels[0], step))


def test_gabor_orientation_and_phase():
    np.testing.assert_allclose(filters.gabor(orientation=90), filters.gabor(orientation=0).T, atol=1e-6)
    odd = filters.gabor(phase=90)
    np.testing.assert_allclose(odd, -np.flip(odd), atol=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: filters.get("sobell"), 'no filter "sobell"; did you mean "sobel"?'),
        (lambda: filters.sobel(axis=2), 'filter "sobel": axis (=2) must be from -2 to 1 for 2 axes'),
        (lambda: filters.sobel(ndim=4), 'filter "sobel": ndim (=4) must be 1 or 2 or 3'),
        (lambda: filters.identity(4), 'filter "identity": size (=4) must be a positive odd number'),
        (lambda: filters.gaussian(5, sigma=0), "sigma (=0) must be a positive number from 1e-50 to 1e50"),
        (lambda: filters.gaussian(5, sigma=1e-300), "sigma (=1e-300) must be a positive number"),
        (lambda: filters.gaussian(5, sigma="1"), 'filter "gaussian": sigma (=1) must be a finite number'),
        (lambda: filters.gabor(orientation=float("inf")), "orientation (=inf) must be a finite number"),
        (lambda: filters.box(2.5), 'filter "box": size (=2.5) must be a whole number'),
        (lambda: filters.get("box")(size=True), 'filter "box": size (=True) must be a whole number'),
        (lambda: filters.sobel(axis=0.5), 'filter "sobel": axis (=0.5) must be a whole number'),
        (lambda: filters.kirsch("up"), 'filter "kirsch": direction (="up") must be one of north, '),
        (lambda: filters.difference_of_gaussians(ratio=1), "ratio (=1) must be more than 1"),
        (lambda: filters.gaussian_derivative(size=1), "size (=1) must be at least 3"),
    ],
)
def test_errors(call, message):
    with pytest.raises((ParameterError, UnknownNameError)) as error:
        call()
    assert message in str(error.value)


def test_a_gigantic_kernel_is_refused():
    with pytest.raises(LimitError, match='filter "gaussian" of size 100000 would take'):
        filters.gaussian(100_000)
