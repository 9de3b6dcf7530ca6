"""Element-wise nodes that part at one value and meet again: activations as exporters write them out.

SiLU is ``x * sigmoid(x)``, GELU ``x * (1 + erf(x / sqrt 2)) / 2``, Mish ``x * tanh(softplus(x))``: a value that is read
twice, which a plain chain of stages cannot follow. From the value on, nodes that are functions of what is known so far
are taken in until all paths have met in one result. Whatever the formula, it becomes stages; there is no list of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from striate.engine.kernels.epilogue import Stage
from striate.engine.lowering.context import Lowering
from striate.engine.lowering.scalars import scalar_function
from striate.graph import Node
from striate.ops import Add, Div, Mul, Sub

# Nodes at most.
LONGEST = 12
_NAMES: dict[type, str] = {Add: "add", Sub: "sub", Mul: "mul", Div: "div"}


def expression(lo: Lowering, value: str, last: bool) -> tuple[list[Node], list[Stage]] | None:
    """The nodes from a value on to where its paths meet, and the stages that they are.

    Args:
        lo: The program so far.
        value: The value.
        last: Whether its channels are its last axis.
    """
    if len(lo.graph.consumers.get(value, ())) < 2:
        return None
    members: list[Node] = []
    known, met = [value], 0
    while len(members) < LONGEST:
        readers = [node for v in known for node in lo.graph.consumers.get(v, ())]
        node = next((n for n in readers if _joins(lo, n, known, members, last)), None)
        if node is None:
            break
        members.append(node)
        known.append(node.outputs[0])
        names = [member.name for member in members]
        if [v for v in known[1:] if lo.needed(v, *names)] == known[-1:] and _parted(members, value):
            met = len(members)
            if not lo.needed(value, *names):
                break
    return (members[:met], _stages(lo, members[:met], value)) if met else None


def _parted(members: Sequence[Node], value: str) -> bool:
    return sum(value in member.inputs for member in members) > 1


def _joins(lo: Lowering, node: Node, known: Sequence[str], members: Sequence[Node], last: bool) -> bool:
    if node in members or node.name in lo.done or any(node.outputs[1:]):
        return False
    if lo.map_shape(node.outputs[0], last) != lo.map_shape(known[0], last):
        return False
    return scalar_function(lo, node) is not None or (type(node.op) in _NAMES and all(v in known for v in node.inputs))


@dataclass(frozen=True, slots=True)
class _Read:
    """How a node takes its operands: one that must be the present one, and one that was saved.

    Args:
        present: The one.
        saved: The other, if there is one.
        stage: What is done; the number of what was saved comes behind it.
    """

    present: str
    saved: str | None
    stage: Stage


def _stages(lo: Lowering, members: Sequence[Node], value: str) -> list[Stage]:
    reads: list[_Read] = []
    present = value
    for node in members:
        function = scalar_function(lo, node)
        reads.append(_binary(node, present) if function is None else _Read(function[0], None, function[1]))
        present = node.outputs[0]
    stages: list[Stage] = []
    numbers: dict[str, int] = {}
    made = [value, *(node.outputs[0] for node in members)]
    for i, read in enumerate(reads):
        if any(r.saved == made[i] or (r.present == made[i] and j > i) for j, r in enumerate(reads)):
            numbers[made[i]] = len(numbers)
            stages.append(("save", numbers[made[i]]))
        if read.present != made[i]:
            stages.append(("recall", numbers[read.present]))
        stages.append(read.stage if read.saved is None else (*read.stage, numbers[read.saved]))
    return stages


def _binary(node: Node, present: str) -> _Read:
    first, second = (str(name) for name in node.inputs)
    name = _NAMES[type(node.op)]
    if second == present != first:
        turned = {"sub": "from_saved", "div": "over_saved"}
        return _Read(second, first, (turned.get(name, f"{name}_saved"),))
    return _Read(first, second, (f"{name}_saved",))
