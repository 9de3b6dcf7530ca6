"""What each operation means, one family a file: attributes, shape rule, NumPy reference, gradient rule, cost."""

from striate.ops.activation import Activation, Relu
from striate.ops.convolution import Conv, ConvTranspose
from striate.ops.creation import Cast, ConstantOfShape, Range, Shape, Size
from striate.ops.indexing import Gather, GatherElements, GatherND, Slice
from striate.ops.matmul import Gemm, MatMul
from striate.ops.movement import Concat, DepthToSpace, Expand, Movement, SpaceToDepth, Split, Tile
from striate.ops.padding import Pad
from striate.ops.reduction import (
    ArgMax,
    ArgMin,
    CumSum,
    ReduceL1,
    ReduceL2,
    ReduceLogSum,
    ReduceLogSumExp,
    ReduceMax,
    ReduceMean,
    ReduceMin,
    ReduceProd,
    ReduceSum,
    ReduceSumSquare,
    Reduction,
)
from striate.ops.reshaping import Flatten, Reshape, Squeeze, Transpose, Unsqueeze

__all__ = [
    "Activation",
    "ArgMax",
    "ArgMin",
    "Cast",
    "Concat",
    "ConstantOfShape",
    "Conv",
    "ConvTranspose",
    "CumSum",
    "DepthToSpace",
    "Expand",
    "Flatten",
    "Gather",
    "GatherElements",
    "GatherND",
    "Gemm",
    "MatMul",
    "Movement",
    "Pad",
    "Range",
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "ReduceSumSquare",
    "Reduction",
    "Relu",
    "Reshape",
    "Shape",
    "Size",
    "Slice",
    "SpaceToDepth",
    "Split",
    "Squeeze",
    "Tile",
    "Transpose",
    "Unsqueeze",
]
