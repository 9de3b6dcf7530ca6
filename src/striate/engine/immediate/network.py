"""A small network as one native call: from the caller's array to an array of his, nothing of Python between.

What a call of a network does around its kernels (inputs checked and named, values by name, conversions of layout in
NumPy, threads) takes 30 microseconds, as much as the arithmetic of some million multiplications. A network that does no
more than that, whose every node has a kernel, with one input and one output, is prepared as a single op is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import prod

from striate.engine.immediate.prepared import SHARED_WORK, Recipe
from striate.engine.immediate.recipe import NUMBER_WORK
from striate.engine.isa import Isa
from striate.engine.kernels.call import Call
from striate.engine.kernels.pack import Plain, emit_pack, pack_arguments
from striate.engine.lowering.context import Lowering, Weights
from striate.engine.lowering.lower import needed_halos
from striate.engine.lowering.table import rule_of
from striate.engine.regions import Region
from striate.graph import Graph, Layout, TensorType


def network_recipe(
    graph: Graph, types: Mapping[str, TensorType], target: Isa, direct: bool, weights: Weights, layout: Layout
) -> Recipe | None:
    """How a small network is computed in one call; None for one that is not small, or that kernels alone cannot do.

    Args:
        graph: The network.
        types: Type of every value, all sizes known.
        target: Instruction set.
        direct: Whether only direct algorithms may be chosen.
        weights: Packed weights that other programs of the graph have made; new ones are added.
        layout: Order of axes in which the caller gives and takes arrays.
    """
    work = _work(graph, types)
    if work > SHARED_WORK or len(graph.inputs) != 1 or len(graph.outputs) != 1:
        return None
    (x,), (y,) = graph.inputs, graph.outputs
    lo = Lowering(graph, types, target, False, direct, needed_halos(graph, types, target), weights)
    lo.watch()
    shape = lo.shape(x)
    if shape is None:
        return None
    # With one channel both orders are the same.
    if layout == "channels_last" and len(shape) > 2 and shape[1] > 1:
        lo.steps = {x: _channels_last(shape)}
    for node in graph.nodes:
        if node.name not in lo.done and not rule_of(node.op)(lo, node):
            return None
    if lo.brought() != (x,) or not lo.made(y):
        return None
    there = _give(lo, y, layout)
    here = lo.fetched(x)
    here.nbytes = there.nbytes = 0  # they lie outside
    assert lo.watched is not None
    lo.watched.last = len(lo.calls)
    made = lo.shape(y)
    assert made is not None
    return Recipe(
        calls=lo.calls,
        kept=(*lo.tables, *(table for call in lo.calls for table in call.kept)),
        regions=lo.regions,
        x=here,
        y=there,
        shape=_as_given(made, layout),
        packing=None,
        tables=(),
        check=None,
        mixes=False,
        work=work,
        finite=prod(shape),
        watched=lo.watched,
    )


def _work(graph: Graph, types: Mapping[str, TensorType]) -> int:
    """Multiplications, with what reading and writing costs counted as such."""
    total = 0
    for node in graph.nodes:
        operands = [types[name] if name else None for name in node.inputs]
        results = [types[name] for name in node.outputs if name]
        total += node.op.cost(operands, results).macs + NUMBER_WORK * sum(result.nbytes // 4 for result in results)
    return total


def _give(lo: Lowering, value: str, layout: Layout) -> Region:
    """Appends the conversion of a value to a plain array of the caller's."""
    blocked, place = lo.source(value)
    plain = lo.regions.new(0, len(lo.calls))
    # Its memory may be another value's, which differs in axes of length 1 or in how they are split.
    shape = (blocked.n, blocked.c, *blocked.spatial)
    last = layout == "channels_last" and len(shape) > 2
    steps = _channels_last(shape) if last else tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))
    spec, arguments, chunks = pack_arguments(shape, blocked.lanes, place, Plain.of(plain.address, steps), True)
    lo.call(Call(spec.name, partial(emit_pack, spec), arguments, (), chunks))
    return plain


def _channels_last(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Floats between neighbours along (n, c, *spatial) of an array that lies (n, *spatial, c)."""
    sizes = (*shape[2:], shape[1])
    sample, *cells = (prod(sizes[axis:]) for axis in range(len(sizes)))
    return (sample, 1, *cells)


def _as_given(shape: tuple[int, ...], layout: Layout) -> tuple[int, ...]:
    return (shape[0], *shape[2:], shape[1]) if layout == "channels_last" and len(shape) > 2 else shape
