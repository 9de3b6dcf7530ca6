"""Contact sheets: all maps of a layer, or all its filters, on numbered pages with title and legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from PIL import Image, ImageDraw

from striate.graph import Array
from striate.render import tiles
from striate.render.canvas import (
    BODY,
    FAINT,
    HAIRLINE,
    LEGEND_WIDTH,
    MARGIN,
    SMALL,
    TITLE,
    blank,
    draw_legend,
    draw_line_legend,
    fitted,
    width_of,
    write,
)
from striate.render.colour import Scale, Scope, scale_of
from striate.render.tiles import Tile

WIDEST, NARROWEST = 1240, 760
MOST_ON_A_PAGE = 64
HEADER, LABEL, SPACE = 84, 17, 14
_SCOPES = {
    "unit": "each map its own scale, written above it",
    "layer": "one scale for the whole layer",
    "network": "one scale for the whole network",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a contact sheet.

    Args:
        image: The picture.
        first: First channel on it.
        last: Last channel on it.
        total: Channels in all.
    """

    image: Image.Image
    first: int
    last: int
    total: int


def map_pages(
    maps: Array, title: str, facts: str, scope: Scope = "layer", scale: Scale | None = None
) -> Iterator[Page]:
    """All maps of a layer.

    Args:
        maps: Shape (channels, *spatial) with 0 to 3 spatial axes; (channels,) is drawn as one line.
        title: The layer's name.
        facts: Kind and shape, the line below.
        scope: What a scale holds for. For "network" the scale must be given.
        scale: The scale to use instead of the layer's own.

    Yields:
        Pages of at most 64 maps.
    """
    if maps.ndim == 1 or maps[0].size == 1:
        yield _vector_page(maps.reshape(-1), title, facts, scope, scale)
        return
    shared = None if scope == "unit" else scale or scale_of([maps])
    facts += _notes(maps)
    pages = _paged(len(maps), _columns([_tile(maps, 0, shared)]))
    for first, last in pages:
        made = [_tile(maps, channel, shared) for channel in range(first, last + 1)]
        count = f"channels {first}–{last} of {len(maps)}" if len(maps) > 1 else "1 channel"
        yield Page(compose(made, title, f"{facts} · {count}", shared, _SCOPES[scope]), first, last, len(maps))


def kernel_pages(weights: Array, title: str, facts: str, scope: Scope = "layer") -> Iterator[Page]:
    """All filters of a layer.

    Args:
        weights: Shape (filters, channels, *kernel).
        title: The layer's name.
        facts: Kind and shape, the line below.
        scope: "unit" for a scale of its own for each filter, else "layer".
    """
    shared = None if scope == "unit" else _signed(scale_of([weights]))

    def tile(index: int) -> Tile:
        own = shared or _signed(scale_of([weights[index]]))
        made = tiles.kernel_tile(weights[index], own, str(index))
        return made if shared else Tile(made.image, made.label, f"+-{own.high:.3g}")

    for first, last in _paged(len(weights), _columns([tile(0)])):
        made = [tile(index) for index in range(first, last + 1)]
        count = f"filters {first}–{last} of {len(weights)}"
        words = "each filter its own scale, written above it" if shared is None else _SCOPES[scope]
        yield Page(compose(made, title, f"{facts} · {count}", shared, words), first, last, len(weights))


def compose(made: Sequence[Tile], title: str, facts: str, scale: Scale | None, scope: str) -> Image.Image:
    """Tiles in a grid below title, facts and legend."""
    columns = min(_columns(made), len(made))
    lines = made[0].is_line
    cell_width = _cell_width(made)
    cell_height = max(tile.image.height for tile in made) + LABEL + SPACE
    rows = ceil(len(made) / columns)
    width = max(NARROWEST, columns * cell_width - SPACE + 2 * MARGIN)
    page = blank(width, HEADER + rows * cell_height - SPACE + MARGIN)
    draw_header(page, title, facts, scale, scope, lines)
    draw = ImageDraw.Draw(page)
    for index, tile in enumerate(made):
        left = MARGIN + (index % columns) * cell_width
        top = HEADER + (index // columns) * cell_height
        write(draw, (left, top + 1), tile.label, SMALL)
        room = cell_width - SPACE - width_of(tile.label, SMALL) - 8
        if tile.note and room > 20:
            right = left + cell_width - SPACE
            write(draw, (right, top + 1), fitted(tile.note, SMALL, room), SMALL, FAINT, anchor="ra")
        page.paste(tile.image, (left, top + LABEL))
        if not tile.is_line:
            box = (left - 1, top + LABEL - 1, left + tile.image.width, top + LABEL + tile.image.height)
            draw.rectangle(box, outline=HAIRLINE)
    return page


def _cell_width(made: Sequence[Tile]) -> int:
    """Wide enough for the widest picture, and for its label where that is not much wider."""
    labels = max(width_of(tile.label, SMALL) + (width_of(tile.note, SMALL) + 8 if tile.note else 0) for tile in made)
    return max(max(tile.image.width for tile in made), min(labels, tiles.TARGET)) + SPACE


def draw_header(
    page: Image.Image, title: str, facts: str, scale: Scale | None, scope: str, lines: bool = False
) -> None:
    """Title, line of facts (broken in two where it is long) and legend."""
    draw = ImageDraw.Draw(page)
    room = page.width - 2 * MARGIN - LEGEND_WIDTH - 24
    write(draw, (MARGIN, 18), fitted(title, TITLE, room), TITLE)
    first, second = _broken(facts, room)
    write(draw, (MARGIN, 43), fitted(first, BODY, room), BODY, FAINT)
    write(draw, (MARGIN, 60), fitted(second, BODY, room), BODY, FAINT)
    legend = draw_line_legend if lines else draw_legend
    legend(page, page.width - MARGIN, 20, scale, scope)


def _broken(facts: str, room: int) -> tuple[str, str]:
    if width_of(facts, BODY) <= room:
        return facts, ""
    parts = facts.split(" · ")
    for keep in range(len(parts) - 1, 0, -1):
        first = " · ".join(parts[:keep])
        if width_of(first, BODY) <= room:
            return first, " · ".join(parts[keep:])
    return facts, ""


def _tile(maps: Array, channel: int, shared: Scale | None) -> Tile:
    numbers = maps[channel]
    note = tiles.range_note(numbers)
    if shared is not None and not note.startswith("all") and "not finite" not in note:
        note = ""
    return tiles.map_tile(numbers, shared or scale_of([numbers]), str(channel), note)


def _notes(maps: Array) -> str:
    spatial = maps.shape[1:]
    notes = f" · {tiles.middle_planes(spatial)}" if len(spatial) == 3 else ""
    step = tiles.thinning(spatial)
    if step > 1:
        notes += f" · one cell in {step} shown, along each axis"
    if len(spatial) == 1 and spatial[0] > tiles.LONGEST_LINE:
        notes += " · each column from least to most"
    lost = int(maps.size - np.isfinite(maps).sum())
    return notes + (f" · {lost} numbers not finite (magenta)" if lost else "")


def _vector_page(numbers: Array, title: str, facts: str, scope: Scope, scale: Scale | None) -> Page:
    """A layer without maps: its numbers as bars side by side, a line where they are many."""
    shared = scale_of([numbers]) if scale is None or scope != "network" else scale
    image = tiles.bars(numbers, shared, width=WIDEST - 2 * MARGIN, height=220)
    label = f"channels 0–{len(numbers) - 1}" if len(numbers) > 1 else "channel 0"
    tile = Tile(image, label, tiles.range_note(numbers), is_line=True)
    words = _SCOPES["network" if scope == "network" else "layer"]
    return Page(compose([tile], title, facts, shared, words), 0, len(numbers) - 1, len(numbers))


def _columns(made: Sequence[Tile]) -> int:
    """As many as fit; 16 or 8 where they do, so that channel numbers are easy to find."""
    fit = max(1, (WIDEST - 2 * MARGIN + SPACE) // _cell_width(made))
    return 16 if fit >= 16 else min(fit, 8)


def _paged(total: int, columns: int) -> list[tuple[int, int]]:
    each = columns * (MOST_ON_A_PAGE // columns)
    return [(first, min(first + each, total) - 1) for first in range(0, total, each)]


def _signed(scale: Scale) -> Scale:
    """Weights are signed by nature, also where a filter happens to have no negative one."""
    return Scale("signed", -scale.high, scale.high) if scale.palette == "unsigned" else scale
