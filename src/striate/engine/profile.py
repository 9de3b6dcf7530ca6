"""Runs a program piece by piece and takes the time of each."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from striate.engine.plan import Plan
from striate.engine.program import Fetch, Group, Instance, Program, Reference, Segment
from striate.engine.run import run_node
from striate.engine.threads import run_steps
from striate.engine.values import RunValues
from striate.graph import Array


@dataclass(frozen=True, slots=True)
class Handover:
    """A result that is unpacked for the caller."""

    value: str


Piece = Fetch | Group | Reference | Handover


def pieces(program: Program, outputs: Sequence[str]) -> tuple[Piece, ...]:
    """What a run does, in order: values copied in, kernels, reference nodes, outputs unpacked."""
    found: list[Piece] = []
    for part in program.parts:
        found += [*part.fetches, *part.groups] if isinstance(part, Segment) else [part]
    return (*found, *(Handover(value) for value in outputs if value in program.homes))


def profile(plan: Plan, program: Program, inputs: Mapping[str, Array], runs: int) -> tuple[float, ...]:
    """Seconds that each piece takes, by itself: the median of several runs, after one that is not counted.

    Args:
        plan: Shapes.
        program: What is run.
        inputs: The graph's inputs, channels first.
        runs: How many are timed.
    """
    done = pieces(program, plan.graph.outputs)
    times: list[list[float]] = []
    for _ in range(runs + 1):
        values = RunValues(plan.graph.constants, {**program.known, **inputs}, program.take())
        with np.errstate(all="ignore"):
            times.append([_timed(piece, plan, values) for piece in done])
    return tuple(median(column) for column in zip(*times[1:], strict=True))


def _timed(piece: Piece, plan: Plan, values: RunValues) -> float:
    begin = time.perf_counter()
    _carry_out(piece, plan, values)
    return time.perf_counter() - begin


def _carry_out(piece: Piece, plan: Plan, values: RunValues) -> None:
    instance: Instance = values.instance
    match piece:
        case Fetch(value=value, home=home):
            instance.memory(home)[...] = values[value]
        case Group(begin=begin, end=end):
            if end > begin:
                run_steps(instance.steps[begin:end])
        case Reference(node=node):
            run_node(node, plan.types, values)
        case Handover(value=value):
            _ = values[value]
