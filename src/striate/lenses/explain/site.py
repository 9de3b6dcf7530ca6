"""Where an explainer looks: one output element of one node, with the run's values at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from striate.engine import Recording
from striate.errors import unknown_name
from striate.graph import Array, Node
from striate.lenses.explain.explanation import Indices, Inside, Numbers, Operand
from striate.lenses.provenance import cell_of, moved_operands, provenance


class Reader:
    """Reads a recording; keeps what is asked for again and again.

    Args:
        recording: The run.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._moves: dict[str, tuple[Array, ...]] = {}

    def array(self, name: str) -> Array:
        """The value of that name.

        Raises:
            UnknownNameError: The run does not hold it.
        """
        if name not in self.recording.values:
            raise unknown_name("value", name, self.recording.values)
        return self.recording.values[name]

    def is_constant(self, name: str) -> bool:
        """Whether the value is part of the network and not of the run."""
        return name in self.recording.model.graph.constants

    def moves(self, node: Node) -> tuple[Array, ...]:
        """The provenance of a node that moves data."""
        if node.name not in self._moves:
            operands = [self.array(name) if name else None for name in node.inputs]
            shapes = [None if operand is None else operand.shape for operand in operands]
            self._moves[node.name] = provenance(node.op, shapes, operands)
        return self._moves[node.name]

    def site(self, value_name: str, index: tuple[int, ...]) -> Site | None:
        """The place where a cell is made; None for one that is given."""
        node = self.recording.model.graph.producers.get(value_name)
        return None if node is None else Site(self, node, node.outputs.index(value_name), index)


@dataclass(frozen=True)
class Site:
    """One output element of one node.

    Args:
        reader: The run.
        node: The node.
        output: Which of its results.
        index: Where in that result, channels first.
    """

    reader: Reader
    node: Node
    output: int
    index: tuple[int, ...]

    @cached_property
    def arrays(self) -> tuple[Array | None, ...]:
        """The operands' arrays; None for one left out."""
        return tuple(self.reader.array(name) if name else None for name in self.node.inputs)

    @property
    def result(self) -> Array:
        """The array that holds the explained number."""
        return self.reader.array(self.node.outputs[self.output])

    @property
    def held(self) -> float:
        """What the run holds."""
        return float(self.result[self.index])

    def has(self, position: int) -> bool:
        """Whether the operand is there."""
        return position < len(self.node.inputs) and bool(self.node.inputs[position])

    def array(self, position: int) -> Array:
        """The array of an operand that is there."""
        array = self.arrays[position]
        assert array is not None
        return array

    def name(self, position: int) -> str:
        """The name of an operand that is there."""
        name = self.node.inputs[position]
        assert name is not None
        return name

    def is_constant(self, position: int) -> bool:
        """Whether an operand is part of the network: a weight, not an activation."""
        return self.reader.is_constant(self.name(position))

    def cells(
        self,
        position: int,
        indices: Indices,
        role: str,
        inside: Inside | None = None,
        coefficients: Numbers | None = None,
    ) -> Operand:
        """Some cells of an operand.

        Args:
            position: Which operand.
            indices: Which cells, shape (*cells, rank).
            role: What they are to the operation.
            inside: False where there is no such cell.
            coefficients: See :class:`Operand`.
        """
        array = self.array(position)
        if inside is None:
            inside = np.ones(indices.shape[:-1], bool)
        safe = np.where(inside[..., None], indices, 0)
        numbers = np.zeros(inside.shape)
        if inside.any():
            numbers = np.where(inside, array[tuple(np.moveaxis(safe, -1, 0))].astype(np.float64), 0.0)
        return Operand(role, self.name(position), numbers, safe, inside, coefficients)

    def cell(self, position: int, index: Sequence[int], role: str, coefficient: float | None = None) -> Operand:
        """One cell of an operand."""
        factor = None if coefficient is None else np.array(coefficient, np.float64)
        return self.cells(position, np.array(index, np.int64).reshape(len(index)), role, None, factor)

    def broadcast_index(self, position: int) -> tuple[int, ...]:
        """Which cell of a broadcast operand meets this output element: axes aligned at the last, size 1 stretched."""
        shape = self.array(position).shape
        own = self.index[len(self.index) - len(shape) :] if shape else ()
        return tuple(0 if size == 1 else i for i, size in zip(own, shape, strict=True))

    def moved_from(self) -> tuple[int, tuple[int, ...]] | None:
        """Of a node that moves data: which operand and which of its cells this element copies; None for padding."""
        number = int(self.reader.moves(self.node)[self.output][self.index])
        if number < 0:
            return None
        positions = moved_operands(self.node.op, len(self.node.inputs))
        which, index = cell_of(number, [self.array(position).shape for position in positions])
        return positions[which], index
