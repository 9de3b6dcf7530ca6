"""Signals: the line of input cells, the kernel beneath its window, the output beneath that, each under the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from striate.graph import Array
from striate.lenses.animation import CellKind, Extent, Step
from striate.render.animation.body import Body
from striate.render.animation.grid import Grid, draw_cells, figure_size, frame_cell, frame_taps, widest_of
from striate.render.animation.lettering import text_width
from striate.render.animation.look import Plane
from striate.render.animation.numerals import Numerals
from striate.render.animation.scene import Scene

LARGEST_CELL, GAP = 76.0, 24.0
# Heights of a cell: beside charts, and of several channels, which need them less.
CELL_HEIGHT, LARGEST_HEIGHT = 46.0, 60.0
# Font size of the lines' names, and their distance from the cells.
NAME, APART = 19, 26.0


@dataclass(frozen=True, eq=False)
class Lines(Body):
    """Draws the lines of one animation."""

    def draw(self, scene: Scene, number: int) -> None:
        """Draws one step."""
        look, step = self.look, self.look.walk[number]
        top = self.y
        if self._has_charts:
            top += self._chart + 8
            self._input_chart(scene, step)
        for plane in look.planes:
            top = self._plane(scene, step, plane, top)
        top += GAP
        self._lead(scene, step, top - GAP, top)
        self._output(scene, number, top)
        if self._has_charts:
            self._output_chart(scene, number, top + self._cell_height + 12)

    # ---- sizes

    @cached_property
    def _has_charts(self) -> bool:
        return len(self.look.planes) == 1

    @cached_property
    def _chart(self) -> float:
        """Height of a chart."""
        rows = 4 if self.look.has_products else 2
        return min(104.0, (self.height - rows * self._cell_height - GAP - 28) / 2)

    @cached_property
    def _cell_height(self) -> float:
        planes = len(self.look.planes)
        if self._has_charts:
            return CELL_HEIGHT
        return min(LARGEST_HEIGHT, (self.height - GAP - planes * 12) / (planes * 2 + 1))

    @cached_property
    def _columns(self) -> int:
        return int(self.look.walk.field.kinds.size)

    @cached_property
    def _cell(self) -> float:
        return min(LARGEST_CELL, (self.width - self._names) / self._columns)

    @property
    def _kernel(self) -> str:
        """What the kernel is called."""
        return "kernel, flipped" if self.look.walk.kind == "ConvTranspose" else "kernel"

    @cached_property
    def _names(self) -> float:
        """Room for the lines' names, in front of the cells."""
        names = ["output", *(plane.label for plane in self.look.planes)]
        names += [f"× {self._kernel}", "= products"] if self.look.has_products else []
        return max(text_width(name, NAME) for name in names) + APART

    @cached_property
    def _left(self) -> float:
        """Left edge of the first cell; in the middle of what the names leave."""
        return self.x + self._names + (self.width - self._names - self._columns * self._cell) / 2

    @cached_property
    def _figures(self) -> float:
        """Size of all figures in cells."""
        look = self.look
        widest = [widest_of(look.input_numerals, [look.walk.field.numbers])]
        widest.append(widest_of(look.output_numerals, [look.walk.output]))
        for numerals, arrays in (
            (look.kernel_numerals, [step.kernel for step in look.walk.steps[:1] if step.kernel is not None]),
            (look.product_numerals, [step.products for step in look.walk if step.products is not None]),
        ):
            widest.append(widest_of(numerals, arrays))
        return figure_size(max(widest), self._cell, self._cell_height)

    def _grid(self, top: float, column: float = 0.0) -> Grid:
        return Grid(self._left + column * self._cell, top, self._cell, self._cell_height)

    def _taps(self, step: Step) -> list[int]:
        """Columns under the window."""
        return [int(place) - self.look.walk.field.origin[0] for place in step.cells[:, 0]]

    def _output_column(self, step: Step) -> float:
        """The output stands beneath the middle of its window."""
        taps = self._taps(step)
        return (taps[0] + taps[-1]) / 2

    # ---- parts

    def _name(self, scene: Scene, y: float, text: str, sign: str = "") -> None:
        scene.text(self._left - APART, y, f"{sign} {text}".strip(), NAME, self.look.theme.faint, "right")

    def _plane(self, scene: Scene, step: Step, plane: Plane, top: float) -> float:
        """Draws a line of the input and what happens to it; gives where the next one may begin."""
        look, taps, middle = self.look, self._taps(step), self._cell_height / 2
        field, grid = look.walk.field, self._grid(top)
        draw_cells(
            scene, look.theme, grid, field.numbers[plane.channel][None], look.input_shade, look.input_numerals,
            self._figures, field.kinds[None], None if step.winner is None else (0, taps[step.winner[1]]),
        )  # fmt: skip
        frame_taps(scene, look.theme, grid, [(0, tap) for tap in taps])
        self._name(scene, top + middle, plane.label or "input")
        top += self._cell_height
        if step.kernel is None or step.products is None:
            return top
        top += 6
        self._parts(scene, top, taps, plane.of(step.kernel), look.kernel_numerals, True)
        self._name(scene, top + middle, self._kernel, "×")
        top += self._cell_height
        if self._has_charts:
            self._parts(scene, top, taps, plane.of(step.products), look.product_numerals, False)
            self._name(scene, top + middle, "products", "=")
            return top + self._cell_height
        return top + 8

    def _parts(
        self, scene: Scene, top: float, taps: list[int], numbers: Array, numerals: Numerals, coloured: bool
    ) -> None:
        """Numbers beneath the taps that they belong to."""
        look = self.look
        for tap, number in zip(taps, numbers, strict=True):
            grid = self._grid(top, tap)
            if coloured:
                draw_cells(
                    scene, look.theme, grid, np.array([[number]]), look.kernel_shade, numerals, self._figures
                )  # fmt: skip
                continue
            scene.box(grid.x, grid.y, grid.width, grid.height, None, look.theme.hairline)
            if self._figures:
                scene.text(*grid.middle(0, 0), numerals(float(number)), self._figures, look.theme.ink, "middle")

    def _lead(self, scene: Scene, step: Step, start: float, end: float) -> None:
        """From the window to the output."""
        x = self._left + (self._output_column(step) + 0.5) * self._cell
        colour = self.look.theme.selection
        scene.line([(x, start + 4), (x, end - 5)], colour, 2.5)
        scene.line([(x - 5, end - 11), (x, end - 5), (x + 5, end - 11)], colour, 2.5)

    def _output(self, scene: Scene, number: int, top: float) -> None:
        look, walk = self.look, self.look.walk
        self._name(scene, top + self._cell_height / 2, "output")
        for place, value in enumerate(walk.output):
            grid = self._grid(top, self._column_of(place))
            if place <= walk[number].position[0] - walk.first[0]:
                single = np.array([[float(value)]])
                draw_cells(scene, look.theme, grid, single, look.output_shade, look.output_numerals, self._figures)
            else:
                scene.box(grid.x, grid.y, grid.width, grid.height, None, look.theme.hairline)
        here = walk[number].position[0] - walk.first[0]
        frame_cell(scene, look.theme, self._grid(top, self._column_of(here)), 0, 0)

    def _column_of(self, place: int) -> float:
        """Column of an output, counted from the first shown."""
        return self._output_column(self.look.walk[0]) + place * self.look.walk.gap[0]

    # ---- charts

    def _input_chart(self, scene: Scene, step: Step) -> None:
        walk, taps = self.look.walk, set(self._taps(step))
        field = walk.field
        cells = [place for place in range(self._columns) if field.kinds[place] == CellKind.INPUT]
        points = [(float(place), float(field.numbers[0, place])) for place in cells]
        self._curve(scene, self.y, points, walk.input_extent, {float(tap) for tap in taps})

    def _output_chart(self, scene: Scene, number: int, top: float) -> None:
        walk = self.look.walk
        points = [(self._column_of(step.position[0] - walk.first[0]), step.value) for step in walk.steps[: number + 1]]
        self._curve(scene, top, points, walk.output_extent, {points[-1][0]})

    def _curve(
        self, scene: Scene, top: float, points: list[tuple[float, float]], extent: Extent, marked: set[float]
    ) -> None:
        """Numbers as heights above the column that they belong to, with the line of zero."""
        theme, low, high = self.look.theme, min(extent.low, 0.0), max(extent.high, 0.0)
        span = (high - low) or 1.0

        def place(column: float, number: float) -> tuple[float, float]:
            share = (number - low) / span
            return self._left + (column + 0.5) * self._cell, top + 6 + (1 - share) * (self._chart - 12)

        _, zero = place(0, 0.0)
        right = self._left + self._columns * self._cell
        scene.line([(self._left, zero), (right, zero)], theme.hairline)
        scene.text(self._left - 12, zero, "0", 15, theme.faint, "right")
        placed = [(column, *place(column, number)) for column, number in points if np.isfinite(number)]
        if len(placed) > 1:
            scene.line([(x, y) for _, x, y in placed], theme.faint, 2.0)
        for column, x, y in placed:
            is_marked = column in marked
            scene.ring(x, y, 6.0 if is_marked else 4.0, None, theme.selection if is_marked else theme.ink)
