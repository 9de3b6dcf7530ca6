"""Element-wise nodes that stand alone, with the element-wise nodes behind them."""

from __future__ import annotations

from functools import partial

import numpy as np

from striate.engine.kernels.call import Call
from striate.engine.kernels.place import Place
from striate.engine.kernels.pointwise import Pointwise, Step, emit_pointwise, pointwise_arguments
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.functions import function_of
from striate.engine.lowering.fusion import batch_norm
from striate.graph import Node, Op
from striate.ops import Add, BatchNormalization, Div, Max, Min, Mul, Pow, PRelu, Sub

_BINARY: dict[type, str] = {
    Add: "add",
    Sub: "sub",
    Mul: "mul",
    Div: "div",
    Max: "max",
    Min: "min",
    PRelu: "prelu",
}


def has_steps(op: Op) -> bool:
    """Whether an op of that class can be part of a chain, beside functions of one number."""
    return type(op) in _BINARY or isinstance(op, BatchNormalization | Pow)


class _Chain:
    """A chain of element-wise nodes while it grows; operands are numbered first, when all are known."""

    def __init__(self, lo: Lowering, shape: tuple[int, ...], last: bool) -> None:
        self.lo = lo
        self.last = last
        self.shape = shape
        self.kinds: list[str] = []
        self.operands: list[str | Place] = []
        self.values: dict[str, int] = {}  # operands count from 0, steps from 1000
        self.steps: list[Step] = []
        self.nodes: list[Node] = []

    def operand(self, value: str | None) -> int | None:
        """Number of an operand; None where a kernel cannot read it."""
        if value is None:
            return None
        if value in self.values:
            return self.values[value]
        if self.lo.constant(value) is not None:
            vector = self.lo.per_channel(value, self.shape, self.last)
            kind = "cell" if vector is None else "channel"
            operand = self.lo.per_cell(value, self.shape, self.last) if vector is None else self.lo.packed(vector)
        else:
            kind, operand = self._kind(value), value
        if kind is None or operand is None:
            return None
        self.operands.append(operand)
        self.kinds.append(kind)
        self.values[value] = len(self.kinds) - 1
        return self.values[value]

    def _kind(self, value: str) -> str | None:
        rank = len(self.shape)
        if not self.lo.ready(value):
            return None
        shape = self.lo.map_shape(value, self.last)
        if shape == self.shape:
            return "cell"
        if rank > 2 and shape == (*self.shape[:2], *[1] * (rank - 2)):
            return "channel"
        return "position" if shape == (self.shape[0], 1, *self.shape[2:]) else None

    def take(self, node: Node) -> bool:
        """Adds a node if it is element-wise and all its operands can be read."""
        if (
            node.name in self.lo.done
            or any(node.outputs[1:])
            or self.lo.map_shape(node.outputs[0], self.last) != self.shape
        ):
            return False
        before = len(self.operands)
        steps = self._node_steps(node)
        if steps is None:
            self._forget(before)
            return False
        self.steps += steps
        self.nodes.append(node)
        self.values[node.outputs[0]] = FIRST_STEP + len(self.steps) - 1
        return True

    def _forget(self, count: int) -> None:
        """Leaves out the operands behind the first so many: the node that asked for them is not taken."""
        del self.operands[count:], self.kinds[count:]
        self.values = {value: number for value, number in self.values.items() if not count <= number < FIRST_STEP}

    def _node_steps(self, node: Node) -> list[Step] | None:
        function = function_of(self.lo, node)
        if function is not None:
            x = self.operand(node.inputs[0])
            return None if x is None else [Step(str(function[0]), (x,), tuple(map(float, function[1:])))]
        normed = None if self.last else batch_norm(self.lo, node)
        if normed is not None:
            x = self.operand(node.inputs[0])
            return None if x is None else self._affine(x, *(self._vector(part) for part in normed))
        name = _BINARY.get(type(node.op))
        if name is None or len(node.inputs) != 2:
            return None
        x, y = self.operand(node.inputs[0]), self.operand(node.inputs[1])
        return None if x is None or y is None else [Step(name, (x, y))]

    def _affine(self, x: int, scale: int, shift: int) -> list[Step]:
        return [Step("mul", (x, scale)), Step("add", (FIRST_STEP + len(self.steps), shift))]

    def _vector(self, numbers: np.ndarray) -> int:
        self.kinds.append("channel")
        self.operands.append(self.lo.packed(numbers.astype(np.float32)))
        return len(self.kinds) - 1

    def spec(self, results: list[str]) -> Pointwise:
        """The kernel, with everything numbered."""
        count = len(self.kinds)

        def renumbered(number: int) -> int:
            return number if number < FIRST_STEP else count + number - FIRST_STEP

        steps = tuple(Step(s.name, tuple(map(renumbered, s.inputs)), s.constants) for s in self.steps)
        return Pointwise(tuple(self.kinds), steps, tuple(renumbered(self.values[value]) for value in results))


FIRST_STEP = 1000
# Longer chains are cut: their kernels would need more registers than there are.
LONGEST = 12


def lower_pointwise(lo: Lowering, node: Node) -> bool:
    """An element-wise node and what follows it."""
    return any(_lower_chain(lo, node, last) for last in _orders(lo, node))


def _orders(lo: Lowering, node: Node) -> tuple[bool, bool]:
    """Which axis to take as channels, the better one first: as the operands have it, so that they stay as they are."""
    shape = lo.shape(node.outputs[0])
    same = [value for value in node.inputs if value and lo.shape(value) == shape]
    second = any(lo.made(value, False) for value in same)
    last = any(lo.made(value, True) for value in same)
    tokens = shape is not None and len(shape) == 3 and not second
    return (True, False) if tokens or (last and not second) else (False, True)


def _lower_chain(lo: Lowering, node: Node, last: bool) -> bool:
    shape = lo.map_shape(node.outputs[0], last)
    if shape is None:
        return False
    chain = _Chain(lo, shape, last)
    if not chain.take(node) or not any(isinstance(operand, str) for operand in chain.operands):
        return False
    while len(chain.steps) < LONGEST:
        value = chain.nodes[-1].outputs[0]
        if next((n for n in lo.graph.consumers.get(value, ()) if chain.take(n)), None) is None:
            break
    names = [member.name for member in chain.nodes]
    results = [n.outputs[0] for i, n in enumerate(chain.nodes[:-1]) if lo.needed(n.outputs[0], *names[i + 1 :])]
    results.append(chain.nodes[-1].outputs[0])
    if lo.keep:
        for between in chain.nodes[:-1]:
            if between.outputs[0] not in results:
                lo.derive(between)
    operands = [lo.source(o, last)[1] if isinstance(o, str) else o for o in chain.operands]
    places = [lo.make(value, last)[1] for value in results]
    for operand in chain.operands:
        if isinstance(operand, str):
            lo.source(operand, last)
    spec = chain.spec(results)
    arguments, chunks = pointwise_arguments(spec, shape, lo.target.lanes, operands, places)
    lo.call(Call(spec.name, partial(emit_pointwise, spec), arguments, (), chunks, "pointwise"))
    for value in results:
        lo.extend(value)
    lo.computed(*chain.nodes)
    return True
