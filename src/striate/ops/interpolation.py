"""Which cells of an axis each cell of a resized axis reads, and with what weights.

A resized cell x lies at ``slope * x + offset`` of the original axis; every coordinate mode is such a line. Places are
computed in whole numbers, exactly, so that a place on the edge between two cells falls to the same side everywhere.

Source: ONNX ``Resize``; R. Keys, "Cubic convolution interpolation for digital image processing", 1981, equation 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from striate.graph import Array

Interpolation = Literal["nearest", "linear", "cubic"]
Coordinates = Literal[
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "tf_half_pixel_for_nn",
    "tf_crop_and_resize",
]
Nearest = Literal["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]


@dataclass(frozen=True, eq=False)
class AxisWeights:
    """How one axis is resized: ``y[o] = sum over t of weights[o, t] * x[cells[o, t]]``.

    Args:
        axis: The axis.
        cells: int64 (out, taps): the cells that each place reads; a cell may occur twice, at an edge.
        weights: float64 (out, taps).
        outside: bool (out,): places outside the original axis, which hold the extrapolation value instead.
    """

    axis: int
    cells: Array
    weights: Array
    outside: Array

    def row(self, place: int) -> tuple[tuple[int, float], ...]:
        """The cells with a weight other than 0 that a place reads, each once, with their weights."""
        if self.outside[place]:
            return ()
        found: dict[int, float] = {}
        for cell, weight in zip(self.cells[place].tolist(), self.weights[place].tolist(), strict=True):
            found[cell] = found.get(cell, 0.0) + weight
        return tuple((cell, weight) for cell, weight in sorted(found.items()) if weight)

    def matrix(self, size: int) -> Array:
        """The weights as a float64 matrix (out, in), for an axis of that size."""
        table = np.zeros((len(self.cells), size))
        rows = np.arange(len(self.cells))[:, None]
        np.add.at(table, (np.broadcast_to(rows, self.cells.shape), self.cells), self.weights)
        table[self.outside] = 0
        return table


@dataclass(frozen=True)
class Sampling:
    """One axis's resizing: sizes, scale and how its coordinates run.

    Args:
        size: Cells of the original axis.
        length: Cells of the resized axis.
        scale: Resized over original; differs from ``length/size`` where a given scale gave no whole number.
        coordinates: Coordinate mode.
        crop: First and last place of the crop, as parts of the axis ("tf_crop_and_resize" only).
    """

    size: int
    length: int
    scale: Fraction
    coordinates: Coordinates
    crop: tuple[Fraction, Fraction] = (Fraction(0), Fraction(1))

    @property
    def identity(self) -> bool:
        """Whether every place is the cell of the same number."""
        return self.size == self.length and self.line() == (Fraction(1), Fraction(0))

    def line(self) -> tuple[Fraction, Fraction]:
        """Slope and offset: the resized cell x lies at ``slope * x + offset`` of the original axis."""
        step, half, last = 1 / self.scale, Fraction(1, 2), self.size - 1
        match self.coordinates:
            case "half_pixel":
                return step, step * half - half
            case "half_pixel_symmetric":
                # The given scale says where cells lie, the whole number of cells where the picture's middle is.
                moved = Fraction(self.size, 2) * (1 - self.length / (self.scale * self.size))
                return step, moved + step * half - half
            case "pytorch_half_pixel":
                return (step, step * half - half) if self.length > 1 else (step, Fraction(0))
            case "align_corners":
                return (Fraction(last, self.length - 1) if self.length > 1 else Fraction(0)), Fraction(0)
            case "asymmetric":
                return step, Fraction(0)
            case "tf_half_pixel_for_nn":
                return step, step * half
            case "tf_crop_and_resize":
                start, end = self.crop
                if self.length > 1:
                    return (end - start) * last / (self.length - 1), start * last
                return Fraction(0), (start + end) * last / 2

    def places(self) -> tuple[Array, int]:
        """Where each resized cell lies, as exact whole numbers (Python's, of any size) over one denominator."""
        slope, offset = self.line()
        below = math.lcm(slope.denominator, offset.denominator)
        cells = np.array(range(self.length), object)
        return cells * int(slope * below) + int(offset * below), below

    def outside(self) -> Array:
        """Which places lie outside the original axis and take the extrapolation value."""
        if self.coordinates != "tf_crop_and_resize":
            return np.zeros(self.length, bool)
        above, below = self.places()
        return np.array((above < 0) | (above > (self.size - 1) * below), bool)


def nearest_cells(sampling: Sampling, rounding: Nearest) -> tuple[Array, Array]:
    """Cells (out, 1) and weights (out, 1) of the nearest cell, kept inside the axis."""
    above, below = sampling.places()
    match rounding:
        case "floor":
            cells = above // below
        case "ceil":
            cells = -(-above // below)
        case "round_prefer_ceil":
            cells = (2 * above + below) // (2 * below)
        case "round_prefer_floor":
            cells = -((below - 2 * above) // (2 * below))
    cells = _inside(cells, sampling.size)[:, None]
    return cells, np.ones(cells.shape)


def weighted_cells(
    sampling: Sampling, interpolation: Interpolation, a: float, antialias: bool, exclude_outside: bool
) -> tuple[Array, Array]:
    """Cells (out, taps) and weights (out, taps) of linear or cubic interpolation.

    With ``antialias`` the weights' curve is stretched by ``1/scale`` where that is more than 1. Cells beyond an edge
    are the edge cell, or with ``exclude_outside`` have no weight and the others are scaled to add up to 1.
    """
    above, below = sampling.places()
    floor = above // below
    rest = np.array((above - floor * below) / below, np.float64)
    shrink = min(sampling.scale, Fraction(1)) if antialias else Fraction(1)
    reach = math.ceil((2 if interpolation == "cubic" else 1) / shrink)
    steps = np.arange(1 - reach, reach + 1)
    distance = np.abs(steps - rest[:, None]) * float(shrink)
    weights = cubic_weight(distance, a) if interpolation == "cubic" else np.maximum(0.0, 1 - distance)
    cells = floor[:, None] + steps.astype(object)
    if exclude_outside:
        inside = np.array((cells >= 0) & (cells < sampling.size), bool)
        # A place with no cell inside keeps the edge cell.
        weights = np.where(inside | ~inside.any(axis=1, keepdims=True), weights, 0.0)
    if exclude_outside or antialias:
        total = weights.sum(axis=1, keepdims=True)
        weights = weights / np.where(total == 0, 1, total)
    return _inside(cells, sampling.size), weights


def cubic_weight(distance: Array, a: float) -> Array:
    """Keys' cubic: weight of a cell at a distance of 0 to 2 cells; 0 beyond.

    Example:
        >>> cubic_weight(np.array([0.0, 0.5, 1.5]), -0.75).tolist()
        [1.0, 0.59375, -0.09375]
    """
    d = distance
    near = ((a + 2) * d - (a + 3)) * d * d + 1
    far = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
    return np.where(d <= 1, near, np.where(d < 2, far, 0.0))


def _inside(cells: Array, size: int) -> Array:
    return np.clip(cells, 0, size - 1).astype(np.int64)


def simplest_fraction(number: float) -> Fraction:
    """The simplest fraction that float32 rounds to this number: a scale of 0.33333334 means 1/3.

    Example:
        >>> simplest_fraction(0.33333334)
        Fraction(1, 3)
    """
    exact = Fraction(number)
    for most in (1, 10, 100, 1000, 10_000):
        near = exact.limit_denominator(most)
        if np.float32(float(near)) == np.float32(number):
            return near
    return exact
