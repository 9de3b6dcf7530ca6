"""Resize, and Upsample, which it was before opset 10."""

from __future__ import annotations

from typing import get_args

import numpy as np

from striate.importers.onnx.source import OnnxNode
from striate.importers.onnx.table import Call, converts
from striate.ops import Resize
from striate.ops.interpolation import Coordinates, Interpolation, Nearest
from striate.ops.resize import AspectRatio


@converts("Upsample", since=7)
def upsample_by_attributes(node: OnnxNode) -> Call:
    return _asymmetric(node, node.constant(node.floats("scales"), "scales", np.float32))


@converts("Upsample", since=9)
@converts("Resize", since=10)
def upsample(node: OnnxNode) -> Call:
    return _asymmetric(node, node.operand(1))


def _asymmetric(node: OnnxNode, scales: str | None) -> Call:
    """Until opset 10 a cell lies at ``index/scale``, and the nearest cell is the one below."""
    word = node.choice("mode", "nearest", ("nearest", "linear", "bilinear"))
    mode: Interpolation = "nearest" if word == "nearest" else "linear"
    return Call(Resize(mode, "asymmetric", "floor"), (node.operand(0), None, scales))


@converts("Resize", since=11)
def resize(node: OnnxNode) -> Resize:
    coordinates: Coordinates = node.choice("coordinate_transformation_mode", "half_pixel", get_args(Coordinates))
    nearest: Nearest = node.choice("nearest_mode", "round_prefer_floor", get_args(Nearest))
    policy: AspectRatio = node.choice("keep_aspect_ratio_policy", "stretch", get_args(AspectRatio))
    mode: Interpolation = node.choice("mode", "nearest", get_args(Interpolation))
    return Resize(
        mode,
        coordinates,
        nearest,
        node.float("cubic_coeff_a", -0.75),
        node.flag("exclude_outside"),
        node.float("extrapolation_value", 0.0),
        node.flag("antialias"),
        node.ints("axes"),
        policy,
    )
