"""The curve of an activation: what it makes of every number around the one that it was given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from striate import ops
from striate.engine import Recording
from striate.graph import Array, UnitAddress
from striate.lenses.explain.explanation import Numbers
from striate.lenses.explain.lens import main_site
from striate.lenses.explain.site import Site

# Functions of one number; further operands (a slope, limits) stay as they are.
FUNCTIONS = (ops.Pointwise, ops.PRelu, ops.Clip)


@dataclass(frozen=True, eq=False)
class Curve:
    """A function of one number, sampled.

    Args:
        x: Where, float64 and rising; symmetrical about 0.
        y: What the function makes of it.
        at: The number that the unit's function was given.
        value: What it made of it, in float64.
    """

    x: Numbers
    y: Numbers
    at: float
    value: float


def curve(recording: Recording, address: UnitAddress | str, samples: int = 129) -> Curve | None:
    """The function of one number that made a unit, over the range of numbers that it is given in its map.

    Args:
        recording: A run with every value kept.
        address: Which unit; of a layer of several nodes the main one counts, as in :func:`explain`.
        samples: How many numbers; where the function has limits, these are added.

    Returns:
        The curve; None where the unit is made by something else than a function of one number.

    Example:
        >>> import numpy as np, striate as st
        >>> model = st.Sequential([st.layers.Activation("relu", input_shape=(3, 1))])
        >>> run = st.Network(model.to_model()).run(np.array([-2.0, 0.5, 1.0]).reshape(1, 3, 1))
        >>> found = curve(run.recording, "activation:0@1", samples=5)
        >>> found.x.tolist(), found.y.tolist(), found.value
        ([-2.0, -1.0, 0.0, 1.0, 2.0], [0.0, 0.0, 0.0, 1.0, 2.0], 0.5)
    """
    site = main_site(recording, address)
    if site is None or not isinstance(site.node.op, FUNCTIONS) or site.array(0).dtype.kind != "f":
        return None
    given, others = site.array(0), _others(site)
    at = float(given[site.broadcast_index(0)])
    reach = _reach(given[site.index[:2]] if given.shape == site.result.shape else given, at)
    limits = [float(other) for other in others if other is not None and abs(float(other)) <= reach]
    x = np.unique(np.concatenate([np.linspace(-reach, reach, samples), limits]))
    y = _at(site, x, others)
    return Curve(x, y, at, float(_at(site, np.array([at]), others)[0]))


def _reach(numbers: Array, at: float) -> float:
    """The largest magnitude among the numbers, at least 1 where all of them are 0."""
    finite = np.abs(numbers[np.isfinite(numbers)])
    reach = max(float(finite.max()) if finite.size else 0.0, abs(at) if np.isfinite(at) else 0.0)
    return reach or 1.0


def _others(site: Site) -> list[Array | None]:
    """The further operands as they are here."""
    return [
        np.asarray(site.array(position)[site.broadcast_index(position)], np.float64) if site.has(position) else None
        for position in range(1, len(site.node.inputs))
    ]


def _at(site: Site, x: Numbers, others: list[Array | None]) -> Numbers:
    repeated = [None if other is None else np.broadcast_to(other, x.shape) for other in others]
    if isinstance(site.node.op, ops.Clip):  # whose limits are single numbers
        repeated = others
    with np.errstate(all="ignore"):
        return np.asarray(site.node.op.reference(x, *repeated)[site.output], np.float64)
