"""DepthToSpace and SpaceToDepth."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from striate.engine.kernels.call import Call
from striate.engine.kernels.lines import Target, every
from striate.engine.kernels.place import Place
from striate.engine.kernels.rearrange import emit_rearrange, lane_table, rearrange_arguments
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.fusion import epilogue, place_results
from striate.graph import Array, Node
from striate.ops import DepthToSpace, SpaceToDepth


def lower_rearrangement(lo: Lowering, node: Node) -> bool:
    """DepthToSpace: for each place of a block all its cells; SpaceToDepth: all places at once, lane by lane."""
    source, value, op = node.inputs[0], node.outputs[0], node.op
    shape, result = lo.map_shape(source), lo.map_shape(value)
    if source is None or shape is None or result is None:
        return False
    assert isinstance(op, DepthToSpace | SpaceToDepth)
    fused = epilogue(lo, node, value)
    layout, x = lo.source(source)
    target = place_results(lo, fused)
    lo.source(source)
    b, lanes = op.blocksize, layout.lanes
    if isinstance(op, SpaceToDepth):
        place, channel = np.divmod(np.arange(result[1]), shape[1])
        offsets = _channel_offsets(channel, x, lanes) + place // b * x.row + place % b * lanes
        _call(lo, result, every(x, (0, 0), (b, b)), target, offsets)
    else:
        for p in range(b):
            for q in range(b):
                kept, place = np.arange(result[1]), p * b + q
                channels = place * result[1] + kept if op.mode == "DCR" else kept * b * b + place
                written = (*result[:2], *shape[2:])
                _call(lo, written, x, target.every((p, q), (b, b)), _channel_offsets(channels, x, lanes))
    lo.touch(fused)
    lo.computed(*fused.nodes)
    return True


def _channel_offsets(channels: Array, x: Place, lanes: int) -> Array:
    """Floats from a cell's first channel to these."""
    return channels // lanes * x.block + channels % lanes


def _call(lo: Lowering, shape: Sequence[int], x: Place, target: Target, offsets: Array) -> None:
    table = lane_table(offsets, lo.target.lanes)
    address = table.ctypes.data
    spec, arguments, chunks = rearrange_arguments(tuple(shape), lo.target.lanes, x, target, address)
    lo.call(Call(spec.name, partial(emit_rearrange, spec), arguments, (table,), chunks, "rearrange"))
