"""Second derivatives: kernels that answer to lines, points and blobs."""

from __future__ import annotations

import math

import numpy as np

from striate.errors import ParameterError
from striate.filters.registry import entry, outer, require_positive, require_rank, require_size
from striate.filters.smoothing import bell, identity
from striate.graph import Array

_WOODS = "Gonzalez & Woods, Digital Image Processing, chapter 10"


@entry("the five-point stencil of numerical analysis")
def laplacian(ndim: int = 2, diagonal: bool = False) -> Array:
    """Laplacian: the sum of the second derivatives along all axes; zero on even slopes.

    Args:
        ndim: Number of axes.
        diagonal: Whether the diagonal neighbours count as well.

    Returns:
        Kernel, float32, ``(3,) * ndim``, with sum 0; negative in the centre.

    Raises:
        ParameterError: The number of axes is not 1, 2 or 3.

    Example:
        >>> laplacian()
        array([[ 0.,  1.,  0.],
               [ 1., -4.,  1.],
               [ 0.,  1.,  0.]], dtype=float32)
    """
    require_rank(ndim, "laplacian")
    distance = np.abs(np.indices((3,) * ndim) - 1).sum(axis=0)
    kernel = (distance > 0 if diagonal else distance == 1).astype(np.float32)
    kernel[(1,) * ndim] = -kernel.sum()
    return kernel


@entry("Gonzalez & Woods, Digital Image Processing, chapter 3")
def sharpen(amount: float = 1.0, ndim: int = 2) -> Array:
    """Sharpener: the image minus its Laplacian; a large centre with negative neighbours.

    Args:
        amount: How much of the Laplacian is taken away.
        ndim: Number of axes.

    Returns:
        Kernel, float32, ``(3,) * ndim``, with sum 1.

    Raises:
        ParameterError: The amount is not positive or the number of axes is not 1, 2 or 3.

    Example:
        >>> sharpen()
        array([[ 0., -1.,  0.],
               [-1.,  5., -1.],
               [ 0., -1.,  0.]], dtype=float32)
    """
    require_rank(ndim, "sharpen")
    require_positive(amount, "amount", "sharpen")
    return (identity(3, ndim) - amount * laplacian(ndim)).astype(np.float32)


@entry("Marr & Hildreth, 1980")
def laplacian_of_gaussian(size: int = 9, sigma: float = 1.4, ndim: int = 2) -> Array:
    """Blob detector: the Laplacian of a Gaussian blur, the Mexican hat upside down.

    ``(|x|**2 / sigma**4 - ndim / sigma**2) g(x)``, shifted so that its sum is 0.

    Args:
        size: Cells along each axis, odd.
        sigma: Standard deviation of the blur in cells.
        ndim: Number of axes.

    Returns:
        Kernel, float32, ``(size,) * ndim``, with sum 0; negative in the centre.

    Raises:
        ParameterError: An option is out of range.

    Example:
        >>> laplacian_of_gaussian().shape
        (9, 9)
    """
    require_rank(ndim, "laplacian_of_gaussian")
    require_size(size, ndim, "laplacian_of_gaussian")
    weights = outer([bell(size, sigma, "laplacian_of_gaussian")] * ndim)
    squared = ((np.indices((size,) * ndim) - size // 2) ** 2).sum(axis=0)
    kernel = (squared / sigma**4 - ndim / sigma**2) * weights
    return (kernel - kernel.mean()).astype(np.float32)


@entry("Marr & Hildreth, 1980; what retinal ganglion cells compute")
def difference_of_gaussians(size: int = 9, sigma: float = 1.0, ratio: float = 1.6, ndim: int = 2) -> Array:
    """Blob detector: a narrow Gaussian blur minus a wide one, centre against surround.

    Args:
        size: Cells along each axis, odd.
        sigma: Standard deviation of the narrow one in cells.
        ratio: How many times wider the other is, more than 1.
        ndim: Number of axes.

    Returns:
        Kernel, float32, ``(size,) * ndim``, with sum 0; positive in the centre.

    Raises:
        ParameterError: An option is out of range.

    Example:
        >>> bool(difference_of_gaussians()[4, 4] > 0)
        True
    """
    require_rank(ndim, "difference_of_gaussians")
    require_size(size, ndim, "difference_of_gaussians")
    if not ratio > 1:
        raise ParameterError(f'filter "difference_of_gaussians": ratio (={ratio}) must be more than 1')
    narrow = bell(size, sigma, "difference_of_gaussians")
    wide = bell(size, sigma * ratio, "difference_of_gaussians")
    return (outer([narrow] * ndim) - outer([wide] * ndim)).astype(np.float32)


@entry(_WOODS)
def spike(ndim: int = 1) -> Array:
    """Spike detector: the cell against its neighbours, −1 2 −1; answers to single points.

    Args:
        ndim: Number of axes; the centre is 2, 8 or 26, all neighbours -1.

    Returns:
        Kernel, float32, ``(3,) * ndim``, with sum 0.

    Raises:
        ParameterError: The number of axes is not 1, 2 or 3.

    Example:
        >>> spike()
        array([-1.,  2., -1.], dtype=float32)
    """
    require_rank(ndim, "spike")
    kernel = np.full((3,) * ndim, -1, np.float32)
    kernel[(1,) * ndim] = 3**ndim - 1
    return kernel


@entry(_WOODS, ranks=(2,))
def vertical_line(surround: bool = True) -> Array:
    """Line detector: a vertical line one cell wide.

    Args:
        surround: Whether both sides are taken away (-1 2 -1 in each row), so that flat regions give 0; otherwise the
            kernel is the bare line (0 1 0 in each row).

    Returns:
        Kernel, float32, (3, 3).

    Example:
        >>> vertical_line(surround=False)
        array([[0., 1., 0.],
               [0., 1., 0.],
               [0., 1., 0.]], dtype=float32)
    """
    return np.tile(np.array([-1, 2, -1] if surround else [0, 1, 0], np.float32), (3, 1))


@entry(_WOODS, ranks=(2,))
def horizontal_line(surround: bool = True) -> Array:
    """Line detector: a horizontal line one cell wide.

    Args:
        surround: As for :func:`vertical_line`.

    Returns:
        Kernel, float32, (3, 3).

    Example:
        >>> horizontal_line()
        array([[-1., -1., -1.],
               [ 2.,  2.,  2.],
               [-1., -1., -1.]], dtype=float32)
    """
    return np.ascontiguousarray(vertical_line(surround).T)


@entry(_WOODS, ranks=(2,))
def diagonal_line(falling: bool = True, surround: bool = True) -> Array:
    """Line detector: a diagonal line one cell wide.

    Args:
        falling: Whether the line falls to the right, otherwise it rises.
        surround: As for :func:`vertical_line`.

    Returns:
        Kernel, float32, (3, 3).

    Example:
        >>> diagonal_line()
        array([[ 2., -1., -1.],
               [-1.,  2., -1.],
               [-1., -1.,  2.]], dtype=float32)
    """
    line = np.eye(3, dtype=np.float32)
    kernel = 3 * line - 1 if surround else line
    return kernel if falling else np.ascontiguousarray(kernel[:, ::-1])


@entry("Gabor, 1946; Daugman, 1985: a model of cells in the striate cortex", ranks=(1, 2))
def gabor(
    size: int = 11,
    wavelength: float = 5.0,
    orientation: float = 0.0,
    sigma: float = 2.0,
    phase: float = 0.0,
    aspect: float = 1.0,
    ndim: int = 2,
) -> Array:
    """Texture detector: a wave of one length and direction under a bell curve.

    ``exp(-(u**2 + (aspect v)**2) / (2 sigma**2)) cos(2 pi u / wavelength + phase)``, where u runs along the wave and v
    across it.

    Args:
        size: Cells along each axis, odd.
        wavelength: Cells from crest to crest.
        orientation: Direction in which the wave runs, degrees from the last axis towards the first: 0 makes vertical
            stripes, 90 horizontal ones.
        sigma: Standard deviation of the bell in cells.
        phase: Degrees; 0 is even (a bright line in the centre), 90 odd (an edge).
        aspect: How much shorter the bell is across the wave.
        ndim: Number of axes, 1 or 2.

    Returns:
        Kernel, float32, ``(size,) * ndim``.

    Raises:
        ParameterError: An option is out of range.

    Example:
        >>> float(gabor()[5, 5])
        1.0
    """
    require_rank(ndim, "gabor", (1, 2))
    require_size(size, ndim, "gabor")
    for what, value in (("wavelength", wavelength), ("sigma", sigma), ("aspect", aspect)):
        require_positive(value, what, "gabor")
    angle = math.radians(orientation)
    x = np.arange(size) - size // 2
    if ndim == 1:
        u, v = x.astype(np.float64), np.zeros(size)
    else:
        u = x[None, :] * math.cos(angle) + x[:, None] * math.sin(angle)
        v = -x[None, :] * math.sin(angle) + x[:, None] * math.cos(angle)
    bell_curve = np.exp(-(u**2 + (aspect * v) ** 2) / (2 * sigma**2))
    return (bell_curve * np.cos(2 * math.pi * u / wavelength + math.radians(phase))).astype(np.float32)
