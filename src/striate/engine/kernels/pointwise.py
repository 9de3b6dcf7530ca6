"""Element-wise chains over blocked values: any expression of adds, products, maxima and functions, in one pass.

An expression is a numbered list of values: the operands first, then one for each step, which refers to earlier numbers.
Those named as results are stored, intermediate ones as well. The textbook's loop, ``y[i] = f(a[i], b[i], ...)`` for
every cell i, with a vector of channels at once; every operand is read once and every result written once.

    # relu(x + y) * scale, keeping the sum
    Pointwise(("cell", "cell", "channel"), (Step("add", (0, 1)), Step("relu", (3,)), Step("mul", (4, 2))), (3, 5))

An operand's kind says what a vector of it is: "cell", a blocked value's vector at the same cell; "channel", one number
a channel, the same in every cell; "position", one number a cell, the same in every channel; "scalar", one number. Axes
along which an operand repeats have step 0 in its :class:`Place`.

Cost: bandwidth, unless the functions are many. Error bound: that of the steps, see
:mod:`striate.engine.kernels.activation`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.activation import FUNCTIONS, function
from striate.engine.kernels.chunks import chunk_arguments, declare_chunk
from striate.engine.kernels.place import Place, Walker, extents
from striate.engine.value import Value
from striate.errors import ParameterError

KINDS = ("cell", "channel", "position", "scalar")
BINARY = ("add", "sub", "mul", "div", "max", "min", "prelu")


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of an expression.

    Args:
        name: One of :data:`BINARY`, or a function of :data:`striate.engine.kernels.activation.FUNCTIONS`.
        inputs: Numbers of the values that it takes.
        constants: The function's constants.
    """

    name: str
    inputs: tuple[int, ...]
    constants: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Pointwise:
    """What a kernel of an element-wise chain is specialised on.

    Args:
        operands: Kind of each operand.
        steps: The operations in order.
        results: Numbers of the values that are stored.

    Raises:
        ParameterError: A kind or an operation is not known, or a number refers to no earlier value.
    """

    operands: tuple[str, ...]
    steps: tuple[Step, ...]
    results: tuple[int, ...]

    def __post_init__(self) -> None:
        for kind in self.operands:
            if kind not in KINDS:
                raise ParameterError(f"operand kind (={kind}) must be one of {', '.join(KINDS)}")
        for number, step in enumerate(self.steps, len(self.operands)):
            expected = 2 if step.name in BINARY else 1
            if step.name not in BINARY:
                function(step.name, *step.constants)
            if len(step.inputs) != expected or not all(0 <= i < number for i in step.inputs):
                raise ParameterError(
                    f"step {number} ({step.name}) takes values (={step.inputs}), expected {expected} of those before "
                    f"it, 0 to {number - 1}"
                )
        count = len(self.operands) + len(self.steps)
        if not self.results or not all(0 <= i < count for i in self.results):
            raise ParameterError(f"results (={self.results}) must be one or more of the values 0 to {count - 1}")

    @property
    def name(self) -> str:
        """The kernel's symbol."""
        facts = repr((self.operands, [(s.name, s.inputs, s.constants) for s in self.steps], self.results))
        return f"pointwise_{hashlib.sha256(facts.encode()).hexdigest()[:20]}"

    def spare_lanes_are_zero(self) -> tuple[bool, ...]:
        """For each value whether it is zero beyond the last channel by itself, whatever the operands hold."""
        zero = [kind in ("cell", "channel") for kind in self.operands]
        for step in self.steps:
            inputs = [zero[i] for i in step.inputs]
            if step.name in FUNCTIONS:
                zero.append(inputs[0] and FUNCTIONS[step.name].keeps_zero(step.constants))
            else:
                zero.append(all(inputs) and step.name != "div")
        return tuple(zero)


def emit_pointwise(spec: Pointwise, target: Isa) -> Emit:
    """Writes the kernel. A chunk is a piece of the map of one sample and one block of channels."""
    k = Emit(spec.name, target)
    chunk = declare_chunk(k)
    operands = [Walker(k, f"operand{i}") for i in range(len(spec.operands))]
    results = [Walker(k, f"result{i}") for i in range(len(spec.results))]
    rows = k.size("rows")
    zero = spec.spare_lanes_are_zero()
    masked = not all(zero[i] for i in spec.results)
    lanes_left = k.lanes_below(k.size("channels") - chunk.block * k.lanes) if masked else None
    constant = [
        _constant(k, kind, o, chunk.sample, chunk.block) for kind, o in zip(spec.operands, operands, strict=True)
    ]
    with k.loop(chunk.first_line, chunk.last_line) as line:
        plane, row = line // rows, line % rows
        sources = [
            None if fixed else o.at(chunk.sample, chunk.block, plane, row)
            for fixed, o in zip(constant, operands, strict=True)
        ]
        targets = [r.at(chunk.sample, chunk.block, plane, row) for r in results]
        with k.loop(chunk.first_column, chunk.last_column) as column:
            cell = column * k.lanes
            values: list[Value] = []
            for kind, fixed, source in zip(spec.operands, constant, sources, strict=True):
                if fixed is not None:
                    values.append(fixed)
                elif source is not None:
                    values.append(k.load(source, cell) if kind == "cell" else k.broadcast(k.load_scalar(source, cell)))
            for step in spec.steps:
                values.append(_step(k, step, [values[i] for i in step.inputs]))
            for i, place in zip(spec.results, targets, strict=True):
                if lanes_left is not None and not zero[i]:
                    k.store(k.select(lanes_left, values[i], k.vector(0.0)), place, cell)
                else:
                    k.store(values[i], place, cell)
    return k


def _constant(k: Emit, kind: str, operand: Walker, sample: Value, block: Value) -> Value | None:
    """The vector of an operand that is the same in every cell."""
    if kind == "scalar":
        return k.broadcast(k.load_scalar(operand.pointer))
    if kind == "channel":
        return k.load(operand.pointer, sample * operand.sample + block * operand.block)
    return None


def _step(k: Emit, step: Step, inputs: Sequence[Value]) -> Value:
    if step.name in FUNCTIONS:
        return FUNCTIONS[step.name].emit(k, inputs[0], *step.constants)
    a, b = inputs
    match step.name:
        case "add":
            return a + b
        case "sub":
            return a - b
        case "mul":
            return a * b
        case "div":
            return a / b
        case "max":
            return k.maximum_or_nan(a, b)
        case "min":
            return k.minimum_or_nan(a, b)
        case _:
            return k.select(a >= 0.0, a, a * b)


def pointwise_arguments(
    spec: Pointwise,
    shape: tuple[int, ...],
    lanes: int,
    operands: Sequence[Place],
    results: Sequence[Place],
) -> tuple[dict[str, int], int]:
    """The arguments by name, and the number of chunks.

    Args:
        spec: The kernel.
        shape: (n, c, *spatial) of the results, not empty.
        lanes: Channels in a block.
        operands: Where each operand lies. Of kind "channel" only address, sample and block matter (sample 0: the same
            for every sample); of kind "position" it is a blocked value of one channel; of kind "scalar" only the
            address.
        results: Where each result lies.
    """
    planes, rows, columns = extents(shape[2:])
    arguments, chunks = chunk_arguments(shape[0], -(-shape[1] // lanes), planes, rows, columns)
    for i, place in enumerate(operands):
        # One channel: every block reads the same one.
        fixed = (
            Place(place.address, place.sample, 0, place.plane, place.row) if spec.operands[i] == "position" else place
        )
        arguments |= fixed.arguments(f"operand{i}")
    for i, place in enumerate(results):
        arguments |= place.arguments(f"result{i}")
    arguments["rows"] = rows
    zero = spec.spare_lanes_are_zero()
    if not all(zero[i] for i in spec.results):
        arguments["channels"] = shape[1]
    return arguments, chunks
