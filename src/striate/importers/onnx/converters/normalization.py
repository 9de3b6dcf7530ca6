"""Normalisation: by stored statistics, and by those of the sample, the group, the layer."""

from __future__ import annotations

from striate import ops
from striate.dimension import Symbol
from striate.errors import ParameterError
from striate.importers.onnx.source import Decline, OnnxNode
from striate.importers.onnx.table import Call, converts

_EPSILON = 1e-5


@converts("BatchNormalization", since=7)
def batch_normalization(node: OnnxNode) -> ops.BatchNormalization:
    if not node.flag("spatial", True):
        raise Decline("spatial=0: statistics for each cell")
    if node.flag("training_mode") or any(node.used(result) for result in range(1, 5)):
        raise Decline("training mode: statistics of the batch")
    return ops.BatchNormalization(node.float("epsilon", _EPSILON))


@converts("InstanceNormalization")
def instance_normalization(node: OnnxNode) -> ops.InstanceNormalization:
    return ops.InstanceNormalization(node.float("epsilon", _EPSILON))


@converts("LayerNormalization", since=17)
def layer_normalization(node: OnnxNode) -> ops.LayerNormalization:
    if (node.used(1) or node.used(2)) and node.int("stash_type", 1) != 1:
        raise Decline("mean and deviation are asked for in another type than float32")
    return ops.LayerNormalization(node.int("axis", -1), node.float("epsilon", _EPSILON))


@converts("RMSNormalization", since=23)
def rms_normalization(node: OnnxNode) -> ops.RMSNormalization:
    return ops.RMSNormalization(node.int("axis", -1), node.float("epsilon", _EPSILON))


@converts("GroupNormalization", since=18)
def group_normalization_by_groups(node: OnnxNode) -> Call:
    """Opset 18 has a scale and bias for each group, 21 for each channel: each is repeated for its group's channels."""
    groups, shape = node.int("num_groups"), node.type(0).shape
    channels = shape[1] if shape is not None and len(shape) > 1 else None
    if channels is None or isinstance(channels, Symbol):
        raise Decline("number of channels is not known")
    if groups < 1 or channels % groups:
        raise ParameterError(
            f"{node.title}: {channels} channels cannot be cut into num_groups (={groups}) of equal size"
        )
    repeated = [_repeated(node, index, name, channels // groups) for index, name in ((1, "scale"), (2, "bias"))]
    return Call(ops.GroupNormalization(groups, node.float("epsilon", _EPSILON)), (node.operand(0), *repeated))


def _repeated(node: OnnxNode, index: int, name: str, times: int) -> str:
    column = node.add(ops.Unsqueeze(), [node.operand(index), node.constant([1], f"{name}_axis")], f"{name}_column")
    table = node.add(ops.Tile(), [column, node.constant([1, times], f"{name}_repeats")], f"{name}_table")
    return node.add(ops.Reshape(), [table, node.constant([-1], f"{name}_shape")], name)


@converts("GroupNormalization", since=21)
def group_normalization(node: OnnxNode) -> ops.GroupNormalization:
    return ops.GroupNormalization(node.int("num_groups"), node.float("epsilon", _EPSILON))


@converts("LpNormalization")
def lp_normalization(node: OnnxNode) -> ops.LpNormalization:
    return ops.LpNormalization(node.int("axis", -1), node.int("p", 2))


@converts("MeanVarianceNormalization", since=9)
def mean_variance_normalization(node: OnnxNode) -> ops.MeanVarianceNormalization:
    return ops.MeanVarianceNormalization(node.ints("axes", (0, 2, 3)))


@converts("LRN")
def lrn(node: OnnxNode) -> ops.LRN:
    return ops.LRN(node.int("size"), node.float("alpha", 0.0001), node.float("beta", 0.75), node.float("bias", 1.0))
