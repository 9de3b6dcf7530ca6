"""Box rules of the ops that move data: which place of the operand a place of the result was."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from striate import ops
from striate.graph import Op
from striate.lenses.receptive_field.boxes import Axes, Boxes, Edges, bounds, sampled
from striate.lenses.receptive_field.frame import Frame


@bounds(ops.Transpose)
def transpose(frame: Frame, op: ops.Transpose, boxes: Boxes) -> Mapping[int, Axes]:
    """The axes back in their order."""
    rank = len(frame.x)
    order = [axis % rank for axis in op.perm] if op.perm else list(reversed(range(rank)))
    return {0: [boxes.axis(order.index(axis)) for axis in range(rank)]}


@bounds(ops.Concat)
def concat(frame: Frame, op: ops.Concat, boxes: Boxes) -> Mapping[int, Axes]:
    """Each operand's part; what hangs over the ends belongs to the first and last."""
    axis = op.axis % len(frame.x)
    found: dict[int, Axes] = {}
    offset, last = 0, len(frame.shapes) - 1
    for i in range(len(frame.shapes)):
        size = frame.shape(i)[axis]
        axes: Axes = [boxes.axis(a) for a in range(len(frame.x))]
        start, stop = boxes.axis(axis)
        axes[axis] = (
            start - offset if i == 0 else np.maximum(start - offset, 0),
            stop - offset if i == last else np.minimum(stop - offset, size),
        )
        found[i] = axes
        offset += size
    return found


@bounds(ops.Split)
def split(frame: Frame, op: ops.Split, boxes: Boxes) -> Mapping[int, Axes]:
    """The part moved to its place."""
    axis = op.axis % len(frame.x)
    sizes = [shape[axis] if shape is not None else 0 for shape in frame.results]
    if None in frame.results[: frame.output]:
        return {}  # a part before it is dropped, so that its place is not known from shapes
    offset = sum(sizes[: frame.output])
    axes: Axes = [boxes.axis(a) for a in range(len(frame.x))]
    start, stop = boxes.axis(axis)
    axes[axis] = (start + offset, stop + offset)
    return {0: axes}


@bounds(ops.Slice)
def cut(frame: Frame, op: ops.Slice, boxes: Boxes) -> Mapping[int, Axes]:
    """``begin + step * place`` along each axis that is cut, measured on the axis's own numbers."""
    known = [frame.content(i) for i in range(1, len(frame.shapes))]
    if any(frame.has(i + 1) and content is None for i, content in enumerate(known)):
        return {}
    axes: Axes = []
    for axis, size in enumerate(frame.x):
        places = np.arange(size).reshape([-1 if a == axis else 1 for a in range(len(frame.x))])
        lengths = [size if a == axis else frame.x[a] for a in range(len(frame.x))]
        taken = op.reference(np.broadcast_to(places, lengths), *known)[0]
        line = np.moveaxis(taken, axis, -1).reshape(-1, taken.shape[axis])[0] if taken.size else np.zeros(1, int)
        step = int(line[1] - line[0]) if len(line) > 1 else 1
        axes.append(_stepped(int(line[0]), step, *boxes.axis(axis)))
    return {0: axes}


@bounds(ops.Pad)
def pad(frame: Frame, op: ops.Pad, boxes: Boxes) -> Mapping[int, Axes]:
    """Moved by the cells added before; a constant hangs over the edge, any other padding is cells inside."""
    pads, chosen = frame.content(1), frame.content(3)
    if pads is None or (frame.has(3) and chosen is None):
        return {}
    rank = len(frame.x)
    order = [int(axis) % rank for axis in chosen.reshape(-1)] if chosen is not None else list(range(rank))
    before = dict(zip(order, (int(count) for count in pads.reshape(-1)), strict=False))
    if op.mode == "constant":
        return {0: [_stepped(-before.get(axis, 0), 1, *boxes.axis(axis)) for axis in range(rank)]}
    axes: Axes = []
    for axis, size in enumerate(frame.x):
        lengths = [size if a == axis else 1 for a in range(rank)]
        own = [int(count) if order[i % len(order)] == axis else 0 for i, count in enumerate(pads.reshape(-1))]
        taken = op.reference(np.arange(size).reshape(lengths), np.array(own), None, chosen)[0].reshape(-1)
        axes.append(sampled(taken[:, None] == np.arange(size), Fraction(1), *boxes.axis(axis)))
    return {0: axes}


@bounds(ops.Gather)
def gather(frame: Frame, op: ops.Gather, boxes: Boxes) -> Mapping[int, Axes]:
    """Axes that are not picked from keep their places; of the other one a fixed choice of neighbours may be known."""
    rank, extra = len(frame.x), len(frame.shape(1)) - 1
    axis = op.axis % rank
    axes: Axes = [boxes.axis(a) for a in range(axis)]
    axes.append(None)
    axes += [boxes.axis(a + extra) for a in range(axis + 1, rank)]
    return {0: axes}


@bounds(ops.Reshape, ops.Flatten, ops.Squeeze, ops.Unsqueeze)
def reshape(frame: Frame, op: Op, boxes: Boxes) -> Mapping[int, Axes]:
    """Axes that stay one axis keep their places; those that are joined or cut lose them."""
    result = frame.results[0]
    if result is None or 0 in frame.x:
        return {}
    axes: Axes = [None] * len(frame.x)
    for mine, theirs in same_axes(frame.x, result).items():
        axes[mine] = boxes.axis(theirs)
    return {0: axes}


def same_axes(before: tuple[int, ...], after: tuple[int, ...]) -> dict[int, int]:
    """Which axis of a reshaped array each axis still is, in row-major order: equal size, equally many cells in front.

    Example:
        >>> same_axes((2, 6, 5, 5), (2, 3, 2, 5, 5))
        {0: 0, 2: 3, 3: 4}
    """
    places: dict[tuple[int, int], int] = {}
    front = 1
    for axis, size in enumerate(after):
        places.setdefault((front, size), axis)
        front *= size
    found: dict[int, int] = {}
    front = 1
    for axis, size in enumerate(before):
        if size != 1 and (front, size) in places:
            found[axis] = places[front, size]
        front *= size
    return found


@bounds(ops.DepthToSpace)
def depth_to_space(frame: Frame, op: ops.DepthToSpace, boxes: Boxes) -> Mapping[int, Axes]:
    """Places divided by the block size; which channels is lost."""
    size = op.blocksize
    spatial = [boxes.axis(axis) for axis in range(2, len(frame.x))]
    return {0: [boxes.axis(0), None, *((start // size, -(-stop // size)) for start, stop in spatial)]}


@bounds(ops.SpaceToDepth)
def space_to_depth(frame: Frame, op: ops.SpaceToDepth, boxes: Boxes) -> Mapping[int, Axes]:
    """Places times the block size; which of the block's cells is lost."""
    size = op.blocksize
    spatial = [boxes.axis(axis) for axis in range(2, len(frame.x))]
    return {0: [boxes.axis(0), None, *((start * size, stop * size) for start, stop in spatial)]}


def _stepped(begin: int, step: int, start: Edges, stop: Edges) -> tuple[Edges, Edges]:
    if step > 0:
        return begin + step * start, begin + step * (stop - 1) + 1
    return begin + step * (stop - 1), begin + step * start + 1
