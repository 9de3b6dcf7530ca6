"""Which picture explains a number: a table by the class of the op, never by its name."""

from __future__ import annotations

from striate import ops
from striate.graph import Model, Op
from striate.lenses.explain import Explanation
from striate.studio.protocol.unit import View

_VIEWS: dict[type[Op], View] = {
    ops.Conv: "convolution",
    ops.ConvTranspose: "convolution",
    ops.Gemm: "dense",
    ops.MatMul: "dense",
    ops.Pool: "pooling",
    ops.GlobalPool: "pooling",
    ops.Normalization: "normalization",
    ops.Activation: "activation",
    ops.Pointwise: "elementwise",
    ops.Add: "elementwise",
    ops.Sub: "elementwise",
    ops.Mul: "elementwise",
    ops.Div: "elementwise",
    ops.Pow: "elementwise",
    ops.Mod: "elementwise",
    ops.Variadic: "elementwise",
    ops.Where: "elementwise",
    ops.Softmax: "softmax",
    ops.Hardmax: "softmax",
    ops.Reduction: "reduction",
    ops.CumSum: "reduction",
    ops.Resize: "resize",
    ops.Movement: "movement",
    ops.Identity: "movement",
    ops.Dropout: "movement",
    ops.Cast: "movement",
}


def view_of(model: Model, found: Explanation) -> View:
    """The picture for an explanation."""
    node = model.graph.producers.get(found.value_name)
    if node is None:
        return "given"
    for kind in type(node.op).__mro__:
        if kind in _VIEWS:
            return _VIEWS[kind]
    return "other"
