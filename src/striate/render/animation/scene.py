"""One frame as a list of shapes, from which a raster picture and an SVG are made alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from striate.render.animation.theme import Colour

Anchor = Literal["left", "middle", "right"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle.

    Args:
        x: Left edge.
        y: Upper edge.
        width: Its width.
        height: Its height.
        fill: Colour inside; None for nothing.
        edge: Colour of the edge; None for none.
        thickness: Of the edge, which lies half outside.
    """

    x: float
    y: float
    width: float
    height: float
    fill: Colour | None = None
    edge: Colour | None = None
    thickness: float = 1.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """Straight lines from point to point.

    Args:
        points: At least two.
        colour: Their colour.
        thickness: Their thickness.
    """

    points: tuple[tuple[float, float], ...]
    colour: Colour
    thickness: float = 1.0


@dataclass(frozen=True, slots=True)
class Ring:
    """A circle, or an ellipse that lies.

    Args:
        x: Its middle.
        y: The same.
        radius: Its radius across.
        rise: Its radius upwards.
        edge: Colour of the edge; None for none.
        fill: Colour inside; None for nothing.
        thickness: Of the edge.
    """

    x: float
    y: float
    radius: float
    rise: float
    edge: Colour | None = None
    fill: Colour | None = None
    thickness: float = 2.0


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text.

    Args:
        x: Where it is anchored.
        y: The middle of its capitals and figures.
        text: What it says.
        size: Height of its font in pixels.
        colour: Its colour.
        anchor: Which of its ends ``x`` is.
        width: How wide the fonts of a raster picture set it; an SVG's are made to agree.
    """

    x: float
    y: float
    text: str
    size: float
    colour: Colour
    anchor: Anchor = "left"
    width: float = 0.0


Shape = Box | Stroke | Ring | Text


@dataclass(slots=True)
class Scene:
    """A frame.

    Args:
        width: In pixels.
        height: In pixels.
        page: Colour of the ground.
        shapes: What is drawn, in this order.
    """

    width: float
    height: float
    page: Colour
    shapes: list[Shape] = field(default_factory=list[Shape])

    def box(
        self, x: float, y: float, width: float, height: float, fill: Colour | None = None, edge: Colour | None = None,
        thickness: float = 1.0,
    ) -> None:  # fmt: skip
        """Adds a rectangle."""
        self.shapes.append(Box(x, y, width, height, fill, edge, thickness))

    def line(self, points: list[tuple[float, float]], colour: Colour, thickness: float = 1.0) -> None:
        """Adds lines from point to point."""
        self.shapes.append(Stroke(tuple(points), colour, thickness))

    def ring(
        self, x: float, y: float, radius: float, edge: Colour | None = None, fill: Colour | None = None,
        thickness: float = 2.0, rise: float | None = None,
    ) -> None:  # fmt: skip
        """Adds a circle, or an ellipse where ``rise`` is given."""
        self.shapes.append(Ring(x, y, radius, radius if rise is None else rise, edge, fill, thickness))

    def text(self, x: float, y: float, text: str, size: float, colour: Colour, anchor: Anchor = "left") -> None:
        """Adds a line of text; nothing where it is empty."""
        if not text:
            return
        from striate.render.animation.lettering import text_width

        self.shapes.append(Text(x, y, text, size, colour, anchor, text_width(text, size)))

    def hatch(self, x: float, y: float, size: float, height: float, colour: Colour) -> None:
        """Adds diagonal lines in a rectangle."""
        gap = max(5.0, min(size, height) / 5)
        reach = gap
        while reach < size + height:
            first = (x + max(0.0, reach - height), y + min(reach, height))
            last = (x + min(reach, size), y + max(0.0, reach - size))
            self.line([first, last], colour)
            reach += gap
