"""Rules for normalization and softmax: each element depends on all that its statistics are taken from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from striate import ops
from striate.graph import Op
from striate.lenses.receptive_field.frame import Frame
from striate.lenses.receptive_field.masks import Influences, Mask, any_along, reduced, spreads


@spreads(ops.BatchNormalization)
def batch(frame: Frame, op: Op, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on its own number and its channel's parameters."""
    return {0: masks[0], **_parameters(masks[0], 4)}


@spreads(ops.InstanceNormalization)
def instance(frame: Frame, op: Op, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on its channel and that channel's parameters."""
    return {**_together(frame, masks[0], range(2, masks[0].ndim)), **_parameters(masks[0], 2)}


@spreads(ops.GroupNormalization)
def group(frame: Frame, op: ops.GroupNormalization, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on its group of channels."""
    n, c, *spatial = frame.x
    by_group = any_along(masks[0].reshape(n, op.num_groups, -1), [2])
    seen = np.repeat(by_group, c // op.num_groups, axis=1).reshape(n, c, *[1] * len(spatial))
    return {0: np.broadcast_to(seen, frame.x), **_parameters(masks[0], 2)}


@spreads(ops.LayerNormalization, ops.RMSNormalization)
def trailing(frame: Frame, op: ops.LayerNormalization | ops.RMSNormalization, masks: tuple[Mask, ...]) -> Influences:
    """Each element, and each statistic, depends on the axes that are normalized."""
    rank = len(frame.x)
    first = op.axis % rank
    axes = tuple(range(first, rank))
    seen = np.zeros((*frame.x[:first], *[1] * (rank - first)), bool)
    for mask in masks:
        if mask.ndim:
            seen = seen | any_along(mask, axes, keep=True)
    found: dict[int, Mask] = {0: np.broadcast_to(seen, frame.x)}
    return found | {i: reduced(masks[0], frame.shape(i)) for i in (1, 2) if frame.has(i)}


@spreads(ops.MeanVarianceNormalization)
def mean_variance(frame: Frame, op: ops.MeanVarianceNormalization, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on the axes that are normalized."""
    return _together(frame, masks[0], op.axes)


@spreads(ops.LpNormalization, ops.Hardmax)
def row(frame: Frame, op: ops.LpNormalization | ops.Hardmax, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on its row."""
    return _together(frame, masks[0], [op.axis])


@spreads(ops.Softmax)
def softmax(frame: Frame, op: ops.Softmax, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on all that it is compared with."""
    return _together(frame, masks[0], op.axes)


@spreads(ops.LRN)
def local_response(frame: Frame, op: ops.LRN, masks: tuple[Mask, ...]) -> Influences:
    """Each element depends on its neighbours across channels."""
    seen = np.zeros_like(masks[0])
    channels = frame.x[1]
    for shift in range(-((op.size - 1) // 2), op.size // 2 + 1):
        if abs(shift) < channels:
            to, of = slice(max(0, shift), channels + min(0, shift)), slice(max(0, -shift), channels + min(0, -shift))
            seen[:, to] |= masks[0][:, of]
    return {0: seen}


def _parameters(mask: Mask, count: int) -> dict[int, Mask]:
    """Operands 1 to ``count`` hold a number for each channel."""
    channels = any_along(mask, (axis for axis in range(mask.ndim) if axis != 1))
    return dict.fromkeys(range(1, count + 1), channels)


def _together(frame: Frame, mask: Mask, axes: Sequence[int]) -> Influences:
    seen = any_along(mask, axes, keep=True)
    return {0: np.broadcast_to(seen, frame.x)}
