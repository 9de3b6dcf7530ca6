"""How a network is run: which kernel computes what, in which layout, at what cost, and how fast."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from statistics import median
from typing import Literal

import numpy as np

from striate.engine.executor import VARIABLE, Executor, Prepared, native_by_default
from striate.engine.isa import isa
from striate.engine.peak import peak_flops
from striate.engine.plan import Plan, make_plan
from striate.engine.profile import Handover, Piece, pieces, profile
from striate.engine.program import Fetch, Group, Program, Reference
from striate.engine.regions import Regions
from striate.engine.threads import thread_count
from striate.graph import Array, Model, Node, tensor
from striate.lenses.shown import Printed

Kind = Literal["copy in", "kernel", "reference", "copy out"]
# Runs that are timed; each figure is their median.
RUNS = 7
AXES = {0: "", 1: "W", 2: "HW", 3: "DHW"}


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of a run.

    Args:
        layers: The layers that it computes, the source's names, those fused behind the first one included; the name of
            the value where one is only copied or brought into another layout.
        nodes: The same as names of the graph's nodes.
        kind: "kernel"; "reference" where the op's NumPy definition runs; "copy in" and "copy out" at the graph's edges.
        kernel: The kernels in order, each with its tile (positions × vectors of filters, or × filters for few outputs);
            empty where none is needed, because the result is the operand's memory under another name.
        symbols: The kernels' names with all that they are specialised on.
        layout: How the result lies in memory.
        flop: Floating-point operations, a multiplication with its addition being two; None where sizes are not known.
        nbytes: Bytes that must move at least: each operand, weight and result once, as it lies in memory.
        reason: Why the reference runs; None for other steps.
        seconds: Median time by itself, threads woken for it alone; None if not profiled.
        peak_fraction: FLOP per second relative to the probed peak; None if not profiled or nothing to compute.
        bytes_per_second: Bytes over time; None if not profiled.
    """

    layers: tuple[str, ...]
    nodes: tuple[str, ...]
    kind: Kind
    kernel: str
    symbols: tuple[str, ...]
    layout: str
    flop: int | None
    nbytes: int | None
    reason: str | None = None
    seconds: float | None = None
    peak_fraction: float | None = None
    bytes_per_second: float | None = None

    def texts(self) -> tuple[str, ...]:
        """The row as a table shows it, with the columns of a profile."""
        does = self.kernel or self.kind
        if self.kind == "reference":
            does = f"reference: {self.reason}"
        elif self.kind == "kernel" and not self.kernel:
            does = "nothing: the same memory"
        return (
            " + ".join(self.layers),
            does,
            self.layout,
            _count(self.flop),
            _count(self.nbytes),
            "" if self.seconds is None or does.startswith("nothing") else f"{self.seconds * 1e6:,.0f}",
            "" if self.peak_fraction is None else f"{self.peak_fraction:.0%}",
            "" if self.bytes_per_second is None else f"{self.bytes_per_second / 1e9:.1f}",
        )


@dataclass(frozen=True, slots=True)
class NetworkPlan(Printed):
    """How a network is run for inputs of given shapes; printed it is a table.

    Args:
        name: The network's name.
        isa: Instruction set that kernels are emitted for.
        lanes: Numbers in a vector.
        threads: Threads that share the work.
        inputs: Shapes of the inputs, channels first.
        steps: What is done, in order.
        flop: Floating-point operations in all; None where some step's are not known.
        arena: Bytes of memory for all values that kernels make.
        seconds: Median time of a whole run; None if not profiled.
        peak_flops: The probed peak of all threads together, FLOP per second; None if not profiled.
    """

    name: str
    isa: str
    lanes: int
    threads: int
    inputs: Mapping[str, tuple[int, ...]]
    steps: tuple[PlanStep, ...]
    flop: int | None
    arena: int
    seconds: float | None = None
    peak_flops: float | None = None

    HEADINGS = ("computes", "kernel", "layout", "FLOP", "bytes", "µs", "peak", "GB/s")
    LEFT = 3
    """Columns of words, the others are numbers."""

    def __str__(self) -> str:
        rows = [self.headings(), *self.rows()]
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = ["  ".join(_set(*cell) for cell in zip(row, widths, range(len(row)), strict=True)) for row in rows]
        return "\n".join([*(line.rstrip() for line in lines), "", self.totals()])

    def headings(self) -> tuple[str, ...]:
        """The table's headings: those of times only where they were taken."""
        return self.HEADINGS[: 5 if self.seconds is None else None]

    def rows(self) -> list[tuple[str, ...]]:
        """The table's rows."""
        return [step.texts()[: len(self.headings())] for step in self.steps]

    def totals(self) -> str:
        """What holds for the run as a whole, in a sentence or two."""
        threads = f"{self.threads} thread{'s' if self.threads > 1 else ''}"
        flop = "FLOP unknown" if self.flop is None else f"{_count(self.flop)}FLOP"
        text = f"{self.isa}, {self.lanes} lanes, {threads}; {flop}, {_count(self.arena)}B of memory for values"
        references = sum(step.kind == "reference" for step in self.steps)
        if references:
            text += f"; {references} of {len(self.steps)} steps on the NumPy reference"
        if self.seconds is None or self.peak_flops is None:
            return text
        whole = f"\none run {self.seconds * 1e3:.2f} ms; probed peak {self.peak_flops / 1e9:,.0f} GFLOP/s"
        if self.flop is not None:
            whole += f", reached {self.flop / self.seconds / 1e9:,.0f} GFLOP/s"
        return text + whole


def plan(
    model: Model,
    executor: Executor,
    input_shapes: Mapping[str, tuple[int, ...]],
    profiled: bool = False,
    keep: bool = False,
) -> NetworkPlan:
    """Says how a network is run, and if asked takes the times.

    Args:
        model: The network.
        executor: What runs it.
        input_shapes: Shape of each input, channels first.
        profiled: Whether to run it, on random numbers, and take the time of each step.
        keep: Whether it is the run that keeps every value.

    Returns:
        A row for each step, and what holds for all of them.

    Raises:
        ShapeError: A shape does not fit the network.
        LimitError: A run would take more memory than the limit.
    """
    inputs = _inputs(model, input_shapes)
    prepared = executor.prepare(inputs, keep) if native_by_default() else _references(model, inputs)
    done = pieces(prepared.program, model.graph.outputs)
    times: tuple[float | None, ...] = (None,) * len(done)
    seconds = peak = None
    if profiled:
        peak = peak_flops()
        times = profile(prepared.plan, prepared.program, inputs, RUNS)
        seconds = _whole(executor, inputs, keep)
    facts = _Facts(model, prepared, isa().lanes)
    steps = tuple(_with_time(facts.step(piece), time, peak) for piece, time in zip(done, times, strict=True))
    flops = [step.flop for step in steps]
    known = [flop for flop in flops if flop is not None]
    return NetworkPlan(
        name=model.graph.name,
        isa=isa().name,
        lanes=isa().lanes,
        threads=thread_count(),
        inputs=dict(input_shapes),
        steps=steps,
        flop=sum(known) if len(known) == len(flops) else None,
        arena=prepared.program.nbytes,
        seconds=seconds,
        peak_flops=peak,
    )


class _Facts:
    """What can be said of each piece of a program without running it."""

    def __init__(self, model: Model, prepared: Prepared, lanes: int) -> None:
        self.model = model
        self.plan: Plan = prepared.plan
        self.program: Program = prepared.program
        self.lanes = lanes

    def step(self, piece: Piece) -> PlanStep:
        match piece:
            case Fetch(value=value):
                return PlanStep((value,), (), "copy in", "", (), self._plain(value), 0, self._bytes(value, False) * 2)
            case Handover(value=value):
                moved = self._bytes(value, True) + self._bytes(value, False)
                return PlanStep((value,), (), "copy out", "", (), self._plain(value), 0, moved)
            case Reference(node=node, reason=reason):
                names = [name for name in (*node.inputs, *node.outputs) if name]
                moved = sum(self._bytes(name, False) for name in dict.fromkeys(names))
                flop, layout = self._flop([node]), self._plain(node.outputs[0])
                return PlanStep(self._layers([node]), (node.name,), "reference", "", (), layout, flop, moved, reason)
            case Group():
                return self._group(piece)

    def _group(self, group: Group) -> PlanStep:
        calls = self.program.calls[group.begin : group.end]
        kernel, symbols = _labels([call.label or call.name for call in calls]), tuple(call.name for call in calls)
        layout = self._blocked(group.values[0]) if group.values else ""
        if not group.nodes:
            (value,) = group.values
            moved = self._bytes(value, True) + self._bytes(value, False)
            return PlanStep((value,), (), "kernel", kernel, symbols, layout, 0, moved)
        nodes = [self.model.graph.node(name) for name in group.nodes]
        flop, moved = (self._flop(nodes), self._moved(nodes, group.values)) if calls else (0, 0)
        return PlanStep(self._layers(nodes), group.nodes, "kernel", kernel, symbols, layout, flop, moved)

    def _layers(self, nodes: list[Node]) -> tuple[str, ...]:
        views = self.model.layer_of_node
        names = [views[node.name].name if node.name in views else node.name for node in nodes]
        return tuple(dict.fromkeys(names))

    def _flop(self, nodes: list[Node]) -> int | None:
        total = 0
        for node in nodes:
            operands = [self.plan.types[name] if name else None for name in node.inputs]
            results = [self.plan.types[name] for name in node.outputs if name]
            if not all(kind is None or kind.concrete for kind in (*operands, *results)):
                return None
            cost = node.op.cost(operands, results)
            total += 2 * cost.macs + cost.operations
        return total

    def _moved(self, nodes: list[Node], stored: tuple[str, ...]) -> int:
        inside = {name for node in nodes for name in node.outputs}
        read = dict.fromkeys(name for node in nodes for name in node.inputs if name and name not in inside)
        return sum(self._bytes(name, name in self.program.homes) for name in (*read, *stored))

    def _bytes(self, value: str, blocked: bool) -> int:
        """Bytes of a value, plain or in blocks: then with its spare lanes, without the zeros around it."""
        kind = self.plan.types[value]
        sizes = [int(str(size)) for size in kind.shape] if kind.shape is not None and kind.concrete else []
        if not blocked or len(sizes) < 2:
            return kind.nbytes
        return 4 * sizes[0] * -(-sizes[1] // self.lanes) * self.lanes * prod(sizes[2:])

    def _blocked(self, value: str) -> str:
        return f"NC{self._spatial(value)}{self.lanes}c"

    def _plain(self, value: str) -> str:
        kind = self.plan.types[value].shape
        return f"NC{self._spatial(value)}" if kind is not None and 2 <= len(kind) <= 5 else "as it is"

    def _spatial(self, value: str) -> str:
        return AXES[len(self.plan.types[value].shape or ()) - 2]


def _inputs(model: Model, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Array]:
    """Random numbers in these shapes; zeros where an input is of whole numbers, which may be indices."""
    rng = np.random.default_rng(0)
    found: dict[str, Array] = {}
    for name in model.graph.inputs:
        kind = model.graph.types[name].dtype
        shape = shapes[name]
        found[name] = rng.standard_normal(shape).astype(kind) if kind.kind == "f" else np.zeros(shape, kind)
    return found


def _references(model: Model, inputs: Mapping[str, Array]) -> Prepared:
    """The program where the environment asks for the reference."""
    types = {name: tensor(array.dtype, array.shape) for name, array in inputs.items()}
    parts = [Reference(node, f'{VARIABLE} is "reference"') for node in model.graph.nodes]
    return Prepared(make_plan(model.graph, types), Program(parts, {}, {}, [], Regions(), [], False), ())


def _whole(executor: Executor, inputs: Mapping[str, Array], keep: bool) -> float:
    times: list[float] = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        executor.run(inputs, keep=keep)
        times.append(time.perf_counter() - begin)
    return median(times)


def _with_time(step: PlanStep, seconds: float | None, peak: float | None) -> PlanStep:
    if seconds is None or peak is None:
        return step
    fraction = step.flop / seconds / peak if step.flop else None
    return replace(
        step,
        seconds=seconds,
        peak_fraction=fraction,
        bytes_per_second=step.nbytes / seconds if step.nbytes else None,
    )


def _labels(labels: list[str]) -> str:
    """Kernels in order, each once, with how often where it is more than that."""
    return ", ".join(
        f"{label} ({labels.count(label)}×)" if labels.count(label) > 1 else label for label in dict.fromkeys(labels)
    )


def _count(number: int | None) -> str:
    """A number in three digits, with k, M, G for thousands."""
    if number is None:
        return "?"
    if number < 1000:
        return str(number) if number else ""
    size, unit = float(number), 0
    while size >= 999.5:
        size, unit = size / 1000, unit + 1
    return f"{size:.{max(0, 2 - (size >= 9.995) - (size >= 99.95))}f} {' kMGTP'[unit]}"


def _set(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column < NetworkPlan.LEFT else cell.rjust(width)
