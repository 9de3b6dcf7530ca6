"""Reads an ONNX graph, node by node, into a graph of ours."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from onnx import AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, SparseTensorProto

from striate.errors import GraphError, StriateError, UnsupportedError, UnsupportedOpError
from striate.graph import Array, Graph, GraphBuilder, TensorType
from striate.importers.onnx.constant import constant_of
from striate.importers.onnx.converters import find_converter
from striate.importers.onnx.evaluate import Evaluator
from striate.importers.onnx.functions import (
    call_attributes,
    collect_functions,
    count_nodes,
    function_key,
    with_attributes,
)
from striate.importers.onnx.header import plain_domain, read_opsets
from striate.importers.onnx.inputs import input_type
from striate.importers.onnx.names import module_path
from striate.importers.onnx.opaque import make_opaque
from striate.importers.onnx.order import DEEPEST, node_title, ordered
from striate.importers.onnx.schema import check_node, check_types, require_schema
from striate.importers.onnx.source import Decline, OnnxNode
from striate.importers.onnx.table import Call
from striate.importers.onnx.tensors import sparse_to_array, to_array
from striate.ops import Identity

# Functions that call functions can make a small file a huge network.
MOST_NODES = 1_000_000


@dataclass(frozen=True)
class Scope:
    """Where a list of nodes stands: the main graph, a branch of an If, or the body of a function.

    Args:
        names: ONNX's name of each value seen from here -> its name in our graph; None for an operand left out.
        opsets: Version of each domain's operations.
        attributes: The attributes with which a function was called; None outside of functions.
        results: ONNX's name of a value made here -> the name that the graph around gives it.
        prefix: What stands in front of the names of nodes and other values made here.
        depth: How many scopes are around this one.
    """

    names: MutableMapping[str, str | None]
    opsets: Mapping[str, int]
    attributes: Mapping[str, AttributeProto] | None = None
    results: Mapping[str, str] = field(default_factory=dict[str, str])
    prefix: str = ""
    depth: int = 0


@dataclass
class Origins:
    """What the file says of the nodes of our graph.

    Args:
        layer: Node -> name of the ONNX node that it belongs to.
        kind: ONNX node -> its operation.
        module: ONNX node -> path of the PyTorch module that it comes from, where the exporter noted it.
    """

    layer: dict[str, str] = field(default_factory=dict[str, str])
    kind: dict[str, str] = field(default_factory=dict[str, str])
    module: dict[str, str] = field(default_factory=dict[str, str])


class Reader:
    """Reads one model.

    Args:
        proto: The model, its head checked.
        title: How messages call it.
        folder: Folder of the model, for external data; None if it did not come from a file.
        weights: Number of an initialiser of the main graph -> its bytes, for those that are not in the model itself.
    """

    def __init__(
        self, proto: ModelProto, title: str, folder: Path | None, weights: Mapping[int, Array] | None = None
    ) -> None:
        self._proto = proto
        self._title = title
        self._folder = folder
        self._weights = weights or {}
        self._functions = collect_functions(proto.functions, title)
        self._evaluator = Evaluator()
        self._build = GraphBuilder(proto.graph.name or "network")
        self._value_names: frozenset[str] = frozenset()
        self._node_names: frozenset[str] = frozenset()
        self.origins = Origins()

    def read(self) -> Graph:
        """The whole graph.

        Raises:
            StriateError: What is wrong with it.
        """
        graph = self._proto.graph
        if not graph.output:
            raise GraphError(f"{self._title}: the graph has no outputs; the file is incomplete")
        if count_nodes(graph, self._functions, self._title) > MOST_NODES:
            raise UnsupportedError(f"{self._title} has more than {MOST_NODES} nodes once its functions are written out")
        opsets = read_opsets(self._proto.opset_import, self._title)
        known = self._declare(graph)
        # The file's own names, which nothing that is made here may take.
        self._value_names = frozenset(name for node in graph.node for name in node.output)
        self._node_names = frozenset(node.name for node in graph.node)
        names: dict[str, str | None] = {name: name for name in known}
        self._read_nodes(ordered(graph.node, known), Scope(names, opsets))
        outputs = [value.name for value in graph.output]
        for name in outputs:
            if name not in names:
                raise GraphError(f'{self._title}: output "{name}" is made by no node; the file is incomplete')
        if len(set(outputs)) != len(outputs):
            raise GraphError(f"{self._title}: an output is listed twice: {', '.join(outputs)}")
        return self._build.finish([str(names[name]) for name in outputs])

    def _declare(self, graph: GraphProto) -> set[str]:
        constants = self._constants(graph, weights=self._weights)
        inputs = [value for value in graph.input if value.name not in constants]
        if len({value.name for value in inputs}) != len(inputs):
            raise GraphError(f"{self._title}: an input is listed twice: {', '.join(value.name for value in inputs)}")
        taken = {size.dim_param for value in inputs for size in value.type.tensor_type.shape.dim}
        for value in inputs:
            if not value.name:
                raise GraphError(f"{self._title}: an input has no name")
            self._build.input(value.name, *input_type(value, taken))
        for name, array in constants.items():
            self._build.constant(array, name)
        return {value.name for value in inputs} | set(constants)

    def _constants(
        self, graph: GraphProto, prefix: str = "", weights: Mapping[int, Array] | None = None
    ) -> dict[str, Array]:
        found: dict[str, Array] = {}
        for number, value in enumerate((*graph.initializer, *graph.sparse_initializer)):
            sparse = isinstance(value, SparseTensorProto)
            name = value.values.name if sparse else value.name
            title = f'initialiser "{prefix}{name}"'
            if not name:
                raise GraphError(f"{self._title}: an initialiser has no name")
            if name in found:
                raise GraphError(f"{self._title}: {title} is given twice")
            if sparse:
                found[name] = sparse_to_array(value, self._folder, title)
            else:
                found[name] = to_array(value, self._folder, title, (weights or {}).get(number))
        return found

    def _read_nodes(self, nodes: Iterable[NodeProto], scope: Scope) -> None:
        for node in nodes:
            if scope.attributes is not None:
                node = with_attributes(node, scope.attributes)
            self._read_node(node, scope)

    def _read_node(self, node: NodeProto, scope: Scope) -> None:
        title = node_title(node)
        domain = plain_domain(node.domain)
        function = self._functions.get(function_key(node.domain, node.op_type, node.overload))
        if function is not None:
            self._call(function, node, scope)
            return
        version = scope.opsets.get(domain)
        if version is None:
            raise UnsupportedOpError(
                f"{title} is of the domain {domain or 'ai.onnx'!r}, of which the model declares no opset"
            )
        schema = require_schema(node.op_type, domain, version, title)
        check_node(schema, node, title)
        inputs = [scope.names[name] if name else None for name in node.input]
        try:
            check_types(schema, [None if name is None else self._build.types[name] for name in inputs], title)
            if node.op_type == "Constant" and not domain:
                self._bind(
                    node,
                    scope,
                    [self._build.constant(constant_of(node, self._folder), self._fresh(node.output[0], scope))],
                )
            elif node.op_type == "If" and not domain and self._inline_branch(node, inputs[0], scope):
                return
            else:
                self._convert(node, domain, version, inputs, scope)
        except StriateError:
            raise
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError) as error:
            # What an op's shape rule did not expect, of a file that may be made to surprise it.
            raise GraphError(f"{title}: the operands or attributes do not fit: {error}") from error

    def _convert(self, node: NodeProto, domain: str, version: int, inputs: Sequence[str | None], scope: Scope) -> None:
        name = self._node_name(node, scope)
        attributes = {attribute.name: attribute for attribute in node.attribute}
        seen = OnnxNode(
            name, node.op_type, version, inputs, node.output, attributes, self._build, self._folder, self._note_helper
        )
        converter = find_converter(node.op_type, domain, version)
        reason = "striate has no definition of this operation"
        call: Call | None = None
        foreign = next((str(kind.dtype) for kind in self._types(inputs) if kind.dtype.kind not in "biufc"), "")
        if foreign:
            reason = f"{foreign} is not a type of NumPy's own"
        elif converter is not None:
            try:
                made = converter(seen)
                call = made if isinstance(made, Call) else Call(made, tuple(inputs))
            except Decline as decline:
                reason = str(decline)
        if call is None:
            op, operands = make_opaque(node, domain, scope.opsets, self._functions.values(), self._folder, reason)
            call = Call(op, tuple(scope.names[operand] if operand else None for operand in operands))
        outputs = [self._fresh(value, scope) if value else "" for value in node.output]
        self._build.add(call.op, call.inputs, name=name, outputs=outputs)
        self.origins.layer[name] = name
        self.origins.kind[name] = node.op_type
        self._evaluator.note(call.op, call.inputs, outputs)
        for value in outputs:
            if value and value not in self._build.types:
                raise UnsupportedOpError(f'{node_title(node)}: its result "{value}" is not supported')
        self._bind(node, scope, outputs)
        module = module_path(node)
        if module:
            self.origins.module[name] = scope.prefix + module

    def _types(self, values: Sequence[str | None]) -> list[TensorType]:
        return [self._build.types[value] for value in values if value is not None]

    def _note_helper(self, made: str, owner: str) -> str:
        """Notes that a converter adds something in front of its node; gives it its name."""
        name = self._unused(made)
        self.origins.layer[name] = owner
        return name

    def _bind(self, node: NodeProto, scope: Scope, values: Sequence[str | None]) -> None:
        for name, value in zip(node.output, values, strict=False):
            if name:
                scope.names[name] = value

    def _node_name(self, node: NodeProto, scope: Scope) -> str:
        """The file's name of a node, or its result's; where it is taken, with a number behind."""
        if node.name and not scope.depth:
            return self._build.unused_node(node.name)
        own = node.name or next((name for name in node.output if name), "") or node.op_type.lower()
        wish = scope.prefix + own
        return self._build.unused_node(self._unused(wish) if wish in self._node_names else wish)

    def _fresh(self, name: str, scope: Scope) -> str:
        """Name in our graph of a result: ONNX's own in the main graph, one that nothing else has inside of it."""
        if not scope.depth:
            return name
        return scope.results.get(name) or self._unused(scope.prefix + name)

    def _unused(self, wish: str) -> str:
        """The wished name, or with a number behind it what neither the file nor the graph so far has."""
        name, count = wish, 0
        while name in self._build.types or name in self._value_names or name in self._node_names:
            count += 1
            name = f"{wish}_{count}"
        return name

    def _inline_branch(self, node: NodeProto, condition: str | None, scope: Scope) -> bool:
        """Reads the branch that is taken as part of the graph; False if the condition is not known."""
        value = None if condition is None else self._evaluator.contents(condition, self._build)
        if value is None or value.size != 1:
            return False
        wanted = "then_branch" if bool(value.reshape(-1)[0]) else "else_branch"
        branch = next(attribute.g for attribute in node.attribute if attribute.name == wanted)
        if len(branch.output) != len(node.output):
            raise GraphError(
                f"{node_title(node)} has {len(node.output)} outputs, its {wanted} gives {len(branch.output)}"
            )
        results = [value.name for value in branch.output]
        inner = self._nested(node, results, ChainMap({}, scope.names), scope.opsets, None, scope)
        for name, array in self._constants(branch, inner.prefix).items():
            inner.names[name] = self._build.constant(array, self._unused(inner.prefix + name))
        self._read_nodes(ordered(branch.node, inner.names), inner)
        self._give_back(node, results, inner, scope)
        return True

    def _call(self, function: FunctionProto, node: NodeProto, scope: Scope) -> None:
        """Reads a function's nodes in the place of its call."""
        opsets = read_opsets(function.opset_import, f"function {function.name!r}")
        attributes = call_attributes(function, node, node_title(node))
        given = [scope.names[name] if name else None for name in node.input]
        given += [None] * (len(function.input) - len(given))
        names = dict(zip(function.input, given, strict=True))
        inner = self._nested(node, function.output, names, opsets, attributes, scope)
        self._read_nodes(ordered(function.node, names), inner)
        self._give_back(node, function.output, inner, scope)

    def _nested(
        self,
        node: NodeProto,
        results: Sequence[str],
        names: MutableMapping[str, str | None],
        opsets: Mapping[str, int],
        attributes: Mapping[str, AttributeProto] | None,
        scope: Scope,
    ) -> Scope:
        if scope.depth >= DEEPEST:
            raise GraphError(
                f"{node_title(node)}: functions or branches are nested more than {DEEPEST} deep; a circle?"
            )
        outer: dict[str, str] = {}
        for inside, outside in zip(results, node.output, strict=False):
            if outside:
                outer.setdefault(inside, self._fresh(outside, scope))
        return Scope(names, opsets, attributes, outer, f"{self._node_name(node, scope)}/", scope.depth + 1)

    def _give_back(self, node: NodeProto, results: Sequence[str], inner: Scope, scope: Scope) -> None:
        """Makes what was made inside known to the graph around."""
        for outside, inside in zip(node.output, results, strict=False):
            if inside not in inner.names:
                raise GraphError(f'{node_title(node)}: its result "{inside}" is made by no node inside')
            made = inner.names[inside]
            if not outside or made is None:
                continue
            if not scope.depth and made != outside:
                # An operand or a second name of a result is handed through: the main graph's names must exist.
                identity = Identity()
                (made,) = self._build.add(identity, [made], name=outside, outputs=[outside])
                self._evaluator.note(identity, (inner.names[inside],), (made,))
            scope.names[outside] = made
