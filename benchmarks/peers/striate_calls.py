"""striate as users call it in a loop: a function of arrays for a network of one node, ``net(x)`` for a larger one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import striate
from benchmarks.case import Entry
from benchmarks.contestant import Contestant
from striate import functional
from striate.errors import UnsupportedOpError
from striate.graph import Array, Node
from striate.network import Network
from striate.ops import AveragePool, Conv, ConvTranspose, MaxPool


@dataclass(frozen=True)
class Calls:
    """The public functions.

    Args:
        name: What it is called.
    """

    name: str = "striate"
    module: str = "striate"

    def version(self) -> str:
        """The installed version."""
        return striate.__version__

    def enter(self, entry: Entry, threads: int) -> Contestant:
        """Looks for the function that the one node is, or makes a network."""
        striate.set_threads(threads)
        x = entry.x
        node, *others = entry.graph.nodes
        if others:
            net = Network(entry.model)
            return Contestant(self.name, lambda: net(x), _itself)
        weights = [entry.graph.constants[name] for name in node.inputs[1:] if name]
        if isinstance(node.op, Conv) and weights[0].shape[:2] == (1, 1) and len(weights) == 1:
            # One map and one filter: what filtering is.
            plane, kernel = x[0, 0], weights[0][0, 0]
            call: Callable[[], Any] = lambda: striate.correlate(plane, kernel, "same")  # noqa: E731
            return Contestant(self.name, call, lambda y: y[None, None])
        function = _function(node, x.ndim - 2)
        return Contestant(self.name, lambda: function(x, *weights), _itself)


def _itself(result: Array) -> Array:
    return result


def _function(node: Node, axes: int) -> Callable[..., Array]:
    """The function of arrays that a node is, with its attributes; numbers that are the same for all axes as one."""
    op: Any = node.op
    match op:
        case Conv():
            call, names = getattr(functional, f"conv{axes}d"), ("stride", "dilation")
            options: dict[str, Any] = {"groups": op.groups}
        case ConvTranspose():
            call, names = getattr(functional, f"conv_transpose{axes}d"), ("stride", "dilation")
            options = {"groups": op.groups}
        case MaxPool():
            return partial(_pooled, getattr(functional, f"max_pool{axes}d"), _one(op.kernel))
        case AveragePool():
            return partial(_pooled, getattr(functional, f"avg_pool{axes}d"), _one(op.kernel))
        case _:
            raise UnsupportedOpError(f'{node.op.kind} "{node.name}" has no row in {__name__}; add one to race it')
    options |= {name: _one(getattr(op, name)) for name in names}
    return partial(call, **options, padding=_one(tuple(before for before, _ in op.padding)))


def _pooled(call: Callable[..., Array], kernel: Any, x: Array) -> Array:
    return call(x, kernel)


def _one(sizes: tuple[Any, ...]) -> Any:
    return sizes[0] if len(set(sizes)) == 1 else sizes
