"""Rules that look at a run's numbers: of what is chosen by data, only the winner is followed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from striate import ops
from striate.graph import Array
from striate.lenses.receptive_field.frame import Frame
from striate.lenses.receptive_field.masks import Influences, Mask, influences, reduced


def followed(frame: Frame, masks: tuple[Mask, ...]) -> Influences:
    """As :func:`influences`, but through maxima, minima and choices only what won in this run."""
    op = frame.node.op
    if isinstance(op, ops.MaxPool):
        return {0: _pooled(frame, op, np.logical_or.reduce(masks))}
    if isinstance(op, ops.GlobalMaxPool):
        return {0: _extreme(_known(frame, 0), masks[0], tuple(range(2, len(frame.x))), True)}
    if isinstance(op, (ops.ReduceMax, ops.ReduceMin)):
        return _reduced(frame, op, masks[0])
    if isinstance(op, (ops.Max, ops.Min)):
        return _elements(frame, isinstance(op, ops.Max), masks[0])
    if isinstance(op, ops.Where):
        condition = _known(frame, 0)
        chosen = {1: masks[0] & condition, 2: masks[0] & ~condition}
        return {i: reduced(mask, frame.shape(i)) for i, mask in chosen.items()}
    return influences(frame, masks)


def _known(frame: Frame, position: int) -> Array:
    content = frame.content(position)
    assert content is not None  # a recording holds every value
    return content


def _pooled(frame: Frame, op: ops.MaxPool, mask: Mask) -> Mask:
    _, winners = replace(op, storage_order=0).reference(_known(frame, 0))
    seen = np.zeros(frame.x, bool)
    chosen = winners[mask]
    seen.reshape(-1)[chosen[chosen >= 0]] = True
    return seen


def _reduced(frame: Frame, op: ops.ReduceMax | ops.ReduceMin, mask: Mask) -> Influences:
    rank = len(frame.x)
    given = [int(axis) % rank for axis in _known(frame, 1).reshape(-1)] if frame.has(1) else []
    axes = tuple(sorted(given)) if given or op.noop_with_empty_axes else tuple(range(rank))
    kept = mask if op.keepdims else np.expand_dims(mask, axes)
    return {0: _extreme(_known(frame, 0), kept, axes, isinstance(op, ops.ReduceMax))}


def _extreme(x: Array, mask: Mask, axes: tuple[int, ...], largest: bool) -> Mask:
    """The first extreme cell along some axes, where the mask (those axes of size 1) is True."""
    others = tuple(axis for axis in range(x.ndim) if axis not in axes)
    order = (*others, *axes)
    rows = x.transpose(order).reshape(*(x.shape[axis] for axis in others), -1)
    best = (rows.argmax(axis=-1) if largest else rows.argmin(axis=-1))[..., None]
    seen = np.zeros(rows.shape, bool)
    np.put_along_axis(seen, best, mask.transpose(order).reshape(best.shape), axis=-1)
    return seen.reshape([x.shape[axis] for axis in order]).transpose(np.argsort(order))


def _elements(frame: Frame, largest: bool, mask: Mask) -> Influences:
    stacked = np.stack(np.broadcast_arrays(*(_known(frame, i) for i in range(len(frame.shapes)))))
    winner = stacked.argmax(axis=0) if largest else stacked.argmin(axis=0)
    return {i: reduced(mask & (winner == i), frame.shape(i)) for i in range(len(frame.shapes))}
