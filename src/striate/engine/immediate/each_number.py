"""A function of each number of an array as it lies: nothing is brought into blocks."""

from __future__ import annotations

from math import prod

from striate.engine.immediate.prepared import Recipe
from striate.engine.kernels.each_number import EachNumber, call_each_number
from striate.engine.lowering.facts import Facts
from striate.engine.lowering.functions import function_of
from striate.engine.regions import Regions
from striate.graph import Graph

# Multiplications that a core could do while it computes a function of one number.
FUNCTION_WORK = 32


def each_number_recipe(graph: Graph) -> Recipe | None:
    """How the graph's only node is computed; None where it is no such function.

    Args:
        graph: A graph of one node, with the input "x".
    """
    facts, (node,) = Facts(graph, graph.types), graph.nodes
    found, shape = function_of(facts, node), facts.shape("x")
    if found is None or shape is None:
        return None
    name, *constants = found
    regions = Regions()
    x, y = regions.new(0, 0), regions.new(0, 0)
    spec = EachNumber(str(name), tuple(map(float, constants)))
    return Recipe(
        calls=[call_each_number(spec, x.address, y.address, prod(shape))],
        kept=(),
        regions=regions,
        x=x,
        y=y,
        shape=shape,
        packing=None,
        tables=(),
        check=None,
        mixes=False,
        work=FUNCTION_WORK * prod(shape),
    )
