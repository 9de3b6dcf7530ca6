"""Text in Pillow's own font, with the signs of arithmetic that the font lacks drawn as strokes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

from PIL import ImageDraw

from striate.render.animation.theme import Colour
from striate.render.canvas import font

# Strokes of each sign in units of the font's size: x from the left of the sign, y up from the middle of the figures.
_LEAN = 0.17
SIGNS: dict[str, tuple[float, tuple[tuple[tuple[float, float], ...], ...]]] = {
    "×": (0.6, (((0.3 - _LEAN, -_LEAN), (0.3 + _LEAN, _LEAN)), ((0.3 - _LEAN, _LEAN), (0.3 + _LEAN, -_LEAN)))),
    "−": (0.6, (((0.1, 0.0), (0.5, 0.0)),)),
    "–": (0.6, (((0.08, 0.0), (0.52, 0.0)),)),
    "≈": (
        0.6,
        tuple(((0.08, y - 0.03), (0.2, y + 0.05), (0.3, y), (0.4, y - 0.05), (0.52, y + 0.03)) for y in (0.09, -0.09)),
    ),
    "→": (0.9, (((0.1, 0.0), (0.78, 0.0)), ((0.58, 0.17), (0.78, 0.0), (0.58, -0.17)))),
    "√": (0.6, (((0.04, 0.0), (0.16, 0.06), (0.3, -0.36), (0.46, 0.42), (0.6, 0.42)),)),
    "²": (0.34, (((0.05, 0.36), (0.1, 0.42), (0.2, 0.42), (0.24, 0.34), (0.05, 0.12), (0.27, 0.12)),)),
    "Σ": (0.66, (((0.54, 0.33), (0.12, 0.33), (0.36, 0.0), (0.12, -0.35), (0.56, -0.35)),)),
    "⌊": (0.36, (((0.12, 0.42), (0.12, -0.42), (0.3, -0.42)),)),
    "⌋": (0.36, (((0.24, 0.42), (0.24, -0.42), (0.06, -0.42)),)),
    "⌈": (0.36, (((0.3, 0.42), (0.12, 0.42), (0.12, -0.42)),)),
    "⌉": (0.36, (((0.06, 0.42), (0.24, 0.42), (0.24, -0.42)),)),
    "…": (0.8, tuple(((x, -0.34), (x + 0.06, -0.34)) for x in (0.1, 0.36, 0.62))),
}


def _printable(text: str) -> str:
    return "".join(c if " " <= c <= "~" or "\xa1" <= c <= "\xff" else "?" for c in text)


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """Pieces that the font has letters for, and single signs that it has not."""
    for is_sign, letters in groupby(text, lambda letter: letter in SIGNS):
        if is_sign:
            yield from ((True, letter) for letter in letters)
        else:
            yield False, _printable("".join(letters))


@lru_cache(maxsize=4096)
def text_width(text: str, size: float) -> float:
    """How wide a line of text is, in pixels."""
    set_in = font(max(1, round(size)))
    scale = size / max(1, round(size))
    return sum(SIGNS[piece][0] * size if is_sign else set_in.getlength(piece) * scale for is_sign, piece in _runs(text))


def draw_text(draw: ImageDraw.ImageDraw, x: float, y: float, text: str, size: float, colour: Colour) -> None:
    """Writes a line from ``x`` on, the middle of its figures at ``y``."""
    set_in = font(max(1, round(size)))
    baseline = y + 0.36 * size
    for is_sign, piece in _runs(text):
        if not is_sign:
            draw.text((x, baseline), piece, fill=colour, font=set_in, anchor="ls")
            x += set_in.getlength(piece)
            continue
        advance, strokes = SIGNS[piece]
        for stroke in strokes:
            points = [(x + across * size, y - up * size) for across, up in stroke]
            draw.line(points, fill=colour, width=max(1, round(size / 13)), joint="curve")
        x += advance * size
