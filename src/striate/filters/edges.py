"""First derivatives: kernels that answer to a step from dark to bright."""

from __future__ import annotations

import numpy as np

from striate.errors import ParameterError
from striate.filters.registry import along, entry, outer, require_rank, require_size
from striate.filters.smoothing import bell
from striate.graph import Array

_STEP = np.array([-1.0, 0.0, 1.0])


@entry("central difference, as the sliding dot product's textbook example writes it", directional=True)
def derivative(axis: int = -1, ndim: int = 1) -> Array:
    """Derivative: the difference of the two neighbours, 1 0 −1; positive where the signal falls.

    Args:
        axis: Axis along which the change is measured.
        ndim: Number of axes.

    Returns:
        Kernel, float32: three cells along the axis, one along the others.

    Raises:
        ParameterError: There is no such axis, or the number of axes is not 1, 2 or 3.

    Example:
        >>> derivative()
        array([ 1.,  0., -1.], dtype=float32)
    """
    require_rank(ndim, "derivative")
    shape = [1] * ndim
    shape[along(axis, ndim, "derivative")] = 3
    return _STEP[::-1].reshape(shape).astype(np.float32)


def _smoothed_step(across: list[float], axis: int, ndim: int, name: str) -> Array:
    require_rank(ndim, name)
    factors: list[Array] = [np.array(across)] * ndim
    factors[along(axis, ndim, name)] = _STEP
    return outer(factors).astype(np.float32)


@entry("Sobel & Feldman, 1968", directional=True)
def sobel(axis: int = -1, ndim: int = 2) -> Array:
    """Edge detector: derivative along one axis, smoothed by 1 2 1 across it.

    Args:
        axis: Axis along which the change is measured: -1 (left to right) finds vertical edges, -2 horizontal ones.
        ndim: Number of axes.

    Returns:
        Kernel, float32, ``(3,) * ndim``; positive where the data rise along the axis.

    Raises:
        ParameterError: There is no such axis, or the number of axes is not 1, 2 or 3.

    Example:
        >>> sobel()
        array([[-1.,  0.,  1.],
               [-2.,  0.,  2.],
               [-1.,  0.,  1.]], dtype=float32)
    """
    return _smoothed_step([1, 2, 1], axis, ndim, "sobel")


@entry("Prewitt, 1970", directional=True)
def prewitt(axis: int = -1, ndim: int = 2) -> Array:
    """Edge detector: derivative along one axis, smoothed by 1 1 1 across it.

    Args:
        axis: Axis along which the change is measured: -1 (left to right) finds vertical edges, -2 horizontal ones.
        ndim: Number of axes.

    Returns:
        Kernel, float32, ``(3,) * ndim``; positive where the data rise along the axis.

    Raises:
        ParameterError: There is no such axis, or the number of axes is not 1, 2 or 3.

    Example:
        >>> prewitt(axis=0)
        array([[-1., -1., -1.],
               [ 0.,  0.,  0.],
               [ 1.,  1.,  1.]], dtype=float32)
    """
    return _smoothed_step([1, 1, 1], axis, ndim, "prewitt")


@entry("Scharr, 2000", directional=True)
def scharr(axis: int = -1, ndim: int = 2) -> Array:
    """Edge detector: derivative along one axis, smoothed by 3 10 3 across it, nearly the same in all directions.

    Args:
        axis: Axis along which the change is measured: -1 (left to right) finds vertical edges, -2 horizontal ones.
        ndim: Number of axes.

    Returns:
        Kernel, float32, ``(3,) * ndim``; positive where the data rise along the axis.

    Raises:
        ParameterError: There is no such axis, or the number of axes is not 1, 2 or 3.

    Example:
        >>> scharr()[1]
        array([-10.,   0.,  10.], dtype=float32)
    """
    return _smoothed_step([3, 10, 3], axis, ndim, "scharr")


@entry("Roberts, 1963", ranks=(2,), directional=True)
def roberts(axis: int = -1, ndim: int = 2) -> Array:
    """Edge detector: the difference of two diagonal neighbours, the smallest there is.

    Args:
        axis: -1 for the diagonal that falls to the right, -2 for the one that falls to the left.
        ndim: Number of axes: 2.

    Returns:
        Kernel, float32, (2, 2).

    Raises:
        ParameterError: The axis is not one of two, or the number of axes is not 2.

    Example:
        >>> roberts()
        array([[ 1.,  0.],
               [ 0., -1.]], dtype=float32)
    """
    require_rank(ndim, "roberts", (2,))
    falling = np.array([[1, 0], [0, -1]], np.float32)
    return falling if along(axis, 2, "roberts") == 1 else np.ascontiguousarray(falling[:, ::-1])


_COMPASS = ("north", "northwest", "west", "southwest", "south", "southeast", "east", "northeast")


@entry("Kirsch, 1971", ranks=(2,))
def kirsch(direction: str = "north") -> Array:
    """Edge detector: three neighbours towards one of eight directions against the other five.

    Args:
        direction: Where the bright side is: north, northwest, west, southwest, south, southeast, east or northeast.

    Returns:
        Kernel, float32, (3, 3).

    Raises:
        ParameterError: There is no such direction.

    Example:
        >>> kirsch("north")
        array([[ 5.,  5.,  5.],
               [-3.,  0., -3.],
               [-3., -3., -3.]], dtype=float32)
    """
    if direction not in _COMPASS:
        raise ParameterError(f'filter "kirsch": direction (="{direction}") must be one of {", ".join(_COMPASS)}')
    # The ring of eight cells around the centre, anticlockwise from the right of the top row.
    ring = [(0, 2), (0, 1), (0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2)]
    kernel = np.full((3, 3), -3, np.float32)
    kernel[1, 1] = 0
    for place in range(3):
        kernel[ring[(_COMPASS.index(direction) + place) % 8]] = 5
    return kernel


@entry("Canny, 1986: the derivative of a Gaussian", directional=True)
def gaussian_derivative(axis: int = -1, size: int = 7, sigma: float = 1.0, ndim: int = 2) -> Array:
    """Edge detector: derivative along one axis of a Gaussian blur, for edges of the width sigma.

    Args:
        axis: Axis along which the change is measured.
        size: Cells along each axis, odd.
        sigma: Standard deviation of the blur in cells.
        ndim: Number of axes.

    Returns:
        Kernel, float32, ``(size,) * ndim``; 1 where the data rise by 1 per cell along the axis.

    Raises:
        ParameterError: An option is out of range.

    Example:
        >>> gaussian_derivative(size=3, ndim=1)
        array([-0.5,  0. ,  0.5], dtype=float32)
    """
    require_rank(ndim, "gaussian_derivative")
    require_size(size, ndim, "gaussian_derivative")
    if size < 3:
        raise ParameterError(f'filter "gaussian_derivative": size (={size}) must be at least 3')
    weights = bell(size, sigma, "gaussian_derivative")
    x = np.arange(size) - size // 2
    factors: list[Array] = [weights] * ndim
    factors[along(axis, ndim, "gaussian_derivative")] = x * weights / (x**2 * weights).sum()
    return outer(factors).astype(np.float32)


@entry("the relief filter of image editors", ranks=(2,))
def emboss() -> Array:
    """Relief: brightness plus the rise towards the lower right, as if lit from the upper left.

    Returns:
        Kernel, float32, (3, 3), with sum 1.

    Example:
        >>> emboss()
        array([[-2., -1.,  0.],
               [-1.,  1.,  1.],
               [ 0.,  1.,  2.]], dtype=float32)
    """
    return np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], np.float32)
