"""What all pictures share: fonts, colours of the frame, text that fits, enlarging without smoothing."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from striate.render.colour import Pixels, Scale, rgb, short

PAGE = rgb("fbfbfa")
INK = rgb("16181a")
FAINT = rgb("6b6e72")
HAIRLINE = rgb("d4d4d1")
SELECTION = rgb("d98e04")
FIELD = rgb("0f8f8c")
MARGIN = 24
TITLE, BODY, SMALL = 18, 13, 11
LEGEND_WIDTH = 240


@lru_cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own font: nothing is bundled or looked for on the machine."""
    loaded = ImageFont.load_default(size)
    if not isinstance(loaded, ImageFont.FreeTypeFont):
        raise OSError("Pillow was built without FreeType, so it has no font of that size; install the usual wheel")
    return loaded


def width_of(text: str, size: int) -> int:
    """Pixels that a line of text takes."""
    return int(font(size).getlength(printable(text)) + 0.999)


# Pillow's font has Latin letters and no typographic signs.
_SPELLED = str.maketrans({"×": "x", "−": "-", "–": "-", "…": "...", "Σ": "sum", "≈": "~", "→": "->"})


def printable(text: str) -> str:
    """Text in the characters that the font has a picture for; others become a question mark.

    Example:
        >>> printable("3×3 → −1")
        '3x3 -> -1'
    """
    return "".join(c if " " <= c <= "~" or "\xa1" <= c <= "\xff" else "?" for c in text.translate(_SPELLED))


def fitted(text: str, size: int, width: int) -> str:
    """The text, with its middle left out where it is wider than so many pixels."""
    text = printable(text)
    if width_of(text, size) <= width:
        return text
    for keep in range(len(text) - 1, 1, -1):
        half = keep // 2
        shorter = text[: keep - half] + "..." + text[len(text) - half :]
        if width_of(shorter, size) <= width:
            return shorter
    return "..."


def write(
    draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int = BODY, colour: tuple[int, int, int] = INK,
    anchor: str = "la",
) -> None:  # fmt: skip
    """Writes one line."""
    draw.text(at, printable(text), fill=colour, font=font(size), anchor=anchor)


def blank(width: int, height: int) -> Image.Image:
    """An empty page."""
    return Image.new("RGB", (width, height), PAGE)


def enlarged(pixels: Pixels, zoom: int) -> Image.Image:
    """A picture in which each cell is a square of ``zoom`` pixels."""
    return Image.fromarray(np.ascontiguousarray(pixels.repeat(zoom, axis=0).repeat(zoom, axis=1)))


def draw_legend(page: Image.Image, right: int, top: int, scale: Scale | None, scope: str) -> None:
    """The colour bar with its numbers and what it holds for, ending at ``right``.

    Args:
        page: Where to draw.
        right: Right edge.
        top: Upper edge; the legend is 44 pixels high.
        scale: The scale; None where every map has its own.
        scope: What the scale holds for, in words.
    """
    draw = ImageDraw.Draw(page)
    left = right - LEGEND_WIDTH
    shown = scale or Scale("signed", -1.0, 1.0)
    ramp = np.linspace(shown.low, shown.high, LEGEND_WIDTH)[None, :]
    page.paste(Image.fromarray(shown.pixels(ramp).repeat(12, axis=0)), (left, top))
    draw.rectangle((left - 1, top - 1, right, top + 12), outline=HAIRLINE)
    low, high = ("−max", "+max") if scale is None else (short(scale.low), short(scale.high))
    write(draw, (left, top + 16), low, SMALL)
    write(draw, (right, top + 16), high, SMALL, anchor="ra")
    if shown.palette == "signed":
        write(draw, (left + LEGEND_WIDTH // 2, top + 16), "0", SMALL, anchor="ma")
    write(draw, (right, top + 31), fitted(scope, SMALL, LEGEND_WIDTH), SMALL, FAINT, anchor="ra")


def draw_line_legend(page: Image.Image, right: int, top: int, scale: Scale | None, scope: str) -> None:
    """What the edges of line plots stand for, where a colour bar would say nothing."""
    draw = ImageDraw.Draw(page)
    text = "each line from its least to its most" if scale is None else f"{short(scale.low)} to {short(scale.high)}"
    write(draw, (right, top), text, BODY, anchor="ra")
    write(draw, (right, top + 16), "bottom edge to top edge; the thin line is 0", SMALL, FAINT, anchor="ra")
    write(draw, (right, top + 31), scope, SMALL, FAINT, anchor="ra")
