"""Matrix products."""

from __future__ import annotations

from striate.importers.onnx.source import OnnxNode
from striate.importers.onnx.table import converts
from striate.ops import Gemm, MatMul


@converts("MatMul")
def matmul(node: OnnxNode) -> MatMul:
    return MatMul()


@converts("Gemm", since=7)
def gemm(node: OnnxNode) -> Gemm:
    return Gemm(node.float("alpha", 1.0), node.float("beta", 1.0), node.flag("transA"), node.flag("transB"))
