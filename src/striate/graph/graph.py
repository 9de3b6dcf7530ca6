"""A network as data: nodes in topological order, values in a dict. Immutable; a transform returns a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from striate.errors import unknown_name
from striate.graph.op import Op
from striate.graph.tensor import Array, TensorType


@dataclass(frozen=True, slots=True)
class Node:
    """One operation at its place in a network.

    Args:
        name: The model's own name for it, unique in the graph.
        op: What it does.
        inputs: Names of the values that it reads; None for an optional operand that is left out.
        outputs: Names of the values that it makes; "" for one that nobody uses.
    """

    name: str
    op: Op
    inputs: tuple[str | None, ...]
    outputs: tuple[str, ...]

    def __str__(self) -> str:
        made = ", ".join(name or "_" for name in self.outputs)
        read = ", ".join("_" if name is None else name for name in self.inputs)
        return f"{made} = {self.op}({read})  # {self.name}"


@dataclass(frozen=True)
class Graph:
    """A network: what goes in, what comes out, and the nodes between.

    Args:
        name: Name of the network.
        inputs: Names of the values that a caller gives.
        outputs: Names of the values that a caller gets.
        nodes: Operations, each after those that it depends on.
        types: Type of every value: inputs, constants and what nodes make.
        constants: Contents of the values that are fixed (weights, biases, axes ...); never written to.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    nodes: tuple[Node, ...]
    types: Mapping[str, TensorType]
    constants: Mapping[str, Array] = field(default_factory=dict[str, Array])

    @cached_property
    def producers(self) -> Mapping[str, Node]:
        """The node that makes each value."""
        return {value: node for node in self.nodes for value in node.outputs if value}

    @cached_property
    def consumers(self) -> Mapping[str, tuple[Node, ...]]:
        """The nodes that read each value."""
        readers: dict[str, list[Node]] = {}
        for node in self.nodes:
            for value in dict.fromkeys(name for name in node.inputs if name):
                readers.setdefault(value, []).append(node)
        return {value: tuple(nodes) for value, nodes in readers.items()}

    @cached_property
    def _by_name(self) -> Mapping[str, Node]:
        return {node.name: node for node in self.nodes}

    def node(self, name: str) -> Node:
        """The node of that name.

        Raises:
            UnknownNameError: There is none; the message says what is near.
        """
        if name not in self._by_name:
            raise unknown_name("node", name, self._by_name)
        return self._by_name[name]

    def constant_operands(self, node: Node) -> tuple[Array | None, ...]:
        """Contents of the operands of a node that are constants; None for the others."""
        return tuple(self.constants.get(name) if name else None for name in node.inputs)

    def __str__(self) -> str:
        """The network in text: inputs with types, constants by shape, one line a node."""
        lines = [f"graph {self.name!r}"]
        lines += [f"  input {name}: {self.types[name]}" for name in self.inputs]
        lines += [f"  constant {name}: {self.types[name]}" for name in self.constants]
        lines += [f"  {node}" for node in self.nodes]
        lines += [f"  output {name}: {self.types[name]}" for name in self.outputs]
        return "\n".join(lines)
