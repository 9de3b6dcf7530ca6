"""Numbers in as few digits as tell them apart, alike in a whole animation."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from striate.graph import Array

MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Numerals:
    """How the numbers of one kind are written.

    Args:
        decimals: Digits behind the point; -1 for the form 1.2e-9.
        exact: Whether all of them are written in full.
    """

    decimals: int
    exact: bool

    def __call__(self, number: float) -> str:
        """The number, with a true minus; a zero has no sign."""
        text = f"{number:.1e}" if self.decimals < 0 else f"{number:.{self.decimals}f}"
        if float(text) == 0:
            text = text.lstrip("-")
        return text.replace("-", "−")


def numerals_of(arrays: Iterable[Array], more: int = 0) -> Numerals:
    """Whole numbers as such, others with three significant digits of the largest, two below 1.

    Args:
        arrays: All numbers of one kind.
        more: Further digits, for sums.

    Example:
        >>> numerals_of([np.array([0.33, 0.8215])])(0.8215)
        '0.82'
    """
    parts = [np.asarray(array, np.float64).reshape(-1) for array in arrays]
    numbers = np.concatenate(parts) if parts else np.zeros(0)
    numbers = numbers[np.isfinite(numbers)]
    most = float(np.abs(numbers).max()) if numbers.size else 0.0
    if most < 1e6 and (numbers == np.rint(numbers)).all():
        return Numerals(0, True)
    power = math.floor(math.log10(most))
    decimals = (2 - power if power >= 0 else 1 - power) + more
    if power >= 6 or decimals > MOST_DECIMALS:
        return Numerals(-1, False)
    decimals = max(0, decimals)
    while decimals and (np.round(numbers, decimals) == np.round(numbers, decimals - 1)).all():
        decimals -= 1
    return Numerals(decimals, bool((np.round(numbers, decimals) == numbers).all()))
