"""Functions of one number that kernels apply to vectors: the activations, and what element-wise chains are made of.

Each takes the kernel being written, a vector, and its constants, which are spelled into the code. A NaN stays a NaN, as
in ONNX. Bounds are in ulp of the exact result unless said otherwise; where none is given, each operation of the formula
is correctly rounded. As results of exp below 2^-126 count as zero, 2^-119 may be added to the error of what decays:
silu, swish and mish below -87, gelu below -12.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite

from striate.engine.emit import Emit
from striate.engine.kernels.elementary import (
    erf,
    exp,
    expm1_negative,
    log,
    log1p_of_fraction,
    logistic,
    normal_tail,
    tanh,
)
from striate.engine.value import Value
from striate.errors import ParameterError

Constants = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of one number.

    Args:
        emit: Writes it: (kernel, vector, constants) -> vector.
        constants: How many constants it has.
        keeps_zero: Whether it is 0 at 0, for those constants.
        accepts: Whether those constants are ones that it can be written for.
    """

    emit: Callable[..., Value]
    constants: int = 0
    keeps_zero: Callable[[Constants], bool] = lambda constants: True
    accepts: Callable[[Constants], bool] = lambda constants: True


def relu(k: Emit, x: Value) -> Value:
    """``max(0, x)``."""
    return k.maximum(k.vector(0.0), x)


def leaky(k: Emit, x: Value, alpha: float) -> Value:
    """``x if x >= 0 else alpha*x``."""
    return k.select(x >= 0.0, x, x * alpha)


def clip(k: Emit, x: Value, low: float, high: float) -> Value:
    """``min(max(x, low), high)``; an infinite limit is none."""
    if low != -inf:
        x = k.maximum(k.vector(low), x)
    return x if high == inf else k.minimum(k.vector(high), x)


def thresholded(k: Emit, x: Value, alpha: float) -> Value:
    """``x if x > alpha else 0``."""
    return k.select(x > alpha, x, k.vector(0.0))


def elu(k: Emit, x: Value, alpha: float) -> Value:
    """``x if x >= 0 else alpha*(exp(x) - 1)``, at most 3 ulp off."""
    return k.select(x >= 0.0, x, expm1_negative(k, x) * alpha)


def selu(k: Emit, x: Value, alpha: float, gamma: float) -> Value:
    """``gamma*(x if x >= 0 else alpha*(exp(x) - 1))``, at most 4 ulp off."""
    return elu(k, x, alpha) * gamma


def celu(k: Emit, x: Value, alpha: float) -> Value:
    """``max(0, x) + min(0, alpha*(exp(x/alpha) - 1))`` for alpha > 0, at most 4 ulp off."""
    return k.select(x >= 0.0, x, expm1_negative(k, x / alpha) * alpha)


def hard_sigmoid(k: Emit, x: Value, alpha: float, beta: float) -> Value:
    """``max(0, min(1, alpha*x + beta))``; the sum errs by at most 1 ulp of beta."""
    return clip(k, k.fma(x, k.vector(alpha), k.vector(beta)), 0.0, 1.0)


def hard_swish(k: Emit, x: Value) -> Value:
    """``x*max(0, min(1, x/6 + 0.5))``; the factor errs by at most 2^-24."""
    return x * hard_sigmoid(k, x, 1 / 6, 0.5)


def swish(k: Emit, x: Value, alpha: float) -> Value:
    """``x/(1 + exp(-alpha*x))``, at most 4 ulp off for alpha 1; else the rounding of alpha*x adds |alpha*x|/2 ulp."""
    return x / (exp(k, x * -alpha) + 1.0)


def mish(k: Emit, x: Value) -> Value:
    """``x*tanh(log(1 + exp(x)))``, at most 6 ulp off: ``x*w/(w + 2)`` with ``w = e^x * (e^x + 2)``."""
    power = exp(k, k.minimum(k.vector(20.0), x))
    w = power * (power + 2.0)
    return x * (w / (w + 2.0))


def gelu(k: Emit, x: Value) -> Value:
    """``x*P(normal number < x)``, at most 10 ulp off."""
    tail = normal_tail(k, k.absolute(x))
    return x * k.select(x < 0.0, tail, k.vector(1.0) - tail)


def gelu_tanh(k: Emit, x: Value) -> Value:
    """``0.5*x*(1 + tanh(u)) = x/(1 + exp(-2*u))``, ``u = sqrt(2/pi)*(x + 0.044715*x^3)``, at most 4 + 4*|u| ulp off."""
    u = x * k.fma(x * x, k.vector(0.7978845608028654 * 0.044715), k.vector(0.7978845608028654))
    return x / (exp(k, u * -2.0) + 1.0)


def softplus(k: Emit, x: Value) -> Value:
    """``log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|))``, at most 4 ulp off."""
    return relu(k, x) + log1p_of_fraction(k, exp(k, -k.absolute(x)))


def softsign(k: Emit, x: Value) -> Value:
    """``x/(1 + |x|)``."""
    return x / (k.absolute(x) + 1.0)


def shrink(k: Emit, x: Value, bias: float, limit: float) -> Value:
    """``x + bias if x < -limit else x - bias if x > limit else 0``."""
    return k.select(x < -limit, x + bias, k.select(x > limit, x - bias, k.vector(0.0)))


def power(k: Emit, x: Value, exponent: float) -> Value:
    """``x**exponent``, at most |exponent| + 8 ulp off by multiplication and roots.

    So are whole exponents from -64 to 64 and quarters up to 8; others are ``exp(exponent * log(x))``, at most
    4 + 4*|exponent * log(x)| ulp off.
    """
    if not exponent.is_integer() and (abs(exponent) > 8 or not (4 * exponent).is_integer()):
        return exp(k, log(k, x) * exponent)
    if not exponent.is_integer():
        root = k.square_root(x)
        result = power(k, x, float(int(abs(exponent)))) if abs(exponent) > 1 else k.vector(1.0)
        for part, factor in ((0.5, root), (0.25, k.square_root(root))):
            result = result * factor if abs(exponent) % (2 * part) >= part else result
    else:
        result, square, rest = k.vector(1.0), x, int(abs(exponent))
        while rest:
            result = result * square if rest & 1 else result
            square, rest = square * square, rest >> 1
    return k.vector(1.0) / result if exponent < 0 else result


def reciprocal(k: Emit, x: Value) -> Value:
    """``1/x``."""
    return k.vector(1.0) / x


def affine(k: Emit, x: Value, scale: float, shift: float) -> Value:
    """``scale*x + shift``, rounded once where the processor can."""
    return k.fma(x, k.vector(scale), k.vector(shift))


def divided(k: Emit, x: Value, divisor: float) -> Value:
    """``x / divisor``."""
    return x / divisor


def absolute(k: Emit, x: Value) -> Value:
    """``|x|``."""
    return k.absolute(x)


def negative(k: Emit, x: Value) -> Value:
    """``-x``."""
    return -x


def square_root(k: Emit, x: Value) -> Value:
    """Square root; NaN of a negative number."""
    return k.square_root(x)


def silu(k: Emit, x: Value) -> Value:
    """Swish with alpha 1."""
    return swish(k, x, 1.0)


def _never(_: Constants) -> bool:
    return False


FUNCTIONS: dict[str, Function] = {
    "relu": Function(relu),
    "leaky": Function(leaky, 1),
    "clip": Function(clip, 2, keeps_zero=lambda c: min(max(0.0, c[0]), c[1]) == 0),
    "thresholded": Function(thresholded, 1),
    "elu": Function(elu, 1),
    "selu": Function(selu, 2),
    "celu": Function(celu, 1, accepts=lambda c: c[0] > 0),
    "sigmoid": Function(logistic, keeps_zero=_never),
    "tanh": Function(tanh),
    "hardsigmoid": Function(hard_sigmoid, 2, keeps_zero=lambda c: c[1] <= 0),
    "hardswish": Function(hard_swish),
    "silu": Function(silu),
    "swish": Function(swish, 1),
    "mish": Function(mish),
    "gelu": Function(gelu),
    "gelu_tanh": Function(gelu_tanh),
    "softplus": Function(softplus, keeps_zero=_never),
    "softsign": Function(softsign),
    "shrink": Function(shrink, 2, keeps_zero=lambda c: c[1] >= 0),
    "erf": Function(erf),
    "exp": Function(exp, keeps_zero=_never),
    "log": Function(log, keeps_zero=_never),
    "abs": Function(absolute),
    "neg": Function(negative),
    "sqrt": Function(square_root),
    "reciprocal": Function(reciprocal, keeps_zero=_never),
    "affine": Function(affine, 2, keeps_zero=lambda c: c[1] == 0),
    "divided": Function(divided, 1, keeps_zero=lambda c: c[0] != 0),
    "power": Function(
        power,
        1,
        keeps_zero=lambda c: c[0] > 0,
        accepts=lambda c: isfinite(c[0]) and (not c[0].is_integer() or abs(c[0]) <= 64),
    ),
}


def supports(name: str, *constants: float) -> bool:
    """Whether there is a function of that name for those constants."""
    function = FUNCTIONS.get(name)
    return function is not None and function.constants == len(constants) and function.accepts(constants)


def function(name: str, *constants: float) -> Function:
    """The function of that name.

    Raises:
        ParameterError: There is none, or not for those constants; :func:`supports` tells beforehand.
    """
    if not supports(name, *constants):
        raise ParameterError(
            f'function "{name}" with constants (={constants}) cannot be emitted; known are {", ".join(FUNCTIONS)}'
        )
    return FUNCTIONS[name]


def spelled(name: str, *constants: float) -> str:
    """The function with its constants as part of a symbol: the constants' exact values, letters and digits only."""
    return "_".join([name, *(float(c).hex().replace("-", "m").replace("+", "").replace(".", "p") for c in constants)])
