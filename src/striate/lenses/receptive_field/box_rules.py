"""Box rules: how each op moves and widens the box of cells that a unit sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from striate import ops
from striate.arithmetic import Window
from striate.graph import Op
from striate.lenses.receptive_field.boxes import Axes, Boxes, Edges, bounds, full, sampled
from striate.lenses.receptive_field.frame import Frame


@bounds(ops.Conv)
def convolution(frame: Frame, op: ops.Conv, boxes: Boxes) -> Mapping[int, Axes]:
    """Under the window, in all channels of the group."""
    filters, depth, *kernel = frame.shape(1)
    return {0: [boxes.axis(0), _groups(boxes, filters // op.groups, depth), *_windows(frame, op.window(kernel), boxes)]}


@bounds(ops.ConvTranspose)
def transposed(frame: Frame, op: ops.ConvTranspose, boxes: Boxes) -> Mapping[int, Axes]:
    """For each tap t the inputs i with ``stride*i + dilation*t - padding`` in the box; the box around them all."""
    channels, per_group, *kernel = frame.shape(1)
    axes: Axes = [boxes.axis(0), _groups(boxes, per_group, channels // op.groups)]
    pads = op.pads(frame.x[2:], kernel)
    for axis, (size, s, d, (before, _)) in enumerate(zip(kernel, op.stride, op.dilation, pads, strict=True), start=2):
        start, stop = boxes.axis(axis)
        tap = np.arange(size)[:, None] * d
        first, last = -((tap - start - before) // s), (stop - 1 + before - tap) // s
        met = first <= last
        nowhere = ~met.any(axis=0)
        low = np.where(met, first, np.iinfo(np.int64).max).min(axis=0)
        high = np.where(met, last + 1, np.iinfo(np.int64).min).max(axis=0)
        axes.append((np.where(nowhere, 0, low), np.where(nowhere, 0, high)))
    return {0: axes}


@bounds(ops.Pool)
def pooling(frame: Frame, op: ops.Pool, boxes: Boxes) -> Mapping[int, Axes]:
    """Under the window."""
    return {0: [boxes.axis(0), boxes.axis(1), *_windows(frame, op.window, boxes)]}


@bounds(ops.GlobalPool, ops.InstanceNormalization)
def channel(frame: Frame, op: Op, boxes: Boxes) -> Mapping[int, Axes]:
    """The whole channel."""
    return {0: [boxes.axis(0), boxes.axis(1), *(full(size) for size in frame.x[2:])]}


@bounds(ops.GroupNormalization)
def group(frame: Frame, op: ops.GroupNormalization, boxes: Boxes) -> Mapping[int, Axes]:
    """All of the group's channels."""
    return {0: [boxes.axis(0), full(frame.x[1]), *(full(size) for size in frame.x[2:])]}


@bounds(ops.LayerNormalization, ops.RMSNormalization)
def trailing(frame: Frame, op: ops.LayerNormalization | ops.RMSNormalization, boxes: Boxes) -> Mapping[int, Axes]:
    """The axes that are normalized, whole."""
    return {0: _whole_on(frame, boxes, range(op.axis % len(frame.x), len(frame.x)))}


@bounds(ops.MeanVarianceNormalization, ops.Softmax)
def together(frame: Frame, op: ops.MeanVarianceNormalization | ops.Softmax, boxes: Boxes) -> Mapping[int, Axes]:
    """The axes of the statistics, whole."""
    return {0: _whole_on(frame, boxes, op.axes)}


@bounds(ops.LpNormalization, ops.Hardmax, ops.ArgMax, ops.ArgMin)
def row(
    frame: Frame, op: ops.LpNormalization | ops.Hardmax | ops.ArgMax | ops.ArgMin, boxes: Boxes
) -> Mapping[int, Axes]:
    """The axis that is searched or measured, whole."""
    axis = op.axis % len(frame.x)
    if isinstance(op, (ops.ArgMax, ops.ArgMin)) and not op.keepdims:
        kept = [boxes.axis(i) for i in range(len(frame.x) - 1)]
        return {0: [*kept[:axis], full(frame.x[axis]), *kept[axis:]]}
    return {0: _whole_on(frame, boxes, [axis])}


@bounds(ops.LRN)
def local_response(frame: Frame, op: ops.LRN, boxes: Boxes) -> Mapping[int, Axes]:
    """The neighbouring channels."""
    start, stop = boxes.axis(1)
    near = (np.maximum(0, start - (op.size - 1) // 2), np.minimum(frame.x[1], stop + op.size // 2))
    return {0: [boxes.axis(0), near, *(boxes.axis(axis) for axis in range(2, len(frame.x)))]}


@bounds(ops.Pointwise, ops.Broadcasting, ops.Variadic, ops.Cast, ops.OfEach, ops.Where, ops.Expand)
def by_element(frame: Frame, op: Op, boxes: Boxes) -> Mapping[int, Axes]:
    """The same place; of an axis of size 1 that is stretched, its one cell."""
    return {i: _broadcast(frame, shape, boxes) for i, shape in enumerate(frame.shapes) if shape is not None}


@bounds(ops.BatchNormalization, ops.Identity, ops.Dropout, ops.CumSum)
def same_place(frame: Frame, op: Op, boxes: Boxes) -> Mapping[int, Axes]:
    """The same place; of a running sum, all before or behind it."""
    axes: Axes = [boxes.axis(axis) for axis in range(len(frame.x))]
    if isinstance(op, ops.CumSum):
        given = frame.content(1)
        if given is None:
            return {}
        axis = int(given.reshape(-1)[0]) % len(frame.x)
        start, stop = boxes.axis(axis)
        less = 1 if op.exclusive else 0
        axes[axis] = (start + less, np.array(frame.x[axis])) if op.reverse else (np.array(0), stop - less)
    return {0: axes}


@bounds(ops.Reduction)
def reduction(frame: Frame, op: ops.Reduction, boxes: Boxes) -> Mapping[int, Axes]:
    """The reduced axes, whole."""
    rank = len(frame.x)
    known = frame.content(1)
    if frame.has(1) and known is None:
        return {}
    given = [int(axis) % rank for axis in known.reshape(-1)] if known is not None else []
    reduced = set(given) if given or op.noop_with_empty_axes else set(range(rank))
    places = iter(range(boxes.start.shape[1]))
    axes: Axes = []
    for axis, size in enumerate(frame.x):
        place = next(places) if op.keepdims or axis not in reduced else -1
        axes.append(full(size) if axis in reduced else boxes.axis(place))
    return {0: axes}


@bounds(ops.MatMul)
def matrix_product(frame: Frame, op: ops.MatMul, boxes: Boxes) -> Mapping[int, Axes]:
    """Rows of the first operand, columns of the second."""
    a, b = frame.shape(0), frame.shape(1)
    if len(a) < 2 or len(b) < 2:
        return {}
    rank = boxes.start.shape[1]
    left: Axes = [_stretched(a[i], boxes.axis(i + rank - len(a))) for i in range(len(a) - 1)]
    right: Axes = [_stretched(b[i], boxes.axis(i + rank - len(b))) for i in range(len(b) - 2)]
    return {0: [*left, full(a[-1])], 1: [*right, full(b[-2]), boxes.axis(rank - 1)]}


@bounds(ops.Gemm)
def dense(frame: Frame, op: ops.Gemm, boxes: Boxes) -> Mapping[int, Axes]:
    """Rows of the first operand, columns of the second."""
    a, b = frame.shape(0), frame.shape(1)
    left: Axes = [boxes.axis(0), full(a[0 if op.trans_a else 1])]
    right: Axes = [full(b[1 if op.trans_b else 0]), boxes.axis(1)]
    return {0: left[::-1] if op.trans_a else left, 1: right[::-1] if op.trans_b else right}


@bounds(ops.Resize)
def resizing(frame: Frame, op: ops.Resize, boxes: Boxes) -> Mapping[int, Axes]:
    """The cells with a weight, and beyond the edges as many as the scale says."""
    known = [frame.content(i) for i in (1, 2, 3)]
    if any(frame.has(i) and known[i - 1] is None for i in (1, 2, 3)):
        return {}
    axes: Axes = [boxes.axis(axis) for axis in range(len(frame.x))]
    slopes = {axis: s.line()[0] for axis, s in op.samplings(frame.x, known[0], known[1], known[2])}
    for step in op.axis_weights(frame.x, known[0], known[1], known[2]):
        joined = step.matrix(frame.x[step.axis]) != 0
        axes[step.axis] = sampled(joined, slopes[step.axis], *boxes.axis(step.axis))
    return {0: axes}


def _windows(frame: Frame, window: Window, boxes: Boxes) -> Axes:
    pads = window.pads(frame.x[2:])
    axes: Axes = []
    sizes = zip(window.kernel, window.stride, window.dilation, pads, strict=True)
    for axis, (k, s, d, (before, _)) in enumerate(sizes, start=2):
        start, stop = boxes.axis(axis)
        axes.append((s * start - before, s * (stop - 1) - before + d * (k - 1) + 1))
    return axes


def _groups(boxes: Boxes, filters: int, depth: int) -> tuple[Edges, Edges]:
    """The input channels of the groups that a range of filters belongs to."""
    start, stop = boxes.axis(1)
    return start // filters * depth, ((stop - 1) // filters + 1) * depth


def _whole_on(frame: Frame, boxes: Boxes, axes: Sequence[int]) -> Axes:
    chosen = {axis % len(frame.x) for axis in axes}
    return [full(size) if axis in chosen else boxes.axis(axis) for axis, size in enumerate(frame.x)]


def _broadcast(frame: Frame, shape: tuple[int, ...], boxes: Boxes) -> Axes:
    result = frame.results[0] or ()
    extra = boxes.start.shape[1] - len(shape)
    return [boxes.axis(i + extra) if size == result[i + extra] else full(1) for i, size in enumerate(shape)]


def _stretched(size: int, own: tuple[Edges, Edges]) -> tuple[Edges, Edges]:
    return full(1) if size == 1 else own
