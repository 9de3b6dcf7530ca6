"""Resize: an array sampled anew at other sizes, each axis by itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

import numpy as np

from striate.dimension import UNKNOWN, Dim, Symbol, known_shape
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import Array, Cost, Op, TensorType, tensor
from striate.ops.interpolation import (
    AxisWeights,
    Coordinates,
    Interpolation,
    Nearest,
    Sampling,
    nearest_cells,
    simplest_fraction,
    weighted_cells,
)
from striate.ops.operands import integers, optional, positive_axes, required, sizes_in, text

AspectRatio = Literal["stretch", "not_larger", "not_smaller"]


@dataclass(frozen=True)
class Resize(Op):
    """Samples the input at ``scales`` times its size, or at the given ``sizes``.

    Operands: input; roi (starts, then ends, as parts of the axes; "tf_crop_and_resize" only); scales; sizes. Exactly
    one of scales and sizes is given; an empty one counts as left out.

    Args:
        mode: "nearest", "linear" or "cubic" (along every axis, one after the other).
        coordinate_transformation_mode: Where on the original axis a resized cell lies.
        nearest_mode: Which of two cells is the nearest.
        cubic_coeff_a: Slope of the cubic's outer part: -0.75 in PyTorch, -0.5 in TensorFlow.
        exclude_outside: Whether cells beyond the edge have no weight, instead of being the edge cell.
        extrapolation_value: What places outside the input hold ("tf_crop_and_resize" only).
        antialias: Whether shrinking averages over all cells that a new one covers.
        axes: Axes that roi, scales and sizes speak of; all of them where empty.
        keep_aspect_ratio_policy: "stretch" takes sizes as they are; "not_larger" and "not_smaller" scale all axes
            alike, so that the result just fits into or just covers them.
    """

    mode: Interpolation = "nearest"
    coordinate_transformation_mode: Coordinates = "half_pixel"
    nearest_mode: Nearest = "round_prefer_floor"
    cubic_coeff_a: float = -0.75
    exclude_outside: bool = False
    extrapolation_value: float = 0.0
    antialias: bool = False
    axes: tuple[int, ...] = ()
    keep_aspect_ratio_policy: AspectRatio = "stretch"

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        self._check_attributes()
        x = required(operands, 0, "input")
        scales, sizes = _unless_empty(optional(operands, 2)), _unless_empty(optional(operands, 3))
        if (scales is None) == (sizes is None):
            raise ParameterError("exactly one of scales and sizes must be given")
        if x.dtype.kind not in "iuf":
            raise DtypeError(f"input has type {x.dtype}, expected numbers")
        if x.shape is None:
            return (tensor(x.dtype, None),)
        axes = self._axes(len(x.shape))
        old = [x.shape[axis] for axis in axes]
        if scales is not None:
            new = [UNKNOWN] * len(axes) if scales.value is None else self._scaled(old, _scales(scales.value))
        else:
            assert sizes is not None
            wanted = sizes_in(sizes, "sizes")
            new = [UNKNOWN] * len(axes) if wanted is None else self._sized(old, wanted)
        shape = list(x.shape)
        for axis, before, after in zip(axes, old, new, strict=True):
            if before == 0 and after != 0:
                raise ShapeError(f"axis {axis} of the input's {text(x.shape)} is empty; nothing can be sampled from it")
            shape[axis] = after
        return (tensor(x.dtype, tuple(shape)),)

    def _check_attributes(self) -> None:
        for name, value, allowed in (
            ("mode", self.mode, get_args(Interpolation)),
            ("coordinate_transformation_mode", self.coordinate_transformation_mode, get_args(Coordinates)),
            ("nearest_mode", self.nearest_mode, get_args(Nearest)),
            ("keep_aspect_ratio_policy", self.keep_aspect_ratio_policy, get_args(AspectRatio)),
        ):
            if value not in allowed:
                raise ParameterError(f'{name} (="{value}") must be one of {", ".join(allowed)}')

    def _axes(self, rank: int) -> tuple[int, ...]:
        return positive_axes(self.axes, rank) if self.axes else tuple(range(rank))

    def _scaled(self, old: Sequence[Dim], scales: Sequence[Fraction]) -> list[Dim]:
        if len(scales) != len(old):
            raise ShapeError(f"scales has {len(scales)} entries, expected {len(old)}, one for each axis")
        return [size * s.numerator // s.denominator for size, s in zip(old, scales, strict=True)]

    def _sized(self, old: Sequence[Dim], wanted: Sequence[Dim]) -> list[Dim]:
        if len(wanted) != len(old):
            raise ShapeError(f"sizes has {len(wanted)} entries, expected {len(old)}, one for each axis")
        if any(not isinstance(size, Symbol) and size < 0 for size in wanted):
            raise ParameterError(f"sizes (={text(tuple(wanted))}) must not be negative")
        if self.keep_aspect_ratio_policy == "stretch":
            return list(wanted)
        numbers = [(w, o) for w, o in zip(wanted, old, strict=True) if isinstance(w, int) and isinstance(o, int)]
        if len(numbers) < len(old):
            return [UNKNOWN] * len(old)
        scale = self._common_scale([o for _, o in numbers], [w for w, _ in numbers])
        return [math.floor(scale * o + Fraction(1, 2)) for _, o in numbers]

    def _common_scale(self, old: Sequence[int], wanted: Sequence[int]) -> Fraction:
        ratios = [Fraction(w, o) for w, o in zip(wanted, old, strict=True) if o] or [Fraction(1)]
        return min(ratios) if self.keep_aspect_ratio_policy == "not_larger" else max(ratios)

    def samplings(
        self, shape: Sequence[int], roi: Array | None, scales: Array | None, sizes: Array | None
    ) -> tuple[tuple[int, Sampling], ...]:
        """Each axis that roi, scales and sizes speak of, with how it is sampled, for an input of this shape."""
        axes = self._axes(len(shape))
        old = [shape[axis] for axis in axes]
        if scales is not None and scales.size:
            factors = _scales(scales)
            new = self._scaled(old, factors)
        else:
            wanted = integers(np.zeros(0) if sizes is None else sizes)
            new = self._sized(old, wanted)
            factors = [Fraction(w, o) if o else Fraction(1) for w, o in zip(wanted, old, strict=True)]
            if self.keep_aspect_ratio_policy != "stretch":
                factors = [self._common_scale(old, wanted)] * len(old)
        crops = self._crops(roi, len(axes))
        found: list[tuple[int, Sampling]] = []
        for axis, before, after, factor, crop in zip(axes, old, new, factors, crops, strict=True):
            length = after if isinstance(after, int) else 0
            found.append((axis, Sampling(before, length, factor, self.coordinate_transformation_mode, crop)))
        return tuple(found)

    def _crops(self, roi: Array | None, count: int) -> list[tuple[Fraction, Fraction]]:
        if self.coordinate_transformation_mode != "tf_crop_and_resize":
            return [(Fraction(0), Fraction(1))] * count
        if roi is None or roi.size != 2 * count:
            given = "none" if roi is None else f"{roi.size} numbers"
            raise ShapeError(f"roi must hold {2 * count} numbers, starts and ends of {count} axes, got {given}")
        edges = [simplest_fraction(edge) for edge in roi.astype(np.float64).tolist()]
        return list(zip(edges[:count], edges[count:], strict=True))

    def axis_weights(
        self, shape: Sequence[int], roi: Array | None, scales: Array | None, sizes: Array | None
    ) -> tuple[AxisWeights, ...]:
        """Cells and weights of each axis that changes, for an input of this shape; the result is their product.

        Args:
            shape: The input's sizes.
            roi: Operand, or None.
            scales: Operand, or None.
            sizes: Operand, or None.

        Returns:
            One for each axis that changes, in the order in which they are applied.
        """
        found: list[AxisWeights] = []
        for axis, sampling in self.samplings(shape, roi, scales, sizes):
            if sampling.length == 0 or sampling.identity:
                continue
            if self.mode == "nearest":
                cells, weights = nearest_cells(sampling, self.nearest_mode)
            else:
                cells, weights = weighted_cells(
                    sampling, self.mode, self.cubic_coeff_a, self.antialias, self.exclude_outside
                )
            found.append(AxisWeights(axis, cells, weights, sampling.outside()))
        return tuple(found)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        roi, scales, sizes = optional(operands, 1), optional(operands, 2), optional(operands, 3)
        plan = self.samplings(x.shape, roi, scales, sizes)
        if any(sampling.length == 0 for _, sampling in plan):
            shape = list(x.shape)
            for axis, sampling in plan:
                shape[axis] = sampling.length
            return (np.empty(shape, x.dtype),)
        exact = np.result_type(x.dtype, np.float32) if x.dtype.kind == "f" else np.dtype(np.float64)
        y = x if self.mode == "nearest" else x.astype(exact)
        steps = self.axis_weights(x.shape, roi, scales, sizes)
        for step in steps:
            y = _contract(y, step) if self.mode != "nearest" else np.take(y, step.cells[:, 0], step.axis)
        y = y.astype(x.dtype)
        for step in steps:
            y[(slice(None),) * step.axis + (step.outside,)] = self.extrapolation_value
        return (y,)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        x, y = required(operands, 0, "input"), results[0]
        if self.mode == "nearest" or not x.concrete or not y.concrete:
            return Cost()
        sizes = list(known_shape(x.shape or ()))
        macs = 0
        for axis, length in enumerate(known_shape(y.shape or ())):
            if length == sizes[axis]:
                continue
            stretch = max(1.0, sizes[axis] / length) if self.antialias and length else 1.0
            sizes[axis] = length
            macs += math.prod(sizes) * 2 * math.ceil((2 if self.mode == "cubic" else 1) * stretch)
        return Cost(macs=macs)

    def workspace(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> int:
        """The largest array on the way, when some axes have their new size and others still the old one."""
        x = required(operands, 0, "input")
        sizes, largest = list(known_shape(x.shape or ())), 0
        for axis, length in enumerate(known_shape(results[0].shape or ())):
            sizes[axis] = length
            largest = max(largest, math.prod(sizes))
        return largest * max(x.dtype.itemsize, 4)


def _contract(x: Array, step: AxisWeights) -> Array:
    """``sum over t of weights[:, t] * x[..., cells[:, t], ...]``."""
    along = (-1, *([1] * (x.ndim - step.axis - 1)))
    shape = (*x.shape[: step.axis], len(step.cells), *x.shape[step.axis + 1 :])
    total = np.zeros(shape, x.dtype)
    for cells, weights in zip(step.cells.T, step.weights.T, strict=True):
        total += weights.astype(x.dtype).reshape(along) * np.take(x, cells, step.axis)
    return total


def _unless_empty(operand: TensorType | None) -> TensorType | None:
    return None if operand is None or operand.shape == (0,) else operand


def _scales(scales: Array) -> list[Fraction]:
    numbers = [float(number) for number in scales.reshape(-1).tolist()]
    if any(not math.isfinite(number) or number <= 0 for number in numbers):
        raise ParameterError(f"scales (={tuple(numbers)}) must be positive")
    return [simplest_fraction(number) for number in numbers]
