"""Writes a model as an ONNX file that takes and gives the arrays that its source takes and gives."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnx
from onnx import NodeProto, ValueInfoProto, helper, numpy_helper

from striate.errors import LimitError, ModelFileError, OutputError
from striate.exporters.operators import attributes
from striate.graph import Model, Node, TensorType
from striate.ops import Swish

OPSET = 21
IR_VERSION = 10
# Protocol buffers cannot be larger.
LARGEST_BYTES = 2**31 - 1


def save_onnx(model: Model, path: str | os.PathLike[str]) -> None:
    """Writes a model to an ONNX file, or nothing at all when that fails.

    A model whose source orders axes channels last gets a Transpose at each input and output of more than two axes, so
    that the file takes the same arrays; names of nodes and values stay.

    Args:
        model: What to write.
        path: Where to; a file that is there is replaced.

    Raises:
        UnsupportedOpError: ONNX, or this writer, has no such operation.
        LimitError: The file would be larger than 2 GiB.
        OutputError: The folder does not exist or cannot be written to.
        ModelFileError: The result is not a valid ONNX model, which is a fault of striate.

    Example:
        >>> import tempfile
        >>> from striate.layers import Dense, Sequential
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_onnx(Sequential([Dense(2, input_shape=(3,))]).to_model(), Path(folder) / "dense.onnx")
    """
    target = Path(path)
    made = to_proto(model)
    if made.ByteSize() > LARGEST_BYTES:
        raise LimitError(f'"{target}" would have {made.ByteSize()} bytes, more than the limit of {LARGEST_BYTES}')
    try:
        # onnx's stub leaves the argument of PathLike open
        onnx.checker.check_model(made, full_check=True)  # pyright: ignore[reportUnknownMemberType]
    except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        raise ModelFileError(f'"{target}" would not be a valid ONNX model: {str(error).splitlines()[0]}') from error
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            part.write_bytes(made.SerializeToString())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f'path (="{target}") cannot be written: {error.strerror or error}') from error


def to_proto(model: Model) -> onnx.ModelProto:
    """The ONNX form of a model.

    Raises:
        UnsupportedOpError: An operation cannot be written.
    """
    graph = model.graph
    renamed: dict[str, str] = {}
    before: list[NodeProto] = []
    after: list[NodeProto] = []
    for name in graph.inputs:
        if _moves(model, name):
            renamed[name] = f"{name}/channels_first"
            before.append(_transpose(name, renamed[name], _first(_rank(model, name))))
    for name in graph.outputs:
        if _moves(model, name) and name not in renamed:
            renamed[name] = f"{name}/channels_first"
            after.append(_transpose(renamed[name], name, _last(_rank(model, name))))
    nodes = [proto for node in graph.nodes for proto in _nodes(node, model, renamed)]
    made = helper.make_graph(
        [*before, *nodes, *after],
        graph.name or "striate",
        [_value(model, name) for name in graph.inputs],
        [_value(model, name) for name in graph.outputs],
        [numpy_helper.from_array(np.ascontiguousarray(array), name) for name, array in graph.constants.items()],
    )
    opset = helper.make_opsetid("", OPSET)
    return helper.make_model(made, opset_imports=[opset], ir_version=IR_VERSION, producer_name="striate")


def _nodes(node: Node, model: Model, renamed: dict[str, str]) -> list[NodeProto]:
    inputs = ["" if name is None else renamed.get(name, name) for name in node.inputs]
    outputs = [renamed.get(name, name) for name in node.outputs]
    while outputs and not _is_read(node.outputs[len(outputs) - 1], model) and len(outputs) > 1:
        outputs.pop()
    if isinstance(node.op, Swish):
        return _swish(node.op, node.name, inputs[0], outputs[0])
    operands = [model.graph.types[name] if name else None for name in node.inputs]
    return [helper.make_node(node.op.kind, inputs, outputs, name=node.name, **attributes(node, operands))]


def _swish(op: Swish, name: str, x: str, y: str) -> list[NodeProto]:
    """``x * sigmoid(alpha x)``: ONNX has an op for it from opset 24 only."""
    scaled, nodes = x, list[NodeProto]()
    if op.alpha != 1:
        scaled = f"{name}/scaled"
        alpha = helper.make_tensor(f"{name}/alpha", onnx.TensorProto.FLOAT, [], [op.alpha])
        nodes.append(helper.make_node("Constant", [], [f"{name}/alpha"], name=f"{name}/Constant", value=alpha))
        nodes.append(helper.make_node("Mul", [x, f"{name}/alpha"], [scaled], name=f"{name}/Scale"))
    nodes.append(helper.make_node("Sigmoid", [scaled], [f"{name}/sigmoid"], name=f"{name}/Sigmoid"))
    return [*nodes, helper.make_node("Mul", [x, f"{name}/sigmoid"], [y], name=name)]


def _is_read(value: str, model: Model) -> bool:
    return bool(value) and (value in model.graph.consumers or value in model.graph.outputs)


def _moves(model: Model, name: str) -> bool:
    return model.layout_of(name) == "channels_last" and _rank(model, name) > 2


def _rank(model: Model, name: str) -> int:
    return model.graph.types[name].rank or 0


def _first(rank: int) -> list[int]:
    return [0, rank - 1, *range(1, rank - 1)]


def _last(rank: int) -> list[int]:
    return [0, *range(2, rank), 1]


def _transpose(x: str, y: str, order: list[int]) -> NodeProto:
    return helper.make_node("Transpose", [x], [y], name=f"{x}/Transpose", perm=order)


def _value(model: Model, name: str) -> ValueInfoProto:
    kind: TensorType = model.graph.types[name]
    shape = kind.shape
    if shape is not None and _moves(model, name):
        shape = tuple(shape[place] for place in _last(len(shape)))
    sizes = None if shape is None else [size if isinstance(size, int) else str(size) for size in shape]
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(kind.dtype), sizes)
