"""Runs one network natively: a program for each set of input shapes, made when it is first met."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Set
from dataclasses import dataclass

import numpy as np

from striate.engine.arenas import Arenas
from striate.engine.exactness import direct_only
from striate.engine.isa import Isa, isa
from striate.engine.limits import require_memory
from striate.engine.lowering import Weights, lower
from striate.engine.plan import Plan, make_plan
from striate.engine.program import Program, Reference, Segment
from striate.engine.run import Progress, run_node, run_plan
from striate.engine.values import RunValues
from striate.errors import ParameterError
from striate.fork import hold_over_fork
from striate.graph import Array, Graph, tensor

VARIABLE = "STRIATE_ENGINE"
# Programs kept for the input shapes met last; each holds its packed weights.
PROGRAMS_KEPT = 8


@dataclass(frozen=True)
class Prepared:
    """A plan, and the program for it.

    Args:
        plan: Shapes and last uses.
        program: Native steps and reference nodes.
        drops: Values that nobody reads after each part of the program.
    """

    plan: Plan
    program: Program
    drops: tuple[tuple[str, ...], ...]


class Executor:
    """Runs a graph, from any number of threads.

    Args:
        graph: The network.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._plans: dict[tuple[object, ...], Plan] = {}
        self._prepared: dict[tuple[object, ...], Prepared] = {}
        self._weights: Weights = {}
        self._arenas = Arenas()
        self._lock = threading.Lock()
        hold_over_fork(self._lock)

    def __reduce__(self) -> tuple[type[Executor], tuple[Graph]]:
        """A copy, in this process or another, makes its own programs."""
        return Executor, (self.graph,)

    def changed(self, graph: Graph, touched: Set[str]) -> Executor:
        """An executor for a graph that differs in some constants or nodes.

        Weights packed for the other nodes are shared, and so is memory that waits for a run.

        Args:
            graph: The other graph.
            touched: Names of the nodes whose packed weights are not to be used: those that read a changed constant,
                and those that have another operand, result or reader.
        """
        other = Executor(graph)
        other._arenas = self._arenas
        with self._lock:
            # A key holds the names of the nodes whose constants went into what was packed.
            other._weights.update({key: packed for key, packed in self._weights.items() if touched.isdisjoint(key)})
        return other

    def run(
        self, inputs: Mapping[str, Array], keep: bool = False, progress: Progress | None = None, native: bool = True
    ) -> Mapping[str, Array]:
        """Computes the outputs, or every value.

        Kernels multiply some numbers with zero weights: those of other groups, those for spare lanes. That changes
        nothing unless a number is NaN or infinite; a run in which one met such a weight is repeated on the references,
        so that NaN and infinity stay where the ops' definitions lead them.

        Args:
            inputs: The graph's inputs, channels first.
            keep: Whether every value can be asked for afterwards.
            progress: Told (nodes done, nodes in all, name of a node) on the way, and before the first run of such
                shapes (kernels ready, kernels in all, "compiling kernels"). What it raises stops the run.
            native: Whether kernels are used; otherwise every node runs on its op's reference.

        Returns:
            Values by name.

        Raises:
            ShapeError: An input does not fit the network.
            LimitError: It would take more memory than the limit.
            GraphError: A node failed; the message names it.
        """
        if not native or not native_by_default():
            return run_plan(self._plan(inputs), inputs, keep, progress)
        prepared = self.prepare(inputs, keep, progress)
        values = RunValues(self.graph.constants, {**prepared.program.known, **inputs}, prepared.program.take())
        with np.errstate(all="ignore"):
            if not self._carry_out(prepared, values, keep, progress):
                return run_plan(prepared.plan, inputs, keep, progress)
        return values if keep else {name: values[name] for name in self.graph.outputs}

    def prepare(self, inputs: Mapping[str, Array], keep: bool = False, progress: Progress | None = None) -> Prepared:
        """The program for inputs of these shapes."""
        target = isa()
        direct = direct_only()
        key = (*self._shapes(inputs), keep, direct, target.name)
        with self._lock:
            prepared = self._prepared.pop(key, None)
            if prepared is None:
                prepared = self._prepare(self._plan_unlocked(inputs), target, keep, direct, progress)
            self._prepared[key] = prepared  # behind the others: the one used longest ago goes first
            if len(self._prepared) > PROGRAMS_KEPT:
                self._prepared.pop(next(iter(self._prepared)))
            return prepared

    def _prepare(self, plan: Plan, target: Isa, keep: bool, direct: bool, progress: Progress | None) -> Prepared:
        program = lower(self.graph, plan.types, target, keep, direct, self._weights, progress)
        program.arenas = self._arenas
        require_memory(program.nbytes, f'running "{self.graph.name}"')
        return Prepared(plan, program, () if keep else _drops(self.graph, program))

    def _carry_out(self, prepared: Prepared, values: RunValues, keep: bool, progress: Progress | None) -> bool:
        """Runs all parts; False where kernels have spread a NaN or an infinity to where the ops do not."""
        done, total = 0, len(self.graph.nodes)
        for index, part in enumerate(prepared.program.parts):
            names = part.nodes if isinstance(part, Segment) else (part.node.name,)
            if progress is not None and names:
                progress(done, total, names[0])
            done += len(names)
            if isinstance(part, Reference):
                run_node(part.node, prepared.plan.types, values)
            elif not values.instance.run(part, values):
                return False
            if not keep:
                for name in prepared.drops[index]:
                    values.forget(name)
        return True

    def _plan(self, inputs: Mapping[str, Array]) -> Plan:
        with self._lock:
            return self._plan_unlocked(inputs)

    def _plan_unlocked(self, inputs: Mapping[str, Array]) -> Plan:
        key = self._shapes(inputs)
        plan = self._plans.pop(key, None)
        if plan is None:
            plan = make_plan(self.graph, {name: tensor(a.dtype, a.shape) for name, a in inputs.items()})
        self._plans[key] = plan
        if len(self._plans) > PROGRAMS_KEPT:
            self._plans.pop(next(iter(self._plans)))
        return plan

    def _shapes(self, inputs: Mapping[str, Array]) -> tuple[object, ...]:
        return tuple(inputs[name].shape for name in self.graph.inputs)


def native_by_default() -> bool:
    """Whether kernels are used: yes, unless STRIATE_ENGINE says "reference".

    Raises:
        ParameterError: The variable is neither "native" nor "reference".
    """
    text = os.environ.get(VARIABLE, "native")
    if text not in ("native", "reference"):
        raise ParameterError(f'{VARIABLE} (="{text}") must be "native" or "reference"')
    return text == "native"


def _drops(graph: Graph, program: Program) -> tuple[tuple[str, ...], ...]:
    """Plain values that nobody reads after each part: results of reference nodes, and what they had unpacked."""
    last: dict[str, int] = {}
    for index, part in enumerate(program.parts):
        if isinstance(part, Segment):
            read = [fetch.value for fetch in part.fetches]
        else:
            read = [name for name in (*part.node.inputs, *part.node.outputs) if name]
        last.update(dict.fromkeys(read, index))
    kept = {*graph.outputs, *graph.inputs, *graph.constants}
    drops: list[list[str]] = [[] for _ in program.parts]
    for name, index in last.items():
        if name not in kept:
            drops[index].append(name)
    return tuple(tuple(names) for names in drops)
