"""Normalizations whose statistics come from the data; batch norms with known ones are functions of one number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from striate.engine.kernels.call import Call
from striate.engine.kernels.cell_norm import CellNorm, cell_norm_arguments, emit_cell_norm
from striate.engine.kernels.moments import (
    TRIPLE,
    GroupMerge,
    Merge,
    Moments,
    Pieces,
    Scaling,
    emit_group_merge,
    emit_merge,
    emit_moments,
    group_merge_arguments,
    merge_arguments,
    moments_arguments,
)
from striate.engine.kernels.norm import Norm, emit_norm, norm_arguments
from striate.engine.kernels.place import Place
from striate.engine.kernels.response_norm import LARGEST, ResponseNorm, emit_response_norm, response_norm_arguments
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.fusion import Epilogue, epilogue, place_results
from striate.engine.regions import Region
from striate.graph import Array, Node, Op
from striate.ops import (
    LRN,
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    LpNormalization,
    MeanVarianceNormalization,
    RMSNormalization,
)


@dataclass(frozen=True)
class Statistics:
    """What mean and variance are taken over: groups of channels, and the map of one sample or of all."""

    groups: int
    scaling: Scaling
    whole_batch: bool = False


@dataclass(frozen=True)
class Normalized:
    """What a normalization does, whether it is one node or many.

    Args:
        source: The value.
        shape: Its map shape.
        cell: The kernel, if each cell is treated by itself.
        statistics: What mean and variance are taken over otherwise.
        weight: A factor for each channel.
        bias: What is added then.
        last: Whether the channels are the value's last axis; else they are the second one.
    """

    source: str
    shape: tuple[int, ...]
    cell: CellNorm | None
    statistics: Statistics | None
    weight: Array
    bias: Array
    last: bool


def lower_normalization(lo: Lowering, node: Node) -> bool:
    """Instance, group, layer, root mean square, mean-variance and Lp normalization."""
    source = node.inputs[0]
    last = _of_last_axis(lo, node)
    shape = lo.map_shape(source, last)
    if source is None or shape is None or any(node.outputs[1:]):
        return False
    weight, bias = (_channel_numbers(lo, node, i, shape, last) for i in (1, 2))
    if weight is None or bias is None:
        return False
    cell, statistics = _of_cells(node.op, shape, last), None if last else _of_maps(node.op, shape)
    return lower_normalized(lo, [node], Normalized(source, shape, cell, statistics, weight, bias, last))


def lower_normalized(lo: Lowering, nodes: Sequence[Node], how: Normalized) -> bool:
    """Computes nodes that are one normalization, with what can follow them; says whether a kernel does.

    Args:
        lo: The program so far.
        nodes: The nodes; the last one gives the result, and nobody else reads the others' values.
        how: What they do.
    """
    if how.cell is None and how.statistics is None:
        return False
    weights = lo.packed(how.weight), lo.packed(how.bias)
    fused = epilogue(lo, nodes[-1], nodes[-1].outputs[0], how.last)
    if how.cell is not None:
        _lower_cells(lo, fused, how, how.cell, weights)
    elif how.statistics is not None:
        _lower_maps(lo, fused, how, how.statistics, weights)
    for node in nodes[:-1] if lo.keep else ():
        lo.derive(node)
    lo.touch(fused)
    lo.computed(*nodes[:-1], *fused.nodes)
    return True


def _of_last_axis(lo: Lowering, node: Node) -> bool:
    """Whether an op normalizes over the last axis, which is not the second one."""
    rank = len(lo.types[node.outputs[0]].shape or ())
    return isinstance(node.op, LayerNormalization | RMSNormalization) and rank > 2 and node.op.axis % rank == rank - 1


def _channel_numbers(lo: Lowering, node: Node, position: int, shape: tuple[int, ...], last: bool) -> Array | None:
    """Weight (operand 1) or bias (operand 2), one for each channel; None where no kernel takes it."""
    name = node.inputs[position] if position < len(node.inputs) else None
    if name is None:
        return np.full(shape[1], 1.0 if position == 1 else 0.0, np.float32)
    numbers = lo.constant(name)
    if numbers is None or numbers.dtype != np.float32:
        return None
    if not isinstance(node.op, LayerNormalization | RMSNormalization):
        return numbers
    # Repeated to the input's shape, from its last axis on.
    return lo.per_channel(name, shape, last)


def _of_cells(op: Op, shape: tuple[int, ...], last: bool) -> CellNorm | None:
    """The kernel, if an op treats each cell by itself."""
    rank = len(shape)
    match op:
        case LayerNormalization(axis, epsilon) if last or (rank == 2 and axis % rank == 1):
            return CellNorm("mean", Scaling(epsilon))
        case RMSNormalization(axis, epsilon) if last or (rank == 2 and axis % rank == 1):
            return CellNorm("rms", Scaling(epsilon))
        case MeanVarianceNormalization(axes) if [axis % rank for axis in axes] == [1]:
            return CellNorm("mean", Scaling(1e-9, outside=True))
        case LpNormalization(axis, p) if axis % rank == 1:
            return CellNorm(f"l{p}")
        case _:
            return None


def _of_maps(op: Op, shape: tuple[int, ...]) -> Statistics | None:
    """What the statistics of an op are taken over, if over whole maps."""
    n, channels, rank = shape[0], shape[1], len(shape)
    match op:
        case InstanceNormalization(epsilon):
            return Statistics(channels, Scaling(epsilon))
        case GroupNormalization(groups, epsilon):
            return Statistics(groups, Scaling(epsilon))
        case LayerNormalization(axis, epsilon) if axis % rank == 1:
            return Statistics(1, Scaling(epsilon))
        case MeanVarianceNormalization(axes):
            over = {axis % rank for axis in axes}
            if over - {0, 1} != set(range(2, rank)) or (over >= {0, 1} and n > 1):
                return None
            return Statistics(1 if 1 in over else channels, Scaling(1e-9, outside=True), 0 in over)
        case _:
            return None


def _lower_maps(
    lo: Lowering, fused: Epilogue, how: Normalized, statistics: Statistics, weights: tuple[Place, Place]
) -> None:
    weight, bias = weights
    triples = _lower_statistics(lo, how.source, how.shape, statistics, weight)
    layout, x = lo.source(how.source)
    target = place_results(lo, fused)
    lo.source(how.source)
    spec = Norm(target.stages)
    of_sample = 0 if statistics.whole_batch else layout.blocks * TRIPLE * layout.lanes
    where = triples.address, of_sample
    arguments, chunks = norm_arguments(
        spec, how.shape, layout.lanes, x, target.y, where, bias.address, target.operands, target.results
    )
    triples.last = len(lo.calls)
    lo.call(Call(spec.name, partial(emit_norm, spec), arguments, (), chunks, "norm"))


def _lower_statistics(
    lo: Lowering, source: str, shape: tuple[int, ...], statistics: Statistics, weight: Place
) -> Region:
    """Calls that find mean and factor of every channel, and where they go."""
    layout, x = lo.source(source)
    lanes, channels, blocks = layout.lanes, shape[1], layout.blocks
    cut = Pieces.of(shape, lanes, x)
    parts = 1 if statistics.whole_batch else shape[0]
    pieces = lo.scratch(cut.floats(lanes))
    triples = lo.scratch(parts * blocks * TRIPLE * lanes)
    arguments, chunks = moments_arguments(cut, x, pieces.address)
    spec = Moments()
    lo.call(Call(spec.name, partial(emit_moments, spec), arguments, (), chunks, "moments"))
    per_channel = statistics.groups == channels
    merge = Merge(statistics.scaling if per_channel else None)
    whole = statistics.whole_batch
    arguments, chunks = merge_arguments(cut, pieces.address, triples.address, weight.address, whole)
    pieces.last = len(lo.calls)
    lo.call(Call(merge.name, partial(emit_merge, merge), arguments, (), chunks, "moments of maps"))
    if not per_channel:
        group = GroupMerge(statistics.scaling)
        arguments, chunks = group_merge_arguments(
            parts, blocks, channels, statistics.groups, triples.address, weight.address
        )
        lo.call(Call(group.name, partial(emit_group_merge, group), arguments, (), chunks, "moments of groups"))
    return triples


def _lower_cells(lo: Lowering, fused: Epilogue, how: Normalized, cell: CellNorm, weights: tuple[Place, Place]) -> None:
    layout, x = lo.source(how.source, how.last)
    target = place_results(lo, fused)
    lo.source(how.source, how.last)
    spec = CellNorm(cell.kind, cell.scaling, target.stages)
    weight, bias = (place.address for place in weights)
    arguments, chunks = cell_norm_arguments(
        spec, how.shape, layout.lanes, x, target.y, weight, bias, target.operands, target.results
    )
    lo.call(Call(spec.name, partial(emit_cell_norm, spec), arguments, (), chunks, f"cell norm {spec.kind}"))


def lower_response_norm(lo: Lowering, node: Node) -> bool:
    """LRN."""
    op, source = node.op, node.inputs[0]
    shape = lo.map_shape(source)
    if not isinstance(op, LRN) or source is None or shape is None:
        return False
    # Neighbours beyond the channels there are add nothing.
    before, after = (min(count, shape[1] - 1) for count in ((op.size - 1) // 2, op.size // 2))
    if before + 1 + after > LARGEST:
        return False
    fused = epilogue(lo, node, node.outputs[0])
    layout, x = lo.source(source)
    target = place_results(lo, fused)
    lo.source(source)
    spec = ResponseNorm(before, after, op.alpha / op.size, op.beta, op.bias, target.stages)
    arguments, chunks = response_norm_arguments(spec, shape, layout.lanes, x, target.y, target.operands, target.results)
    lo.call(Call(spec.name, partial(emit_response_norm, spec), arguments, (), chunks, "response norm"))
    lo.touch(fused)
    lo.computed(*fused.nodes)
    return True
