"""Makes an opaque op of an ONNX node: the node as a small model of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import onnx
from onnx import FunctionProto, GraphProto, ModelProto, NodeProto, TensorProto, numpy_helper

from striate.importers.onnx.order import captured_values, subgraphs
from striate.importers.onnx.tensors import to_array
from striate.ops.opaque import Opaque


def make_opaque(
    node: NodeProto,
    domain: str,
    opsets: Mapping[str, int],
    functions: Iterable[FunctionProto],
    folder: Path | None,
    reason: str,
) -> tuple[Opaque, tuple[str, ...]]:
    """The op, and what ONNX calls its operands: the node's own and those that its subgraphs read from around them.

    Raises:
        ModelFileError: A tensor in it does not hold what it declares, or is outside the model's folder.
    """
    own = tuple(node.input)
    operands = own + tuple(name for name in captured_values(node) if name not in own)
    model = ModelProto(ir_version=onnx.IR_VERSION)
    for key, version in opsets.items():
        model.opset_import.add(domain=key, version=version)
    inner = model.graph.node.add()
    inner.CopyFrom(node)
    del inner.output[:]
    inner.output.extend(name or f"unused result {index}" for index, name in enumerate(node.output))
    model.graph.name = node.name or node.op_type
    for name in inner.output:
        model.graph.output.add().name = name
    if any(True for _ in subgraphs(node)):
        model.functions.extend(functions)
    for tensor in _tensors(inner):
        _embed(tensor, folder, node.name or node.op_type)
    return Opaque(node.op_type, domain, operands, model.SerializeToString(deterministic=True), reason), operands


def _tensors(node: NodeProto) -> Iterable[TensorProto]:
    for attribute in node.attribute:
        if attribute.HasField("t"):
            yield attribute.t
        yield from attribute.tensors
    for graph in subgraphs(node):
        yield from _graph_tensors(graph)


def _graph_tensors(graph: GraphProto) -> Iterable[TensorProto]:
    yield from graph.initializer
    for inner in graph.node:
        yield from _tensors(inner)


def _embed(tensor: TensorProto, folder: Path | None, title: str) -> None:
    """Checks a tensor and puts external data into it, so that nobody reads files behind the importer's back."""
    if tensor.data_type == TensorProto.STRING and tensor.data_location != TensorProto.EXTERNAL:
        return
    array = to_array(tensor, folder, f'tensor "{tensor.name}" in {title}')
    if tensor.data_location == TensorProto.EXTERNAL:
        tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
