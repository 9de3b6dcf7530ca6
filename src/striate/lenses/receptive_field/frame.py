"""What a receptive-field rule sees of a node: shapes, and of the contents what is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from striate.dimension import known_shape
from striate.engine.values import shape_of
from striate.errors import ShapeError
from striate.graph import Array, Model, Node, TensorType


@dataclass(frozen=True)
class Frame:
    """A node with the shapes it works on.

    Args:
        node: The node.
        name: Name of the layer that it belongs to.
        shapes: Shapes of its operands; None for one left out.
        results: Shapes of its results; None for one that is dropped.
        look: Gives an operand's contents where they are known: each of them in a recording, else constants and sizes.
        recorded: Whether a run's values are at hand.
        output: Which result a rule is asked about, where it is asked about one.
        remarks: Where a rule puts what makes its answer an upper bound.
    """

    node: Node
    name: str
    shapes: tuple[tuple[int, ...] | None, ...]
    results: tuple[tuple[int, ...] | None, ...]
    look: Callable[[str], Array | None]
    recorded: bool
    output: int = 0
    remarks: list[str] = field(default_factory=list[str])

    @property
    def x(self) -> tuple[int, ...]:
        """Shape of the first operand."""
        return self.shape(0)

    def shape(self, position: int) -> tuple[int, ...]:
        """Shape of an operand that is there."""
        shape = self.shapes[position]
        assert shape is not None
        return shape

    def has(self, position: int) -> bool:
        """Whether the operand is there."""
        return position < len(self.shapes) and self.shapes[position] is not None

    def content(self, position: int) -> Array | None:
        """Contents of an operand, None where it is left out or not known."""
        name = self.node.inputs[position] if position < len(self.node.inputs) else None
        return self.look(name) if name else None

    @property
    def contents(self) -> tuple[Array | None, ...]:
        """Contents of all operands."""
        return tuple(self.content(position) for position in range(len(self.node.inputs)))

    def remark(self, text: str) -> None:
        """Says why the answer is an upper bound, with the layer's name."""
        self.remarks.append(f'{self.node.op.kind} "{self.name}" {text}')


class Frames:
    """Makes the frames of a graph's nodes.

    Args:
        model: The network.
        types: Types of all values, sizes known.
        values: The values of a run, or None.
        output: Which result a rule is asked about, where it is asked about one.
        remarks: Where rules put their remarks.
    """

    def __init__(
        self, model: Model, types: Mapping[str, TensorType], values: Mapping[str, Array] | None, remarks: list[str]
    ) -> None:
        self.graph = model.graph
        self._layers = model.layer_of_node
        self._types = types
        self._values = values
        self._remarks = remarks

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of a value.

        Raises:
            ShapeError: It is known only when the network runs.
        """
        if self._values is not None and name in self._values and name not in self.graph.constants:
            return shape_of(self._values, name)
        kind = self._types[name]
        if kind.shape is None or not kind.concrete:
            raise ShapeError(
                f'the shape of "{name}" is {kind}: it is known only when the network runs; ask for the receptive field '
                "of a unit of a run"
            )
        return known_shape(kind.shape)

    def of(self, node: Node) -> Frame:
        """The frame of a node."""
        layer = self._layers.get(node.name)
        return Frame(
            node,
            node.name if layer is None else layer.name,
            tuple(self.shape(name) if name else None for name in node.inputs),
            tuple(self.shape(name) if name else None for name in node.outputs),
            self._content,
            self._values is not None,
            remarks=self._remarks,
        )

    def _content(self, name: str) -> Array | None:
        if self._values is not None:
            return self._values.get(name)
        if name in self.graph.constants:
            return self.graph.constants[name]
        value = self._types[name].value
        return None if value is None or value.dtype == object else value
