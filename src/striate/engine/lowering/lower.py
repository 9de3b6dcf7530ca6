"""Puts a program together: node by node, by the rule of its op, or left to its reference."""

from __future__ import annotations

from collections.abc import Mapping

from striate.arithmetic import Pads
from striate.engine.isa import Isa
from striate.engine.lowering.context import Lowering, Weights
from striate.engine.lowering.convolution import convolution_halo, transposed_halo
from striate.engine.lowering.reason import why_reference
from striate.engine.lowering.table import rule_of
from striate.engine.program import Program
from striate.engine.run import Progress
from striate.graph import Graph, Node, TensorType
from striate.ops import Conv, ConvTranspose, Dropout, Identity, Transpose


def lower(
    graph: Graph,
    types: Mapping[str, TensorType],
    target: Isa,
    keep: bool,
    direct: bool = False,
    weights: Weights | None = None,
    progress: Progress | None = None,
) -> Program:
    """The program for a graph with these shapes.

    Args:
        graph: The network.
        types: Type of every value, all sizes known.
        target: Instruction set.
        keep: Whether every value must stay readable after a run.
        direct: Whether only direct algorithms may be chosen, see :func:`striate.exact`.
        weights: Packed weights that other programs of the graph have made; new ones are added.
        progress: Told (kernels ready, kernels in all, "compiling kernels") on the way.
    """
    halos = needed_halos(graph, types, target)
    lo = Lowering(graph, types, target, keep, direct, halos, {} if weights is None else weights)
    lo.watch()
    for node in graph.nodes:
        if node.name not in lo.done and not lo.known(node) and not rule_of(node.op)(lo, node):
            lo.reference(node, why_reference(lo, node))
    return lo.finish(progress)


def needed_halos(graph: Graph, types: Mapping[str, TensorType], target: Isa) -> dict[str, Pads]:
    """Zero cells around each value, the most that any of its readers asks for."""
    asked = Lowering(graph, types, target, False, False, {}, {})
    halos: dict[str, Pads] = {}
    for node in graph.nodes:
        if not isinstance(node.op, Conv | ConvTranspose):
            continue
        halo = convolution_halo(asked, node) if isinstance(node.op, Conv) else transposed_halo(asked, node)
        value = node.inputs[0]
        if halo is None or value is None:
            continue
        present = halos.get(value, ((0, 0),) * len(halo))
        halos[value] = tuple((max(a, c), max(b, d)) for (a, b), (c, d) in zip(present, halo, strict=True))
    for node in reversed(graph.nodes):
        if isinstance(node.op, Transpose | Identity | Dropout) and node.outputs[0] in halos:
            _hand_on(asked, halos, node)
    return halos


def _hand_on(lo: Lowering, halos: dict[str, Pads], node: Node) -> None:
    """What shares its operand's memory has the zeros around it from there."""
    source, value = node.inputs[0], node.outputs[0]
    rank = len(lo.types[value].shape or ())
    moved = isinstance(node.op, Transpose) and node.op.perm != (0, rank - 1, *range(1, rank - 1))
    if source is None or moved:
        return
    present = halos.get(source, ((0, 0),) * (rank - 2))
    halos[source] = tuple((max(a, c), max(b, d)) for (a, b), (c, d) in zip(present, halos[value], strict=True))
