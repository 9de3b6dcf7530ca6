"""What is told of repeated times: median, quartiles, least; and the mean of ratios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np


@dataclass(frozen=True, slots=True)
class Spread:
    """Repeated times of one thing, in seconds.

    Args:
        least: The shortest.
        lower: First quartile.
        median: The middle one.
        upper: Third quartile.
        count: How many times there were.
    """

    least: float
    lower: float
    median: float
    upper: float
    count: int


def spread(times: Sequence[float]) -> Spread:
    """The spread of at least one time; between two times quartiles are interpolated linearly."""
    least, lower, median, upper = (float(q) for q in np.quantile(np.array(times), [0, 0.25, 0.5, 0.75]))
    return Spread(least, lower, median, upper, len(times))


def geometric_mean(ratios: Sequence[float]) -> float:
    """The mean for ratios: twice as fast and half as fast make 1."""
    return exp(sum(map(log, ratios)) / len(ratios))
