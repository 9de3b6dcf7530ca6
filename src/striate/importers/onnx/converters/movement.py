"""Operations that move numbers: reshape, transpose, join, cut, repeat, pad."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from striate import ops
from striate.importers.onnx.source import Decline, OnnxNode
from striate.importers.onnx.table import Call, converts
from striate.ops.padding import PadMode


@converts("Reshape", since=5)
def reshape(node: OnnxNode) -> ops.Reshape:
    return ops.Reshape(node.flag("allowzero"))


@converts("Flatten")
def flatten(node: OnnxNode) -> ops.Flatten:
    return ops.Flatten(node.int("axis", 1))


@converts("Transpose")
def transpose(node: OnnxNode) -> ops.Transpose:
    return ops.Transpose(node.ints("perm"))


@converts("Squeeze", "Unsqueeze", since=1)
def squeeze_by_attributes(node: OnnxNode) -> Call:
    axes = node.constant(node.ints("axes"), "axes") if node.has("axes") else None
    return Call(ops.Squeeze() if node.op_type == "Squeeze" else ops.Unsqueeze(), (node.operand(0), axes))


@converts("Squeeze", since=13)
def squeeze(node: OnnxNode) -> ops.Squeeze:
    return ops.Squeeze()


@converts("Unsqueeze", since=13)
def unsqueeze(node: OnnxNode) -> ops.Unsqueeze:
    return ops.Unsqueeze()


@converts("Expand", since=8)
def expand(node: OnnxNode) -> ops.Expand:
    return ops.Expand()


@converts("Tile", since=6)
def tile(node: OnnxNode) -> ops.Tile:
    return ops.Tile()


@converts("Concat", since=4)
def concat(node: OnnxNode) -> ops.Concat:
    return ops.Concat(node.int("axis"))


@converts("Split", since=2)
def split_by_attributes(node: OnnxNode) -> Call:
    parts = node.constant(node.ints("split"), "split") if node.has("split") else None
    return Call(ops.Split(node.int("axis", 0), 0 if parts else len(node.outputs)), (node.operand(0), parts))


@converts("Split", since=13)
def split(node: OnnxNode) -> ops.Split:
    count = node.int("num_outputs") or len(node.outputs)
    return ops.Split(node.int("axis", 0), count)


@converts("DepthToSpace")
def depth_to_space(node: OnnxNode) -> ops.DepthToSpace:
    mode: Literal["DCR", "CRD"] = node.choice("mode", "DCR", ("DCR", "CRD"))
    return ops.DepthToSpace(node.int("blocksize"), mode)


@converts("SpaceToDepth")
def space_to_depth(node: OnnxNode) -> ops.SpaceToDepth:
    if node.choice("mode", "DCR", ("DCR", "CRD")) != "DCR":
        raise Decline("order of channels CRD")
    return ops.SpaceToDepth(node.int("blocksize"))


@converts("Pad", since=2)
def pad_by_attributes(node: OnnxNode) -> Call:
    pads = node.constant(node.ints("pads"), "pads")
    value = node.constant(np.float32(node.float("value", 0.0)), "value", node.type(0).dtype)
    return Call(_pad(node), (node.operand(0), pads, value))


@converts("Pad", since=11)
def pad(node: OnnxNode) -> ops.Pad:
    return _pad(node)


def _pad(node: OnnxNode) -> ops.Pad:
    mode: PadMode = node.choice("mode", "constant", get_args(PadMode))
    return ops.Pad(mode)
