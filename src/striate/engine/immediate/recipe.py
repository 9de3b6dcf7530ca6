"""From one op and the shapes of its operands to a recipe: lowered as a network of one node, results unpacked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import cast

import numpy as np

from striate.arithmetic import Pads
from striate.dimension import known_shape
from striate.engine.immediate.each_number import each_number_recipe
from striate.engine.immediate.implicit import implicit_recipe
from striate.engine.immediate.packing import COMPARED_FIRST, Packed, mixes_groups, packing_for, tables
from striate.engine.immediate.prepared import Check, Recipe
from striate.engine.isa import Isa
from striate.engine.kernels import planar
from striate.engine.kernels.call import Call
from striate.engine.kernels.compare import call_compare, compare_chunks
from striate.engine.kernels.pack import Plain, emit_pack, pack_arguments
from striate.engine.kernels.transposed import TransposedConvolution
from striate.engine.layout import Blocked
from striate.engine.limits import memory_limit
from striate.engine.lowering import Weights
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.lower import needed_halos
from striate.engine.lowering.table import rule_of
from striate.engine.regions import Region, Regions
from striate.graph import Array, Graph, GraphBuilder, Op
from striate.ops import Conv, ConvTranspose

# Multiplications that a core could do while it reads and writes a number.
NUMBER_WORK = 8
# Phases of a transposed convolution, each a call of its own, up to which it is worth it.
MOST_PHASES = 64


def make_recipe(op: Op, operands: Sequence[Array | None], target: Isa, direct: bool) -> Recipe | None:
    """How an op is computed for operands of these shapes; None where no kernel does it.

    Args:
        op: A convolution, a transposed one, pooling, or a function of each number.
        operands: The input, and weight and bias of a convolution or bounds of a function, float32.
        target: Instruction set.
        direct: Whether only direct algorithms may be chosen.
    """
    if isinstance(op, ConvTranspose) and prod(op.stride) > MOST_PHASES:
        return None
    if isinstance(op, Conv):
        recipe = _planar(op, operands, target) or implicit_recipe(op, operands, target)
        if recipe is not None:
            return recipe
    graph = _graph(op, operands)
    each = each_number_recipe(graph)
    if each is not None:
        return each
    (node,) = graph.nodes
    weights: Weights = {}
    halos = needed_halos(graph, graph.types, target)
    if _padded_bytes(operands, halos.get("x", ()), target) > memory_limit():
        return None
    lo = Lowering(graph, graph.types, target, False, direct, halos, weights)
    if not rule_of(op)(lo, node):
        return None
    shape = lo.map_shape(node.outputs[0])
    assert shape is not None
    y = _unpack(lo, node.outputs[0], shape)
    x = lo.fetched("x")
    x.nbytes = y.nbytes = 0  # they lie outside
    packing = check = None
    packed: Packed | None = None
    if isinstance(op, Conv | ConvTranspose):
        ((key, value),) = weights.items()
        packed, detail = cast("Packed", value), cast("int | TransposedConvolution", key[-1])
        packing = packing_for(target, op.groups, type(packed), detail)
        check = _check(lo.calls, lo.regions, operands[1], target)
    addresses = tuple(table.ctypes.data for table in tables(packed)) if packed is not None else ()
    kept = (*lo.tables, *(table for call in lo.calls for table in call.kept))
    macs = op.cost([graph.types[name] if name else None for name in node.inputs], [graph.types[node.outputs[0]]]).macs
    work = macs + NUMBER_WORK * (prod(shape) + graph.types["x"].nbytes // 4)
    return Recipe(
        calls=lo.calls,
        kept=[table for table in kept if table.ctypes.data not in addresses],
        regions=lo.regions,
        x=x,
        y=y,
        shape=shape,
        packing=packing,
        tables=addresses,
        check=check,
        mixes=isinstance(op, Conv | ConvTranspose) and op.groups > 1 and packed is not None and mixes_groups(packed),
        work=work,
    )


def _graph(op: Op, operands: Sequence[Array | None]) -> Graph:
    build = GraphBuilder("one op")
    x, *constants = operands
    assert x is not None
    names: list[str | None] = [build.input("x", np.float32, x.shape)]
    names += [None if array is None else build.constant(array) for array in constants]
    (y,) = build.add(op, names, outputs=["y"])
    return build.finish([y])


def _padded_bytes(operands: Sequence[Array | None], halo: Pads, target: Isa) -> int:
    """What the input takes in blocked layout; padding may be absurdly wide."""
    ((n, c, *spatial),) = (array.shape for array in operands[:1] if array is not None)
    halo = halo or ((0, 0),) * len(spatial)
    return 4 * Blocked(n, c, tuple(spatial), halo, target.lanes).size


def _unpack(lo: Lowering, value: str, shape: tuple[int, ...]) -> Region:
    """Appends the conversion of the result to a plain array."""
    layout, place = lo.source(value)
    plain = lo.regions.new(0, len(lo.calls))
    steps = tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))
    spec, arguments, chunks = pack_arguments(shape, layout.lanes, place, Plain.of(plain.address, steps), backwards=True)
    lo.call(Call(spec.name, partial(emit_pack, spec), arguments, (), chunks))
    return plain


def _check(calls: list[Call], regions: Regions, weight: Array | None, target: Isa) -> Check | None:
    """Appends the comparison of weights that are too many to be compared first."""
    if weight is None or weight.nbytes <= COMPARED_FIRST:
        return None
    now = len(calls)
    count = target.lanes * compare_chunks(weight.size)
    check = Check(regions.new(0, now), regions.new(0, now), regions.new(4 * count, now), count)
    calls.append(call_compare(check.weight.address, check.copy.address, weight.size, check.differences.address))
    return check


def _planar(op: Conv, operands: Sequence[Array | None], target: Isa) -> Recipe | None:
    """A convolution of few channels with few filters on the maps as they are, or a padded copy of them."""
    x, weight, bias = operands
    assert x is not None and weight is not None
    window = op.window(weight.shape[2:])
    pads = window.pads(x.shape[2:])
    positions = known_shape(window.output(x.shape[2:]))
    if op.groups > 1 or op.stride[-1] != 1 or not planar.suits(weight.shape[0], weight.shape[1], positions[-1], target):
        return None
    padded = (*x.shape[:2], *(b + size + a for size, (b, a) in zip(x.shape[2:], pads, strict=True)))
    if 4 * prod(padded) > memory_limit():
        return None
    copied = padded != x.shape
    regions, packed = Regions(), planar.pack_planar(weight, bias)
    here, there = regions.new(4 * prod(padded) if copied else 0, 0), regions.new(0, 0)
    calls = [planar.call_planar(packed, window, padded, here.address, positions, there.address, target)]
    check = _check(calls, regions, weight, target)
    for region in regions.all:
        region.first, region.last = 0, len(calls)
    addresses = tuple(table.ctypes.data for table in tables(packed))
    shape = (x.shape[0], weight.shape[0], *positions)
    return Recipe(
        calls=calls,
        kept=[table for table in calls[0].kept if table.ctypes.data not in addresses],
        regions=regions,
        x=here,
        y=there,
        shape=shape,
        packing=packing_for(target, 1, planar.PlanarWeights, 0),
        tables=addresses,
        check=check,
        mixes=False,
        work=prod(shape) * (prod(weight.shape[1:]) + NUMBER_WORK),
        padded=padded if copied else (),
        inside=(..., *(slice(b, b + size) for size, (b, _) in zip(x.shape[2:], pads, strict=True))),
    )
