"""Element types, shapes as data, and arrays made from numbers."""

from __future__ import annotations

import numpy as np

from striate.errors import ParameterError
from striate.importers.onnx.source import Decline, OnnxNode
from striate.importers.onnx.table import Call, converts
from striate.importers.onnx.tensors import numpy_type
from striate.ops import Cast, ConstantOfShape, Range, Shape, Size


@converts("Cast", since=6)
def cast(node: OnnxNode) -> Cast:
    to = numpy_type(node.int("to"), f"{node.title}: the result")
    _decline_small_floats(node, to)
    return Cast(to)


@converts("CastLike", since=15)
def cast_like(node: OnnxNode) -> Call:
    to = node.type(1).dtype
    _decline_small_floats(node, to)
    return Call(Cast(to), (node.operand(0),))


def _decline_small_floats(node: OnnxNode, to: np.dtype[np.generic]) -> None:
    """Types that NumPy itself does not have are rounded and saturated by rules of their own."""
    if to.kind not in "biufc" or node.type(0).dtype.kind not in "biufc":
        raise Decline(f"{to} is not a type of NumPy's own")


@converts("Shape")
def shape(node: OnnxNode) -> Shape:
    return Shape(node.int("start", 0), node.int("end") if node.has("end") else None)


@converts("Size")
def size(node: OnnxNode) -> Size:
    return Size()


@converts("ConstantOfShape", since=9)
def constant_of_shape(node: OnnxNode) -> ConstantOfShape:
    value = node.tensor("value") if node.has("value") else np.zeros(1, np.float32)
    if value.size != 1:
        raise ParameterError(f"{node.title}: value has shape {value.shape}, expected one number")
    if value.dtype.kind not in "biuf":
        raise Decline(f"{value.dtype} is not a type of NumPy's own")
    return ConstantOfShape(value.reshape(-1)[0].item(), value.dtype)


@converts("Range", since=11)
def arange(node: OnnxNode) -> Range:
    return Range()
