"""Kernels that average, and those made of them: blur, sharpen, identity."""

from __future__ import annotations

import numpy as np

from striate.filters.registry import entry, outer, require_positive, require_rank, require_size
from striate.graph import Array


@entry("the neutral element of convolution")
def identity(size: int = 3, ndim: int = 2) -> Array:
    """Leaves everything as it is: one in the centre, zero elsewhere.

    Args:
        size: Cells along each axis, odd.
        ndim: Number of axes.

    Returns:
        Kernel, float32, ``(size,) * ndim``.

    Raises:
        ParameterError: The size is not odd or the number of axes is not 1, 2 or 3.

    Example:
        >>> identity(3, ndim=1)
        array([0., 1., 0.], dtype=float32)
    """
    require_rank(ndim, "identity")
    require_size(size, ndim, "identity")
    kernel = np.zeros((size,) * ndim, np.float32)
    kernel[(size // 2,) * ndim] = 1
    return kernel


@entry("the moving average")
def box(size: int = 3, ndim: int = 2) -> Array:
    """Blur: the mean of a square neighbourhood.

    Args:
        size: Cells along each axis.
        ndim: Number of axes.

    Returns:
        Kernel, float32, ``(size,) * ndim``, with sum 1.

    Raises:
        ParameterError: The size is not positive or the number of axes is not 1, 2 or 3.

    Example:
        >>> box(2)
        array([[0.25, 0.25],
               [0.25, 0.25]], dtype=float32)
    """
    require_rank(ndim, "box")
    require_size(size, ndim, "box", odd=False)
    return np.full((size,) * ndim, 1 / size**ndim, np.float32)


@entry("the three-point moving average, rounded as textbooks print it")
def smoothing(ndim: int = 1) -> Array:
    """Blur: the three-point average written with two digits, 0.33 0.33 0.33.

    Args:
        ndim: Number of axes; with more than one, the product of one such average for each axis.

    Returns:
        Kernel, float32, ``(3,) * ndim``. Its sum is 0.99 in one dimension; :func:`box` has sum 1.

    Raises:
        ParameterError: The number of axes is not 1, 2 or 3.

    Example:
        >>> smoothing()
        array([0.33, 0.33, 0.33], dtype=float32)
    """
    require_rank(ndim, "smoothing")
    return outer([np.full(3, 0.33)] * ndim).astype(np.float32)


@entry("Gauss; sampled and normalised")
def gaussian(size: int = 5, sigma: float = 1.0, ndim: int = 2) -> Array:
    """Blur: a mean weighted by a bell curve, without direction.

    ``exp(-x**2 / (2 sigma**2))`` at whole cells around the centre, divided by the sum.

    Args:
        size: Cells along each axis.
        sigma: Standard deviation in cells.
        ndim: Number of axes.

    Returns:
        Kernel, float32, ``(size,) * ndim``, with sum 1.

    Raises:
        ParameterError: Size or sigma is not positive, or the number of axes is not 1, 2 or 3.

    Example:
        >>> gaussian(3, sigma=0.85, ndim=1).round(2)
        array([0.25, 0.5 , 0.25], dtype=float32)
    """
    require_rank(ndim, "gaussian")
    require_size(size, ndim, "gaussian", odd=False)
    return outer([bell(size, sigma, "gaussian")] * ndim).astype(np.float32)


@entry("Pascal's triangle; approaches the Gaussian")
def binomial(size: int = 3, ndim: int = 2) -> Array:
    """Blur: a mean weighted by binomial coefficients, 1 2 1 for size 3.

    Args:
        size: Cells along each axis.
        ndim: Number of axes.

    Returns:
        Kernel, float32, ``(size,) * ndim``, with sum 1.

    Raises:
        ParameterError: The size is not positive or the number of axes is not 1, 2 or 3.

    Example:
        >>> binomial(3, ndim=1)
        array([0.25, 0.5 , 0.25], dtype=float32)
    """
    require_rank(ndim, "binomial")
    require_size(size, ndim, "binomial", odd=False)
    row = np.ones(1)
    for _ in range(size - 1):
        row = np.convolve(row, [0.5, 0.5])
    return outer([row] * ndim).astype(np.float32)


@entry("the darkroom's unsharp mask")
def unsharp(size: int = 5, sigma: float = 1.0, amount: float = 1.0, ndim: int = 2) -> Array:
    """Sharpener: the image plus what a Gaussian blur takes from it.

    Args:
        size: Cells along each axis, odd.
        sigma: Standard deviation of the blur in cells.
        amount: How much of the difference is added.
        ndim: Number of axes.

    Returns:
        Kernel, float32, ``(size,) * ndim``, with sum 1.

    Raises:
        ParameterError: An option is out of range.

    Example:
        >>> float(unsharp().sum().round(3))
        1.0
    """
    require_rank(ndim, "unsharp")
    require_size(size, ndim, "unsharp")
    require_positive(amount, "amount", "unsharp")
    blur = outer([bell(size, sigma, "unsharp")] * ndim)
    return ((1 + amount) * identity(size, ndim) - amount * blur).astype(np.float32)


def bell(size: int, sigma: float, name: str) -> Array:
    """Gaussian at whole cells around the centre, with sum 1, float64."""
    require_positive(sigma, "sigma", name)
    x = np.arange(size) - (size - 1) / 2
    weights = np.exp(-(x**2) / (2 * sigma**2))
    return weights / weights.sum()
