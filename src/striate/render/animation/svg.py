"""A frame as an SVG: shapes and text of its own, no script, nothing fetched."""

from __future__ import annotations

from html import escape

from striate.render.animation.scene import Box, Ring, Scene, Shape, Stroke, Text
from striate.render.animation.theme import Colour

_FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_ANCHORS = {"left": "start", "middle": "middle", "right": "end"}


def svg(scene: Scene, width: int, height: int, title: str) -> str:
    """Writes a frame.

    Args:
        scene: The frame.
        width: Width of the picture in pixels.
        height: Its height.
        title: What it shows, for those who cannot see it.

    Returns:
        The document.
    """
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {_n(scene.width)} {_n(scene.height)}" role="img" font-family="{_FONTS}" '
        'style="font-variant-numeric: tabular-nums">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" fill="{_hex(scene.page)}"/>',
        *(_element(shape) for shape in scene.shapes),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _element(shape: Shape) -> str:
    if isinstance(shape, Box):
        return (
            f'<rect x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.width)}" height="{_n(shape.height)}"'
            f"{_paint(shape.fill, shape.edge, shape.thickness)}/>"
        )
    if isinstance(shape, Stroke):
        points = " ".join(f"{_n(x)},{_n(y)}" for x, y in shape.points)
        return f'<polyline points="{points}"{_paint(None, shape.colour, shape.thickness)}/>'
    if isinstance(shape, Ring):
        paint = _paint(shape.fill, shape.edge, shape.thickness)
        if shape.rise != shape.radius:
            radii = f'rx="{_n(shape.radius)}" ry="{_n(shape.rise)}"'
            return f'<ellipse cx="{_n(shape.x)}" cy="{_n(shape.y)}" {radii}{paint}/>'
        return f'<circle cx="{_n(shape.x)}" cy="{_n(shape.y)}" r="{_n(shape.radius)}"{paint}/>'
    return _text(shape)


def _text(text: Text) -> str:
    """The reader's font may be wider than ours: a long line is set to the width that it has room for."""
    fit = f' textLength="{_n(text.width)}" lengthAdjust="spacingAndGlyphs"' if len(text.text) > 3 else ""
    return (
        f'<text x="{_n(text.x)}" y="{_n(text.y + 0.36 * text.size)}" font-size="{_n(text.size)}" '
        f'text-anchor="{_ANCHORS[text.anchor]}" fill="{_hex(text.colour)}"{fit}>{escape(text.text)}</text>'
    )


def _paint(fill: Colour | None, edge: Colour | None, thickness: float) -> str:
    inside = "none" if fill is None else _hex(fill)
    return f' fill="{inside}"' + ("" if edge is None else f' stroke="{_hex(edge)}" stroke-width="{_n(thickness)}"')


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
