"""Softmax and its relatives."""

from __future__ import annotations

from striate.errors import ParameterError
from striate.importers.onnx.source import Decline, OnnxNode
from striate.importers.onnx.table import converts
from striate.ops import Hardmax, LogSoftmax, Softmax


@converts("Softmax", since=13)
def softmax(node: OnnxNode) -> Softmax:
    return Softmax((node.int("axis", -1),))


@converts("LogSoftmax", since=13)
def log_softmax(node: OnnxNode) -> LogSoftmax:
    return LogSoftmax((node.int("axis", -1),))


@converts("Hardmax", since=13)
def hardmax(node: OnnxNode) -> Hardmax:
    return Hardmax(node.int("axis", -1))


@converts("Softmax", since=1)
def softmax_of_matrix(node: OnnxNode) -> Softmax:
    return Softmax(_axes_from(node))


@converts("LogSoftmax", since=1)
def log_softmax_of_matrix(node: OnnxNode) -> LogSoftmax:
    return LogSoftmax(_axes_from(node))


@converts("Hardmax", since=1)
def hardmax_of_matrix(node: OnnxNode) -> Hardmax:
    axes = _axes_from(node)
    if len(axes) != 1:
        raise Decline("before opset 13, one maximum over several axes")
    return Hardmax(axes[0])


def _axes_from(node: OnnxNode) -> tuple[int, ...]:
    """Before opset 13 the input is seen as a matrix: all axes from ``axis`` on are one."""
    rank, axis = node.rank(0), node.int("axis", 1)
    if not -rank <= axis <= rank:
        raise ParameterError(f"{node.title}: axis (={axis}) does not exist in rank {rank}")
    return tuple(range(axis + rank if axis < 0 else axis, rank))
