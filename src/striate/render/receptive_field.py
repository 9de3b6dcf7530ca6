"""A receptive field as text, and as a box on the picture that the network sees."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from striate.graph import Array
from striate.lenses.receptive_field import Box, ReceptiveField
from striate.render.canvas import BODY, FAINT, FIELD, MARGIN, TITLE, blank, fitted, write
from striate.render.plain import Plain, plain

SMALLEST, LARGEST = 480, 1400


def field_text(found: ReceptiveField) -> str:
    """What a unit sees, a few lines for each input."""
    lines = [f"{found.unit} sees"]
    for name, seen in found.inputs.items():
        if seen.clipped is None:
            lines.append(f"  {name}  nothing")
            continue
        size = "×".join(map(str, seen.size)) or "everything"
        lines.append(f"  {name}  {size} cells: {_box(seen.clipped)}")
        if seen.unclipped != seen.clipped and seen.unclipped is not None:
            lines.append(f"  {' ' * len(name)}  with what hangs over the edges: {_box(seen.unclipped)}")
        if any(seen.stride):
            strides = "×".join(f"{step:g}" for step in seen.stride)
            lines.append(f"  {' ' * len(name)}  neighbouring units see {strides} cells further on")
        holes = _holes(seen.mask, seen.clipped)
        if holes:
            lines.append(f"  {' ' * len(name)}  {holes:.0%} of the box have no influence (gaps of dilation or stride)")
    answer = "exact" if found.exact else "an upper bound"
    lines.append(f"  {answer}{': ' + found.reason if found.reason else ''}")
    return "\n".join(lines)


def field_plain(found: ReceptiveField) -> Plain:
    """The same as data; boxes are half-open [start, stop) per spatial axis."""
    inputs: dict[str, Plain] = {
        name: {
            "clipped": plain(seen.clipped),
            "unclipped": plain(seen.unclipped),
            "size": plain(seen.size),
            "stride": plain(seen.stride),
            "centre": plain(seen.centre),
            "cells": int(seen.mask.sum()),
        }
        for name, seen in found.inputs.items()
    }
    return {"unit": str(found.unit), "exact": found.exact, "reason": found.reason, "inputs": inputs}


def field_picture(found: ReceptiveField, name: str, picture: Array) -> Image.Image:
    """The input picture, enlarged by a whole number, with a teal box around what the unit sees.

    Args:
        found: The receptive field.
        name: Which input.
        picture: What the network sees of it: uint8 (h, w, 3).
    """
    seen = found.inputs[name]
    height, width = picture.shape[:2]
    zoom = max(1, min(SMALLEST // max(1, max(height, width)) + 1, LARGEST // max(height, width)))
    shown = np.ascontiguousarray(picture.repeat(zoom, axis=0).repeat(zoom, axis=1))
    page = blank(max(shown.shape[1] + 2 * MARGIN, SMALLEST), shown.shape[0] + 76 + MARGIN)
    draw = ImageDraw.Draw(page)
    room = page.width - 2 * MARGIN
    write(draw, (MARGIN, 16), fitted(f"{found.unit} sees", TITLE, room), TITLE)
    text = (
        "nothing of the picture"
        if seen.clipped is None
        else f"{'×'.join(map(str, seen.size))} cells, {_box(seen.clipped)}"
    )
    answer = "exact" if found.exact else "an upper bound"
    write(draw, (MARGIN, 42), fitted(f"{text} · {answer}", BODY, room), BODY, FAINT)
    image = Image.fromarray(_tinted(shown, seen.clipped, zoom))
    page.paste(image, (MARGIN, 70))
    if seen.clipped is not None:
        _outline(draw, seen.clipped, zoom)
    return page


def _tinted(shown: Array, box: Box | None, zoom: int) -> Array:
    """Outside the box the picture is paler; inside it keeps its own colours."""
    pale = (shown.astype(np.float64) * 0.45 + 251 * 0.55).astype(np.uint8)
    if box is not None and len(box) == 2:
        (top, bottom), (left, right) = box
        inside = (slice(top * zoom, bottom * zoom), slice(left * zoom, right * zoom))
        pale[inside] = shown[inside]
    return pale


def _outline(draw: ImageDraw.ImageDraw, box: Box, zoom: int) -> None:
    if len(box) != 2:
        return
    (top, bottom), (left, right) = box
    corners = (MARGIN + left * zoom - 2, 70 + top * zoom - 2, MARGIN + right * zoom + 1, 70 + bottom * zoom + 1)
    draw.rectangle(corners, outline=FIELD, width=2)


def _box(box: Box) -> str:
    names = {1: ("cells",), 2: ("rows", "columns"), 3: ("slices", "rows", "columns")}.get(len(box), ())
    return ", ".join(f"{axis} {start} to {stop - 1}" for axis, (start, stop) in zip(names, box, strict=False))


def _holes(mask: Array, box: Box) -> float:
    """Share of the box's cells that no channel's influence reaches."""
    if mask.ndim < 3:
        return 0.0
    anywhere: Array = np.logical_or.reduce(mask, axis=(0, 1))
    cells = anywhere[tuple(slice(start, stop) for start, stop in box)]
    return 1 - float(cells.mean()) if cells.size else 0.0
