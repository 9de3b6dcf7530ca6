"""Images and volumes: the planes under the window, the kernel, the output that grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from striate.graph import Array
from striate.lenses.animation import CellKind, Cells, Step
from striate.render.animation.body import Body
from striate.render.animation.grid import (
    EASY,
    Grid,
    draw_cells,
    draw_ramp,
    figure_size,
    frame_cell,
    frame_taps,
    widest_of,
)
from striate.render.animation.lettering import text_width
from striate.render.animation.look import Plane
from striate.render.animation.scene import Scene

LABEL, RAMP, BETWEEN, SIGN, LARGEST_CELL = 34.0, 36.0, 10.0, 60.0, 76.0
# Font sizes of headings and of what a plane is called.
HEADING, NAME = 19, 17
# Where the window is drawn apart: a cell of it that is read without effort, and the least width of a column.
READABLE_CELL, NARROWEST = 64.0, 136.0


@dataclass(frozen=True, eq=False)
class Planes(Body):
    """Draws the planes of one animation."""

    def draw(self, scene: Scene, number: int) -> None:
        """Draws one step."""
        step = self.look.walk[number]
        lefts, widths = self._columns
        self._headings(scene, number, lefts, widths)
        rows = len(self.look.planes)
        for place, plane in enumerate(self.look.planes):
            top = self.y + LABEL + place * (self._row + BETWEEN)
            self._input(scene, step, plane, (lefts[0], top, widths[0]))
            if self._has_window:
                self._window(scene, step, plane, (lefts[1], top, widths[1]))
            if step.kernel is not None:
                self._kernel(scene, step, plane, (lefts[-2], top, widths[-2]))
        total = rows * self._row + (rows - 1) * BETWEEN
        self._output(scene, number, (lefts[-1], self.y + LABEL, widths[-1]), total)
        self._signs(scene, lefts, total)

    # ---- sizes

    @cached_property
    def _row(self) -> float:
        """Height of a plane's row."""
        rows = len(self.look.planes)
        return (self.height - LABEL - RAMP - (rows - 1) * BETWEEN) / rows

    @cached_property
    def _sizes(self) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
        """Rows and columns of input, kernel and output."""
        walk = self.look.walk
        field, kernel, output = walk.field.kinds.shape, walk[0].inside.shape, walk.output.shape
        return (field[-2], field[-1]), (kernel[-2], kernel[-1]), (output[-2], output[-1])

    @cached_property
    def _common(self) -> float:
        """The cells' size where input, kernel and output have the same, which shows best what is as large as what."""
        (input_rows, a), (_, b), (output_rows, c) = self._sizes
        columns = a + c + (b if self.look.has_products else 0)
        signs = SIGN * (2 if self.look.has_products else 1)
        room = (self.width - signs) / columns
        return float(int(min(room, self._row / max(input_rows, output_rows), LARGEST_CELL)))

    @cached_property
    def _has_window(self) -> bool:
        """Whether the window is drawn apart and larger, since cells of one size have little room for figures."""
        if len(self.look.planes) > 1:
            return True
        if self._sizes[0] == self._sizes[1]:
            return False  # the window is the whole input
        widest = max(self._widest_input, widest_of(self.look.output_numerals, [self.look.walk.output]))
        return figure_size(widest, self._common, self._common) < EASY

    @cached_property
    def _columns(self) -> tuple[list[float], list[float]]:
        """Left edges and widths: input, window where it is drawn apart, kernel where there is one, output."""
        (_, a), (_, b), (_, c) = self._sizes
        kernel = [1.0] if self.look.has_products else []
        if self._has_window:
            width = self.width - self._names
            widths = self._apart(width - SIGN * (2 + len(kernel)))
        else:
            width = self.width
            widths = [size * self._common for size in (a, *([b] if kernel else []), c)]
        spare = width - sum(widths) - SIGN * (len(widths) - 1)
        gap = SIGN + min(60.0, spare / len(widths))
        left = self.x + self.width - width + (width - sum(widths) - gap * (len(widths) - 1)) / 2
        lefts: list[float] = []
        for each in widths:
            lefts.append(left)
            left += each + gap
        return lefts, widths

    def _apart(self, room: float) -> list[float]:
        """Widths of the columns where the window has one of its own: what is multiplied is made readable first."""
        (rows, a), (r, b), (output_rows, c) = self._sizes
        inner = max(min(self._row / r, READABLE_CELL) * b, NARROWEST)
        middle = [min(inner, 0.24 * room)] * (2 if self.look.has_products else 1)
        rest = room - sum(middle)
        whole = self.height - LABEL - RAMP
        given = min(max(min(self._row / rows, LARGEST_CELL) * a, 1.6 * NARROWEST), rest / 2)
        made = min(max(min(whole / output_rows, LARGEST_CELL) * c, NARROWEST), rest - given)
        return [given, *middle, made]

    @cached_property
    def _names(self) -> float:
        """Room for what the planes are called, in front of them."""
        return max((text_width(plane.label, NAME) + 12 for plane in self.look.planes if plane.label), default=0.0)

    @cached_property
    def _widest_input(self) -> float:
        return widest_of(self.look.input_numerals, [self.look.walk.field.numbers])

    def _grid(self, shape: Sequence[int], at: tuple[float, float, float], height: float | None = None) -> Grid:
        """Square cells in the middle of a column."""
        left, top, width = at
        rows, columns = shape
        height = self._row if height is None else height
        cell = self._common if not self._has_window else min(width / columns, height / rows, LARGEST_CELL)
        cell = float(int(cell)) if cell > 6 else cell
        return Grid(left + (width - cell * columns) / 2, top + (height - cell * rows) / 2, cell, cell)

    # ---- parts

    def _headings(self, scene: Scene, number: int, lefts: list[float], widths: list[float]) -> None:
        walk, theme = self.look.walk, self.look.theme
        sizes = "×".join(str(size) for size in walk.input_shape)
        made = "×".join(str(size) for size in walk.output_shape)
        several = len(walk.channels)
        words = [f"input {sizes}" + (f", {several} channels" if several > 1 else "")]
        words += ["window"] if self._has_window else []
        if self.look.has_products:
            words.append("kernel, flipped" if walk.kind == "ConvTranspose" else "kernel")
        here = self.look.walk[number].position
        words.append(f"output {made}" + (f", slice {here[0]}" if walk.axes == 3 else ""))
        ramps = [(self.look.input_shade, self.look.input_numerals)]
        ramps += [ramps[0]] if self._has_window else []
        ramps += [(self.look.kernel_shade, self.look.kernel_numerals)] if self.look.has_products else []
        passed_on = self.look.output_shade is self.look.input_shade
        ramps.append(ramps[0] if passed_on else (self.look.output_shade, self.look.output_numerals))
        for place, (left, width, word) in enumerate(zip(lefts, widths, words, strict=True)):
            middle = left + width / 2
            scene.text(middle, self.y + 8, word, HEADING, theme.faint, "middle")
            if not (self._has_window and place == 1):
                long = max(60.0, min(110.0, width - 90))
                draw_ramp(scene, theme, middle, self.y + self.height - 8, *ramps[place], long)

    def _input(self, scene: Scene, step: Step, plane: Plane, at: tuple[float, float, float]) -> None:
        numbers, kinds, taps = self._seen(step, plane)
        grid = self._grid(numbers.shape, at)
        size = figure_size(self._widest_input, grid.width, grid.height)
        # What stands close to each other is left to the window beside it.
        size = 0.0 if self._has_window and size < EASY else size
        look, ringed = self.look, self._winner(step, plane, taps)
        draw_cells(scene, look.theme, grid, numbers, look.input_shade, look.input_numerals, size, kinds, ringed)
        frame_taps(scene, look.theme, grid, taps)
        if plane.label:
            x, y = grid.corner(len(numbers) / 2, 0)
            scene.text(x - 12, y, plane.label, NAME, look.theme.faint, "right")

    def _seen(self, step: Step, plane: Plane) -> tuple[Array, Cells, list[tuple[int, int]]]:
        """The plane of the field under the window, and where in it the taps are."""
        field = self.look.walk.field
        cells = step.cells - np.array(field.origin)
        numbers, kinds = field.numbers[plane.channel], field.kinds
        if plane.depth is not None:
            cells = cells[plane.depth]
            here = int(cells[0, 0, 0])
            numbers, kinds = numbers[here], kinds[here]
        flat = cells.reshape(-1, cells.shape[-1])
        return numbers, kinds, [(int(row), int(column)) for row, column in flat[:, -2:]]

    def _winner(self, step: Step, plane: Plane, taps: list[tuple[int, int]]) -> tuple[int, int] | None:
        """Where the largest of a pooling is drawn, if on this plane."""
        if step.winner is None:
            return None
        tap = list(step.winner[1:])
        if plane.depth is not None and tap[0] != plane.depth:
            return None
        place = tap[-2] * step.inside.shape[-1] + tap[-1]
        return taps[int(place)]

    def _window(self, scene: Scene, step: Step, plane: Plane, at: tuple[float, float, float]) -> None:
        look, numbers = self.look, plane.of(step.window)
        inside = step.inside if plane.depth is None else step.inside[plane.depth]
        cells = step.cells if plane.depth is None else step.cells[plane.depth]
        places = np.moveaxis(cells - np.array(look.walk.field.origin), -1, 0)
        kinds = np.where(inside, CellKind.INPUT, look.walk.field.kinds[tuple(places)])
        grid = self._grid(numbers.shape, at)
        size = figure_size(self._widest_input, grid.width, grid.height)
        whole = [(row, column) for row in range(numbers.shape[0]) for column in range(numbers.shape[1])]
        ringed = self._winner(step, plane, whole)
        draw_cells(scene, look.theme, grid, numbers, look.input_shade, look.input_numerals, size, kinds, ringed)
        frame_taps(scene, look.theme, grid, whole)

    def _kernel(self, scene: Scene, step: Step, plane: Plane, at: tuple[float, float, float]) -> None:
        assert step.kernel is not None
        look, numbers = self.look, plane.of(step.kernel)
        grid = self._grid(numbers.shape, at)
        widest = widest_of(look.kernel_numerals, [step.kernel])
        size = figure_size(widest, grid.width, grid.height)
        draw_cells(scene, look.theme, grid, numbers, look.kernel_shade, look.kernel_numerals, size)

    def _output(self, scene: Scene, number: int, at: tuple[float, float, float], height: float) -> None:
        look, walk = self.look, self.look.walk
        here = walk[number].position
        output = walk.output if walk.axes == 2 else walk.output[here[0] - walk.first[0]]
        grid = self._grid(output.shape, at, height)
        size = figure_size(widest_of(look.output_numerals, [walk.output]), grid.width, grid.height)
        for row, column in np.ndindex(output.shape):
            scene.box(*grid.corner(row, column), grid.width, grid.height, None, look.theme.hairline)
        for step in walk.steps[: number + 1]:
            if step.position[:-2] == here[:-2]:
                row, column = (o - first for o, first in zip(step.position[-2:], walk.first[-2:], strict=True))
                single = Grid(*grid.corner(row, column), grid.width, grid.height)
                value = np.array([[step.value]])
                draw_cells(scene, look.theme, single, value, look.output_shade, look.output_numerals, size)
        row, column = (o - first for o, first in zip(here[-2:], walk.first[-2:], strict=True))
        frame_cell(scene, look.theme, grid, row, column)

    def _signs(self, scene: Scene, lefts: list[float], total: float) -> None:
        """What happens between the columns."""
        signs = {4: ("", "×", "→"), 3: ("×", "→") if self.look.has_products else ("", "→"), 2: ("→",)}[len(lefts)]
        _, widths = self._columns
        for place, sign in enumerate(signs):
            between = (lefts[place] + widths[place] + lefts[place + 1]) / 2
            scene.text(between, self.y + LABEL + total / 2, sign, 34, self.look.theme.faint, "middle")
