"""Emitted functions against NumPy and SciPy in float64, over the whole range of float32."""

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels import activation, elementary
from striate.engine.value import Value
from striate.errors import ParameterError
from striate.ops import (
    Clip,
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    Relu,
    Shrink,
    Swish,
    ThresholdedRelu,
)
from tests.engine.blocked import TARGETS, Poisoned, each_target, run

SPECIAL = np.array(
    [0.0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 3.4028235e38, -3.4028235e38, 88.72283, 88.72284], np.float32
)
TINY = 2.0**-126


def sample() -> np.ndarray:
    """Every 9973rd float32, infinities, NaN, and neighbours of the places where formulas change."""
    spread = np.arange(0, 2**32, 9973, np.uint64).astype(np.uint32).view(np.float32)
    near = np.concatenate([np.linspace(a - 0.01, a + 0.01, 1001) for a in (-88, -1, 0, 0.4142, 0.6931, 1, 1.4142, 88)])
    small = np.linspace(-20, 20, 40001)
    x = np.concatenate([spread, near.astype(np.float32), small.astype(np.float32), SPECIAL])
    return x[~((x != 0) & (np.abs(x) < TINY))]  # a run flushes denormals


def apply(function: Callable[[Emit, Value], Value], x: np.ndarray, target: Isa) -> np.ndarray:
    k = Emit("apply", target)
    source, result, count = k.pointer("x"), k.pointer("y"), k.size("count")
    with k.loop(0, count, k.lanes) as i:
        k.store(function(k, k.load(source, i)), result, i)
    size = -(-x.size // k.lanes) * k.lanes
    given, made = Poisoned(size), Poisoned(size)
    given.inside[: x.size] = x
    given.inside[x.size :] = 1
    run(k, {"x": given.address, "y": made.address, "count": size}, 1)
    made.check()
    return made.inside[: x.size]


def ulps(got: np.ndarray, exact: np.ndarray, flushed: float = TINY) -> np.ndarray:
    """Distance in ulp of the exact result, 0 where it is at most ``flushed``; infinities and NaN must agree."""
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = exact.astype(np.float32)
        np.testing.assert_array_equal(np.isnan(got), np.isnan(exact))
        finite = np.isfinite(exact)
        # Where the exact result rounds to the largest number, infinity is less than an ulp off.
        size = np.maximum(np.abs(exact), TINY)
        unit = 2.0 ** (np.floor(np.log2(np.where(finite, size, 1))) - 23)
        distance = np.abs(
            np.clip(got.astype(np.float64), -(2.0**128), 2.0**128) - np.clip(exact, -(2.0**128), 2.0**128)
        )
        np.testing.assert_array_equal(got[~finite & ~np.isnan(exact)], rounded[~finite & ~np.isnan(exact)])
    return np.where(finite & (distance > flushed), distance / unit, 0)


def reference(scipy: ModuleType) -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    special = pytest.importorskip("scipy.special")
    return {
        "exp": np.exp,
        "log": np.log,
        "tanh": np.tanh,
        "erf": special.erf,
        "sigmoid": special.expit,
        "silu": lambda x: x * special.expit(x),
        "mish": lambda x: x * np.tanh(np.logaddexp(0, x)),
        "gelu": lambda x: x * special.ndtr(x),
        "softplus": lambda x: np.logaddexp(0, x),
        "elu": lambda x: np.where(x >= 0, x, 0.75 * np.expm1(np.minimum(x, 0))),
        "selu": lambda x: np.float32(1.05) * np.where(x >= 0, x, np.float32(1.7) * np.expm1(np.minimum(x, 0))),
        "celu": lambda x: np.where(x >= 0, x, 1.5 * np.expm1(np.minimum(x, 0) / 1.5)),
        "softsign": lambda x: x / (1 + np.abs(x)),
        "sqrt": np.sqrt,
        "reciprocal": lambda x: 1 / x,
        "power": lambda x: x**3,
    }


CONSTANTS = {"elu": (0.75,), "selu": (1.7, 1.05), "celu": (1.5,), "power": (3.0,)}
ULPS = {
    "exp": 1, "log": 2, "tanh": 4, "erf": 4, "sigmoid": 3, "silu": 4, "mish": 6, "gelu": 10, "softplus": 4,
    "elu": 3, "selu": 4, "celu": 4, "softsign": 1.5, "sqrt": 0.5, "reciprocal": 0.5, "power": 1.5,
}  # fmt: skip


@each_target
@pytest.mark.parametrize("name", ULPS)
def test_function_is_as_exact_as_stated(name: str, target: Isa, scipy: ModuleType) -> None:
    x, constants = sample(), CONSTANTS.get(name, ())
    got = apply(lambda k, v: activation.FUNCTIONS[name].emit(k, v, *constants), x, target)
    with np.errstate(all="ignore"):
        exact = reference(scipy)[name](x.astype(np.float64))
    # What is below 2^-126 is flushed, and these multiply something flushed by up to 128.
    distance = ulps(got, exact, 2.0**-119 if name in ("silu", "mish", "gelu", "celu") else TINY)
    bound = ULPS[name] + (target.name == "generic")
    worst = int(np.argmax(distance))
    assert distance[worst] <= bound, (x[worst], got[worst], exact[worst], distance[worst])


OPS = {
    ("relu",): Relu(),
    ("leaky", 0.25): LeakyRelu(0.25),
    ("clip", -0.5, 6.0): Clip(),
    ("thresholded", 0.75): ThresholdedRelu(0.75),
    ("hardsigmoid", 0.2, 0.5): HardSigmoid(0.2, 0.5),
    ("hardswish",): HardSwish(),
    ("swish", 1.5): Swish(1.5),
    ("gelu_tanh",): Gelu("tanh"),
    ("shrink", 0.25, 0.5): Shrink(0.25, 0.5),
}


@each_target
@pytest.mark.parametrize("stage", OPS, ids=[str(stage[0]) for stage in OPS])
def test_function_is_that_of_the_op(stage: tuple[str, ...], target: Isa) -> None:
    name, *constants = stage
    x = np.concatenate([np.linspace(-8, 8, 4001), [np.nan, np.inf, 1e30]]).astype(np.float32)
    got = apply(lambda k, v: activation.function(name, *constants).emit(k, v, *constants), x, target)
    operands = [np.float32(c) for c in constants] if name == "clip" else []
    with np.errstate(all="ignore"):
        (expected,) = OPS[stage].reference(x, *operands)
    np.testing.assert_allclose(got, expected, rtol=40 * 2.0**-23 if "gelu" in name else 1e-6, atol=2.0**-22)


@each_target
@pytest.mark.parametrize("exponent", [-3.0, -0.75, 0.25, 0.75, 1.25, 2.0, 2.5, 7.0, -1.3, 0.1, 2.4])
def test_powers(exponent: float, target: Isa) -> None:
    x = np.concatenate([np.geomspace(1e-4, 1e4, 4001), [0.0, np.nan, -2.0]]).astype(np.float32)
    got = apply(lambda k, v: activation.function("power", exponent).emit(k, v, exponent), x, target)
    with np.errstate(all="ignore"):
        exact = x.astype(np.float64) ** exponent
        bound = 8 + abs(exponent) + 4 * np.abs(exponent * np.log(np.abs(x)))
    np.testing.assert_array_equal(np.isnan(got), np.isnan(exact))
    fine = np.isfinite(exact) & (x != 0)
    assert (np.abs(got[fine] - exact[fine]) <= bound[fine] * 2.0**-23 * np.abs(exact[fine])).all()
    assert got[x == 0].tolist() == exact[x == 0].tolist()


@each_target
def test_log1p_of_fraction(target: Isa) -> None:
    u = np.concatenate([np.linspace(0, 1, 100001), np.geomspace(1e-37, 1, 10001)]).astype(np.float32)
    got = apply(elementary.log1p_of_fraction, u, target)
    assert ulps(got, np.log1p(u.astype(np.float64))).max() <= 2 + (target.name == "generic")


@pytest.mark.parametrize("stage", [("celu", -1.0), ("power", 65.0), ("power", float("inf")), ("relu", 1.0), ("swosh",)])
def test_what_cannot_be_emitted_is_refused(stage: tuple[str, ...]) -> None:
    assert not activation.supports(*stage)
    with pytest.raises(
        ParameterError, match=f'function "{stage[0]}" with constants .* cannot be emitted; known are relu'
    ):
        activation.function(*stage)


@pytest.mark.parametrize("name", activation.FUNCTIONS)
@pytest.mark.parametrize("constants", [(0.5, 0.25), (-0.5, 0.25), (-0.5, -0.25), (0.5, 0.0), (1.0, 1.0), (2.0, 2.0)])
def test_keeps_zero_says_what_happens_at_zero(name: str, constants: tuple[float, ...]) -> None:
    known = activation.FUNCTIONS[name]
    constants = constants[: known.constants]
    if activation.supports(name, *constants):
        at_zero = apply(lambda k, v: known.emit(k, v, *constants), np.zeros(16, np.float32), TARGETS[0])
        assert known.keeps_zero(constants) == (at_zero == 0).all()
