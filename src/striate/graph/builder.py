"""Puts a graph together, node by node, and infers every type on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from striate.dimension import UNKNOWN, Shape, Symbol
from striate.errors import GraphError, InvalidError
from striate.graph.graph import Graph, Node
from striate.graph.op import Op
from striate.graph.shape_values import known_results
from striate.graph.tensor import Array, TensorType, tensor, type_of


class GraphBuilder:
    """Collects inputs, constants and nodes; each method returns the names of the values that it makes.

    Args:
        name: Name of the network.

    Example:
        >>> import numpy as np
        >>> from striate.ops import Relu
        >>> build = GraphBuilder("tiny")
        >>> x = build.input("x", np.float32, (1, 4))
        >>> (y,) = build.add(Relu(), [x], name="relu")
        >>> print(build.finish([y]).types[y])
        float32 (1, 4)
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._inputs: list[str] = []
        self._nodes: list[Node] = []
        self._types: dict[str, TensorType] = {}
        self._constants: dict[str, Array] = {}
        self._node_names: set[str] = set()

    @property
    def types(self) -> Mapping[str, TensorType]:
        """Types of all values so far."""
        return self._types

    @property
    def constants(self) -> Mapping[str, Array]:
        """Constants so far."""
        return self._constants

    def unused_value(self, wish: str) -> str:
        """The wished value name, or the wish with a number behind it when that is taken."""
        return _unused(wish, self._types)

    def unused_node(self, wish: str) -> str:
        """The wished node name, or the wish with a number behind it when that is taken."""
        return _unused(wish, self._node_names)

    def input(self, name: str, dtype: npt.DTypeLike, shape: Shape | None) -> str:
        """Declares a value that the caller gives."""
        self._declare(name, tensor(dtype, shape))
        self._inputs.append(name)
        return name

    def constant(self, array: Array, name: str = "constant") -> str:
        """Adds a fixed value; the name is changed when it is taken. The array is made read-only."""
        name = self.unused_value(name)
        array = np.asarray(array).view()
        array.flags.writeable = False
        self._declare(name, type_of(array))
        self._constants[name] = array
        return name

    def add(
        self, op: Op, inputs: Sequence[str | None], name: str | None = None, outputs: Sequence[str] | None = None
    ) -> tuple[str, ...]:
        """Appends a node.

        Args:
            op: What it does.
            inputs: Names of values that exist already; None for an operand left out.
            name: Node name; made from the op's kind when left out, changed when taken.
            outputs: Names of the results; made from the node's name when left out. "" drops a result.

        Returns:
            Names of the results.

        Raises:
            InvalidError: The operands do not fit the op; the message starts with kind and name of the node.
            GraphError: An operand does not exist, or a result's name is taken.
        """
        name = self.unused_node(name or op.kind.lower())
        for value in inputs:
            if value is not None and value not in self._types:
                raise GraphError(f'{op.kind} "{name}": input "{value}" does not exist; no node before it makes it')
        operands = [None if value is None else self._types[value] for value in inputs]
        results = infer_node(op, name, operands)
        if outputs is None:
            outputs = [self.unused_value(name if i == 0 else f"{name}.output{i}") for i in range(len(results))]
        node = Node(name, op, tuple(inputs), tuple(outputs))
        for value, result in zip(outputs, results, strict=False):
            if value:
                self._declare(value, result)
        self._nodes.append(node)
        self._node_names.add(name)
        return node.outputs

    def finish(self, outputs: Sequence[str]) -> Graph:
        """The finished graph.

        Raises:
            GraphError: An output does not exist.
        """
        for value in outputs:
            if value not in self._types:
                raise GraphError(f'output "{value}" of network "{self.name}" is made by no node')
        return Graph(
            self.name, tuple(self._inputs), tuple(outputs), tuple(self._nodes), dict(self._types), dict(self._constants)
        )

    def _declare(self, name: str, kind: TensorType) -> None:
        if name in self._types:
            raise GraphError(f'value "{name}" is made twice in network "{self.name}"')
        self._types[name] = kind


def infer_node(op: Op, name: str, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
    """Applies an op's shape rule; an error gets kind and name of the node in front."""
    try:
        results = op.infer(operands)
    except InvalidError as error:
        raise type(error)(f'{op.kind} "{name}": {error}') from error
    named = [_name_unknown_sizes(result, name if i == 0 else f"{name}.output{i}") for i, result in enumerate(results)]
    return known_results(op, operands, tuple(named))


def _name_unknown_sizes(kind: TensorType, name: str) -> TensorType:
    """Calls an unknown size after its place, ``name[axis]``, so that it equals no other."""
    if kind.shape is None or UNKNOWN not in kind.shape:
        return kind
    shape = tuple(Symbol(f"{name}[{axis}]") if size == UNKNOWN else size for axis, size in enumerate(kind.shape))
    return replace(kind, shape=shape)


def _unused(wish: str, taken: Mapping[str, object] | set[str]) -> str:
    if wish not in taken:
        return wish
    count = 1
    while f"{wish}_{count}" in taken:
        count += 1
    return f"{wish}_{count}"
