"""Values that are other values seen differently: transposed, reshaped, cut. Nothing moves before a kernel reads them.

A blocked value keeps its memory where only the place of its channels among the axes changes, or where neighbouring
spatial axes become one or one becomes several. Anything else is strides of a plain array: reading it brings the cells
into blocks in the order that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from striate.engine.kernels.strided import call_strided, merged
from striate.engine.layout import Blocked
from striate.engine.lowering.context import Lowering, Move
from striate.engine.regions import Home
from striate.graph import Node
from striate.ops import Gather, Slice, Split, Transpose
from striate.ops.indexing import sliced_cells


def lower_transpose(lo: Lowering, node: Node) -> bool:
    """Transpose."""
    op, source, value = node.op, node.inputs[0], node.outputs[0]
    shape = lo.shape(source) if source else None
    if not isinstance(op, Transpose) or source is None or shape is None or not lo.native(source):
        return False
    rank = len(shape)
    perm = tuple(axis % rank for axis in op.perm) if op.perm else tuple(reversed(range(rank)))
    to_last, to_second = (0, *range(2, rank), 1), (0, rank - 1, *range(1, rank - 1))
    for wanted, last in ((to_last, False), (to_second, True)):
        if rank > 2 and perm == wanted and lo.made(source, last):
            layout = lo.layout(source, last)
            if last and not covers(layout, lo.halos.get(value, ())):
                continue
            lo.share(value, source, layout, not last, last)
            lo.computed(node)
            return True

    def move(home: Home) -> Home:
        steps = home.steps
        return replace(home, shape=tuple(home.shape[a] for a in perm), strides=tuple(steps[a] for a in perm))

    return _view(lo, node, source, move)


def covers(layout: Blocked, halo: Sequence[tuple[int, int]]) -> bool:
    """Whether a layout has at least those zeros around it."""
    return all(a <= c and b <= d for (a, b), (c, d) in zip(halo, layout.halo, strict=False))


def lower_reshape(lo: Lowering, node: Node) -> bool:
    """Reshape, Flatten, Squeeze and Unsqueeze."""
    source, value = node.inputs[0], node.outputs[0]
    shape, result = lo.shape(source) if source else None, lo.shape(value)
    if source is None or shape is None or result is None or not lo.native(source):
        return False
    return _same_blocks(lo, node, source, value) or _view(lo, node, source, _reshaped(lo, result))


def _same_blocks(lo: Lowering, node: Node, source: str, value: str) -> bool:
    """Only spatial axes are joined or split, and there is nothing between their cells."""
    for last in (False, True):
        shape, result = lo.map_shape(source, last), lo.map_shape(value, last)
        if shape is None or result is None or min(len(shape), len(result)) < 3 or not lo.made(source, last):
            continue
        layout = lo.layout(source, last)
        if shape[:2] != result[:2] or layout.padded != layout.spatial or value in lo.halos:
            continue
        flat = Blocked(result[0], result[1], result[2:], ((0, 0),) * (len(result) - 2), layout.lanes)
        lo.share(value, source, flat, last, last)
        lo.computed(node)
        return True
    return False


def _reshaped(lo: Lowering, shape: tuple[int, ...]) -> Move:
    def move(home: Home) -> Home:
        strides = restrided(home.shape, home.steps, shape)
        if strides is None:
            there = lo.scratch(prod(shape))
            address = home.region.address + 4 * home.offset
            home.region.last = there.last = len(lo.calls)
            lo.call(call_strided(home.shape, home.steps, address, there.address))
            return Home(there, None, shape)
        return replace(home, shape=shape, strides=strides)

    return move


def restrided(shape: Sequence[int], strides: Sequence[int], wanted: Sequence[int]) -> tuple[int, ...] | None:
    """Strides by which the numbers are seen in another shape without being moved; None where there are none."""
    axes = merged(shape, strides)
    found: list[int] = []
    size, step = axes.pop()
    for length in reversed(wanted):
        if size == 1 and length > 1 and axes:
            size, step = axes.pop()
        if size % length:
            return None
        found.append(step)
        size, step = size // length, step * length
    return tuple(reversed(found))


def lower_part(lo: Lowering, node: Node) -> bool:
    """Slice, Split and Gather of one index or of neighbouring ones, of what is not blocked with channels second."""
    source = node.inputs[0]
    shape = lo.shape(source) if source else None
    if source is None or shape is None or not lo.native(source):
        return False
    match node.op:
        case Split(axis=axis):
            return _split(lo, node, source, axis % len(shape))
        case Gather(axis=axis):
            return _gather(lo, node, source, shape, axis % len(shape))
        case Slice():
            return _slice(lo, node, source, shape)
        case _:
            return False


def _split(lo: Lowering, node: Node, source: str, axis: int) -> bool:
    sizes = [lo.shape(value) if value else None for value in node.outputs]
    if any(size is None for size in sizes):
        return False
    first = 0
    for value, size in zip(node.outputs, sizes, strict=True):
        assert size is not None
        lo.view(node, value, source, _cut(axis, first, size))
        first += size[axis]
    lo.computed(node)
    return True


def _gather(lo: Lowering, node: Node, source: str, shape: tuple[int, ...], axis: int) -> bool:
    indices, result = lo.contents(node, 1), lo.shape(node.outputs[0])
    if indices is None or result is None or indices.size != 1:
        return False
    first = int(indices.reshape(())) % shape[axis]
    return _view(lo, node, source, _cut(axis, first, result, drop=indices.ndim == 0))


def _slice(lo: Lowering, node: Node, source: str, shape: tuple[int, ...]) -> bool:
    result = lo.shape(node.outputs[0])
    parts = [lo.contents(node, position) for position in (1, 2, 3, 4)]
    given = [position < len(node.inputs) and node.inputs[position] is not None for position in (1, 2, 3, 4)]
    if result is None or any(there and part is None for there, part in zip(given, parts, strict=True)):
        return False
    starts, ends = (part.reshape(-1) for part in parts[:2] if part is not None)
    axes = list(range(len(starts))) if parts[2] is None else [int(a) % len(shape) for a in parts[2].reshape(-1)]
    steps = [1] * len(starts) if parts[3] is None else [int(s) for s in parts[3].reshape(-1)]
    taken = [range(size) for size in shape]
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        taken[axis] = sliced_cells(shape[axis], int(start), int(end), step)

    def move(home: Home) -> Home:
        offset = home.offset + sum(part.start * step for part, step in zip(taken, home.steps, strict=True))
        strides = tuple(part.step * step for part, step in zip(taken, home.steps, strict=True))
        return replace(home, shape=result, strides=strides, offset=offset)

    return _view(lo, node, source, move)


def _cut(axis: int, first: int, result: tuple[int, ...], drop: bool = False) -> Move:
    def move(home: Home) -> Home:
        strides = tuple(step for i, step in enumerate(home.steps) if not (drop and i == axis))
        return replace(home, shape=result, strides=strides, offset=home.offset + first * home.steps[axis])

    return move


def _view(lo: Lowering, node: Node, source: str, move: Move) -> bool:
    value = node.outputs[0]
    if lo.shape(value) is None or any(node.outputs[1:]):
        return False
    lo.view(node, value, source, move)
    lo.computed(node)
    return True
