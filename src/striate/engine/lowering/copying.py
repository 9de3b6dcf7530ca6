"""Nodes that copy cells: Pad, Slice, Split and Resize to the nearest cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from striate.engine.kernels.call import Call
from striate.engine.kernels.copy import NOWHERE, Axes, copy_arguments, emit_copy
from striate.engine.kernels.lines import Target
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.fusion import epilogue, place_results
from striate.graph import Array, Node
from striate.ops import Pad, Slice, Split
from striate.ops.indexing import sliced_cells


@dataclass(frozen=True)
class Cells:
    """What of a value is copied.

    Args:
        sample: First sample.
        channel: First channel.
        spatial: For each spatial axis which cell each one of the result is a copy of, int64; -1 where none is.
        filling: What cells that are no copy hold.
    """

    sample: int
    channel: int
    spatial: Sequence[Array]
    filling: float = 0.0


def copy_cells(lo: Lowering, node: Node, value: str, cells: Cells, label: str) -> None:
    """Makes one of a node's results out of cells of its first operand; if it is the only one, with what follows."""
    source = node.inputs[0]
    shape, result = lo.map_shape(source), lo.map_shape(value)
    assert source is not None and shape is not None and result is not None
    alone = not any(node.outputs[1:])
    layout, _ = lo.source(source)
    fused = epilogue(lo, node, value) if alone else None
    target = Target(lo.make(value)[1]) if fused is None else place_results(lo, fused)
    _, x = lo.source(source)
    x = replace(x, address=x.address + 4 * cells.sample * x.sample)
    axes = Axes.of(cells.spatial)
    table = axes.table(x, layout.lanes)
    spec, arguments, chunks = copy_arguments(
        axes,
        (shape[1], cells.channel, result[1]),
        result[0],
        layout.lanes,
        x,
        target.y,
        table.ctypes.data,
        cells.filling,
        target.stages,
        target.operands,
        target.results,
    )
    lo.call(Call(spec.name, partial(emit_copy, spec), arguments, (table,), chunks, label))
    if fused is None:
        lo.extend(value)
    else:
        lo.touch(fused)
        lo.computed(*fused.nodes)


def lower_pad(lo: Lowering, node: Node) -> bool:
    """Pad of spatial axes."""
    op, shape = node.op, lo.map_shape(node.inputs[0])
    pads, axes, value = (lo.contents(node, i) for i in (1, 3, 2))
    if not isinstance(op, Pad) or shape is None or lo.map_shape(node.outputs[0]) is None or pads is None:
        return False
    if any(_given(node, i) and contents is None for i, contents in ((2, value), (3, axes))):
        return False
    rank = len(shape)
    places = range(rank) if axes is None else [int(axis) % rank for axis in axes.reshape(-1)]
    counts = [int(count) for count in pads.reshape(-1)]
    around = {axis: (counts[i], counts[i + len(places)]) for i, axis in enumerate(places)}
    if any(around.get(axis, (0, 0)) != (0, 0) for axis in (0, 1)):
        return False
    spatial = [_padded(shape[axis], *around.get(axis, (0, 0)), op.mode) for axis in range(2, rank)]
    filling = 0.0 if value is None else float(value.reshape(-1)[0])
    copy_cells(lo, node, node.outputs[0], Cells(0, 0, spatial, filling), "pad")
    return True


def _padded(size: int, before: int, after: int, mode: str) -> Array:
    kept = np.arange(size)[max(0, -before) : size - max(0, -after)]
    added = max(0, before), max(0, after)
    match mode:
        case "reflect":
            return np.pad(kept, added, mode="reflect")
        case "edge":
            return np.pad(kept, added, mode="edge")
        case "wrap":
            return np.pad(kept, added, mode="wrap")
        case _:
            return np.pad(kept, added, constant_values=NOWHERE)


def lower_slice(lo: Lowering, node: Node) -> bool:
    """Slice: any steps along spatial axes, step 1 along samples and channels."""
    shape = lo.map_shape(node.inputs[0])
    starts, ends, axes, steps = (lo.contents(node, i) for i in (1, 2, 3, 4))
    if shape is None or lo.map_shape(node.outputs[0]) is None or starts is None or ends is None:
        return False
    if any(_given(node, i) and contents is None for i, contents in ((3, axes), (4, steps))):
        return False
    count = starts.size
    places = np.arange(count) if axes is None else axes.reshape(-1) % len(shape)
    strides = np.ones(count, np.int64) if steps is None else steps.reshape(-1)
    taken = [range(size) for size in shape]
    for axis, start, end, step in zip(places, starts.reshape(-1), ends.reshape(-1), strides, strict=True):
        taken[int(axis)] = sliced_cells(shape[int(axis)], int(start), int(end), int(step))
    if any(part.step != 1 and len(part) > 1 for part in taken[:2]):
        return False
    assert isinstance(node.op, Slice)
    copy_cells(lo, node, node.outputs[0], _taken(taken), "slice")
    return True


def lower_split(lo: Lowering, node: Node) -> bool:
    """Split along any axis."""
    op, shape = node.op, lo.map_shape(node.inputs[0])
    if not isinstance(op, Split) or shape is None:
        return False
    parts = [lo.map_shape(value) if value else None for value in node.outputs]
    if any(part is None for part in parts):
        return False
    axis, first = op.axis % len(shape), 0
    for value, part in zip(node.outputs, parts, strict=True):
        assert part is not None
        taken = [range(size) for size in shape]
        taken[axis] = range(first, first + part[axis])
        first += part[axis]
        copy_cells(lo, node, value, _taken(taken), "split")
    if any(node.outputs[1:]):
        lo.computed(node)
    return True


def _taken(ranges: Sequence[range]) -> Cells:
    return Cells(ranges[0].start, ranges[1].start, [np.array(part, np.int64) for part in ranges[2:]])


def _given(node: Node, position: int) -> bool:
    return position < len(node.inputs) and node.inputs[position] is not None
