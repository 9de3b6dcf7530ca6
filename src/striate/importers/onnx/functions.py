"""Functions that a model defines itself: a call becomes the function's own nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from onnx import AttributeProto, FunctionProto, GraphProto, NodeProto

from striate.errors import GraphError, UnsupportedError
from striate.importers.onnx.header import plain_domain
from striate.importers.onnx.order import DEEPEST, subgraphs

FunctionKey = tuple[str, str, str]


def function_key(domain: str, name: str, overload: str) -> FunctionKey:
    """What a call names: domain, name and overload."""
    return plain_domain(domain), name, overload


def collect_functions(functions: Sequence[FunctionProto], title: str) -> dict[FunctionKey, FunctionProto]:
    """The functions by what a call names them.

    Raises:
        GraphError: One is defined twice.
    """
    found: dict[FunctionKey, FunctionProto] = {}
    for function in functions:
        key = function_key(function.domain, function.name, function.overload)
        if key in found:
            raise GraphError(f'{title} defines the function "{function.name}" of domain {function.domain!r} twice')
        found[key] = function
    return found


def count_nodes(graph: GraphProto, functions: Mapping[FunctionKey, FunctionProto], title: str) -> int:
    """How many nodes a graph has once every call of a function is written out.

    Raises:
        GraphError: A function calls itself, also by way of others.
        UnsupportedError: Calls are nested too deeply.
    """
    counted: dict[FunctionKey, int] = {}

    def count(nodes: Iterable[NodeProto], callers: tuple[FunctionKey, ...]) -> int:
        if len(callers) > DEEPEST:
            raise UnsupportedError(f"{title}: functions call each other more than {DEEPEST} deep")
        total = 0
        for node in _with_inner_nodes(nodes):
            key = function_key(node.domain, node.op_type, node.overload)
            if key in callers:
                raise GraphError(f"{title}: the function {node.op_type!r} calls itself")
            if key in functions and key not in counted:
                counted[key] = count(functions[key].node, (*callers, key))
            total += counted.get(key, 1)
        return total

    return count(graph.node, ())


def _with_inner_nodes(nodes: Iterable[NodeProto]) -> Iterator[NodeProto]:
    stack = list(nodes)
    while stack:
        node = stack.pop()
        yield node
        for graph in subgraphs(node):
            stack += graph.node


def call_attributes(function: FunctionProto, call: NodeProto, title: str) -> dict[str, AttributeProto]:
    """The attributes with which a function is called: those given, else the defaults.

    Raises:
        GraphError: There are more operands or results than the function has.
    """
    if len(call.input) > len(function.input) or len(call.output) > len(function.output):
        raise GraphError(
            f"{title} has {len(call.input)} inputs and {len(call.output)} outputs, the function "
            f"{function.name!r} takes "
            f"{len(function.input)} and gives {len(function.output)}"
        )
    values = {attribute.name: attribute for attribute in function.attribute_proto}
    values.update((attribute.name, attribute) for attribute in call.attribute)
    return values


def with_attributes(node: NodeProto, values: Mapping[str, AttributeProto], depth: int = 0) -> NodeProto:
    """A copy of a function's node in which references to the function's attributes are replaced by their values."""
    if depth > DEEPEST:
        raise UnsupportedError(f'"{node.name}" is nested in more than {DEEPEST} subgraphs')
    copy = NodeProto()
    copy.CopyFrom(node)
    del copy.attribute[:]
    for attribute in node.attribute:
        if not attribute.ref_attr_name:
            new = copy.attribute.add()
            new.CopyFrom(attribute)
            _replace_inside(new, values, depth)
        elif attribute.ref_attr_name in values:
            new = copy.attribute.add()
            new.CopyFrom(values[attribute.ref_attr_name])
            new.name = attribute.name
    return copy


def _replace_inside(attribute: AttributeProto, values: Mapping[str, AttributeProto], depth: int) -> None:
    graphs: list[GraphProto] = [*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs]
    for graph in graphs:
        nodes = [with_attributes(inner, values, depth + 1) for inner in graph.node]
        del graph.node[:]
        graph.node.extend(nodes)
