"""Says what a kernel's weights encode: edge detector, line detector, blur, sharpener ... and the facts that rests on.

The judgement uses three facts. The sum: 0 means that even regions give 0 (a detector), 1 that brightness is kept. The
symmetry about the centre: a kernel that is odd (turns its sign when turned round) measures a first derivative, one that
is even a second derivative or a mean. And where positive and negative weights lie: along a line, in the centre, or
around it. Learned kernels are never exact, so each fact may be off by a few per cent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from striate.errors import DtypeError, NonFiniteError, ShapeError
from striate.graph import Array

Kind = Literal[
    "zero",
    "identity",
    "shift",
    "blur",
    "derivative",
    "edge detector",
    "line detector",
    "spike detector",
    "blob detector",
    "corner detector",
    "sharpener",
    "relief",
    "mixed",
]

# A sum, or a side's weights, up to this part of the sum of magnitudes counts as nothing.
_NEGLIGIBLE = 0.05
# From this part of the energy on, a kernel counts as odd or even about its centre.
_MOSTLY = 0.6
# Weights lie along a line when they spread across it at most this much of what they spread along it (variances).
_ELONGATED = 0.35


@dataclass(frozen=True)
class KernelDescription:
    """What a kernel's weights encode.

    Args:
        kind: What it is.
        text: One sentence on what it answers to.
        angle: Two dimensions: degrees, anticlockwise from "right", in which brightness rises (edge) or the line runs;
            None where there is no direction.
        sum: Sum of the weights: what an even region of brightness 1 gives.
        positive: Sum of the positive weights.
        negative: Sum of the negative weights.
        odd: Part of the energy, 0 to 1, that turns its sign when the kernel is turned round: 1 is a first derivative,
            0 a mean or a second derivative.
        symmetry: For each axis "even", "odd" or "none", mirrored about the centre of that axis.
    """

    kind: Kind
    text: str
    angle: float | None
    sum: float
    positive: float
    negative: float
    odd: float
    symmetry: tuple[str, ...]

    @property
    def facts(self) -> str:
        """The facts in one line."""
        sides = f"sum {self.sum:g} (positive {self.positive:g}, negative {self.negative:g})"
        mirrored = ", ".join(f"axis {axis} {what}" for axis, what in enumerate(self.symmetry))
        return f"{sides}; {self.odd:.0%} odd about the centre; mirrored: {mirrored}"


def describe(kernel: npt.ArrayLike) -> KernelDescription:
    """Says what a kernel's weights encode, and why.

    Args:
        kernel: Weights of one filter for one channel, one to three axes.

    Returns:
        What it is, in which direction, and the facts.

    Raises:
        ShapeError: There are no weights, or more than three axes.
        DtypeError: The weights are not real numbers.
        NonFiniteError: A weight is NaN or infinite.

    Example:
        >>> describe([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]).kind
        'edge detector'
        >>> describe([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]).kind
        'sharpener'
    """
    weights = _weights(kernel)
    total, size = float(weights.sum()), float(np.abs(weights).sum())
    kind, text, angle = _judge(weights, total, size)
    return KernelDescription(
        kind,
        text,
        angle,
        total,
        float(weights[weights > 0].sum()),
        float(weights[weights < 0].sum()),
        _odd_part(weights) if size else 0.0,
        tuple(_mirrored(weights, axis) for axis in range(weights.ndim)),
    )


_Judgement = tuple[Kind, str, float | None]


def _judge(weights: Array, total: float, size: float) -> _Judgement:
    if size == 0:
        return "zero", "all weights are 0: the result is 0 everywhere", None
    used = np.argwhere(np.abs(weights) > 1e-6 * np.abs(weights).max())
    if len(used) == 1:
        return _single(weights, tuple(int(i) for i in used[0]))
    negative = float(-weights[weights < 0].sum())
    if negative <= _NEGLIGIBLE * size:
        return _mean(weights, total, "")
    if size - negative <= _NEGLIGIBLE * size:
        return _mean(-weights, total, "with its sign turned, ")
    if abs(total) <= _NEGLIGIBLE * size:
        return _detector(weights, "all weights sum to 0, so even regions give 0")
    # Both signs and a sum: look at what remains when the mean is taken away.
    why = f"even regions give {total:.3g} times their brightness"
    judged = _detector(weights - weights.mean(), why)
    centre, bright = float(weights[_centre(weights)]), float(weights[weights > 0].sum())
    if total > 0 and judged[0] in ("spike detector", "blob detector") and centre > 0.9 * bright:
        return (
            "sharpener",
            f"a large centre with negative neighbours: differences from the neighbours are enlarged; {why}",
            None,
        )
    rest = weights.copy()
    rest[_centre(weights)] -= total
    if total > 0 and judged[0] == "edge detector" and _odd_part(rest) > 0.95:
        return "relief", f"the picture plus its slope, {judged[1]}", judged[2]
    return judged


def _single(weights: Array, place: tuple[int, ...]) -> _Judgement:
    factor = float(weights[place])
    scale = "" if factor == 1 else f", times {factor:.3g}"
    if place == _centre(weights):
        return "identity", f"only the centre counts: the input as it is{scale}", None
    offset = tuple(i - c for i, c in zip(place, _centre(weights), strict=True))
    return (
        "shift",
        f"only the cell at {offset} from the centre counts: the input moved by one step of that{scale}",
        None,
    )


def _mean(weights: Array, total: float, prefix: str) -> _Judgement:
    if abs(total - 1) < 0.02:
        keeps = "the sum is 1, so brightness is kept"
    else:
        keeps = f"even regions are multiplied by {total:.3g}"
    if weights.ndim > 1 and min(weights.shape) > 1 and _spread(weights)[0] < 1e-3:
        angle, way = _line_direction(weights)
        return (
            "line detector",
            f"{prefix}weights on a line that runs {way}: answers most where there is one; {keeps}",
            angle,
        )
    used = weights[weights > _NEGLIGIBLE * weights.max()]
    if np.ptp(used) <= _NEGLIGIBLE * used.max():
        return "blur", f"{prefix}all weights are equal and positive: the mean of the neighbourhood; {keeps}", None
    return "blur", f"{prefix}all weights are positive: a weighted mean of the neighbourhood; {keeps}", None


def _detector(weights: Array, why: str) -> _Judgement:
    odd = _odd_part(weights)
    if odd >= _MOSTLY:
        return _first_derivative(weights, why)
    if 1 - odd >= _MOSTLY:
        return _second_derivative(weights, why)
    return "mixed", f"no simple detector: partly odd, partly even about the centre; {why}", None


def _first_derivative(weights: Array, why: str) -> _Judgement:
    slope = np.array([(weights * x).sum() for x in _coordinates(weights)])
    reach = sum((np.abs(weights * x).sum() for x in _coordinates(weights)), 0.0)
    if np.abs(slope).max() <= _NEGLIGIBLE * reach:
        return "mixed", f"odd about the centre but without a slope: an oscillation; {why}", None
    if weights.ndim == 1:
        way = "rises" if slope[0] > 0 else "falls"
        return "derivative", f"one side against the other: positive where the signal {way}; {why}", None
    if weights.ndim == 3:
        axis = int(np.abs(slope).argmax())
        way = "rise" if slope[axis] > 0 else "fall"
        return (
            "edge detector",
            f"one side against the other: positive where the values {way} along axis {axis}; {why}",
            None,
        )
    angle = math.degrees(math.atan2(0.0 - slope[0], slope[1]))
    bright, edges = _SIDES[round(angle / 45) % 8]
    return (
        "edge detector",
        f"+ on one side, - on the other: {edges} edges, positive where the {bright} is brighter; {why}",
        angle,
    )


# The side towards which brightness rises, in steps of 45 degrees anticlockwise from the right; the edges' direction.
_SIDES = (
    ("right", "vertical"),
    ("upper right", "falling diagonal"),
    ("top", "horizontal"),
    ("upper left", "rising diagonal"),
    ("left", "vertical"),
    ("lower left", "falling diagonal"),
    ("bottom", "horizontal"),
    ("lower right", "rising diagonal"),
)


def _second_derivative(weights: Array, why: str) -> _Judgement:
    bright, dark = np.maximum(weights, 0), np.maximum(-weights, 0)
    centre = float(weights[_middle(weights)].mean())
    sign, side = ("bright", bright) if centre > 0 else ("dark", dark)
    if weights.ndim > 1 and abs(centre) <= _NEGLIGIBLE * np.abs(weights).max():
        return "corner detector", f"opposite quarters against each other: corners and crossings; {why}", None
    across, along = _spread(side**2)  # squared: the side lobes of a wave shall not hide which way its crest runs
    if weights.ndim > 1 and along > 0.1 and across < _ELONGATED * along:
        angle, way = _line_direction(side**2)
        return "line detector", f"a line against its two sides: {sign} lines that run {way}; {why}", angle
    if sum(_spread_all(side)) < sum(_spread_all(dark if sign == "bright" else bright)):
        what: Kind = "spike detector" if max(weights.shape) <= 3 else "blob detector"
        shape = "points" if what == "spike detector" else "blobs"
        return what, f"the centre against its surround: {sign} {shape}, in no direction; {why}", None
    return "mixed", f"no simple detector: even about the centre, without a clear direction; {why}", None


def _line_direction(side: Array) -> tuple[float | None, str]:
    """Angle and words for the direction along which weights lie."""
    _, vectors = np.linalg.eigh(_covariance(side))
    way = vectors[:, -1]
    if side.ndim != 2:
        return None, f"along axis {int(np.abs(way).argmax())}"
    angle = math.degrees(math.atan2(0.0 - way[0], way[1])) % 180
    words = ("horizontally", "diagonally, rising to the right", "vertically", "diagonally, falling to the right")
    return angle, words[round(angle / 45) % 4]


def _spread(side: Array) -> tuple[float, float]:
    """Variances of the places of weights, across and along the direction in which they spread most."""
    values = _spread_all(side)
    return values[0], values[-1]


def _spread_all(side: Array) -> list[float]:
    return [max(0.0, float(value)) for value in np.linalg.eigvalsh(_covariance(side))]


def _covariance(side: Array) -> Array:
    places = np.stack([x.ravel() for x in _coordinates(side)])
    mass = np.abs(side).ravel() / np.abs(side).sum()
    places = places - (places * mass).sum(axis=1, keepdims=True)
    return (places * mass) @ places.T


def _coordinates(weights: Array) -> list[Array]:
    return [np.indices(weights.shape)[axis] - (size - 1) / 2 for axis, size in enumerate(weights.shape)]


def _centre(weights: Array) -> tuple[int, ...]:
    return tuple(size // 2 for size in weights.shape)


def _middle(weights: Array) -> tuple[slice, ...]:
    """The centre: one cell along an odd axis, two along an even one."""
    return tuple(slice((size - 1) // 2, size // 2 + 1) for size in weights.shape)


def _odd_part(weights: Array) -> float:
    odd = (weights - np.flip(weights)) / 2
    return float((odd**2).sum() / (weights**2).sum())


def _mirrored(weights: Array, axis: int) -> str:
    other, size = np.flip(weights, axis), np.abs(weights).sum()
    if np.abs(weights - other).sum() <= _NEGLIGIBLE * size:
        return "even"
    return "odd" if np.abs(weights + other).sum() <= _NEGLIGIBLE * size else "none"


def _weights(kernel: npt.ArrayLike) -> Array:
    array = np.asarray(kernel)
    if array.dtype.kind not in "biuf":
        raise DtypeError(f"kernel has type {array.dtype}, expected real numbers")
    if array.ndim not in (1, 2, 3) or array.size == 0:
        raise ShapeError(
            f"kernel has shape {array.shape}, expected one to three axes, none empty; take one channel of one filter"
        )
    if not np.isfinite(array).all():
        raise NonFiniteError(f"kernel of shape {array.shape} holds NaN or infinity")
    return array.astype(np.float64)
