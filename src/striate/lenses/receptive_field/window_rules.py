"""Rules for ops with a window or a neighbourhood: convolution, its transpose, pooling, resizing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from striate import ops
from striate.arithmetic import Window, dilated_extent
from striate.lenses.receptive_field.frame import Frame
from striate.lenses.receptive_field.masks import Influences, Mask, any_along, everything, narrowed, spreads
from striate.ops.convolution import taps


@spreads(ops.Conv)
def convolution(frame: Frame, op: ops.Conv, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on the cells under its window, in all channels of its group."""
    n, _, *lengths = frame.x
    filters, depth, *kernel = frame.shape(1)
    mask = masks[0]
    if op.groups == 1:
        by_group = any_along(mask, [1], keep=True)
    elif op.groups == filters:
        by_group = mask
    else:
        by_group = any_along(mask.reshape(n, op.groups, filters // op.groups, *mask.shape[2:]), [2])
    seen = _under_windows(by_group, op.window(kernel), lengths)
    if op.groups == 1:
        return {0: np.broadcast_to(seen, (n, depth, *lengths)), **everything(frame, [1, 2])}
    return {0: seen if depth == 1 else np.repeat(seen, depth, axis=1), **everything(frame, [1, 2])}


@spreads(ops.ConvTranspose)
def transposed(frame: Frame, op: ops.ConvTranspose, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on the cells that are sent to it."""
    n, channels, *lengths = frame.x
    _, per_group, *kernel = frame.shape(1)
    mask = masks[0]
    by_group = any_along(mask.reshape(n, op.groups, per_group, *mask.shape[2:]), [2])
    pads = op.pads(lengths, kernel)
    reach = [
        max((length - 1) * s + dilated_extent(k, d), before + size)
        for length, s, k, d, (before, _), size in zip(
            lengths, op.stride, kernel, op.dilation, pads, mask.shape[2:], strict=True
        )
    ]
    full = np.zeros((n, op.groups, *reach), bool)
    kept = tuple(slice(before, before + size) for (before, _), size in zip(pads, mask.shape[2:], strict=True))
    full[(..., *kept)] = by_group
    seen = np.zeros((n, op.groups, *lengths), bool)
    for tap in product(*map(range, kernel)):
        cells = tuple(
            slice(t * d, t * d + (length - 1) * s + 1, s)
            for t, d, length, s in zip(tap, op.dilation, lengths, op.stride, strict=True)
        )
        seen |= full[(..., *cells)]
    return {0: np.repeat(seen, channels // op.groups, axis=1), **everything(frame, [1, 2])}


@spreads(ops.Pool)
def pooling(frame: Frame, op: ops.Pool, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on the cells under its window, channel by channel."""
    mask = np.logical_or.reduce(masks)
    if isinstance(op, ops.MaxPool):
        frame.remark("passes on one cell of each window")
    return {0: _under_windows(mask, op.window, frame.x[2:])}


@spreads(ops.GlobalPool)
def global_pooling(frame: Frame, op: ops.GlobalPool, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on its whole channel."""
    if isinstance(op, ops.GlobalMaxPool):
        frame.remark("passes on one cell of each channel")
    return {0: np.broadcast_to(masks[0], frame.x)}


@spreads(ops.Resize)
def resizing(frame: Frame, op: ops.Resize, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on the cells that it is interpolated from: those with a weight other than 0."""
    known = [frame.content(i) for i in (1, 2, 3)]
    if any(frame.has(i) and known[i - 1] is None for i in (1, 2, 3)):
        frame.remark("samples places that only a run can tell")
        return everything(frame, range(4))
    seen: Mask = masks[0]
    for step in op.axis_weights(frame.x, known[0], known[1], known[2]):
        inside = ~step.outside.reshape(-1, *([1] * (seen.ndim - step.axis - 1)))
        joined = step.matrix(frame.x[step.axis]) != 0
        counted = np.tensordot(np.asarray(seen & inside, np.float32), np.asarray(joined, np.float32), (step.axis, 0))
        seen = np.asarray(np.moveaxis(counted, -1, step.axis) > 0, np.bool_)
    return {0: seen, **everything(frame, [1, 2, 3])}


def _under_windows(mask: Mask, window: Window, lengths: Sequence[int]) -> Mask:
    """The cells (n, c, *lengths) under the windows whose positions are True in (n, c, *positions)."""
    channels, positions = mask.shape[:2], mask.shape[2:]
    mask = narrowed(mask, (0, 1))
    pads = window.pads(lengths)
    reach = [
        max(before + length, (count - 1) * s + dilated_extent(k, d))
        for (before, _), length, count, s, k, d in zip(
            pads, lengths, positions, window.stride, window.kernel, window.dilation, strict=True
        )
    ]
    padded = np.zeros((*mask.shape[:2], *reach), bool)
    for _, cells in taps(window, positions):
        padded[(..., *cells)] |= mask
    inside = tuple(slice(before, before + length) for (before, _), length in zip(pads, lengths, strict=True))
    return np.broadcast_to(padded[(..., *inside)], (*channels, *lengths))
