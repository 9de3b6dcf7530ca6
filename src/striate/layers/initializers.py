"""First values of weights, by Keras's names.

The variance-scaling family draws with variance ``scale / fan``: glorot (1, mean of both fans), he (2, fan in), lecun
(1, fan in). Source: Glorot & Bengio, 2010; He et al., 2015; LeCun et al., 1998.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from striate.engine.limits import require_memory
from striate.errors import ShapeError, unknown_name
from striate.graph import Array

Initializer = str | Callable[[tuple[int, ...]], Array]

_SCALED = {"glorot": (1.0, "both"), "he": (2.0, "in"), "lecun": (1.0, "in")}
NAMES = (
    "zeros",
    "ones",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    *(f"{name}_{shape}" for name in _SCALED for shape in ("uniform", "normal")),
)


def initial(initializer: Initializer, shape: Sequence[int], rng: np.random.Generator) -> Array:
    """Makes the first values of a weight.

    Args:
        initializer: Keras's name for it (also in CamelCase), or a function of the shape.
        shape: Shape of the weight, Keras's order: the last two axes are inputs and outputs.
        rng: Where random numbers come from.

    Returns:
        Float32 array of that shape.

    Raises:
        UnknownNameError: There is no initializer of that name.
        ShapeError: The function gave another shape.
    """
    sizes = tuple(shape)
    # Drawn in float64, kept in float32.
    require_memory(12 * math.prod(sizes), f"a weight of shape {sizes}")
    if not isinstance(initializer, str):
        made = np.asarray(initializer(sizes), np.float32)
        if made.shape != sizes:
            raise ShapeError(f"initializer gave shape {made.shape}, expected {sizes}")
        return made
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in initializer).lstrip("_")
    if name not in NAMES:
        raise unknown_name("initializer", initializer, NAMES)
    return _drawn(name, sizes, rng).astype(np.float32)


def _drawn(name: str, sizes: tuple[int, ...], rng: np.random.Generator) -> Array:
    if name in ("zeros", "ones"):
        return np.full(sizes, float(name == "ones"))
    if name == "random_normal":
        return rng.normal(0, 0.05, sizes)
    if name == "random_uniform":
        return rng.uniform(-0.05, 0.05, sizes)
    if name == "truncated_normal":
        return _truncated(0.05, sizes, rng)
    family, shape = name.split("_")
    scale, which = _SCALED[family]
    fan_in, fan_out = fans(sizes)
    variance = scale / max(1.0, (fan_in + fan_out) / 2 if which == "both" else fan_in)
    if shape == "uniform":
        limit = math.sqrt(3 * variance)
        return rng.uniform(-limit, limit, sizes)
    # what remains of a normal cut at two deviations has 0.8796 of its deviation
    return _truncated(math.sqrt(variance) / 0.87962566103423978, sizes, rng)


def fans(sizes: tuple[int, ...]) -> tuple[float, float]:
    """Inputs and outputs that one output, or input, is joined to: kernel cells times channels."""
    if len(sizes) < 2:
        size = float(sizes[0]) if sizes else 1.0
        return size, size
    cells = math.prod(sizes[:-2])
    return float(cells * sizes[-2]), float(cells * sizes[-1])


def _truncated(deviation: float, sizes: tuple[int, ...], rng: np.random.Generator) -> Array:
    values = rng.normal(0, 1, sizes)
    outside = np.abs(values) > 2
    while outside.any():
        values[outside] = rng.normal(0, 1, int(outside.sum()))
        outside = np.abs(values) > 2
    return values * deviation
