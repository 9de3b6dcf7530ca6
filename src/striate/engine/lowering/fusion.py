"""Epilogues: the element-wise nodes behind a convolution or pooling that its kernel computes before it stores a result.

From the main node on, a reader of the present value is taken in as long as it is a function of one number, a sum or
product with a value that is there already, or a batch norm with known statistics. A value on the way that somebody
else reads too is stored by the kernel as well. When a run keeps its values, so is the main node's own result; what lies
between follows from it, element by element, and is computed when somebody asks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from striate.engine.kernels.epilogue import Stage
from striate.engine.kernels.lines import Target
from striate.engine.kernels.place import Place
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.expression import expression
from striate.engine.lowering.functions import function_of
from striate.engine.lowering.scalars import scalar_function
from striate.graph import Array, Node
from striate.ops import Add, BatchNormalization, Mul, PRelu, Sub


@dataclass
class Epilogue:
    """What is fused behind a node.

    Args:
        value: The last value, which the kernel stores as its result.
        nodes: The nodes taken in, the main one first.
        stages: What the kernel does.
        operands: Places of the stages' operands, with the value where it is one.
        results: Values stored on the way.
        last: Whether the channels of all these values are their last axis; else they are the second one.
    """

    value: str
    nodes: list[Node]
    stages: list[Stage] = field(default_factory=list[Stage])
    operands: list[str | Place] = field(default_factory=list["str | Place"])
    results: list[str] = field(default_factory=list[str])
    last: bool = False

    def maps(self, lo: Lowering) -> list[str]:
        """The values beside the last one that have a cell for each of its cells."""
        shape = lo.map_shape(self.value, self.last)
        operands = [o for o in self.operands if isinstance(o, str) and lo.map_shape(o, self.last) == shape]
        return [*self.results, *operands]


def epilogue(lo: Lowering, node: Node, value: str, last: bool = False) -> Epilogue:
    """Takes in what can follow a node.

    Args:
        lo: The program so far.
        node: The main node, or the last of those that are one already.
        value: Its result.
        last: Whether the result is made with its last axis as channels.
    """
    found = Epilogue(value, [node], last=last)
    while True:
        written = expression(lo, found.value, last)
        if written is not None:
            nodes, stages = written
            _keep(lo, found, *nodes)
            found.stages += stages
            if lo.keep:
                for member in nodes[:-1]:
                    lo.derive(member)
            found.nodes += nodes
            found.value = nodes[-1].outputs[0]
            continue
        follower = next((n for n in lo.graph.consumers.get(found.value, ()) if _take(lo, found, n)), None)
        if follower is None:
            return found
        found.nodes.append(follower)
        found.value = follower.outputs[0]


def place_results(lo: Lowering, fused: Epilogue, mixes: bool = False) -> Target:
    """Makes room for the results of a node with its epilogue, and says where everything goes.

    Args:
        lo: The program so far.
        fused: The node with its epilogue.
        mixes: Whether its kernel multiplies numbers with zero weights that the op does not multiply.
    """
    if mixes and lo.watched is not None:
        fused.operands.append(Place(lo.watched.address))
        fused.stages.insert(0, ("watch", len(fused.operands) - 1))
    operands = [lo.source(o, fused.last)[1] if isinstance(o, str) else o for o in fused.operands]
    results = [lo.make(value, fused.last)[1] for value in fused.results]
    _, y = lo.make(fused.value, fused.last)
    return Target(y, tuple(fused.stages), operands, results)


def batch_norm(lo: Lowering, node: Node) -> tuple[Array, Array] | None:
    """A batch norm as (scale, shift) for each channel, float64; None if its statistics are not known."""
    if not isinstance(node.op, BatchNormalization):
        return None
    parts = [lo.constant(name) for name in node.inputs[1:5]]
    if any(part is None for part in parts):
        return None
    scale, bias, mean, variance = (np.asarray(part, np.float64) for part in parts)
    factor = scale / np.sqrt(variance + node.op.epsilon)
    return factor, bias - mean * factor


def _take(lo: Lowering, found: Epilogue, node: Node) -> bool:
    """Adds a reader's stage if it can be one."""
    if node.name in lo.done or lo.map_shape(node.outputs[0], found.last) != lo.map_shape(found.value, found.last):
        return False
    if any(node.outputs[1:]) or list(node.inputs).count(found.value) != 1:
        return False
    stages = _stages(lo, found, node)
    if not stages:
        return False
    _keep(lo, found, node)
    found.stages += stages
    return True


def _keep(lo: Lowering, found: Epilogue, *nodes: Node) -> None:
    """Keeps the present value where others than these nodes read it, or a run shall keep it."""
    first = len(found.nodes) == 1
    read = lo.needed(found.value, *(node.name for node in nodes))
    if read or (lo.keep and first):
        found.stages.append(("store" if read else "keep", len(found.results)))
        found.results.append(found.value)
    elif lo.keep:
        lo.derive(found.nodes[-1])


def _stages(lo: Lowering, found: Epilogue, node: Node) -> list[Stage]:
    function = function_of(lo, node)
    if function is not None:
        return [function]
    normed = None if found.last else batch_norm(lo, node)
    if normed is not None:
        scale, shift = (lo.packed(part.astype(np.float32)) for part in normed)
        return [("mul_channels", _operand(found, scale)), ("add_channels", _operand(found, shift))]
    if isinstance(node.op, Add | Mul | Sub | PRelu):
        return _binary(lo, found, node)
    scalar = scalar_function(lo, node)
    return [] if scalar is None else [scalar[1]]


def _binary(lo: Lowering, found: Epilogue, node: Node) -> list[Stage]:
    first, second = node.inputs[0], node.inputs[1]
    other = second if first == found.value else first
    assert other is not None
    shape = lo.map_shape(found.value, found.last)
    assert shape is not None
    if isinstance(node.op, Sub | PRelu) and first != found.value:
        return []
    if lo.constant(other) is not None:
        vector = lo.per_channel(other, shape, found.last)
        return [] if vector is None else _with_constant(lo, found, node, vector)
    if isinstance(node.op, PRelu) or not lo.ready(other):
        return []
    name = "add" if isinstance(node.op, Add) else "mul" if isinstance(node.op, Mul) else "sub"
    if lo.map_shape(other, found.last) == shape:
        return [(name, _operand(found, other))]
    if name in ("add", "mul") and lo.map_shape(other, found.last) == (*shape[:2], *[1] * (len(shape) - 2)):
        return [(f"{name}_channels", _operand(found, other))]
    return []


def _with_constant(lo: Lowering, found: Epilogue, node: Node, vector: Array) -> list[Stage]:
    """Stages of an operation with a number for each channel."""
    match node.op:
        case Add():
            return [("add_channels", _operand(found, lo.packed(vector)))]
        case Sub():
            return [("add_channels", _operand(found, lo.packed(-vector)))]
        case Mul():
            return [("mul_channels", _operand(found, lo.packed(vector)))]
        case _:
            return [("prelu", _operand(found, lo.packed(vector)))]


def _operand(found: Epilogue, operand: str | Place) -> int:
    found.operands.append(operand)
    return len(found.operands) - 1
