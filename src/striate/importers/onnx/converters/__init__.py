"""The converters, one family of operations a file; importing this package fills the table."""

from striate.importers.onnx.converters import (
    activation,
    arithmetic,
    convolution,
    creation,
    indexing,
    logic,
    matmul,
    movement,
    normalization,
    pooling,
    reduction,
    resize,
    softmax,
)
from striate.importers.onnx.table import converted_ops, find_converter

__all__ = [
    "activation",
    "arithmetic",
    "converted_ops",
    "convolution",
    "creation",
    "find_converter",
    "indexing",
    "logic",
    "matmul",
    "movement",
    "normalization",
    "pooling",
    "reduction",
    "resize",
    "softmax",
]
