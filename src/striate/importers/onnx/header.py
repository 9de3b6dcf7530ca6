"""Checks the head of an ONNX model before its graph is read: is there one, and which versions is it written in?"""

from __future__ import annotations

from collections.abc import Iterable

import onnx
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from onnx import ModelProto, OperatorSetIdProto

from striate.errors import GraphError, ModelFileError, UnsupportedError

OLDEST_OPSET = 7


def check_header(proto: ModelProto, title: str) -> None:
    """Checks that a model has a graph, and that its format is not newer than the installed onnx.

    Raises:
        ModelFileError: It has none, or no version.
        UnsupportedError: It is newer.
    """
    if not proto.HasField("graph"):
        what = "not an ONNX model" if not proto.ir_version else "an ONNX model without a graph"
        raise ModelFileError(f"{title} is {what}: it holds no network; it may be truncated or of another kind")
    if proto.ir_version < 1:
        raise ModelFileError(f"{title} says no version of the ONNX format (ir_version); it is damaged or not ONNX")
    if proto.ir_version > onnx.IR_VERSION:
        raise UnsupportedError(
            f"{title} is of ONNX format (ir_version) {proto.ir_version}, the installed onnx {onnx.__version__} "
            "knows up to "
            f"{onnx.IR_VERSION}; upgrade onnx"
        )


def check_text(proto: ModelProto, title: str) -> None:
    """Checks that every name is text: protocol buffers hand a damaged one on as bytes.

    Raises:
        ModelFileError: One is not UTF-8.
    """
    stack: list[Message] = [proto]
    while stack:
        message = stack.pop()
        for field, content in message.ListFields():
            if field.type == FieldDescriptor.TYPE_STRING:
                for word in [content] if isinstance(content, str | bytes) else content:
                    if isinstance(word, bytes):
                        raise ModelFileError(f"{title} is damaged: the name {word!r} in it is not UTF-8 text")
            elif field.type == FieldDescriptor.TYPE_MESSAGE:
                stack += [content] if isinstance(content, Message) else content


def read_opsets(imports: Iterable[OperatorSetIdProto], title: str) -> dict[str, int]:
    """The version of each domain's operations, ONNX's own domain being "".

    Raises:
        ModelFileError: None is declared.
        GraphError: Two versions of one domain are declared.
        UnsupportedError: ONNX's own is older than 7 or newer than the installed onnx.
    """
    opsets: dict[str, int] = {}
    for entry in imports:
        domain = plain_domain(entry.domain)
        if opsets.setdefault(domain, entry.version) != entry.version:
            shown = domain or "ai.onnx"
            raise GraphError(f"{title} declares two opsets of {shown}: {opsets[domain]} and {entry.version}")
    if not opsets:
        raise ModelFileError(f"{title} declares no opset (opset_import); it is truncated or damaged")
    newest = onnx.defs.onnx_opset_version()
    version = opsets.get("")
    if version is not None and version < OLDEST_OPSET:
        raise UnsupportedError(
            f"{title} is written in opset {version}, supported are {OLDEST_OPSET} to {newest}; "
            "convert it with onnx.version_converter.convert_version"
        )
    if version is not None and version > newest:
        raise UnsupportedError(
            f"{title} is written in opset {version}, the installed onnx {onnx.__version__} knows up to {newest}; "
            "upgrade onnx or export with an older opset"
        )
    return opsets


def plain_domain(domain: str) -> str:
    """ONNX's own domain has two spellings; "" is the one used here."""
    return "" if domain == "ai.onnx" else domain
