"""What is drawn of the workbench's input and output where a screen has fewer pixels than they have numbers."""

from __future__ import annotations

from math import ceil

import numpy as np

from striate.graph import Array
from striate.lenses.maps import reduced
from striate.studio.protocol.base import Size
from striate.studio.protocol.bench import Geometry

# One picture may be this much smaller than it could be, so that both are drawn to the same scale; the page has it too.
_LOSS = 1.5


def drawn_cell(geometry: Geometry, size: Size | None) -> tuple[int, int]:
    """Numbers along an axis for which a drawn cell stands: of the output, and of the input on its field.

    It is the same for the last two axes, as a cell is square.

    Args:
        geometry: How the window slides.
        size: The room for each of the two, in cells; None where there is no end of it. A signal is never reduced.
    """
    if size is None or len(geometry.counts) < 2:
        return 1, 1
    rooms = ((-2, size.height), (-1, size.width))
    # Numbers to a pixel: the axis with less room decides, and where both pictures have one scale the larger picture.
    output = max(geometry.counts[axis] / room for axis, room in rooms)
    field = max(_reach(geometry, axis) / room for axis, room in rooms)
    if max(output, field) <= _LOSS * min(output, field):
        output = field = max(output, field)
    return max(1, ceil(output)), max(1, ceil(field / min(geometry.spread[axis] for axis, _ in rooms)))


def _reach(geometry: Geometry, axis: int) -> int:
    """Cells of the field: padding, the input's, gaps between them."""
    before, after = geometry.pads[axis]
    return before + (geometry.lengths[axis] - 1) * geometry.spread[axis] + 1 + max(after, 0)


def drawn_output(shown: Array, cell: int) -> Array:
    """A map, float32: in place of each block of its last two axes the number of the largest magnitude."""
    if cell == 1:
        return np.ascontiguousarray(shown, np.float32)
    height, width = shown.shape[-2:]
    found = reduced(shown.reshape(-1, height, width), (cell, cell))[0]
    return found.reshape(*shown.shape[:-2], *found.shape[1:])


def drawn_input(x: Array, cell: int, picture: bool) -> Array:
    """The same of an input; of a picture the mean of each block, or what is dark in it would vanish."""
    if cell == 1 or not picture:
        return drawn_output(x, cell)
    from PIL import Image

    return np.stack([np.asarray(Image.fromarray(plane).reduce(cell)) for plane in np.asarray(x, np.float32)])
