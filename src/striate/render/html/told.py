"""A result that says itself in a few lines of text, with the arrays that it is about as pictures beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from striate.graph import Array
from striate.render.colour import Scale, scale_of
from striate.render.html.element import Markup, element
from striate.render.html.picture import legend, line_image, map_image
from striate.render.html.style import piece

_WIDTH, _MOST_CELLS = 200, 400


class Told(Protocol):
    """What can be drawn here."""

    TITLE: str

    def __str__(self) -> str: ...

    def panels(self) -> Sequence[tuple[str, Array]]:
        """Arrays with what they are, (l,) or (h, w); they are drawn to one scale."""
        ...


def told_html(shown: Told) -> Markup:
    """The piece."""
    # One block: a program among the lines keeps its indentation.
    lines = element("p", str(shown), class_="muted figure formula")
    panels = [(label, _in_cells(np.asarray(array, np.float64))) for label, array in shown.panels()]
    if not panels:
        return piece(element("p", shown.TITLE, class_="title"), lines)
    scale = scale_of([array for _, (array, _) in panels])
    drawn = [
        element("figure", _panel(array, scale, label), element("figcaption", label + note))
        for label, (array, note) in panels
    ]
    return piece(
        element("p", shown.TITLE, class_="title"),
        lines,
        element("div", *drawn, class_="maps"),
        _key(scale, line=panels[0][1][0].ndim == 1),
    )


def _key(scale: Scale, line: bool) -> Markup:
    if not line:
        return legend(scale, "one scale for all")
    ends = f"bottom edge {scale.low:.4g}, top edge {scale.high:.4g}, one scale for all".replace("-", "−")
    return element("span", ends, class_="muted")


def _panel(array: Array, scale: Scale, label: str) -> Markup:
    return line_image(array, array, scale, label) if array.ndim == 1 else map_image(array, scale, _WIDTH, label)


def _in_cells(array: Array) -> tuple[Array, str]:
    """As many cells as are drawn, each the number of largest magnitude among those in it."""
    note = ""
    for axis in range(array.ndim):
        step = -(-array.shape[axis] // _MOST_CELLS)
        if step > 1:
            note = ", cells drawn together: the largest magnitude"
            short = -array.shape[axis] % step
            padded = np.pad(array, [(0, short if axis == each else 0) for each in range(array.ndim)])
            parts = padded.reshape(*array.shape[:axis], -1, step, *array.shape[axis + 1 :])
            place = np.abs(np.nan_to_num(parts)).argmax(axis + 1, keepdims=True)
            array = np.take_along_axis(parts, place, axis + 1).squeeze(axis + 1)
    return array, note
