"""Turns layers into graph nodes: the builder's side of :class:`striate.graph.GraphBuilder`.

A layer thinks in Keras's axes. The graph keeps a value of a channels-last model with its last axis moved to place 1,
and that of a channels-first model as it is; :meth:`Lowering.enter` and :meth:`Lowering.leave` translate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from striate.dimension import Dim, Shape
from striate.errors import ShapeError
from striate.graph import Array, GraphBuilder, LayerView, Layout, Op
from striate.ops import Transpose


class Lowering:
    """A graph under construction.

    Args:
        name: Name of the network.
        layout: Order of axes of the whole model.
        seed: For weights that are made on the way.
    """

    def __init__(self, name: str, layout: Layout, rng: np.random.Generator) -> None:
        self.build = GraphBuilder(name)
        self.layout: Layout = layout
        self.rng = rng
        self.views: list[LayerView] = []
        self._layer = ""
        self._nodes: list[str] = []

    def begin(self, layer: str) -> None:
        """All nodes from here on belong to this layer."""
        self._layer, self._nodes = layer, []

    def end(self, kind: str, output: str) -> None:
        """Closes the layer; ``output`` is its value."""
        self.views.append(LayerView(self._layer, kind, tuple(self._nodes), output))

    def add(self, op: Op, *inputs: str | None) -> str:
        """Appends a node of the current layer and gives its first result."""
        wish = self.build.unused_node(f"{self._layer}/{op.kind}")
        # Its other results (MaxPool's indices, Dropout's mask) are left out: nobody reads them, no kernel makes them.
        (value,) = self.build.add(op, inputs, name=wish, outputs=[self.build.unused_value(wish)])
        self._nodes.append(wish)
        return value

    def constant(self, array: Array, label: str) -> str:
        """A fixed value of the current layer."""
        return self.build.constant(np.ascontiguousarray(array), f"{self._layer}/{label}")

    def integers(self, numbers: Sequence[int], label: str) -> str:
        """A list of whole numbers, as shape arguments take it."""
        return self.constant(np.array(numbers, np.int64), label)

    def graph_shape(self, value: str) -> Shape:
        """Shape as the graph has it."""
        shape = self.build.types[value].shape
        assert shape is not None
        return shape

    def shape(self, value: str) -> Shape:
        """Shape in Keras's order of axes, batch included."""
        sizes = self.graph_shape(value)
        if self.layout == "channels_last" and len(sizes) > 2:
            return (sizes[0], *sizes[2:], sizes[1])
        return sizes

    def rank(self, value: str) -> int:
        """Number of axes, batch included."""
        return len(self.graph_shape(value))

    def enter(self, value: str, axis: int) -> str:
        """The value with Keras's axis ``axis`` at place 1 and the others in order behind it."""
        return self.permuted(value, self._entering(self.rank(value), axis))

    def leave(self, value: str, axis: int) -> str:
        """The opposite of :meth:`enter`."""
        return self.permuted(value, list(np.argsort(self._entering(self.rank(value), axis))))

    def to_keras(self, value: str) -> str:
        """The value with its axes in Keras's order."""
        return self.permuted(value, list(np.argsort(self._stored(self.rank(value)))))

    def from_keras(self, value: str) -> str:
        """The opposite of :meth:`to_keras`."""
        return self.permuted(value, self._stored(self.rank(value)))

    def permuted(self, value: str, order: Sequence[int]) -> str:
        """The value with its axes in this order; itself where that changes nothing."""
        places = tuple(int(place) for place in order)
        if places == tuple(range(len(places))):
            return value
        return self.add(Transpose(places), value)

    def _stored(self, rank: int) -> list[int]:
        """For each axis of the graph, which of Keras's it is."""
        if self.layout == "channels_last" and rank > 2:
            return [0, rank - 1, *range(1, rank - 1)]
        return list(range(rank))

    def _entering(self, rank: int, axis: int) -> list[int]:
        if not -rank < axis < rank or axis == 0:
            raise ShapeError(f"axis (={axis}) must be from 1 to {rank - 1} for an input of rank {rank}, batch included")
        axis %= rank
        wanted = [0, axis, *(place for place in range(1, rank) if place != axis)]
        stored = self._stored(rank)
        return [stored.index(place) for place in wanted]


def known(size: Dim, what: str) -> int:
    """A size that weights depend on.

    Raises:
        ShapeError: It is free.
    """
    if not isinstance(size, int):
        raise ShapeError(f"{what} must be known to make the weights; give input_shape without None there")
    return size
