"""What is raced: one network (or one layer, as a network of one node), its input and how exact a result must be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from striate.exporters.onnx import to_proto
from striate.graph import Array, Graph, LayerView, Model

SEED = 20


@dataclass(frozen=True)
class Case:
    """One row of a table; the weights are made only when the row's turn comes.

    Args:
        name: What the row is called.
        shape: Shape of the one input, channels first, batch included.
        build: Makes the network.
        tolerance: Largest error allowed, as a fraction of the largest number of the reference.
        file: ONNX file that the network comes from; without one, peers are given an export.
    """

    name: str
    shape: tuple[int, ...]
    build: Callable[[], Model]
    tolerance: float
    file: Path | None = None


class Entry:
    """A case with its weights and its input in memory.

    Args:
        case: Which.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.model = case.build()
        self.x: Array = np.random.default_rng(SEED).standard_normal(case.shape, np.float32)

    @property
    def graph(self) -> Graph:
        """The network."""
        return self.model.graph

    @cached_property
    def onnx(self) -> bytes:
        """The network as an ONNX file's content, for peers that read such files."""
        return self.case.file.read_bytes() if self.case.file else to_proto(self.model).SerializeToString()

    @cached_property
    def reference(self) -> Array:
        """The result by the ops' NumPy references, in float64 throughout."""
        values: dict[str, Array] = {name: _wide(array) for name, array in self.graph.constants.items()}
        values[self.graph.inputs[0]] = _wide(self.x)
        for node in self.graph.nodes:
            results = node.op.reference(*(values[name] if name else None for name in node.inputs))
            values.update({name: result for name, result in zip(node.outputs, results, strict=False) if name})
        return values[self.graph.outputs[0]]

    @cached_property
    def macs(self) -> int:
        """Multiplications with an addition, of all nodes, for this input."""
        from striate.engine import make_plan
        from striate.graph import tensor

        types = make_plan(self.graph, {self.graph.inputs[0]: tensor(self.x.dtype, self.x.shape)}).types
        return sum(
            node.op.cost(
                [types[name] if name else None for name in node.inputs], [types[name] for name in node.outputs if name]
            ).macs
            for node in self.graph.nodes
        )


def as_model(graph: Graph) -> Model:
    """A graph as a model in which every node is a layer of its own name."""
    layers = tuple(LayerView(node.name, node.op.kind, (node.name,), node.outputs[0]) for node in graph.nodes)
    return Model(graph, layers)


def _wide(array: Array) -> Array:
    return array.astype(np.float64) if array.dtype == np.float32 else array
