"""Cells with numbers in them: the input, the kernel and the output are all drawn so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from striate.graph import Array
from striate.lenses.animation import CellKind, Cells
from striate.render.animation.lettering import text_width
from striate.render.animation.numerals import Numerals
from striate.render.animation.scene import Scene
from striate.render.animation.theme import Shade, Theme

# Smaller figures cannot be read on a slide; from the second size on they can without effort.
SMALLEST, EASY, LARGEST = 10.5, 13.0, 26.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Where cells are drawn.

    Args:
        x: Left edge of the first cell.
        y: Its upper edge.
        width: Width of a cell.
        height: Its height.
    """

    x: float
    y: float
    width: float
    height: float

    def corner(self, row: float, column: float) -> tuple[float, float]:
        """Upper left corner of a cell."""
        return self.x + column * self.width, self.y + row * self.height

    def middle(self, row: float, column: float) -> tuple[float, float]:
        """Middle of a cell."""
        return self.corner(row + 0.5, column + 0.5)


def figure_size(widest: float, width: float, height: float) -> float:
    """Font size of the figures in a cell, 0 where none can be read.

    Args:
        widest: How wide the widest of them is at size 1.
        width: Of the cell.
        height: The same.
    """
    size = min(0.44 * height, min(width - 6, 0.86 * width) / max(widest, 0.1), LARGEST)
    if size >= SMALLEST:
        return size
    # Close to each other, but there.
    return SMALLEST if min(0.44 * height, (width - 3) / max(widest, 0.1)) >= SMALLEST else 0.0


def widest_of(numerals: Numerals, arrays: Iterable[Array]) -> float:
    """How wide the widest of some numbers is at size 1."""
    found = 0.0
    for array in arrays:
        if array.size:
            # Width depends on digits and sign alone: the extremes are widest.
            ends = (array.min(), array.max(), -abs(array).max() if array.min() < 0 else abs(array).max())
            found = max(found, *(text_width(numerals(float(end)), 100) / 100 for end in ends))
    return found


def draw_cells(
    scene: Scene, theme: Theme, grid: Grid, numbers: Array, shade: Shade, numerals: Numerals, size: float,
    kinds: Cells | None = None, ringed: tuple[int, int] | None = None,
) -> None:  # fmt: skip
    """Draws cells in the colours of their numbers; padding is hatched, zeros between inputs have a dot.

    Args:
        scene: Where.
        theme: Its colours.
        grid: Where in it.
        numbers: (rows, columns); NaN for a cell that is empty yet.
        shade: Colours of the numbers.
        numerals: Their digits.
        size: Size of the figures; 0 for none.
        kinds: What the cells are; inputs if None.
        ringed: Row and column of a cell with a ring around its figures.
    """
    for row, column in np.ndindex(numbers.shape):
        x, y = grid.corner(row, column)
        kind = CellKind.INPUT if kinds is None else CellKind(int(kinds[row, column]))
        number = float(numbers[row, column])
        if kind != CellKind.INPUT:
            draw_void(scene, theme, grid, row, column, kind)
            continue
        ground = shade(number)
        scene.box(x, y, grid.width, grid.height, ground, theme.hairline)
        if (row, column) == ringed:
            middle, rise = grid.middle(row, column), 0.42 * grid.height
            # The edge in the page's colour, as that of a frame.
            scene.ring(*middle, 0.44 * grid.width + 1, theme.page, None, 5.0, rise=rise + 1)
            scene.ring(*middle, 0.44 * grid.width, theme.selection, None, 3.0, rise=rise)
        if size:
            scene.text(*grid.middle(row, column), numerals(number), size, theme.text_on(ground), "middle")


def draw_void(scene: Scene, theme: Theme, grid: Grid, row: float, column: float, kind: CellKind) -> None:
    """Draws a cell that holds no input."""
    x, y = grid.corner(row, column)
    scene.box(x, y, grid.width, grid.height, theme.page, theme.hairline)
    if kind == CellKind.PADDING:
        scene.hatch(x, y, grid.width, grid.height, theme.hatch)
    else:
        scene.ring(*grid.middle(row, column), max(1.5, grid.width / 16), fill=theme.hatch)


def frame_taps(scene: Scene, theme: Theme, grid: Grid, taps: list[tuple[int, int]]) -> None:
    """Frames the cells under the window: one frame, and one around each tap where they do not touch."""
    rows, columns = [row for row, _ in taps], [column for _, column in taps]
    top, left = min(rows), min(columns)
    height, width = max(rows) + 1 - top, max(columns) + 1 - left
    x, y = grid.corner(top, left)
    apart = height * width > len(set(taps))
    thickness = 4.0 if min(grid.width, grid.height) >= 24 else 3.0
    if apart:
        for row, column in taps:
            _frame(scene, theme, *grid.corner(row, column), grid.width, grid.height, thickness)
        scene.box(x, y, width * grid.width, height * grid.height, None, theme.selection, 1.5)
    else:
        _frame(scene, theme, x, y, width * grid.width, height * grid.height, thickness)


def frame_cell(scene: Scene, theme: Theme, grid: Grid, row: float, column: float) -> None:
    """Frames one cell."""
    _frame(scene, theme, *grid.corner(row, column), grid.width, grid.height, 4.0)


def _frame(scene: Scene, theme: Theme, x: float, y: float, width: float, height: float, thickness: float) -> None:
    """A frame with an edge in the page's colour, since cells may have nearly that of the frame."""
    scene.box(x, y, width, height, None, theme.page, thickness + 2)
    scene.box(x, y, width, height, None, theme.selection, thickness)


def draw_ramp(scene: Scene, theme: Theme, x: float, y: float, shade: Shade, numerals: Numerals, width: float) -> None:
    """Draws what the colours stand for: a bar with the numbers at its ends; ``x`` is its middle."""
    ends = (numerals(shade.low), numerals(shade.high))
    left, parts = x - width / 2, 32
    for part in range(parts):
        number = shade.low + (shade.high - shade.low) * part / (parts - 1)
        scene.box(left + part * width / parts, y - 4, width / parts + 0.5, 8, shade(number))
    scene.box(left, y - 4, width, 8, None, theme.hairline)
    scene.text(left - 8, y, ends[0], 15, theme.faint, "right")
    scene.text(left + width + 8, y, ends[1], 15, theme.faint)
