"""Hand-crafted kernels by name, correlation and convolution with them, and what a kernel's weights encode.

Example:
    >>> import striate.filters
    >>> striate.filters.correlate([0, 0, 1, 1, 1], striate.filters.derivative())
    array([-1., -1.,  0.], dtype=float32)
"""

from striate.filters.application import filter
from striate.filters.correlation import Boundary, Mode, convolve, correlate
from striate.filters.curvature import (
    diagonal_line,
    difference_of_gaussians,
    gabor,
    horizontal_line,
    laplacian,
    laplacian_of_gaussian,
    sharpen,
    spike,
    vertical_line,
)
from striate.filters.description import KernelDescription, describe
from striate.filters.edges import derivative, emboss, gaussian_derivative, kirsch, prewitt, roberts, scharr, sobel
from striate.filters.registry import Filter, get, names
from striate.filters.smoothing import binomial, box, gaussian, identity, smoothing, unsharp

__all__ = [
    "Boundary",
    "Filter",
    "KernelDescription",
    "Mode",
    "binomial",
    "box",
    "convolve",
    "correlate",
    "derivative",
    "describe",
    "diagonal_line",
    "difference_of_gaussians",
    "emboss",
    "filter",
    "gabor",
    "gaussian",
    "gaussian_derivative",
    "get",
    "horizontal_line",
    "identity",
    "kirsch",
    "laplacian",
    "laplacian_of_gaussian",
    "names",
    "prewitt",
    "roberts",
    "scharr",
    "sharpen",
    "smoothing",
    "sobel",
    "spike",
    "unsharp",
    "vertical_line",
]
