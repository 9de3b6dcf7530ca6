"""Computes once what depends on constants only."""

from __future__ import annotations

import numpy as np

from striate.errors import StriateError
from striate.graph import Array, Graph, Node, TensorType, type_of

# A folded result larger than this stays a node: Expand of one number to a huge array is cheaper done late.
LARGEST_BYTES = 64 * 2**20


def fold_constants(graph: Graph) -> Graph:
    """Replaces each node whose results are known before anything runs by constants.

    That is a node with only constant operands, and one (like Shape of a value of fixed shape) whose results the shape
    rules already know. Graph outputs keep their nodes.
    """
    constants: dict[str, Array] = dict(graph.constants)
    types: dict[str, TensorType] = dict(graph.types)
    nodes: list[Node] = []
    for node in graph.nodes:
        results = None if set(node.outputs) & set(graph.outputs) else _folded(node, constants, types)
        if results is None:
            nodes.append(node)
            continue
        for name, value in results.items():
            value.flags.writeable = False
            constants[name] = value
            types[name] = type_of(value)
    return Graph(graph.name, graph.inputs, graph.outputs, tuple(nodes), types, constants)


def _folded(node: Node, constants: dict[str, Array], types: dict[str, TensorType]) -> dict[str, Array] | None:
    used = [name for name in node.outputs if name]
    known = {name: value for name in used if (value := types[name].value) is not None and value.dtype != object}
    if used and len(known) == len(used):
        return {name: value.copy() for name, value in known.items()}
    if not all(name in constants for name in node.inputs if name):
        return None
    if sum(types[name].nbytes for name in used) > LARGEST_BYTES or not all(types[name].concrete for name in used):
        return None
    try:
        with np.errstate(all="ignore"):
            results = node.op.reference(*(constants[name] if name else None for name in node.inputs))
    except (StriateError, ValueError, IndexError, TypeError, ArithmeticError):
        return None  # the node stays, and running it says what is wrong
    if any(types[name].shape != result.shape for name, result in zip(node.outputs, results, strict=False) if name):
        return None
    return {name: result.copy() for name, result in zip(node.outputs, results, strict=False) if name}
