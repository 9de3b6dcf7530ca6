"""Says what a kernel's weights encode: edge detector, line detector, blur, sharpener ... and the facts that rests on.

The judgement uses three facts. The sum: 0 means that constant areas give 0 (a detector), 1 that brightness is kept. The
symmetry about the centre: a kernel that is odd (turns its sign when turned half round) measures a first derivative, one
that is even a second derivative or a mean. And where positive and negative weights lie: along a line, in the centre, or
around it. Learned kernels are never exact, so each fact may be off by a few per cent; the words then say "nearly".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from striate.arguments import real_array
from striate.errors import NonFiniteError, ShapeError
from striate.filters.halves import EXACT, NEGLIGIBLE, halves_in_words, mirrored, odd_part, scaled, signs
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
        halves: The same in words, for each axis that tells something, or for the kernel turned half round.
    """

    kind: Kind
    text: str
    angle: float | None
    sum: float
    positive: float
    negative: float
    odd: float
    symmetry: tuple[str, ...]
    halves: tuple[str, ...]

    @property
    def facts(self) -> str:
        """The facts in one line, with what they mean for the kernel.

        Example:
            >>> print(describe([1, 2, 1]).facts)
            sum 4 (positive 4, negative 0); the right half mirrors the left one
        """
        total = 0.0 if abs(self.sum) <= EXACT * (self.positive - self.negative) else self.sum
        sides = f"positive {signs(self.positive)}, negative {signs(self.negative)}"
        return "; ".join([f"sum {signs(total)} ({sides})", *self.halves])


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
    odd = odd_part(weights) if size else 0.0
    return KernelDescription(
        kind,
        text,
        angle,
        total,
        float(weights[weights > 0].sum()),
        float(weights[weights < 0].sum()),
        odd,
        tuple(mirrored(weights, axis) for axis in range(weights.ndim)),
        halves_in_words(weights) if size else (),
    )


_Judgement = tuple[Kind, str, float | None]


def _judge(weights: Array, total: float, size: float) -> _Judgement:
    if size == 0:
        return "zero", "all weights are 0: the result is 0 everywhere", None
    used = np.argwhere(np.abs(weights) > 1e-6 * np.abs(weights).max())
    if len(used) == 1:
        return _single(weights, tuple(int(i) for i in used[0]))
    negative = float(-weights[weights < 0].sum())
    if negative <= NEGLIGIBLE * size:
        return _mean(weights, total, "")
    if size - negative <= NEGLIGIBLE * size:
        return _mean(-weights, total, "with its sign turned, ")
    if abs(total) <= NEGLIGIBLE * size:
        return _detector(weights, _nothing(total, size), "positive")
    # Both signs and a sum: look at what remains when the mean is taken away.
    why = _kept(total)
    judged = _detector(weights - weights.mean(), why, "larger")
    centre, bright = float(weights[_centre(weights)]), float(weights[weights > 0].sum())
    if total > 0 and judged[0] in ("spike detector", "blob detector") and centre > 0.9 * bright:
        return (
            "sharpener",
            f"a large centre with negative neighbours: differences from the neighbours are enlarged; {why}",
            None,
        )
    rest = weights.copy()
    rest[_centre(weights)] -= total
    if total > 0 and judged[0] == "edge detector" and odd_part(rest) > 0.95:
        times = "" if abs(total - 1) < 0.02 else f", times {_brief(total)},"
        return "relief", f"the picture{times} plus its slope, {judged[1]}", judged[2]
    return judged


def _kept(total: float) -> str:
    if abs(total - 1) < 0.02:
        return f"constant areas {'' if abs(total - 1) < EXACT else 'nearly '}keep their brightness"
    return f"constant areas give {_brief(total)} times their brightness"


def _nothing(total: float, size: float) -> str:
    if abs(total) <= EXACT * size:
        return "all weights sum to 0, so constant areas give 0"
    return f"all weights sum to nearly 0 ({_brief(total)}), so constant areas give nearly 0"


def _single(weights: Array, place: tuple[int, ...]) -> _Judgement:
    factor = float(weights[place])
    scale = "" if factor == 1 else f", times {_brief(factor)}"
    if place == _centre(weights):
        return "identity", f"only the centre counts: the input as it is{scale}", None
    offset = tuple(i - c for i, c in zip(place, _centre(weights), strict=True))
    where = str(offset).replace("-", "−")
    return (
        "shift",
        f"only the cell at {where} from the centre counts: the input moved by one step of that{scale}",
        None,
    )


def _mean(weights: Array, total: float, prefix: str) -> _Judgement:
    keeps = f"constant areas are multiplied by {_brief(total)}"
    if abs(total - 1) < 0.02:
        nearly = "" if abs(total - 1) < EXACT else "nearly "
        keeps = f"the sum is {nearly}1, so brightness is {nearly}kept"
    # Of a volume's three spreads the two smallest: weights in a plane are on no line.
    if weights.ndim > 1 and min(weights.shape) > 1 and _spread_all(weights)[-2] < 1e-3:
        angle, way = _line_direction(weights)
        return (
            "line detector",
            f"{prefix}weights on a line that runs {way}: answers most where there is one; {keeps}",
            angle,
        )
    return "blur", f"{prefix}{_positive(weights)} of the neighbourhood; {keeps}", None


def _positive(weights: Array) -> str:
    """What kind of mean weights make of which few are negative."""
    most, least = float(weights.max()), float(weights.min())
    used = weights[weights > NEGLIGIBLE * most]
    equal = np.ptp(used) <= NEGLIGIBLE * used.max()
    nearly = "" if np.ptp(used) <= 1e-6 * used.max() else "nearly "
    if least > NEGLIGIBLE * most:
        return f"all weights are {nearly}equal and positive: the mean" if equal else (
            "all weights are positive: a weighted mean")  # fmt: skip
    other = "that are not 0" if ((weights == 0) | (weights > NEGLIGIBLE * most)).all() else "that count"
    if equal:
        return f"the weights {other} are {nearly}equal and positive: the mean of a part"
    sign = "positive" if least > 0 else "positive or 0" if least == 0 else "nearly all positive"
    return f"the weights are {sign}: a weighted mean"


def _detector(weights: Array, why: str, more: str) -> _Judgement:
    odd = odd_part(weights)
    if odd >= _MOSTLY:
        return _first_derivative(weights, why, more)
    if 1 - odd >= _MOSTLY:
        return _second_derivative(weights, why)
    return "mixed", f"no simple detector: turned half round it neither stays the same nor turns its sign; {why}", None


def _first_derivative(weights: Array, why: str, more: str) -> _Judgement:
    places = _coordinates(weights)
    slope = np.array([(weights * x).sum() for x in places])
    reach = sum((np.abs(weights * x).sum() for x in places), 0.0)
    axis = int(np.abs(slope).argmax())
    if np.abs(slope).max() <= NEGLIGIBLE * reach or not _steps_too(weights, slope if weights.ndim < 3 else None, axis):
        return "mixed", f"it has two sides but no slope from one to the other: an oscillation; {why}", None
    sides = "one side against the other"
    if weights.ndim == 1:
        way = "rises" if slope[0] > 0 else "falls"
        return "derivative", f"{sides}: {more} where the signal {way}; {why}", None
    if weights.ndim == 3:
        way = "rise" if slope[axis] > 0 else "fall"
        return "edge detector", f"{sides}: {more} where the values {way} along axis {axis}; {why}", None
    if more == "positive":
        sides = "+ on one side, − on the other"
    angle = math.degrees(math.atan2(0.0 - slope[0], slope[1]))
    bright, edges = _SIDES[round(angle / 45) % 8]
    return (
        "edge detector",
        f"{sides}: {_roughly(angle)}{edges} edges, {more} where the {bright} is brighter; {why}",
        angle,
    )


def _steps_too(weights: Array, slope: Array | None, axis: int) -> bool:
    """Whether the side towards which values rise has the larger weights: a step is answered as a slope is."""
    places = _coordinates(weights)
    if slope is None:
        along = places[axis] * np.sign((weights * places[axis]).sum())
    else:
        along = sum((part * x for part, x in zip(slope, places, strict=True)), np.zeros(weights.shape))
    return bool(
        (weights * np.sign(np.where(np.abs(along) < 1e-9 * np.abs(along).max(), 0, along))).sum()
        > 1e-9 * np.abs(weights).sum()
    )


def _roughly(angle: float) -> str:
    """A word for directions that are no multiple of 45 degrees."""
    return "roughly " if abs(angle - 45 * round(angle / 45)) > 10 else ""


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
    if weights.ndim > 1 and abs(centre) <= NEGLIGIBLE * np.abs(weights).max():
        return _without_centre(weights, why)
    # Squared: the side lobes of a wave shall not hide which way its crest runs.
    across, along = _spread(scaled(side) ** 2)
    if weights.ndim > 1 and along > 0.1 and across < _ELONGATED * along:
        angle, way = _line_direction(scaled(side) ** 2)
        if angle is None or _answers_lines(weights if sign == "bright" else -weights, angle):
            return "line detector", f"a line against its two sides: {sign} lines that run {way}; {why}", angle
    if sum(_spread_all(side)) < sum(_spread_all(dark if sign == "bright" else bright)):
        what: Kind = "spike detector" if max(weights.shape) <= 3 else "blob detector"
        shape = "points" if what == "spike detector" else "blobs"
        return what, f"the centre against its surround: {sign} {shape}, in no direction; {why}", None
    return (
        "mixed",
        f"no simple detector: turned half round it stays the same, but it has no clear direction; {why}",
        None,
    )


def _without_centre(weights: Array, why: str) -> _Judgement:
    """A kernel that is even and whose centre counts for nothing: a saddle, or nothing that has a name."""
    if weights.ndim == 2:
        y, x = (np.sign(place) for place in _coordinates(weights))
        quarters = [float((weights * (y == i) * (x == j)).sum()) for i, j in ((-1, -1), (1, 1), (-1, 1), (1, -1))]
        if min(quarters[:2]) > 0 > max(quarters[2:]) or max(quarters[:2]) < 0 < min(quarters[2:]):
            return "corner detector", f"opposite quarters against each other: corners and crossings; {why}", None
    return (
        "mixed",
        f"no simple detector: turned half round it stays the same, and its centre counts for nothing; {why}",
        None,
    )


def _answers_lines(weights: Array, angle: float) -> bool:
    """Whether the best line of cells in a direction weighs at least as much as the best one across it."""
    rows, columns = weights.shape
    falling, rising = (
        max(float(np.trace(turned, offset)) for offset in range(1 - rows, columns))
        for turned in (weights, np.flip(weights, 1))
    )
    best = (float(weights.sum(axis=1).max()), rising, float(weights.sum(axis=0).max()), falling)
    way = round(angle / 45) % 4
    return best[way] > 0 and best[way] >= best[(way + 2) % 4]


def _line_direction(side: Array) -> tuple[float | None, str]:
    """Angle and words for the direction along which weights lie."""
    _, vectors = np.linalg.eigh(_covariance(side))
    way = vectors[:, -1]
    if side.ndim != 2:
        return None, f"along axis {int(np.abs(way).argmax())}"
    angle = math.degrees(math.atan2(0.0 - way[0], way[1])) % 180
    words = ("horizontally", "diagonally, rising to the right", "vertically", "diagonally, falling to the right")
    return angle, _roughly(angle) + words[round(angle / 45) % 4]


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


def _brief(number: float) -> str:
    return f"{number:.3g}".replace("-", "−")


def _weights(kernel: npt.ArrayLike) -> Array:
    array = real_array(kernel, "kernel")
    if array.ndim not in (1, 2, 3) or array.size == 0:
        raise ShapeError(
            f"kernel has shape {array.shape}, expected one to three axes, none empty; take one channel of one filter"
        )
    if not np.isfinite(array).all():
        raise NonFiniteError(f"kernel of shape {array.shape} holds NaN or infinity")
    weights = array.astype(np.float64)
    with np.errstate(over="ignore"):
        square = float((weights * weights).sum())
    if not math.isfinite(square):
        raise NonFiniteError(
            f"kernel of shape {array.shape} has weights whose squares are beyond float64; scale it down"
        )
    return weights
