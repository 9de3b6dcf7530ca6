"""Elementary functions of vectors of float32: exp, expm1, log, tanh, erf, the logistic and the normal distribution.

Each is an argument reduction to a short interval and a polynomial there, whose coefficients minimise the largest
relative error (Lawson's iteration in float64, then rounded to float32). Bounds in ulp hold for every float32 where the
processor fuses multiplication and addition; without that (instruction set "generic") one ulp is added. Numbers below
2^-126 in size count as zero in a run, which flushes denormals; so a product with such a number may be zero too.

Source: W. J. Cody, W. Waite, Software Manual for the Elementary Functions, 1980: the reduction by ln 2 in two parts.
"""

from __future__ import annotations

from collections.abc import Sequence

from striate.engine.emit import Emit
from striate.engine.value import Value

LOG2_E = 1.4426950408889634
LN_2 = 0.6931471805599453
# ln 2 in two parts: the first has so few bits that its product with an exponent is exact.
LN_2_HIGH = 0.693359375
LN_2_LOW = LN_2 - LN_2_HIGH
# Added and taken away again, it rounds to a whole number and leaves it in the lowest bits.
ROUNDER = 12582912.0
# (exp(r) - 1 - r)/r^2 for |r| <= ln(2)/2, relative error of exp(r) - 1: 2.3e-9.
EXPONENTIAL = (0.5, 0.16666666, 0.04166636, 0.00833339, 0.001394072, 0.00019845886)
# (log(1 + f) - f + f^2/2)/f^3 for sqrt(1/2) <= 1 + f <= sqrt(2), relative error of the logarithm: 6.4e-9.
LOGARITHM = (0.3333333, -0.2500082, 0.20001227, -0.16623357, 0.14201757, -0.13160183, 0.12761581, -0.07634499)
# erf(x)/x in powers of x^2 for |x| <= 1, relative error 7e-8.
ERROR_FUNCTION = (1.1283791, -0.37612626, 0.112835854, -0.026853813, 0.0051883287, -0.0008010203, 7.85389e-05)
# exp(a^2/2) * P(a < normal number) in powers of t = 1/(1 + 0.3*a) for 0 <= a <= 14, relative error 6.5e-8.
TAIL_SLOPE = 0.3
TAIL = (
    7.168842e-06, 0.11948769, 0.12192034, 0.09468355, 0.14253545, -0.076506354, 0.22865996, -0.16916604, 0.038378276,
)  # fmt: skip


def polynomial(k: Emit, x: Value, coefficients: Sequence[float]) -> Value:
    """``coefficients[0] + coefficients[1]*x + ...`` by Horner's rule."""
    total = k.vector(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = k.fma(total, x, k.vector(coefficient))
    return total


def exp(k: Emit, x: Value) -> Value:
    """``e^x``, at most 1 ulp off; infinite above 88.72284, zero far below, NaN of NaN."""
    x = k.minimum(k.vector(89.0), k.maximum(k.vector(-104.0), x))
    exponent, above = _reduced(k, x)
    # Twice half the exponent, for it may lie outside float32's range where the result does not.
    half = exponent >> 1
    return (above + 1.0) * _power_of_two(k, half) * _power_of_two(k, exponent - half)


def expm1_negative(k: Emit, x: Value) -> Value:
    """``e^x - 1`` for x <= 0, at most 2 ulp off; of a positive x it may be anything."""
    exponent, above = _reduced(k, k.maximum(k.vector(-40.0), x))
    power = _power_of_two(k, exponent)
    return k.fma(above, power, power - 1.0)


def _reduced(k: Emit, x: Value) -> tuple[Value, Value]:
    """Whole n and ``e^r - 1`` with ``x = n*ln(2) + r``, |r| <= ln(2)/2."""
    rounded = k.fma(x, k.vector(LOG2_E), k.vector(ROUNDER))
    n = rounded - ROUNDER
    r = k.fma(n, k.vector(-LN_2_LOW), k.fma(n, k.vector(-LN_2_HIGH), x))
    above = k.fma(r * r, polynomial(k, r, EXPONENTIAL), r)
    return (k.bits(rounded) << 9) >> 9, above


def _power_of_two(k: Emit, exponent: Value) -> Value:
    return k.from_bits((exponent + 127) << 23)


def log(k: Emit, x: Value) -> Value:
    """Natural logarithm, at most 2 ulp off; minus infinity of zero and denormals, NaN of negative numbers and NaN."""
    bits = k.bits(x)
    exponent = (bits - 0x3F3504F3) >> 23  # of 1/sqrt(2)
    fraction = k.from_bits(bits - (exponent << 23)) - 1.0
    result = _log1p_scaled(k, fraction, k.to_float(exponent))
    result = k.select(x < 2.0**-126, k.vector(float("-inf")), result)
    result = k.select(x <= -(2.0**-126), k.vector(float("nan")), result)
    return k.select(x <= 3.4028234663852886e38, result, x)  # infinity and NaN are their own


def log1p_of_fraction(k: Emit, u: Value) -> Value:
    """``log(1 + u)`` for 0 <= u <= 1, at most 2 ulp off."""
    large = u > 0.41421354
    fraction = k.select(large, (u - 1.0) * 0.5, u)
    return _log1p_scaled(k, fraction, k.select(large, k.vector(1.0), k.vector(0.0)))


def _log1p_scaled(k: Emit, f: Value, exponent: Value) -> Value:
    """``log((1 + f) * 2^exponent)``."""
    square = f * f
    curve = k.fma(f * square, polynomial(k, f, LOGARITHM), k.fma(square, k.vector(-0.5), exponent * LN_2_LOW))
    return k.fma(exponent, k.vector(LN_2_HIGH), f + curve)


def tanh(k: Emit, x: Value) -> Value:
    """Hyperbolic tangent, at most 4 ulp off: ``-m/(2 + m)`` with ``m = e^(-2|x|) - 1``."""
    m = expm1_negative(k, k.absolute(x) * -2.0)
    return k.copy_sign(m / (m + 2.0), x)


def logistic(k: Emit, x: Value) -> Value:
    """``1/(1 + e^-x)``, at most 3 ulp off; below -88.72284 it is zero."""
    return k.vector(1.0) / (exp(k, -x) + 1.0)


def normal_tail(k: Emit, a: Value) -> Value:
    """The probability that a normal number exceeds a >= 0: ``erfc(a/sqrt(2))/2``, at most 8 ulp off."""
    a = k.minimum(k.vector(15.0), a)  # beyond, it is zero in float32
    t = k.vector(1.0) / k.fma(a, k.vector(TAIL_SLOPE), k.vector(1.0))
    square = a * a
    # What rounding took from the square matters once it is in the exponent.
    lost = _lost_of_square(k, a, square)
    bell = exp(k, square * -0.5)
    return k.fma(bell, lost * -0.5, bell) * polynomial(k, t, TAIL)


def _lost_of_square(k: Emit, a: Value, square: Value) -> Value:
    """``a*a - square``, exactly."""
    if k.target.name != "generic":
        return k.fma(a, a, -square)
    # Without fused multiplication: halves of twelve bits, whose products are exact (Dekker, 1971).
    high = k.from_bits(k.bits(a) & -4096)
    low = a - high
    return (high * high - square) + (high + high) * low + low * low


def erf(k: Emit, x: Value) -> Value:
    """Error function, at most 4 ulp off."""
    a = k.absolute(x)
    near = x * polynomial(k, x * x, ERROR_FUNCTION)
    bounded = k.minimum(k.vector(4.0), a)
    far = k.fma(normal_tail(k, bounded * 1.4142135623730951), k.vector(-2.0), k.vector(1.0))
    return k.select(a <= 1.0, near, k.copy_sign(far, x))
