"""Puts ONNX nodes in an order in which they can be read; every value must be made once, and none may be missing."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Sequence

from onnx import AttributeProto, GraphProto, NodeProto

from striate.errors import GraphError, UnsupportedError

# Subgraphs within subgraphs; what people write has two or three levels.
DEEPEST = 50


def node_title(node: NodeProto) -> str:
    """How messages call a node: its operation and its name, or its first result's where it has none."""
    return f'{node.op_type} "{node.name or next((name for name in node.output if name), "")}"'


def subgraphs(node: NodeProto) -> Iterator[GraphProto]:
    """The graphs in a node's attributes: the branches of an If, the body of a Loop."""
    for attribute in node.attribute:
        if attribute.type == AttributeProto.GRAPH or attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def captured_values(node: NodeProto, depth: int = 0) -> tuple[str, ...]:
    """Names that a node's subgraphs read and do not make: values of the graph around them.

    Raises:
        UnsupportedError: The subgraphs are nested too deeply.
    """
    if depth > DEEPEST:
        raise UnsupportedError(f"{node_title(node)} is nested in more than {DEEPEST} subgraphs")
    free: dict[str, None] = {}
    for graph in subgraphs(node):
        own = {value.name for value in graph.input} | {value.name for value in graph.initializer}
        own.update(value.values.name for value in graph.sparse_initializer)
        for inner in graph.node:
            own.update(inner.output)
        for inner in graph.node:
            read = (*inner.input, *captured_values(inner, depth + 1))
            free.update((name, None) for name in read if name and name not in own)
        free.update((value.name, None) for value in graph.output if value.name and value.name not in own)
    return tuple(free)


def ordered(nodes: Sequence[NodeProto], known: Collection[str]) -> list[NodeProto]:
    """The nodes, each behind those whose results it reads; the file's order is kept where it does that already.

    Args:
        nodes: The nodes of one graph.
        known: Values that exist before: inputs, initialisers, values of the graph around.

    Raises:
        GraphError: A value is made twice, nothing makes it, or nodes wait for each other in a circle.
    """
    maker: dict[str, int] = {}
    for index, node in enumerate(nodes):
        for name in node.output:
            if not name:
                continue
            if name in maker or name in known:
                other = node_title(nodes[maker[name]]) if name in maker else "an input or initialiser"
                raise GraphError(f'value "{name}" is made twice: by {other} and by {node_title(node)}')
            maker[name] = index
    waits: list[set[int]] = []
    readers: list[list[int]] = [[] for _ in nodes]
    for index, node in enumerate(nodes):
        needs: set[int] = set()
        for name in (*node.input, *captured_values(node)):
            if not name or name in known:
                continue
            if name not in maker:
                raise GraphError(
                    f'{node_title(node)} reads "{name}", which is neither an input nor an initialiser (weight) '
                    "nor made by "
                    "any node; the file is incomplete"
                )
            needs.add(maker[name])
        waits.append(needs)
        for other in needs:
            readers[other].append(index)
    return _sorted(nodes, waits, readers)


def _sorted(nodes: Sequence[NodeProto], waits: list[set[int]], readers: list[list[int]]) -> list[NodeProto]:
    if all(other < index for index, needs in enumerate(waits) for other in needs):
        return list(nodes)
    left = [len(needs) for needs in waits]
    ready = deque(index for index, count in enumerate(left) if count == 0)
    order: list[int] = []
    while ready:
        index = ready.popleft()
        order.append(index)
        for reader in readers[index]:
            left[reader] -= 1
            if left[reader] == 0:
                ready.append(reader)
    if len(order) < len(nodes):
        circle = _circle(waits, {index for index, count in enumerate(left) if count})
        shown = [node_title(nodes[index]) for index in circle]
        if len(shown) > 6:
            shown = [*shown[:3], f"... {len(shown) - 5} more", *shown[-2:]]
        raise GraphError(f"nodes read each other's results in a circle: {' -> '.join([*shown, shown[0]])}")
    return [nodes[index] for index in order]


def _circle(waits: list[set[int]], stuck: set[int]) -> list[int]:
    """A circle among the nodes that can never run: going from each to one that it waits for must come back."""
    path: list[int] = []
    place: dict[int, int] = {}
    index = min(stuck)
    while index not in place:
        place[index] = len(path)
        path.append(index)
        index = min(waits[index] & stuck)
    circle = path[place[index] :][::-1]
    first = circle.index(min(circle))
    return circle[first:] + circle[:first]
