"""An explanation as a picture: window × kernel = products for the strongest channels, numbers in the cells."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

import numpy as np
from PIL import Image, ImageDraw

from striate.graph import Array
from striate.lenses.explain import Explanation
from striate.render.canvas import BODY, FAINT, HAIRLINE, INK, MARGIN, PAGE, SMALL, TITLE, blank, fitted, width_of, write
from striate.render.colour import Pixels, Scale, scale_of
from striate.render.explanation import by_strength, input_channel

CHANNELS, INPUTS, CELL, GAP, WIDE = 4, 12, 46, 40, 760
SLICE_GAP = 14  # between the slices of a volume
_LARGEST_KERNEL = 11


def explanation_picture(found: Explanation) -> Image.Image:
    """Draws the sum behind a number.

    Args:
        found: The explanation.

    Returns:
        For a sum of products, a row for each of the strongest channels (window, kernel, products); the rest, bias,
        total and value in words below. For other operations the window with its winner, and the formula.
    """
    rows = _rows(found)
    body = [_row_image(found, *row) for row in rows]
    words = _ending(found, [row[0] for row in rows])
    width = max([WIDE, *(image.width + 2 * MARGIN for image in body)])
    page = blank(width, 86 + sum(image.height + 12 for image in body) + 20 * len(words) + MARGIN)
    draw = ImageDraw.Draw(page)
    write(draw, (MARGIN, 16), fitted(f"{found.unit} = {found.value:.6g}", TITLE, width - 2 * MARGIN), TITLE)
    facts = " · ".join([f"{found.kind} {found.name}".strip(), *found.facts])
    write(draw, (MARGIN, 42), fitted(facts, BODY, width - 2 * MARGIN), BODY, FAINT)
    write(draw, (MARGIN, 60), "rounded; colours of each kind on one scale, blue negative, red positive", SMALL, FAINT)
    top = 84
    for image in body:
        page.paste(image, (MARGIN, top))
        top += image.height + 12
    for line in words:
        write(draw, (MARGIN, top), fitted(line, BODY, width - 2 * MARGIN))
        top += 20
    return page


@dataclass(frozen=True, slots=True)
class _Grid:
    """Numbers in cells.

    Args:
        numbers: Rows and columns; a 1-D kernel is a row, a volume's slices stand one below the other.
        slice_rows: Rows of a slice; all of them where there is but one.
        scale: Their colours.
    """

    numbers: Array
    slice_rows: int
    scale: Scale

    @classmethod
    def of(cls, part: Array, scale: Scale) -> _Grid:
        """A window, kernel or its products, with any number of axes."""
        numbers = part.reshape(-1, part.shape[-1]) if part.ndim else part.reshape(1, 1)
        return cls(numbers, part.shape[-2] if part.ndim > 2 else len(numbers), scale)

    def top(self, row: int) -> int:
        """Where a row of cells begins."""
        return row * CELL + row // self.slice_rows * SLICE_GAP

    @property
    def note(self) -> str:
        """How slices are shown, if there are several."""
        return " · slices one below the other" if self.slice_rows < len(self.numbers) else ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        rows, columns = self.numbers.shape
        return columns * CELL + 1, self.top(rows - 1) + CELL + 1


def _rows(found: Explanation) -> list[tuple[int, str, list[_Grid]]]:
    """Channel, caption, and the grids."""
    if found.window is None or not found.window.ndim:
        return []
    if found.products is None or found.kernel is None:
        grid = _Grid.of(found.window, scale_of([found.window]))
        return [(0, "", [grid])] if max(grid.numbers.shape) <= _LARGEST_KERNEL else []
    parts = (found.window, found.kernel, found.products)
    scales = [_signed(scale_of([part])) for part in parts]
    order = by_strength(found.products)
    if found.products.ndim == 1:
        places = [place for place, _ in order[:INPUTS]]
        grids = [_Grid.of(part[places], scale) for part, scale in zip(parts, scales, strict=True)]
        caption = f"the {len(places)} strongest of {len(order)} inputs: {', '.join(map(str, places))}"
        return [(0, caption, grids)]
    rows: list[tuple[int, str, list[_Grid]]] = []
    for channel, total in order[:CHANNELS]:
        grids = [_Grid.of(part[channel], scale) for part, scale in zip(parts, scales, strict=True)]
        if max(grids[0].numbers.shape) <= _LARGEST_KERNEL:
            caption = f"channel {input_channel(found, channel)}: sum {total:+.5g}{grids[0].note}"
            rows.append((channel, caption, grids))
    return rows


def _row_image(found: Explanation, channel: int, caption: str, grids: list[_Grid]) -> Image.Image:
    stacked = grids[0].numbers.shape[1] * 3 * CELL + 2 * GAP > 1400
    images = [_cells(grid, None if index else _inside(found, channel, grid)) for index, grid in enumerate(grids)]
    top = 20 if caption else 0
    if stacked:
        page = blank(max(image.width for image in images) + 20, top + sum(image.height + 6 for image in images))
    else:
        width = max(sum(image.width for image in images) + GAP * (len(images) - 1), width_of(caption, BODY) + 4)
        page = blank(width, top + images[0].height)
    draw = ImageDraw.Draw(page)
    if caption:
        write(draw, (0, 1), caption, BODY)
    left = 0
    for sign, image in zip(("", "×", "="), images, strict=False):
        if stacked:
            write(draw, (0, top + image.height // 2), sign, BODY, anchor="lm")
            page.paste(image, (20, top))
            top += image.height + 6
            continue
        if sign:
            write(draw, (left - GAP // 2, top + image.height // 2), sign, TITLE, anchor="mm")
        page.paste(image, (left, top))
        left += image.width + GAP
    return page


def _inside(found: Explanation, channel: int, grid: _Grid) -> Array | None:
    """Which cells of the window lie in the input; None where that is not told cell by cell."""
    inside = found.inside
    if inside is None:
        return None
    if inside.ndim > 1 and found.products is not None:
        inside = inside[channel]
    return inside.reshape(grid.numbers.shape) if inside.size == grid.numbers.size else None


def _cells(grid: _Grid, inside: Array | None) -> Image.Image:
    rows, columns = grid.numbers.shape
    pixels: Pixels = grid.scale.pixels(grid.numbers)
    page = Image.new("RGB", grid.size, PAGE)
    draw = ImageDraw.Draw(page)
    for r in range(rows):
        top = grid.top(r)
        for c in range(columns):
            box = (c * CELL, top, (c + 1) * CELL, top + CELL)
            if inside is not None and not inside[r, c]:
                draw.rectangle(box, outline=HAIRLINE)
                for step in range(8, 2 * CELL, 8):
                    first = (box[0] + max(0, step - CELL), box[1] + min(step, CELL))
                    draw.line([first, (box[0] + min(step, CELL), box[1] + max(0, step - CELL))], fill=HAIRLINE)
                continue
            colour = tuple(int(part) for part in pixels[r, c])
            draw.rectangle(box, fill=(colour[0], colour[1], colour[2]), outline=HAIRLINE)
            dark = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] < 140
            write(draw, (box[0] + CELL // 2, box[1] + CELL // 2), _short(float(grid.numbers[r, c])), SMALL,
                  PAGE if dark else INK, anchor="mm")  # fmt: skip
    return page


def _short(number: float) -> str:
    """As many digits as a cell takes."""
    if not np.isfinite(number):
        return str(number)
    number += 0.0  # a product with -0 is no news
    for digits in (3, 2, 1):
        text = f"{number:.{digits}g}".replace("e-0", "e-").replace("e+0", "e")
        if width_of(text, SMALL) <= CELL - 4:
            return text
    return f"{number:.0e}"


def _ending(found: Explanation, shown: list[int]) -> list[str]:
    if found.products is None:
        formula = found.formula(4)
        lines = [formula if len(formula) < 400 else formula[:396] + " ..."]
    else:
        order = by_strength(found.products)
        dense = found.products.ndim == 1
        rest = order[INPUTS:] if dense else [pair for pair in order if pair[0] not in shown]
        noun = ("input" if dense else "channel") + ("" if len(rest) == 1 else "s")
        parts = [f"{len(rest)} more {noun} sum {fsum(total for _, total in rest):+.5g}"] if rest else []
        if found.bias:
            parts.append(f"bias {found.bias:+.5g}")
        lines = ["   ".join([*parts, f"total {found.total:.6g}"])]
    lines += [f"then {stage.kind} {stage.name}: {stage.value:.6g}" for stage in found.stages]
    return [*lines, f"the run holds {found.value:.9g}"]


def _signed(scale: Scale) -> Scale:
    return Scale("signed", -scale.high, scale.high) if scale.palette == "unsigned" else scale
