"""Checks a node against ONNX's own schema of its operation: operands, attributes, element types."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import onnx
from onnx import AttributeProto, NodeProto, helper
from onnx.defs import OpSchema

from striate.errors import DtypeError, GraphError, UnsupportedOpError
from striate.graph import TensorType


@lru_cache(maxsize=1024)
def find_schema(op_type: str, domain: str, version: int) -> OpSchema | None:
    """The schema of an operation as of an opset; None if that opset has no such operation."""
    try:
        return onnx.defs.get_schema(op_type, version, domain)
    except (onnx.defs.SchemaError, ValueError, TypeError):
        return None


def require_schema(op_type: str, domain: str, version: int, title: str) -> OpSchema:
    """The schema of an operation.

    Raises:
        UnsupportedOpError: That opset of that domain has no such operation.
    """
    schema = find_schema(op_type, domain, version)
    if schema is not None:
        return schema
    if domain:
        raise UnsupportedOpError(
            f"{title} is of the domain {domain!r}, which is not ONNX's; export the network with ONNX "
            "operations only, or "
            "with a function that defines it"
        )
    newest = find_schema(op_type, domain, onnx.defs.onnx_opset_version())
    if newest is None:
        raise UnsupportedOpError(f"{title}: ONNX (opset {version}) has no operation {op_type!r}")
    raise UnsupportedOpError(f"{title}: opset {version} has no {op_type}, it came later; declare a newer opset")


def check_node(schema: OpSchema, node: NodeProto, title: str) -> None:
    """Checks the number of operands and results, and names and types of the attributes.

    Raises:
        GraphError: One does not fit.
    """
    for what, count, least, most in (
        ("inputs", len(node.input), schema.min_input, schema.max_input),
        ("outputs", len(node.output), schema.min_output, schema.max_output),
    ):
        if not least <= count <= most:
            expected = (
                f"{least}" if least == most else (f"{least} to {most}" if most < 2**31 - 1 else f"{least} or more")
            )
            raise GraphError(f"{title} has {count} {what}, expected {expected}")
    for index, parameter in enumerate(schema.inputs):
        if parameter.option == OpSchema.FormalParameterOption.Single and not node.input[index]:
            raise GraphError(f'{title}: input {index} ("{parameter.name}") is required and left out')
    given: set[str] = set()
    for attribute in node.attribute:
        if attribute.name in given:
            raise GraphError(f'{title}: attribute "{attribute.name}" is given twice')
        given.add(attribute.name)
        _check_attribute(schema, attribute, title)
    for name, wanted in schema.attributes.items():
        if wanted.required and name not in given:
            raise GraphError(f'{title}: attribute "{name}" is required and missing')


def _check_attribute(schema: OpSchema, attribute: AttributeProto, title: str) -> None:
    wanted = schema.attributes.get(attribute.name)
    if wanted is None:
        known = ", ".join(schema.attributes) or "none"
        raise GraphError(f'{title}: attribute "{attribute.name}" is unknown to {schema.name}; it has {known}')
    expected = str(wanted.type).rpartition(".")[2]
    got = attribute_type(attribute)
    if got != expected:
        raise GraphError(f'{title}: attribute "{attribute.name}" has type {got}, expected {expected}')


def attribute_type(attribute: AttributeProto) -> str:
    """Name of an attribute's type."""
    return next((name for name, number in AttributeProto.AttributeType.items() if number == attribute.type), "unknown")


def check_types(schema: OpSchema, operands: Sequence[TensorType | None], title: str) -> None:
    """Checks element types: each operand's against what the operation takes, and that those which must agree do.

    Raises:
        DtypeError: One does not fit.
    """
    allowed = _allowed(schema.name, schema.domain, schema.since_version)
    bound: dict[str, tuple[str, int]] = {}
    for index, operand in enumerate(operands):
        if operand is None or not schema.inputs:
            continue
        parameter = schema.inputs[min(index, len(schema.inputs) - 1)]
        got = _onnx_type(operand)
        kinds = allowed.get(parameter.type_str, {parameter.type_str})
        if got not in kinds:
            shown = ", ".join(sorted(kind[7:-1] if kind.startswith("tensor(") else kind for kind in kinds))
            raise DtypeError(f"{title}: {parameter.name} has type {operand.dtype}, expected {shown}")
        if parameter.type_str in allowed and parameter.is_homogeneous:
            before, first = bound.setdefault(parameter.type_str, (got, index))
            if before != got:
                other = schema.inputs[min(first, len(schema.inputs) - 1)].name
                raise DtypeError(
                    f"{title}: {parameter.name} has type {got}, but {other} has {before}; cast one to the other"
                )


@lru_cache(maxsize=1024)
def _allowed(op_type: str, domain: str, version: int) -> dict[str, set[str]]:
    schema = onnx.defs.get_schema(op_type, version, domain)
    return {kind.type_param_str: set(kind.allowed_type_strs) for kind in schema.type_constraints}


def _onnx_type(operand: TensorType) -> str:
    try:
        element = helper.np_dtype_to_tensor_dtype(operand.dtype)
    except (KeyError, ValueError):
        return str(operand.dtype)
    name = onnx.TensorProto.DataType.Name(element).lower()
    return f"tensor({name})"
