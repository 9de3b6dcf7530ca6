"""Which ops have kernels: the rule that lowers each, by class. An op without a row runs on its NumPy reference."""

from __future__ import annotations

from collections.abc import Callable

from striate.engine.lowering.context import Lowering
from striate.engine.lowering.convolution import lower_convolution, lower_transposed
from striate.engine.lowering.copying import lower_pad, lower_slice, lower_split
from striate.engine.lowering.dense import lower_dense, lower_softmax
from striate.engine.lowering.movement import lower_concat, lower_flatten, lower_same
from striate.engine.lowering.normalization import lower_normalization, lower_response_norm
from striate.engine.lowering.pointwise import lower_pointwise
from striate.engine.lowering.pooling import lower_pool, lower_reduction
from striate.engine.lowering.rearranging import lower_rearrangement
from striate.engine.lowering.resize import lower_resize
from striate.engine.lowering.views import lower_part, lower_transpose
from striate.engine.lowering.written_norm import lower_written_group_norm, lower_written_layer_norm
from striate.graph import Node, Op
from striate.ops import (
    LRN,
    BatchNormalization,
    Concat,
    Conv,
    ConvTranspose,
    DepthToSpace,
    Dropout,
    Flatten,
    Gather,
    Gemm,
    Identity,
    LogSoftmax,
    MatMul,
    Pad,
    ReduceMean,
    Reshape,
    Resize,
    Slice,
    Softmax,
    SpaceToDepth,
    Split,
    Squeeze,
    Transpose,
    Unsqueeze,
)
from striate.ops.normalization import Normalization
from striate.ops.pooling import GlobalPool, Pool
from striate.ops.reduction import Reduction

Rule = Callable[[Lowering, Node], bool]


def part_of(rule: Rule) -> Rule:
    """A rule for blocked values with channels second; what is seen in other ways is cut as it is."""

    def lower(lo: Lowering, node: Node) -> bool:
        source = node.inputs[0]
        elsewhere = source is not None and lo.native(source) and source not in lo.graph.inputs
        if elsewhere and source is not None and not lo.made(source, False) and lower_part(lo, node):
            return True
        return rule(lo, node) or lower_part(lo, node)

    return lower


def first_of(*rules: Rule) -> Rule:
    """The first rule that takes a node."""
    return lambda lo, node: any(rule(lo, node) for rule in rules)


RULES: dict[type[Op], Rule] = {
    Conv: lower_convolution,
    ConvTranspose: lower_transposed,
    Gemm: lower_dense,
    MatMul: lower_dense,
    Softmax: lower_softmax,
    LogSoftmax: lower_softmax,
    Pool: lower_pool,
    GlobalPool: lower_reduction,
    Reduction: lower_reduction,
    ReduceMean: first_of(lower_written_layer_norm, lower_reduction),
    BatchNormalization: lower_pointwise,
    LRN: lower_response_norm,
    Normalization: lower_normalization,
    Concat: lower_concat,
    Pad: lower_pad,
    Slice: part_of(lower_slice),
    Split: part_of(lower_split),
    Gather: lower_part,
    Transpose: lower_transpose,
    Resize: lower_resize,
    DepthToSpace: lower_rearrangement,
    SpaceToDepth: lower_rearrangement,
    Identity: lower_same,
    Dropout: lower_same,
    Flatten: lower_flatten,
    Reshape: first_of(lower_written_group_norm, lower_flatten),
    Squeeze: lower_flatten,
    Unsqueeze: lower_flatten,
}


def rule_of(op: Op) -> Rule:
    """The rule of an op's class or of the nearest base class; element-wise where there is none."""
    for kind in type(op).__mro__:
        if kind in RULES:
            return RULES[kind]
    return lower_pointwise
