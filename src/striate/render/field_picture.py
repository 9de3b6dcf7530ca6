"""A receptive field drawn on the input: a box on a picture or a map, a span of signals, boxes on planes of a volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from striate.graph import Array
from striate.lenses.receptive_field import Box, InputField, ReceptiveField
from striate.render.canvas import (
    BODY,
    FAINT,
    FIELD,
    LEGEND_WIDTH,
    MARGIN,
    SMALL,
    TITLE,
    blank,
    draw_legend,
    fitted,
    width_of,
    write,
)
from striate.render.colour import Pixels, Scale, scale_of
from striate.render.receptive_field import box_text
from striate.render.tiles import LARGEST as LARGEST_PLANE
from striate.render.tiles import line, range_note

SMALLEST, LARGEST = 480, 1400
NARROWEST = 620  # with a legend
AXES = ("slice", "row", "column")
HEADER, CAPTION, GAP = 70, 17, 14
# Channels of a signal that are drawn.
LINES = 8
# How much of a colour is left outside the field, where the rest is page.
KEPT, PAPER = 0.45, 251


@dataclass(frozen=True, slots=True)
class _Part:
    """One drawing on the page.

    Args:
        pixels: What is drawn, already enlarged, (height, width, 3).
        box: What the unit sees of it, in pixels: (top, bottom), (left, right); None where it sees nothing.
        caption: What stands above it.
    """

    pixels: Pixels
    box: Box | None
    caption: str = ""


def field_on_picture(found: ReceptiveField, name: str, picture: Array) -> Image.Image:
    """The input picture, enlarged by a whole number, with a teal box around what the unit sees.

    Args:
        found: The receptive field.
        name: Which input.
        picture: What the network sees of it: uint8 (h, w, 3).
    """
    seen = found.inputs[name]
    zoom = _zoom(picture.shape[:2], LARGEST)
    return _page(found, seen, [_Part(_enlarged(picture, zoom), _scaled(seen.clipped, zoom))], "picture", None)


def field_on_numbers(found: ReceptiveField, name: str, numbers: Array) -> Image.Image:
    """The input's own numbers with a teal box around what the unit sees.

    Args:
        found: The receptive field.
        name: Which input.
        numbers: One sample of it, channels first: (c, *spatial) with one to three spatial axes. Of signals the first
            eight channels are drawn, of maps and volumes the first; a volume by three planes through the middle.
    """
    seen = found.inputs[name]
    if numbers.ndim == 2:
        return _page(found, seen, _lines(numbers, seen.clipped), "signal", None)
    scale = scale_of([numbers[0]])
    if numbers.ndim == 3:
        return _page(found, seen, [_map(numbers, seen.clipped, scale)], "map", scale)
    return _page(found, seen, _planes(numbers, seen.clipped, scale), "volume", scale)


def _page(
    found: ReceptiveField, seen: InputField, parts: Sequence[_Part], kind: str, scale: Scale | None
) -> Image.Image:
    """The drawings one below the other, or side by side where they are the planes of a volume; the scale's legend."""
    beside = kind == "volume"
    caption = CAPTION if any(part.caption for part in parts) else 0
    sizes = [
        (part.pixels.shape[0] + caption, max(part.pixels.shape[1], width_of(part.caption, SMALL))) for part in parts
    ]
    heights, widths = [size[0] for size in sizes], [size[1] for size in sizes]
    gaps = GAP * (len(parts) - 1)
    height = max(heights) if beside else sum(heights) + gaps
    width = sum(widths) + gaps if beside else max(widths)
    page = blank(max(width + 2 * MARGIN, NARROWEST if scale else SMALLEST), HEADER + height + MARGIN + 6)
    draw = ImageDraw.Draw(page)
    room = page.width - 2 * MARGIN - (LEGEND_WIDTH + MARGIN if scale else 0)
    if scale:
        draw_legend(page, page.width - MARGIN, 16, scale, "one scale for the whole channel")
    write(draw, (MARGIN, 16), fitted(f"{found.unit} sees", TITLE, room), TITLE)
    text = f"nothing of the {kind}"
    if seen.clipped is not None:
        text = f"{'×'.join(map(str, seen.size))} cells, {box_text(seen.clipped)}"
    answer = "exact" if found.exact else "an upper bound"
    write(draw, (MARGIN, 42), fitted(f"{text} · {answer}", BODY, room), BODY, FAINT)
    left, top = MARGIN, HEADER
    for part, (part_height, part_width) in zip(parts, sizes, strict=True):
        if part.caption:
            write(draw, (left, top), part.caption, SMALL)
        _paste(page, part, left, top + caption)
        left, top = (left + part_width + GAP, top) if beside else (left, top + part_height + GAP)
    return page


def _paste(page: Image.Image, part: _Part, left: int, top: int) -> None:
    """Outside the box a drawing is paler; inside it keeps its own colours."""
    pale = (part.pixels.astype(np.float64) * KEPT + PAPER * (1 - KEPT)).astype(np.uint8)
    if part.box is not None:
        inside = tuple(slice(start, stop) for start, stop in part.box)
        pale[inside] = part.pixels[inside]
    page.paste(Image.fromarray(pale), (left, top))
    if part.box is not None:
        (first, last), (start, stop) = part.box
        corners = (left + start - 2, top + first - 2, left + stop + 1, top + last + 1)
        ImageDraw.Draw(page).rectangle(corners, outline=FIELD, width=2)


def _lines(numbers: Array, box: Box | None) -> list[_Part]:
    """Signals on one axis of positions, each from its least to its most."""
    parts: list[_Part] = []
    for channel, signal in enumerate(numbers[:LINES]):
        drawn = np.asarray(line(signal, scale_of([signal])))
        more = f" of {len(numbers)}" if len(numbers) > LINES else ""
        caption = f"channel {channel}{more}: {range_note(signal)}"
        parts.append(_Part(drawn, _span(box, len(signal), drawn.shape), caption))
    return parts


def _span(box: Box | None, count: int, shape: tuple[int, ...]) -> Box | None:
    """Where a line plot has these positions: samples are points, or columns share them where they are more."""
    if not box:
        return None
    height, width = shape[:2]
    ((start, stop),) = box
    if count > width:
        left, right = start * width / count, stop * width / count
    else:
        step = (width - 3) / max(1, count - 1)
        left, right = 1 + (start - 0.5) * step, 1 + (stop - 0.5) * step
    left = min(max(0, round(left)), width - 1)
    return (0, height), (left, max(left + 1, min(width, round(right))))


def _map(numbers: Array, box: Box | None, scale: Scale) -> _Part:
    zoom = _zoom(numbers.shape[1:], LARGEST)
    return _Part(_enlarged(scale.pixels(numbers[0]), zoom), _scaled(box, zoom), _first_channel(numbers))


def _planes(numbers: Array, box: Box | None, scale: Scale) -> list[_Part]:
    """Three planes through the middle of the field: h×w, d×w and d×h."""
    volume = numbers[0]
    zoom = _zoom(volume.shape, LARGEST_PLANE)
    middle = [(start + stop - 1) // 2 for start, stop in box] if box else [size // 2 for size in volume.shape]
    parts: list[_Part] = []
    for axis, label in enumerate(AXES):
        pixels = _enlarged(scale.pixels(volume.take(middle[axis], axis)), zoom)
        across = None if box is None else tuple(span for other, span in enumerate(box) if other != axis)
        down, along = (f"{name}s" for name in AXES if name != label)
        more = f" · {_first_channel(numbers)}" if len(numbers) > 1 and not axis else ""
        parts.append(_Part(pixels, _scaled(across, zoom), f"{label} {middle[axis]}: {down} × {along}{more}"))
    return parts


def _first_channel(numbers: Array) -> str:
    return f"channel 0 of {len(numbers)}" if len(numbers) > 1 else ""


def _zoom(sizes: Sequence[int], largest: int) -> int:
    longest = max(1, *sizes)
    return max(1, min(SMALLEST // longest + 1, largest // longest))


def _enlarged(pixels: Pixels, zoom: int) -> Pixels:
    return np.ascontiguousarray(pixels.repeat(zoom, axis=0).repeat(zoom, axis=1))


def _scaled(box: Box | None, zoom: int) -> Box | None:
    """A box of cells in pixels; None where it is not one of rows and columns."""
    if box is None or len(box) != 2:
        return None
    return tuple((start * zoom, stop * zoom) for start, stop in box)
