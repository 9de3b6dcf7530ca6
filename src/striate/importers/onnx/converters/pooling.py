"""Pooling, over windows and over whole maps."""

from __future__ import annotations

from striate.importers.onnx.source import OnnxNode
from striate.importers.onnx.table import converts
from striate.importers.onnx.window import padding, spatial_rank, steps
from striate.ops import AveragePool, GlobalAveragePool, GlobalLpPool, GlobalMaxPool, LpPool, MaxPool


@converts("MaxPool")
def max_pool(node: OnnxNode) -> MaxPool:
    rank = spatial_rank(node)
    return MaxPool(
        node.ints("kernel_shape"),
        steps(node, "strides", rank),
        padding(node, rank),
        steps(node, "dilations", rank),
        node.flag("ceil_mode"),
        node.int("storage_order"),
    )


@converts("AveragePool")
def average_pool(node: OnnxNode) -> AveragePool:
    rank = spatial_rank(node)
    return AveragePool(
        node.ints("kernel_shape"),
        steps(node, "strides", rank),
        padding(node, rank),
        steps(node, "dilations", rank),
        node.flag("ceil_mode"),
        node.flag("count_include_pad"),
    )


@converts("LpPool")
def lp_pool(node: OnnxNode) -> LpPool:
    rank = spatial_rank(node)
    return LpPool(
        node.ints("kernel_shape"),
        steps(node, "strides", rank),
        padding(node, rank),
        steps(node, "dilations", rank),
        node.flag("ceil_mode"),
        node.int("p", 2),
    )


@converts("GlobalMaxPool")
def global_max_pool(node: OnnxNode) -> GlobalMaxPool:
    return GlobalMaxPool()


@converts("GlobalAveragePool")
def global_average_pool(node: OnnxNode) -> GlobalAveragePool:
    return GlobalAveragePool()


@converts("GlobalLpPool")
def global_lp_pool(node: OnnxNode) -> GlobalLpPool:
    return GlobalLpPool(node.int("p", 2))
