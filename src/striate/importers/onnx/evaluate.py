"""Finds out, while a graph is read, what a value holds that depends on constants only: the condition of an If."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from striate.engine import memory_limit
from striate.errors import StriateError
from striate.graph import Array, GraphBuilder, Op

_LARGEST_BYTES = 64 * 2**20


class Evaluator:
    """Remembers how values were made and computes one when asked."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[Op, tuple[str | None, ...], tuple[str, ...]]] = {}

    def note(self, op: Op, inputs: Sequence[str | None], outputs: Sequence[str]) -> None:
        """Remembers a node."""
        entry = (op, tuple(inputs), tuple(outputs))
        self._made.update((value, entry) for value in outputs if value)

    def contents(self, wanted: str, build: GraphBuilder) -> Array | None:
        """What a value holds; None if that depends on an input of the network."""
        order = self._needed(wanted, build)
        if order is None:
            return None
        values: dict[str, Array] = {}
        limit = min(_LARGEST_BYTES, memory_limit())
        for name in order:
            known = build.types[name].value
            if known is not None and known.dtype != object:
                values[name] = known
                continue
            op, inputs, outputs = self._made[name]
            kinds = [build.types[value] for value in outputs if value]
            if not all(kind.concrete for kind in kinds) or sum(kind.nbytes for kind in kinds) > limit:
                return None
            try:
                with np.errstate(all="ignore"):
                    results = op.reference(*(values[value] if value else None for value in inputs))
            except (StriateError, ValueError, TypeError, IndexError, ArithmeticError):
                return None  # it stays in the graph, and running it will say what is wrong
            values.update(zip(outputs, results, strict=False))
        return values[wanted]

    def _needed(self, wanted: str, build: GraphBuilder) -> list[str] | None:
        """The values on which one depends, each behind those that it needs; None if an input is among them."""
        order: list[str] = []
        done: set[str] = set()
        stack: list[tuple[str, bool]] = [(wanted, False)]
        while stack:
            name, expanded = stack.pop()
            if expanded:
                order.append(name)
            elif name not in done:
                done.add(name)
                known = build.types[name].value
                stack.append((name, True))
                if known is not None and known.dtype != object:
                    continue
                if name not in self._made:
                    return None
                stack += [(value, False) for value in self._made[name][1] if value]
        return order
