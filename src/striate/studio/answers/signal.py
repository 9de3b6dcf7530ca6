"""Which values without a channel axis are signals: (samples, places) instead of (samples, features)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from striate import ops
from striate.dimension import Symbol
from striate.graph import Model, Node
from striate.lenses.provenance import moves_data

# From this size on what nothing is known about is rather a signal than a row of features.
_LONG = 64
_WEIGHTED = (ops.Gemm, ops.MatMul)


def signals(model: Model) -> Mapping[str, str]:
    """Values of two axes whose second axis are places of one signal, and why that is assumed, for people.

    A size that is free cannot count features, since weights would not fit it. Of an input of fixed size its use
    decides: what goes to a convolution is a signal, what goes to a dense layer are features, else it is a signal if it
    is long. What is only moved, or made number by number, stays what it was.
    """
    found: dict[str, str] = {}
    graph = model.graph
    for name in graph.inputs:
        why = _why_input(model, name)
        if why:
            found[name] = why
    for node in graph.nodes:
        for value in node.outputs:
            if value and _two_axes(model, value):
                why = _why_made(model, node, value, found)
                if why:
                    found[value] = why
    return found


def _two_axes(model: Model, value: str) -> bool:
    kind = model.graph.types[value]
    return kind.shape is not None and len(kind.shape) == 2 and kind.dtype.kind in "fiub"


def _free(model: Model, value: str) -> bool:
    shape = model.graph.types[value].shape
    return shape is not None and isinstance(shape[1], Symbol)


def _why_input(model: Model, name: str) -> str:
    if not _two_axes(model, name):
        return ""
    if _free(model, name):
        return "its length is free: taken as one signal"
    use = next((node.op for node in _users(model, name) if isinstance(node.op, ops.Conv | ops.Gemm | ops.MatMul)), None)
    if isinstance(use, ops.Conv):
        return "a convolution runs over it: taken as one signal"
    size = (model.graph.types[name].shape or (0, 0))[1]
    if use is None and isinstance(size, int) and size >= _LONG:
        return f"{size} numbers that no dense layer reads: taken as one signal"
    return ""


def _users(model: Model, name: str) -> Iterator[Node]:
    """Who reads a value, also through what moves it or treats each place for itself; nearest first."""
    waiting, seen = [name], {name}
    while waiting:
        value = waiting.pop(0)
        for node in model.graph.consumers.get(value, ()):
            yield node
            if _place_by_place(node):
                new = [output for output in node.outputs if output and output not in seen]
                seen.update(new)
                waiting += new


def _why_made(model: Model, node: Node, value: str, found: Mapping[str, str]) -> str:
    if _free(model, value):
        return "its length is free: taken as one signal"
    if isinstance(node.op, _WEIGHTED):
        return ""
    before = [name for name in node.inputs if name in found]
    return "made of one, place by place: taken as a signal" if before and _place_by_place(node) else ""


def _place_by_place(node: Node) -> bool:
    return moves_data(node.op) or isinstance(node.op, ops.Activation | ops.Add | ops.Sub | ops.Mul | ops.Div)
