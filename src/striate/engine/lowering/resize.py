"""Resize of spatial axes: to the nearest cell as a copy, else by weighted cells, some axes at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod

import numpy as np

from striate.engine.kernels.call import Call
from striate.engine.kernels.copy import NOWHERE
from striate.engine.kernels.lines import Target
from striate.engine.kernels.place import Place
from striate.engine.kernels.resize import WRITTEN, Tables, Taps, emit_resize, resize_arguments
from striate.engine.layout import Blocked
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.copying import Cells, copy_cells
from striate.engine.lowering.fusion import epilogue, place_results
from striate.engine.regions import Region
from striate.graph import Array, Node
from striate.ops import Resize
from striate.ops.interpolation import AxisWeights


def lower_resize(lo: Lowering, node: Node) -> bool:
    """Resize of spatial axes; where weighted places lie outside the input, the reference knows what to do."""
    op, shape = node.op, lo.map_shape(node.inputs[0])
    result = lo.map_shape(node.outputs[0])
    if not isinstance(op, Resize) or shape is None or result is None:
        return False
    operands: list[Array | None] = []
    for position in (1, 2, 3):
        given = position < len(node.inputs) and node.inputs[position] is not None
        operands.append(lo.contents(node, position))
        if given and operands[-1] is None:
            return False
    steps = op.axis_weights(shape, *operands)
    if any(step.axis < 2 for step in steps):
        return False
    if op.mode == "nearest" or not steps:
        copy_cells(lo, node, node.outputs[0], _nearest(shape, steps, op.extrapolation_value), "resize nearest")
        return True
    if any(step.outside.any() for step in steps):
        return False
    _lower_weighted(lo, node, shape, steps, f"resize {op.mode}")
    return True


def _nearest(shape: Sequence[int], steps: Sequence[AxisWeights], filling: float) -> Cells:
    spatial = [np.arange(size) for size in shape[2:]]
    for step in steps:
        spatial[step.axis - 2] = np.where(step.outside, NOWHERE, step.cells[:, 0])
    return Cells(0, 0, spatial, filling)


def _lower_weighted(lo: Lowering, node: Node, shape: tuple[int, ...], steps: Sequence[AxisWeights], label: str) -> None:
    source = node.inputs[0]
    assert source is not None
    fused = epilogue(lo, node, node.outputs[0])
    layout, x = lo.source(source)
    sizes, lanes = shape[2:], layout.lanes
    between: Region | None = None
    passes = _passes(steps)
    for i, axes in enumerate(passes):
        taps = _taps(sizes, axes)
        sizes = tuple(len(part.cells) for part in taps[3 - len(sizes) :])
        if i < len(passes) - 1:
            here = Blocked(shape[0], shape[1], sizes, ((0, 0),) * len(sizes), lanes)
            made = lo.scratch(here.size)
            target = Target(Place.of(here, made.address))
        else:
            made = None
            target = place_results(lo, fused)
        if i == 0:
            lo.source(source)
        tables = Tables.of(taps, x, lanes)
        spec, arguments, chunks = resize_arguments(
            taps, tables, (shape[0], shape[1]), lanes, x, target.y, target.stages, target.operands, target.results
        )
        if between is not None:
            between.last = len(lo.calls)
        kept = tables.offsets, tables.weights
        lo.call(Call(spec.name, partial(emit_resize, spec), arguments, kept, chunks, label))
        between, x = made, target.y
    lo.touch(fused)
    lo.computed(*fused.nodes)


def _taps(sizes: Sequence[int], steps: Sequence[AxisWeights]) -> list[Taps]:
    """Planes, rows and columns of a map of those sizes, of which some axes are resized."""
    taps = [Taps.same(size) for size in (*(1,) * (3 - len(sizes)), *sizes)]
    for step in steps:
        taps[step.axis - 2 + 3 - len(sizes)] = Taps(step.cells, step.weights)
    return taps


def _passes(steps: Sequence[AxisWeights]) -> list[Sequence[AxisWeights]]:
    """All axes at once where that takes few taps, else one after the other."""
    if prod(step.cells.shape[1] for step in steps) <= WRITTEN:
        return [steps]
    return [[step] for step in steps]
