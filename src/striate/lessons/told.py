"""What a lesson's result shows in a notebook: its text, and the arrays that it is about."""

from __future__ import annotations

from collections.abc import Sequence

from striate.graph import Array
from striate.lenses.shown import Shown


class Told(Shown):
    """A result that prints as text and that a notebook shows as that text with pictures."""

    __slots__ = ()

    DRAWN_BY = "striate.render.html.told:told_html"
    TITLE = ""

    def panels(self) -> Sequence[tuple[str, Array]]:
        """The arrays that a notebook draws, (l,) or (h, w), with what they are; a subclass names its own.

        Returns:
            (label, array) pairs, in order; empty for text alone.
        """
        return ()


def first_map(array: Array) -> Array:
    """Of (n, k, *positions) the first map of the first sample as a line or a plane; of a volume the middle slice."""
    plane = array[0, 0] if array.ndim > 2 else array
    while plane.ndim > 2:
        plane = plane[len(plane) // 2]
    return plane
