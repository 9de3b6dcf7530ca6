"""Parts of an array, by ranges and by index."""

from __future__ import annotations

from striate.importers.onnx.source import OnnxNode
from striate.importers.onnx.table import Call, converts
from striate.ops import Gather, GatherElements, GatherND, Slice


@converts("Slice", since=1)
def slice_by_attributes(node: OnnxNode) -> Call:
    starts, ends = (node.constant(node.ints(name), name) for name in ("starts", "ends"))
    axes = node.constant(node.ints("axes"), "axes") if node.has("axes") else None
    return Call(Slice(), (node.operand(0), starts, ends, axes))


@converts("Slice", since=10)
def slice_(node: OnnxNode) -> Slice:
    return Slice()


@converts("Gather")
def gather(node: OnnxNode) -> Gather:
    return Gather(node.int("axis", 0))


@converts("GatherElements", since=11)
def gather_elements(node: OnnxNode) -> GatherElements:
    return GatherElements(node.int("axis", 0))


@converts("GatherND", since=11)
def gather_nd(node: OnnxNode) -> GatherND:
    return GatherND(node.int("batch_dims", 0))
