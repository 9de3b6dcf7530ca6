"""Convolution and its transpose."""

from __future__ import annotations

from striate.errors import ShapeError
from striate.importers.onnx.source import OnnxNode
from striate.importers.onnx.table import converts
from striate.importers.onnx.window import padding, steps
from striate.ops import Conv, ConvTranspose


@converts("Conv")
def conv(node: OnnxNode) -> Conv:
    rank = _kernel_rank(node)
    return Conv(steps(node, "strides", rank), padding(node, rank), steps(node, "dilations", rank), node.int("group", 1))


@converts("ConvTranspose")
def conv_transpose(node: OnnxNode) -> ConvTranspose:
    rank = _kernel_rank(node)
    return ConvTranspose(
        steps(node, "strides", rank),
        padding(node, rank),
        steps(node, "dilations", rank),
        node.int("group", 1),
        node.ints("output_padding"),
        node.ints("output_shape")[-rank:],
    )


def _kernel_rank(node: OnnxNode) -> int:
    """Number of spatial axes; ``kernel_shape`` says what the weight's shape says already, so they must agree."""
    shape, declared = node.type(1).shape, node.ints("kernel_shape")
    if shape is None:
        return len(declared) or max(0, node.rank(0) - 2)
    kernel = shape[2:]
    differ = len(declared) != len(kernel) or any(
        isinstance(k, int) and k != d for k, d in zip(kernel, declared, strict=True)
    )
    if declared and differ:
        raise ShapeError(f"{node.title}: kernel_shape (={declared}) does not fit the weight's shape {shape}")
    return len(kernel)
