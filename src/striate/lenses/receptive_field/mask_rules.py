"""Rules for everything but windows: element by element, moved data, reductions, norms, matrix products."""

from __future__ import annotations

import numpy as np

from striate import ops
from striate.graph import Op
from striate.lenses.provenance import moved_operands, moves_data, provenance
from striate.lenses.receptive_field.frame import Frame
from striate.lenses.receptive_field.masks import Influences, Mask, any_along, everything, reduced, spreads


@spreads(ops.Pointwise, ops.Broadcasting, ops.Variadic, ops.Cast, ops.OfEach, ops.Where)
def by_element(frame: Frame, op: Op, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on the elements that are broadcast to its place."""
    return {i: reduced(masks[0], shape) for i, shape in enumerate(frame.shapes) if shape is not None}


@spreads(ops.Movement, ops.Identity, ops.Dropout)
def moved(frame: Frame, op: Op, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on the one that it is a copy of; sizes depend on no element."""
    if isinstance(op, (ops.Shape, ops.Size)):
        return {}
    if not moves_data(op):
        return everything(frame, range(len(frame.shapes)))
    positions = moved_operands(op, len(frame.shapes))
    others = [i for i in range(len(frame.shapes)) if i not in positions and frame.has(i)]
    filled = isinstance(op, ops.Pad) and 2 in others
    if any(frame.content(i) is None for i in others if not (filled and i == 2)):
        frame.remark("moves data to places that only a run can tell")
        return everything(frame, range(len(frame.shapes)))
    maps = provenance(op, frame.shapes, frame.contents)
    if isinstance(op, ops.Dropout):
        maps = maps[:1]
    shapes = [frame.shape(i) for i in positions]
    counts = [int(np.prod(shape, dtype=np.int64)) for shape in shapes]
    seen = np.zeros(sum(counts) + 1, bool)  # the last stands for padding, whose number is -1
    for mask, cells in zip(masks, maps, strict=False):
        seen[cells[mask]] = True
    padding, seen = bool(seen[-1]), seen[:-1]
    parts = np.split(seen, np.cumsum(counts)[:-1])
    found = {i: part.reshape(shape) for i, part, shape in zip(positions, parts, shapes, strict=True)}
    # Where places are computed by the network itself, what computes them influences everything.
    return found | everything(frame, [i for i in others if padding or not (filled and i == 2)])


@spreads(ops.Reduction)
def reduction(frame: Frame, op: ops.Reduction, masks: tuple[Mask, ...]) -> Influences:
    """Each result depends on all cells of the axes that it is made of."""
    rank = len(frame.x)
    axes = frame.content(1)
    if frame.has(1) and axes is None:
        frame.remark("reduces axes that only a run can tell")
        return everything(frame, [0, 1])
    given = [int(axis) % rank for axis in axes.reshape(-1)] if axes is not None else []
    reduced_axes = sorted(given) if given or op.noop_with_empty_axes else list(range(rank))
    mask = masks[0]
    if not op.keepdims:
        mask = np.expand_dims(mask, tuple(reduced_axes))
    return {0: np.broadcast_to(mask, frame.x), **everything(frame, [1])}


@spreads(ops.ArgMax, ops.ArgMin)
def place(frame: Frame, op: ops.ArgMax | ops.ArgMin, masks: tuple[Mask, ...]) -> Influences:
    """Each place depends on all cells of the axis."""
    mask = masks[0] if op.keepdims else np.expand_dims(masks[0], op.axis % len(frame.x))
    return {0: np.broadcast_to(mask, frame.x)}


@spreads(ops.CumSum)
def running_sum(frame: Frame, op: ops.CumSum, masks: tuple[Mask, ...]) -> Influences:
    """Each sum depends on the cells up to its place."""
    given = frame.content(1)
    if given is None:
        frame.remark("runs along an axis that only a run can tell")
        return everything(frame, [0, 1])
    axis = int(given.reshape(-1)[0]) % len(frame.x)
    mask = masks[0] if op.reverse else np.flip(masks[0], axis)
    seen = np.maximum.accumulate(mask, axis)
    if op.exclusive:
        seen = np.roll(seen, 1, axis)
        seen[(slice(None),) * axis + (slice(0, 1),)] = False
    return {0: seen if op.reverse else np.flip(seen, axis)}


@spreads(ops.MatMul)
def matrix_product(frame: Frame, op: ops.MatMul, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on a row of the first operand and a column of the second."""
    a, b = frame.shape(0), frame.shape(1)
    mask = masks[0]
    if len(b) == 1:
        mask = mask[..., None]
    if len(a) == 1:
        mask = mask[..., None, :]
    rows, columns = any_along(mask, [-1], keep=True), any_along(mask, [-2], keep=True)
    left = reduced(rows, (*a[:-1], 1) if len(a) > 1 else (1, 1))
    right = reduced(columns, (*b[:-2], 1, b[-1]) if len(b) > 1 else (1, 1))
    return {
        0: np.broadcast_to(left if len(a) > 1 else left.reshape(1), a),
        1: np.broadcast_to(right if len(b) > 1 else right.reshape(1), b),
    }


@spreads(ops.Gemm)
def dense(frame: Frame, op: ops.Gemm, masks: tuple[Mask, ...]) -> Influences:
    """As a matrix product, with the bias element by element."""
    mask = masks[0]
    rows, columns = any_along(mask, [1]), any_along(mask, [0])
    found: dict[int, Mask] = {
        0: np.broadcast_to(rows[None, :] if op.trans_a else rows[:, None], frame.shape(0)),
        1: np.broadcast_to(columns[:, None] if op.trans_b else columns[None, :], frame.shape(1)),
    }
    if frame.has(2):
        found[2] = reduced(mask, frame.shape(2))
    return found
