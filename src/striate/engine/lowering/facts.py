"""What is known of a network's values before any of them is computed: sizes, constants, readers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from striate.graph import Array, Graph, Node, TensorType

FLOAT = np.dtype(np.float32)


class Facts:
    """A graph and its values' types.

    Args:
        graph: The network.
        types: Type of every value, for the present input shapes.
    """

    def __init__(self, graph: Graph, types: Mapping[str, TensorType]) -> None:
        self.graph = graph
        self.types = types

    def shape(self, value: str) -> tuple[int, ...] | None:
        """A value's sizes if all are known and it is float32 with none of them zero; else None: no kernel takes it."""
        kind = self.types[value]
        if kind.dtype != FLOAT or kind.shape is None:
            return None
        sizes = tuple(size for size in kind.shape if isinstance(size, int))
        return sizes if len(sizes) == len(kind.shape) and 0 not in sizes else None

    def map_shape(self, value: str | None, last: bool = False) -> tuple[int, ...] | None:
        """The same for a value that can be blocked, as (n, c) with up to three spatial axes.

        Args:
            value: The value.
            last: Whether its channels are its last axis; else they are the second one.
        """
        shape = self.shape(value) if value else None
        if shape is None or not 2 <= len(shape) <= 5:
            return None
        return (shape[0], shape[-1], *shape[1:-1]) if last else shape

    def constant(self, value: str | None) -> Array | None:
        """A value's contents if it is a constant."""
        return self.graph.constants.get(value) if value else None

    def weight_shape(self, value: str | None) -> tuple[int, ...] | None:
        """Sizes of a constant that is float32 with none of them zero; else None: no kernel takes it as weights."""
        return self.shape(value) if value and value in self.graph.constants else None

    def contents(self, node: Node, position: int) -> Array | None:
        """What an operand holds that says how to compute (sizes, axes), if it is known before a run."""
        value = node.inputs[position] if position < len(node.inputs) else None
        found = self.types[value].value if value else None
        return None if found is None or found.dtype == np.object_ else found

    def needed(self, value: str, *but: str) -> bool:
        """Whether anybody but those nodes reads a value, or it is an output."""
        readers = self.graph.consumers.get(value, ())
        return value in self.graph.outputs or any(node.name not in but for node in readers)

    def per_channel(self, value: str, shape: tuple[int, ...], last: bool = False) -> Array | None:
        """A constant of one number, or one for each channel of values of that map shape, as float32 (c,); else None."""
        constant, c, rank = self.constant(value), shape[1], len(shape)
        if constant is None or constant.dtype != FLOAT:
            return None
        channels = (*[1] * (rank - 1), c) if last else (1, c, *[1] * (rank - 2))
        if (1,) * (rank - constant.ndim) + constant.shape not in ((1,) * rank, channels):
            return None
        return np.broadcast_to(constant.reshape(-1), (c,)).astype(np.float32)
