"""A small array with a border of its own cells (or of one number) around it, correlated in one native call.

NumPy's pad takes 30 microseconds, ten times the sum that it is for. Here the native entry copies each row of the input,
where the border wants it, and what a row is continued with, by tables that are made once for a shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Literal

import numpy as np

from striate.engine.exactness import direct_only
from striate.engine.executor import native_by_default
from striate.engine.immediate.carry_out import Ready
from striate.engine.immediate.prepared import SHARED_WORK, Prepared
from striate.engine.immediate.recipe import make_recipe
from striate.engine.isa import isa
from striate.engine.layout import ALIGNMENT
from striate.engine.limits import memory_limit
from striate.engine.objects import readable
from striate.graph import Array
from striate.ops import Conv

# Cells of the padded map up to which NumPy's time for it counts.
MOST_CELLS = 16384

Continuation = Literal["symmetric", "reflect", "edge", "wrap"]


def bordered(
    op: Conv, x: Array, weight: Array, pads: Sequence[tuple[int, int]], how: Continuation | None, number: float
) -> Ready | None:
    """A correlation of one map and one kernel with a border, prepared; None where it is large, or kernels cannot do it.

    Args:
        op: The convolution, without padding.
        x: The map, float32, with spatial axes only.
        weight: The kernel, as many axes.
        pads: Cells before and after, for each axis.
        how: How the map goes on there, in the words of NumPy's pad; None for a number.
        number: That number.
    """
    whole = tuple(before + size + after for size, (before, after) in zip(x.shape, pads, strict=True))
    if prod(whole) > MOST_CELLS or not readable() or not native_by_default():
        return None
    room = np.zeros((1, 1, *whole), np.float32)
    recipe = make_recipe(op, [room, weight[None, None], None], isa(), direct_only())
    if recipe is None or recipe.padded or recipe.check is not None or recipe.work > SHARED_WORK:
        return None
    inside = tuple(slice(before, before + size) for size, (before, _) in zip(x.shape, pads, strict=True))
    # Nobody else writes to its part of the arena: what no row is copied to stays as it is.
    recipe.x.nbytes = -(-room.nbytes // ALIGNMENT) * ALIGNMENT
    recipe.x.first, recipe.x.last = 0, len(recipe.calls)
    rows = None if how is None else _rows(x.shape, pads, how)
    edges = None if how is None else _edges(x.shape[-1], pads[-1], how)
    prepared = Prepared(
        replace(
            recipe,
            padded=room.shape,
            inside=(0, 0, *inside),
            filling=number,
            rows=rows,
            edges=edges,
            weight_shape=(1, 1, *weight.shape),
        )
    )
    return Ready(prepared, prepared.shape[2:]) if prepared.enter and prepared.nbytes <= memory_limit() else None


def _source(size: int, pads: tuple[int, int], how: Continuation) -> Array:
    """Which cell of an axis each cell of the padded axis is."""
    return np.pad(np.arange(size), pads, how)


def _rows(shape: tuple[int, ...], pads: Sequence[tuple[int, int]], how: Continuation) -> Array:
    """For each row of the padded map: floats from the first inner cell, and to the row of the input that it is."""
    there, here = np.zeros(1, np.int64), np.zeros(1, np.int64)
    wide, narrow = 1, 1
    steps: list[tuple[int, int]] = []
    for size, (before, after) in zip(reversed(shape), reversed(pads), strict=True):
        steps.insert(0, (wide, narrow))
        wide, narrow = wide * (before + size + after), narrow * size
    for size, pad, (far, near) in zip(shape[:-1], pads, steps, strict=False):
        source = _source(size, pad, how)
        there = np.add.outer(there, (np.arange(len(source)) - pad[0]) * far).ravel()
        here = np.add.outer(here, source * near).ravel()
    return np.stack([there, here], axis=1)


def _edges(size: int, pads: tuple[int, int], how: Continuation) -> Array:
    """For each cell of a row's border: cells from the row's first inner one to it, and which cell of the row it is."""
    source = _source(size, pads, how)
    place = np.arange(len(source)) - pads[0]
    outside = (place < 0) | (place >= size)
    return np.stack([place[outside], source[outside]], axis=1).astype(np.int64)
