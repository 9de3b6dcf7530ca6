"""Maps as pictures that suit any page: signed numbers as colours of growing opacity, so that zero is the page."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from striate.graph import Array
from striate.render.colour import Pixels, Scale, rgb, short
from striate.render.html.element import Markup, element

NEGATIVE, POSITIVE = "2166ac", "b2182b"
# How opaque a cell's colour gets behind figures: they stay readable (contrast above 4.5) on white and on black.
_BEHIND_FIGURES = 0.5


def pixels(numbers: Array, scale: Scale) -> Pixels:
    """RGBA of numbers, shape (*numbers.shape, 4); what is not finite is magenta."""
    colours = scale.pixels(numbers)
    alpha = np.full(numbers.shape, 255, np.uint8)
    if scale.palette == "signed":
        values = np.asarray(numbers, np.float64)
        finite = np.isfinite(values)
        share = np.zeros(values.shape)
        if scale.high > 0:
            np.divide(np.abs(values), scale.high, out=share, where=finite)
        alpha[finite] = np.rint(255 * np.clip(share[finite], 0, 1)).astype(np.uint8)
        colours[np.logical_and(finite, values < 0)] = rgb(NEGATIVE)
        colours[np.logical_and(finite, values >= 0)] = rgb(POSITIVE)
    return np.concatenate([colours, alpha[..., None]], axis=-1)


def map_image(numbers: Array, scale: Scale, width: int, label: str) -> Markup:
    """A map (h, w), each cell a square, about so many pixels wide."""
    zoom = max(1, width // max(numbers.shape))
    size = {"width": numbers.shape[1] * zoom, "height": numbers.shape[0] * zoom}
    kind = "signed" if scale.palette == "signed" else None
    return element("img", src=_data(pixels(numbers, scale)), alt=label, title=label, class_=kind, **size)


def colour_image(picture: Array, width: int, label: str) -> Markup:
    """A picture in its own colours: uint8 (h, w, 3)."""
    high, wide = picture.shape[:2]
    share = min(1.0, width / max(high, wide))
    size = {"width": max(1, round(wide * share)), "height": max(1, round(high * share))}
    return element("img", src=_data(picture), alt=label, title=label, **size)


def line_image(low: Array, high: Array, scale: Scale, label: str, width: int = 240, height: int = 48) -> Markup:
    """A signal between its least and its greatest number in each column, with a zero line."""
    reach = scale.high - scale.low or 1.0
    top = height - 2 - (height - 4) * (np.asarray([high, low], np.float64) - scale.low) / reach
    places = (np.arange(low.size) + 0.5) * width / max(1, low.size)
    finite = np.isfinite(top[0] + top[1])
    steps: list[str] = []
    for i, x in enumerate(places):
        if finite[i]:
            pen = "L" if i and finite[i - 1] else "M"
            steps.append(f"{pen}{x:.1f} {top[0, i]:.1f}" + (f"L{x:.1f} {top[1, i]:.1f}" if high[i] != low[i] else ""))
    zero = height - 2 - (height - 4) * (0 - scale.low) / reach
    hairline = element("path", d=f"M0 {zero:.1f}H{width}", stroke="currentColor", stroke_opacity=0.3)
    line = element("path", d="".join(steps), stroke="currentColor", fill="none", stroke_width=1.2)
    view = f"0 0 {width} {height}"
    return element("svg", hairline, line, viewBox=view, width=width, height=height, role="img", aria_label=label)


def legend(scale: Scale, owner: str) -> Markup:
    """The colours with the numbers at their ends, and whose scale it is."""
    ramp = np.linspace(scale.low, scale.high, 73)[None, :]
    kind = "signed" if scale.palette == "signed" else None
    image = element("img", src=_data(pixels(ramp, scale)), alt="", class_=kind)
    low, high = (element("span", short(number), class_="figure") for number in (scale.low, scale.high))
    return element("span", low, image, high, owner, class_="legend")


def cell_colour(number: float, reach: float) -> str | None:
    """The background of a figure; None for zero and for what is not finite."""
    if not np.isfinite(number) or reach <= 0 or number == 0:
        return None
    red, green, blue = rgb(NEGATIVE if number < 0 else POSITIVE)
    opacity = _BEHIND_FIGURES * min(1.0, abs(number) / reach)
    return f"background:rgba({red},{green},{blue},{opacity:.3f})"


def _data(colours: Pixels) -> str:
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(colours)).save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
