"""Activations: functions of one number, applied to each element."""

from __future__ import annotations

import numpy as np

from striate import ops
from striate.importers.onnx.source import OnnxNode
from striate.importers.onnx.table import Call, converts


@converts("Relu", "Sigmoid", "Tanh", "HardSwish", "Mish", "Softplus", "Softsign", "PRelu")
def without_attributes(node: OnnxNode) -> ops.Pointwise | ops.PRelu:
    return _PLAIN[node.op_type]()


_PLAIN: dict[str, type[ops.Pointwise | ops.PRelu]] = {
    "Relu": ops.Relu,
    "Sigmoid": ops.Sigmoid,
    "Tanh": ops.Tanh,
    "HardSwish": ops.HardSwish,
    "Mish": ops.Mish,
    "Softplus": ops.Softplus,
    "Softsign": ops.Softsign,
    "PRelu": ops.PRelu,
}


@converts("LeakyRelu")
def leaky_relu(node: OnnxNode) -> ops.LeakyRelu:
    return ops.LeakyRelu(node.float("alpha", 0.01))


@converts("Elu")
def elu(node: OnnxNode) -> ops.Elu:
    return ops.Elu(node.float("alpha", 1.0))


@converts("Celu")
def celu(node: OnnxNode) -> ops.Celu:
    return ops.Celu(node.float("alpha", 1.0))


@converts("Selu")
def selu(node: OnnxNode) -> ops.Selu:
    # The defaults are those of the schema, in its own digits.
    return ops.Selu(node.float("alpha", 1.67326319217681884765625), node.float("gamma", 1.05070102214813232421875))


@converts("ThresholdedRelu")
def thresholded_relu(node: OnnxNode) -> ops.ThresholdedRelu:
    return ops.ThresholdedRelu(node.float("alpha", 1.0))


@converts("HardSigmoid")
def hard_sigmoid(node: OnnxNode) -> ops.HardSigmoid:
    return ops.HardSigmoid(node.float("alpha", 0.2), node.float("beta", 0.5))


@converts("Swish")
def swish(node: OnnxNode) -> ops.Swish:
    return ops.Swish(node.float("alpha", 1.0))


@converts("Gelu")
def gelu(node: OnnxNode) -> ops.Gelu:
    return ops.Gelu(node.choice("approximate", "none", ("none", "tanh")))


@converts("Shrink")
def shrink(node: OnnxNode) -> ops.Shrink:
    return ops.Shrink(node.float("bias", 0.0), node.float("lambd", 0.5))


@converts("Clip", since=6)
def clip_by_attributes(node: OnnxNode) -> Call:
    dtype = node.type(0).dtype
    bounds = [
        node.constant(np.float32(node.float(side)), side, dtype) if node.has(side) else None for side in ("min", "max")
    ]
    return Call(ops.Clip(), (node.operand(0), *bounds))


@converts("Clip", since=11)
def clip(node: OnnxNode) -> ops.Clip:
    return ops.Clip()
