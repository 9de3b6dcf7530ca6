"""The colours of an animation, on a light and on a dark page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from striate.errors import ParameterError
from striate.lenses.animation import Extent
from striate.render.colour import DIVERGING, GREY, NOT_A_NUMBER, VIRIDIS, Palette, rgb

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of everything but the numbers, and the ramps of these.

    Args:
        page: The ground.
        ink: Text and signs.
        faint: Text that is read second.
        hairline: Edges of cells.
        hatch: Lines of a padded cell.
        selection: The window's frame.
        result: The number that comes out, as text.
        signed: Stops from the most negative to the most positive; the middle is the page.
        unsigned: Stops from 0 up.
        grey: Stops of an input that is a picture.
    """

    page: Colour
    ink: Colour
    faint: Colour
    hairline: Colour
    hatch: Colour
    selection: Colour
    result: Colour
    signed: tuple[Colour, ...]
    unsigned: tuple[Colour, ...]
    grey: tuple[Colour, ...]

    def ramp(self, palette: Palette) -> tuple[Colour, ...]:
        """The stops of a palette."""
        return {"signed": self.signed, "unsigned": self.unsigned, "grey": self.grey}[palette]

    def text_on(self, ground: Colour) -> Colour:
        """Black or white, whichever reads better on that colour."""
        return (255, 255, 255) if _luminance(ground) < 0.18 else (0, 0, 0)


def _luminance(colour: Colour) -> float:
    """Relative luminance (WCAG 2); above 0.18 black has the greater contrast."""
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _stops(texts: tuple[str, ...]) -> tuple[Colour, ...]:
    return tuple(rgb(text) for text in texts)


LIGHT = Theme(
    page=rgb("fbfbfa"), ink=rgb("16181a"), faint=rgb("5f6367"), hairline=rgb("c9c9c5"), hatch=rgb("bdbdb8"),
    selection=rgb("d98e04"), result=rgb("9a5f00"),
    signed=_stops(DIVERGING), unsigned=_stops(VIRIDIS), grey=_stops(GREY),
)  # fmt: skip
DARK = Theme(
    page=rgb("16181a"), ink=rgb("f2f2f0"), faint=rgb("9da1a6"), hairline=rgb("3a3e43"), hatch=rgb("4a4f55"),
    selection=rgb("f5b942"), result=rgb("f5b942"),
    signed=_stops(("67a9cf", "4393c3", "2166ac", "1d3f66", "1e2124", "63262b", "b2182b", "d6604d", "f4a582")),
    unsigned=_stops(VIRIDIS), grey=_stops(GREY),
)  # fmt: skip
THEMES = {"light": LIGHT, "dark": DARK}


def theme_of(name: str) -> Theme:
    """The theme of that name.

    Raises:
        ParameterError: There is none.
    """
    if name not in THEMES:
        raise ParameterError(f'theme (="{name}") must be one of {", ".join(THEMES)}')
    return THEMES[name]


@dataclass(frozen=True, slots=True)
class Shade:
    """Which number has which colour, in a theme.

    Args:
        theme: The theme.
        palette: Its ramp.
        low: The number at the ramp's beginning.
        high: The number at its end.
    """

    theme: Theme
    palette: Palette
    low: float
    high: float

    def __call__(self, number: float) -> Colour:
        """The colour of a number; magenta for one that is none."""
        if not np.isfinite(number):
            return NOT_A_NUMBER
        stops = self.theme.ramp(self.palette)
        span = self.high - self.low
        share = (number - self.low) / span if span > 0 else (0.5 if self.palette == "signed" else 0.0)
        place = min(max(share, 0.0), 1.0) * (len(stops) - 1)
        left = min(int(place), len(stops) - 2)
        a, b = stops[left], stops[left + 1]
        red, green, blue = (round(p + (q - p) * (place - left)) for p, q in zip(a, b, strict=True))
        return red, green, blue


def shade_of(theme: Theme, extent: Extent, is_signed: bool = False, is_picture: bool = False) -> Shade:
    """The shade that holds all numbers of an extent: signed and symmetric if any is negative, else from 0 up.

    Args:
        theme: The theme.
        extent: Least and greatest of the numbers.
        is_signed: Whether they are signed by nature, as weights are.
        is_picture: Whether they are an input, which is grey where nothing is negative.
    """
    if is_signed or extent.low < 0:
        most = max(abs(extent.low), abs(extent.high))
        return Shade(theme, "signed", -most, most)
    return Shade(theme, "grey" if is_picture else "unsigned", 0.0, extent.high)
