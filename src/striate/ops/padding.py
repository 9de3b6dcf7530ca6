"""Pad: cells added around (or, with negative counts, cut from) an array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from striate.dimension import UNKNOWN, Dim, Symbol
from striate.errors import DtypeError, ParameterError, ShapeError
from striate.graph import Array, TensorType, tensor
from striate.ops.movement import Movement
from striate.ops.operands import (
    count_in,
    integers,
    integers_in,
    optional,
    positive_axes,
    required,
    sizes_in,
    unknown_sizes,
)

PadMode = Literal["constant", "reflect", "edge", "wrap"]


@dataclass(frozen=True)
class Pad(Movement):
    """Adds cells before and after each axis; a negative count cuts cells away, before any are added.

    Operands: input; pads (all counts before, then all counts after, one for each of ``axes``); value (0 where left
    out); axes (all where left out).

    Args:
        mode: What the new cells hold: "constant" the value; "reflect" the mirror image without the edge cell (3 2 | 1 2
            3 | 2 1); "edge" the edge cell (1 1 | 1 2 3 | 3 3); "wrap" the other end (2 3 | 1 2 3 | 1 2).
    """

    mode: PadMode = "constant"

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x, pads, axes = required(operands, 0, "input"), required(operands, 1, "pads"), optional(operands, 3)
        value = optional(operands, 2)
        if self.mode not in get_args(PadMode):
            raise ParameterError(f'mode (="{self.mode}") must be one of {", ".join(get_args(PadMode))}')
        if value is not None and value.dtype != x.dtype:
            raise DtypeError(f"value has type {value.dtype}, input {x.dtype}; expected the same type")
        counts = sizes_in(pads, "pads")
        if x.shape is None:
            return (tensor(x.dtype, None),)
        padded = integers_in(axes, "axes") if axes is not None else tuple(range(len(x.shape)))
        if padded is None:
            return (tensor(x.dtype, unknown_sizes(len(x.shape))),)
        places = positive_axes(padded, len(x.shape))
        if count_in(pads) not in (None, 2 * len(places)):
            raise ShapeError(
                f"pads has {count_in(pads)} entries, expected {2 * len(places)}: before and after for each of "
                f"{len(places)} axes"
            )
        sizes = list(x.shape)
        for i, axis in enumerate(places):
            if counts is None:
                sizes[axis] = UNKNOWN
            else:
                sizes[axis] = self._padded(sizes[axis], counts[i], counts[i + len(places)], axis)
        return (tensor(x.dtype, tuple(sizes)),)

    def _padded(self, size: Dim, before: Dim, after: Dim, axis: int) -> Dim:
        total = size + before + after
        if isinstance(size, Symbol) or isinstance(before, Symbol) or isinstance(after, Symbol):
            return total
        kept = size + min(before, 0) + min(after, 0)
        if kept < 0:
            raise ShapeError(f"pads {before} and {after} cut more than axis {axis} has (size {size})")
        if kept == 0 and max(before, after) > 0 and self.mode != "constant":
            raise ShapeError(f'nothing is left of axis {axis} (size {size}) for mode "{self.mode}" to repeat')
        return total

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, pads = required(operands, 0, "input"), required(operands, 1, "pads")
        value, axes = optional(operands, 2), optional(operands, 3)
        places = range(x.ndim) if axes is None else positive_axes(integers(axes), x.ndim)
        counts = integers(pads)
        before, after = [0] * x.ndim, [0] * x.ndim
        for i, axis in enumerate(places):
            before[axis], after[axis] = counts[i], counts[i + len(places)]
        cut = zip(before, after, x.shape, strict=True)
        kept = x[tuple(slice(max(0, -b), size - max(0, -a)) for b, a, size in cut)]
        added = [(max(0, b), max(0, a)) for b, a in zip(before, after, strict=True)]
        if self.mode == "constant":
            filling = x.dtype.type(0) if value is None else value.reshape(-1)[0]
            return (np.pad(kept, added, mode="constant", constant_values=filling),)
        return (np.pad(kept, added, mode=self.mode),)
