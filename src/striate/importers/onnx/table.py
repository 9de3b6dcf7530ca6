"""The table of converters: for each ONNX operation, from which opset on, what it becomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from striate.graph import Op
from striate.importers.onnx.source import OnnxNode


class Call(NamedTuple):
    """An op on operands other than the node's own.

    Args:
        op: What is done.
        inputs: Names of its operands; None for one that is left out.
    """

    op: Op
    inputs: tuple[str | None, ...]


# An op alone takes the node's own operands.
Converter = Callable[[OnnxNode], Op | Call]
_TABLE: dict[tuple[str, str], list[tuple[int, Converter]]] = {}


def converts(*op_types: str, since: int = 1, domain: str = "") -> Callable[[Converter], Converter]:
    """Enters a converter into the table.

    Args:
        op_types: ONNX's names of the operations.
        since: Opset from which on it holds; until then the one with the next smaller number does.
        domain: Domain of the operations.
    """

    def enter(converter: Converter) -> Converter:
        for op_type in op_types:
            versions = _TABLE.setdefault((domain, op_type), [])
            versions.append((since, converter))
            versions.sort(key=lambda entry: entry[0])
        return converter

    return enter


def find_converter(op_type: str, domain: str, version: int) -> Converter | None:
    """The converter of an operation as of an opset; None if there is none."""
    found = None
    for since, converter in _TABLE.get((domain, op_type), []):
        if since <= version:
            found = converter
    return found


def converted_ops() -> frozenset[tuple[str, str]]:
    """(domain, operation) of everything in the table."""
    return frozenset(_TABLE)
