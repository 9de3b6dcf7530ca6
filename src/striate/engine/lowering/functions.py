"""Which function of one number a node is, in the words of :mod:`striate.engine.kernels.activation`."""

from __future__ import annotations

from striate.engine.kernels.activation import supports
from striate.engine.kernels.epilogue import Stage
from striate.engine.lowering.facts import Facts
from striate.graph import Node, Op
from striate.ops import (
    Abs,
    Celu,
    Clip,
    Elu,
    Erf,
    Exp,
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    Log,
    Mish,
    Neg,
    Pow,
    Reciprocal,
    Relu,
    Selu,
    Shrink,
    Sigmoid,
    Softplus,
    Softsign,
    Sqrt,
    Swish,
    Tanh,
    ThresholdedRelu,
)


def function_of(facts: Facts, node: Node) -> Stage | None:
    """The function with its constants; None where there is none for the node."""
    named = _named(facts, node)
    if named is None:
        return None
    name, *constants = named
    return named if supports(str(name), *map(float, constants)) else None


def _named(facts: Facts, node: Node) -> Stage | None:
    match node.op:
        case Relu():
            return ("relu",)
        case LeakyRelu(alpha=alpha):
            return ("leaky", alpha)
        case ThresholdedRelu(alpha=alpha):
            return ("thresholded", alpha)
        case Elu(alpha=alpha):
            return ("elu", alpha)
        case Selu(alpha=alpha, gamma=gamma):
            return ("selu", alpha, gamma)
        case Celu(alpha=alpha):
            return ("celu", alpha)
        case HardSigmoid(alpha=alpha, beta=beta):
            return ("hardsigmoid", alpha, beta)
        case Swish(alpha=alpha):
            return ("silu",) if alpha == 1 else ("swish", alpha)
        case Gelu(approximate=approximate):
            return ("gelu",) if approximate == "none" else ("gelu_tanh",)
        case Shrink(bias=bias, lambd=lambd):
            return ("shrink", bias, lambd)
        case Clip():
            return _clip(facts, node)
        case Pow():
            exponent = facts.constant(node.inputs[1]) if len(node.inputs) == 2 else None
            return ("power", float(exponent.reshape(()))) if exponent is not None and exponent.size == 1 else None
        case _:
            plain = _PLAIN.get(type(node.op))
            return None if plain is None else (plain,)


def has_function(op: Op) -> bool:
    """Whether an op of that class is a function of one number that kernels know."""
    return type(op) in _PLAIN or isinstance(op, _WITH_CONSTANTS)


# The classes that _named takes apart.
_WITH_CONSTANTS = (
    *(Relu, LeakyRelu, ThresholdedRelu, Elu, Selu, Celu),
    *(HardSigmoid, Swish, Gelu, Shrink, Clip),
)

_PLAIN: dict[type, str] = {
    Sigmoid: "sigmoid",
    Tanh: "tanh",
    HardSwish: "hardswish",
    Mish: "mish",
    Softplus: "softplus",
    Softsign: "softsign",
    Erf: "erf",
    Exp: "exp",
    Log: "log",
    Abs: "abs",
    Neg: "neg",
    Sqrt: "sqrt",
    Reciprocal: "reciprocal",
}


def _clip(facts: Facts, node: Node) -> Stage | None:
    bounds = [float("-inf"), float("inf")]
    for i, name in enumerate(node.inputs[1:3]):
        if name is not None:
            bound = facts.constant(name)
            if bound is None:
                return None
            bounds[i] = float(bound.reshape(()))
    return ("clip", *bounds) if bounds[0] <= bounds[1] else None
