"""Runs a plan op by op on the references: with every value kept, or with each freed after its last use.

This is the plain way, and the truth that the native programs are tested against (see :mod:`striate.engine.executor`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from striate.engine.limits import require_memory
from striate.engine.plan import Plan
from striate.errors import GraphError, StriateError
from striate.graph import Array, Model, Node, TensorType, infer_node, type_of

Progress = Callable[[int, int, str], None]


class Values(Protocol):
    """Values by name, to which more can be added."""

    def __getitem__(self, name: str, /) -> Array:
        """A value."""
        ...

    def __setitem__(self, name: str, value: Array, /) -> None:
        """Adds a value."""
        ...


@dataclass(frozen=True)
class Recording:
    """A model and every value that one run of it made: what the lenses look at.

    Args:
        model: The network and its names.
        values: Every value by name: inputs, constants and results, channels first.
    """

    model: Model
    values: Mapping[str, Array]


def run_plan(
    plan: Plan, inputs: Mapping[str, Array], keep: bool = False, progress: Progress | None = None
) -> dict[str, Array]:
    """Runs every step.

    Args:
        plan: What to do.
        inputs: The graph's inputs, in the shapes that the plan was made for.
        keep: Whether all values are kept; otherwise only the outputs are.
        progress: Told (steps done, steps in all, node's name) before each step.

    Returns:
        Values by name.

    Raises:
        GraphError: A kernel failed or gave another shape than the shape rule; the message names the node.
        InvalidError: Sizes that only a run can tell do not fit.
        LimitError: ... or would take more than the memory limit.
    """
    values: dict[str, Array] = dict(plan.graph.constants)
    values.update(inputs)
    # NaN and infinity are results like others here: whoever looks at the maps wants to see where they began.
    with np.errstate(all="ignore"):
        for index, step in enumerate(plan.steps):
            if progress is not None:
                progress(index, len(plan.steps), step.node.name)
            run_node(step.node, plan.types, values)
            if not keep:
                for value in step.last_uses:
                    del values[value]
    return values if keep else {name: values[name] for name in plan.graph.outputs}


def run_node(node: Node, types: Mapping[str, TensorType], values: Values) -> None:
    """Computes a node by its op's reference.

    Args:
        node: The node.
        types: Type of every value, as planned.
        values: What there is; the results are added.

    Raises:
        GraphError: It failed, or gave another shape than the shape rule; the message names the node.
        LimitError: Sizes that only the data tell would take more memory than the limit.
    """
    if not all(types[name].concrete for name in node.outputs if name):
        _require_room(node, values)
    try:
        results = node.op.reference(*(values[name] if name else None for name in node.inputs))
    except StriateError:
        raise
    except (ValueError, IndexError, TypeError, ArithmeticError) as error:
        shapes = ", ".join(f"{name} {values[name].shape}" for name in node.inputs if name)
        raise GraphError(f'{node.op.kind} "{node.name}" failed on {shapes}: {error}') from error
    for name, result in zip(node.outputs, results, strict=False):
        if not name:
            continue
        expected = types[name]
        if expected.concrete and expected.shape != result.shape:
            raise GraphError(
                f'{node.op.kind} "{node.name}" made "{name}" of shape {result.shape}, expected {expected.shape}'
            )
        values[name] = result


def _require_room(node: Node, values: Values) -> None:
    """Checks what the plan could not: results whose sizes are known only now that the operands' contents are."""
    operands = [type_of(values[name]) if name else None for name in node.inputs]
    results = infer_node(node.op, node.name, operands)
    room = node.op.workspace(operands, results) if all(kind.concrete for kind in results) else 0
    require_memory(sum(kind.nbytes for kind in results) + room, f'{node.op.kind} "{node.name}"')
