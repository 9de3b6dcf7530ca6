"""Why a node runs on its reference: the first thing about it that no kernel takes."""

from __future__ import annotations

from striate.engine.lowering.context import FLOAT, Lowering
from striate.engine.lowering.functions import has_function
from striate.engine.lowering.pointwise import has_steps
from striate.engine.lowering.table import RULES
from striate.graph import Node, Op


def why_reference(lo: Lowering, node: Node) -> str:
    """The reason, for people to read.

    Args:
        lo: The program so far.
        node: A node whose rule has declined it.
    """
    if not has_kernel(node.op):
        return f"no kernel for {node.op.kind}"
    values = [*node.inputs, *node.outputs]
    for value in (v for v in values if v and v not in lo.graph.constants):
        unfit = _unfit(lo, value)
        if unfit:
            return unfit
    for position in node.op.weight_operands:
        value = node.inputs[position] if position < len(node.inputs) else None
        if value and value not in lo.graph.constants:
            return f'its weights "{value}" are computed; kernels take constants'
    return f"no kernel for {node.op.kind} with these attributes and operands"


def has_kernel(op: Op) -> bool:
    """Whether some kernel computes ops of that class, with the attributes and operands that it takes."""
    return any(kind in RULES for kind in type(op).__mro__) or has_function(op) or has_steps(op)


def _unfit(lo: Lowering, value: str) -> str | None:
    kind = lo.types[value]
    if kind.dtype != FLOAT:
        return f'"{value}" is {kind.dtype}; kernels compute in float32'
    if kind.shape is None or not kind.concrete:
        return f'the size of "{value}" is known only once its data are'
    if 0 in kind.shape:
        return f'"{value}" is empty'
    if not 2 <= len(kind.shape) <= 5:
        return f'"{value}" has {len(kind.shape)} axes; kernels take samples, channels and up to three spatial axes'
    return None
