"""A frame as a raster picture."""

from __future__ import annotations

from PIL import Image, ImageDraw

from striate.render.animation.lettering import draw_text, text_width
from striate.render.animation.scene import Box, Ring, Scene, Stroke, Text


def raster(scene: Scene, scale: float = 1.0) -> Image.Image:
    """Draws a frame.

    Args:
        scene: The frame.
        scale: Pixels of the picture for each of the scene.
    """
    size = (round(scene.width * scale), round(scene.height * scale))
    if scale < 1:
        # Small letters would come out wider than they are laid out, by parts of a pixel each.
        return raster(scene).resize(size, Image.Resampling.BOX)
    page = Image.new("RGB", size, scene.page)
    draw = ImageDraw.Draw(page)
    for shape in scene.shapes:
        if isinstance(shape, Box):
            _box(draw, shape, scale)
        elif isinstance(shape, Stroke):
            points = [(x * scale, y * scale) for x, y in shape.points]
            draw.line(points, fill=shape.colour, width=max(1, round(shape.thickness * scale)), joint="curve")
        elif isinstance(shape, Ring):
            _ring(draw, shape, scale)
        else:
            _text(draw, shape, scale)
    return page


def _box(draw: ImageDraw.ImageDraw, box: Box, scale: float) -> None:
    # Corners are rounded, not sizes, so that neighbours meet.
    corners = [round(edge * scale) for edge in (box.x, box.y, box.x + box.width, box.y + box.height)]
    if box.edge is None:
        draw.rectangle(
            (corners[0], corners[1], max(corners[0], corners[2] - 1), max(corners[1], corners[3] - 1)), fill=box.fill
        )
        return
    thickness = max(1, round(box.thickness * scale))
    out = thickness // 2
    draw.rectangle(
        (corners[0] - out, corners[1] - out, corners[2] + out, corners[3] + out), box.fill, box.edge, thickness
    )


def _ring(draw: ImageDraw.ImageDraw, ring: Ring, scale: float) -> None:
    x, y, across, up = ring.x * scale, ring.y * scale, ring.radius * scale, ring.rise * scale
    thickness = max(1, round(ring.thickness * scale))
    draw.ellipse((x - across, y - up, x + across, y + up), ring.fill, ring.edge, thickness)


def _text(draw: ImageDraw.ImageDraw, text: Text, scale: float) -> None:
    size = text.size * scale
    if scale > 1:
        # Letters grow by whole pixels each: those of a long line may come out wider than its room.
        size = next(
            s for s in range(round(size), 0, -1) if s == 1 or text_width(text.text, s) <= text.width * scale + 1
        )
    part = {"left": 0.0, "middle": 0.5, "right": 1.0}[text.anchor]
    left = text.x * scale - part * text_width(text.text, size)
    draw_text(draw, left, text.y * scale, text.text, size, text.colour)
