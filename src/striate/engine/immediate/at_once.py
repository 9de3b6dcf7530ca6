"""Runs a small network in one native call, from the third input of the same shape on.

The first goes the long way, as whoever runs a network once wants nothing prepared; the second prepares the short one.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from striate.engine.exactness import direct_only
from striate.engine.executor import native_by_default
from striate.engine.immediate.carry_out import Ready
from striate.engine.immediate.network import network_recipe
from striate.engine.immediate.prepared import Prepared
from striate.engine.isa import isa
from striate.engine.limits import memory_limit
from striate.engine.lowering import Weights
from striate.engine.objects import readable
from striate.engine.plan import make_plan
from striate.engine.settings import present
from striate.fork import hold_over_fork
from striate.graph import Array, Graph, Layout, tensor

# Shapes of inputs that are kept, for each network.
KEPT = 8


class AtOnce:
    """A network that may be small.

    Args:
        graph: The network.
        layout: Order of axes in which inputs are given and outputs wanted.
    """

    def __init__(self, graph: Graph, layout: Layout) -> None:
        self.graph = graph
        self.layout: Layout = layout
        self._met: set[tuple[object, ...]] = set()
        self._ready: dict[tuple[object, ...], Ready | None] = {}  # None for what is not for this way
        self._weights: Weights = {}
        self._lock = threading.Lock()
        hold_over_fork(self._lock)

    def __reduce__(self) -> tuple[type[AtOnce], tuple[Graph, Layout]]:
        """A copy, in this process or another, prepares by itself."""
        return AtOnce, (self.graph, self.layout)

    def run(self, x: Any) -> Array | None:
        """The output, if it was prepared for such an input and the input is fit; else None: the long way tells more.

        Args:
            x: The input as the caller gave it, whatever it is.
        """
        try:
            ready = self._ready[x.shape, present()]
        except (KeyError, AttributeError, TypeError):  # not met before; no array
            return None
        return None if ready is None else ready.run(x, None, None)

    def expect(self, inputs: Mapping[str, Array], shape: tuple[int, ...]) -> None:
        """Prepares for more inputs like these, with which the network has run.

        Args:
            inputs: The graph's inputs, channels first.
            shape: Shape in which the caller gives the only one.
        """
        key = shape, present()
        if key in self._ready or len(inputs) != 1 or not native_by_default() or not readable():
            return
        with self._lock:
            if key in self._met:
                self._ready[key] = self._prepare(inputs)
                return
            if len(self._met) >= KEPT:
                self._met.clear()
                self._ready.clear()
            self._met.add(key)

    def _prepare(self, inputs: Mapping[str, Array]) -> Ready | None:
        types = make_plan(self.graph, {name: tensor(a.dtype, a.shape) for name, a in inputs.items()}).types
        recipe = network_recipe(self.graph, types, isa(), direct_only(), self._weights, self.layout)
        prepared = None if recipe is None else Prepared(recipe)
        fits = prepared is not None and prepared.nbytes <= memory_limit()
        return Ready(prepared, prepared.shape) if prepared and fits else None
