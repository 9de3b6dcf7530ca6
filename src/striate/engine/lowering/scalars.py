"""Which function of one number an operation with a constant number is: ``x + 3``, ``x / 6``, ``x ** 2`` and so on."""

from __future__ import annotations

from striate.engine.kernels.activation import supports
from striate.engine.kernels.epilogue import Stage
from striate.engine.lowering.facts import Facts
from striate.engine.lowering.functions import function_of
from striate.graph import Node
from striate.ops import Add, Div, Mul, Sub


def scalar_function(facts: Facts, node: Node) -> tuple[str, Stage] | None:
    """The value that a node is a function of, and the function; None where it is none.

    Constants become part of the kernel, so it is for patterns that come with the same ones in every network.
    """
    function = function_of(facts, node)
    if function is not None and node.inputs[0]:
        return node.inputs[0], function
    if not isinstance(node.op, Add | Sub | Mul | Div) or None in node.inputs:
        return None
    first, second = (_number(facts, name) for name in node.inputs)
    if (first is None) == (second is None):
        return None
    stage = _behind(node, second) if second is not None else _before(node, first or 0.0)
    value = node.inputs[0 if first is None else 1]
    if stage is None or value is None or not supports(str(stage[0]), *map(float, stage[1:])):
        return None
    return value, stage


def _number(facts: Facts, name: str | None) -> float | None:
    constant = facts.constant(name)
    return float(constant.reshape(())) if constant is not None and constant.size == 1 else None


def _behind(node: Node, number: float) -> Stage | None:
    """``x op number``."""
    match node.op:
        case Add():
            return ("affine", 1.0, number)
        case Sub():
            return ("affine", 1.0, -number)
        case Mul():
            return ("affine", number, 0.0)
        case _:
            return ("divided", number)


def _before(node: Node, number: float) -> Stage | None:
    """``number op x``."""
    match node.op:
        case Add():
            return ("affine", 1.0, number)
        case Sub():
            return ("affine", -1.0, number)
        case Mul():
            return ("affine", number, 0.0)
        case Div() if number == 1:
            return ("reciprocal",)
        case _:
            return None
