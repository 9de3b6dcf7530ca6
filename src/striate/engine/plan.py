"""What is known of a run before it begins: every shape, the memory it takes, and when each value is read last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from striate.dimension import Dim, Shape, Symbol
from striate.engine.limits import require_memory
from striate.errors import ShapeError
from striate.graph import Graph, Node, TensorType, infer_node, tensor


@dataclass(frozen=True, slots=True)
class Step:
    """One node of a run.

    Args:
        node: The node.
        last_uses: Values that no later step reads.
    """

    node: Node
    last_uses: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """How a graph is run for one set of input shapes.

    Args:
        graph: The network.
        types: Type of every value with these input shapes.
        steps: What to do, in order.
    """

    graph: Graph
    types: Mapping[str, TensorType]
    steps: tuple[Step, ...]


def make_plan(graph: Graph, inputs: Mapping[str, TensorType]) -> Plan:
    """Infers every shape from concrete inputs and checks the memory that takes.

    Args:
        graph: The network.
        inputs: Type of each input, sizes all known.

    Raises:
        ShapeError: An input does not fit the network.
        LimitError: All values together would take more than the memory limit.
    """
    types = bind_types(graph, inputs)
    room = max((workspace(node, types) for node in graph.nodes), default=0)
    require_memory(sum(kind.nbytes for kind in types.values()) + room, f'running "{graph.name}"')
    last_reader: dict[str, int] = {}
    for index, node in enumerate(graph.nodes):
        for value in (*node.inputs, *node.outputs):
            if value:
                last_reader[value] = index
    keep = set(graph.outputs) | set(graph.inputs) | set(graph.constants)
    steps: list[Step] = []
    for index, node in enumerate(graph.nodes):
        done = tuple(
            v for v in dict.fromkeys((*node.inputs, *node.outputs)) if v and v not in keep and last_reader[v] == index
        )
        steps.append(Step(node, done))
    return Plan(graph, types, tuple(steps))


def workspace(node: Node, types: Mapping[str, TensorType]) -> int:
    """Bytes that a node's reference needs beside operands and results; 0 while a size is not known."""
    operands = [types[value] if value else None for value in node.inputs]
    results = [types[value] for value in node.outputs if value]
    if not results or not all(kind.concrete for kind in (*operands, *results) if kind is not None):
        return 0
    return node.op.workspace(operands, results)


def bind_types(graph: Graph, inputs: Mapping[str, TensorType]) -> dict[str, TensorType]:
    """The type of every value once the inputs' sizes are known.

    Raises:
        ShapeError: An input's rank or a fixed size differs, or one symbol stands for two sizes.
    """
    bound: dict[Dim, Dim] = {}
    types: dict[str, TensorType] = {name: graph.types[name] for name in graph.constants}
    for name in graph.inputs:
        _bind(name, graph.types[name], inputs[name], bound)
        types[name] = tensor(graph.types[name].dtype, inputs[name].shape)
    for node in graph.nodes:
        results = infer_node(node.op, node.name, [types[v] if v else None for v in node.inputs])
        for value, result in zip(node.outputs, results, strict=False):
            if value:
                types[value] = result
    return types


def _bind(name: str, declared: TensorType, given: TensorType, bound: dict[Dim, Dim]) -> None:
    if declared.shape is None or given.shape is None:
        return
    fits = len(declared.shape) == len(given.shape)
    for want, size in zip(declared.shape, given.shape, strict=False):
        if isinstance(want, Symbol):
            fits = fits and bound.setdefault(want, size) == size
        else:
            fits = fits and want == size
    if not fits:
        raise ShapeError(
            f'input "{name}" expects shape ({_sizes(declared.shape)}), got ({_sizes(given.shape)}); '
            "a name stands for a size that is free, the same one wherever it occurs"
        )


def _sizes(shape: Shape) -> str:
    return ", ".join(str(size) for size in shape) + ("," if len(shape) == 1 else "")
