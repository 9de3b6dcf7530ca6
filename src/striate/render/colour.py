"""From numbers to colours: signed maps diverge from zero, unsigned maps rise through viridis, nothing is normalised.

Sources of the colours: the diverging scale is ColorBrewer's RdBu (Cynthia Brewer, Mark Harrower) from its 2nd to its
10th class with the middle lightened to the page; viridis (Stéfan van der Walt, Nathaniel Smith; CC0) by ten of its
colours, between which is interpolated.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from striate.graph import Array

Pixels = npt.NDArray[np.uint8]
Palette = Literal["signed", "unsigned", "grey"]
Scope = Literal["unit", "layer", "network"]

DIVERGING = ("2166ac", "4393c3", "92c5de", "d1e5f0", "fbfbfa", "fddbc7", "f4a582", "d6604d", "b2182b")
VIRIDIS = ("440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725")
GREY = ("000000", "ffffff")
# A number that is none belongs to no scale and must not look like silence.
NOT_A_NUMBER = (255, 0, 255)


def rgb(text: str) -> tuple[int, int, int]:
    """A colour from six hexadecimal digits.

    Example:
        >>> rgb("2166ac")
        (33, 102, 172)
    """
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)


def _table(stops: tuple[str, ...]) -> Pixels:
    places = np.linspace(0, 255, len(stops))
    channels = np.array([rgb(stop) for stop in stops], np.float64)
    columns = [np.interp(np.arange(256), places, channels[:, i]) for i in range(3)]
    return np.rint(np.stack(columns, axis=1)).astype(np.uint8)


_TABLES: dict[Palette, Pixels] = {
    "signed": _table(DIVERGING),
    "unsigned": _table(VIRIDIS),
    "grey": _table(GREY),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """Which number has which colour.

    Args:
        palette: "signed" (symmetric about zero), "unsigned" or "grey".
        low: The number at the scale's lower end.
        high: The number at its upper end.
    """

    palette: Palette
    low: float
    high: float

    def pixels(self, numbers: Array) -> Pixels:
        """Colours of numbers, shape (*numbers.shape, 3); what is not finite is magenta."""
        values = np.asarray(numbers, np.float64)
        finite = np.isfinite(values)
        span = self.high - self.low
        place = np.full(values.shape, 127.5 if self.palette == "signed" else 0.0)
        if span > 0:
            np.divide(values - self.low, span / 255, out=place, where=finite)
        # Zero is exactly the middle of a signed scale; both halves are rounded away from it alike.
        if self.palette == "signed":
            place = np.where(place > 127.5, np.floor(place + 0.5), np.where(place < 127.5, np.ceil(place - 0.5), 127.5))
        index = np.clip(np.rint(place), 0, 255).astype(np.int64)
        colours = _TABLES[self.palette][index]
        if self.palette == "signed":
            colours[values == 0] = rgb(DIVERGING[len(DIVERGING) // 2])
        colours[~finite] = NOT_A_NUMBER
        return colours


def scale_of(arrays: Iterable[Array]) -> Scale:
    """The scale that holds all the numbers: signed and symmetric if any is negative, else from 0 (or the least) up.

    Numbers that are not finite are left out. A map of values from 0 up keeps 0 as its darkest colour, so that silence
    looks silent.

    Example:
        >>> import numpy as np
        >>> scale_of([np.array([-1.0, 3.0])])
        Scale(palette='signed', low=-3.0, high=3.0)
        >>> scale_of([np.array([1.0, 3.0])])
        Scale(palette='unsigned', low=0.0, high=3.0)
    """
    lows: list[float] = []
    highs: list[float] = []
    for array in arrays:
        finite = array[np.isfinite(array)]
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
    low, high = (min(lows), max(highs)) if lows else (0.0, 0.0)
    if low < 0:
        largest = max(-low, high)
        return Scale("signed", -largest, largest)
    return Scale("unsigned", 0.0, high)


def short(number: float) -> str:
    """A number in four significant digits, with a true minus.

    Example:
        >>> short(-3.14159)
        '−3.142'
    """
    return f"{number:.4g}".replace("-", "−")
