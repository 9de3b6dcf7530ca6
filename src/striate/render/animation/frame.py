"""One frame: what it is, the window over the input, and the sum written out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from striate.errors import ParameterError
from striate.lenses.animation import Walk
from striate.render.animation.arithmetic import LEADING, arithmetic
from striate.render.animation.body import Body
from striate.render.animation.lettering import text_width
from striate.render.animation.lines import Lines
from striate.render.animation.look import Look
from striate.render.animation.planes import Planes
from striate.render.animation.scene import Scene
from striate.render.animation.theme import theme_of

# Everything is laid out on a slide of this size at least, and scaled to the one wanted.
WIDTH, HEIGHT = 1280, 720
# Font sizes of what is read second.
FACTS, SMALLEST_FACTS, NOTE = 20, 15, 17
LARGEST_NAME = 28
SMALLEST, LARGEST = (320, 180), (3840, 2160)
MARGIN, TOP = 44.0, 102.0
# Where the sum begins; three planes above each other need more height, and their sums are lines of few terms.
SUM, SUM_OF_MANY, MANY = 528.0, 562.0, 3


class Frames:
    """Draws the frames of an animation.

    Args:
        walk: What it shows.
        theme: "light" or "dark".
        size: (width, height) in pixels.

    Raises:
        ParameterError: There is no such theme, or the size is beyond the limits.
    """

    def __init__(self, walk: Walk, theme: str = "light", size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
        if any(not low <= side <= high for side, low, high in zip(size, SMALLEST, LARGEST, strict=True)):
            raise ParameterError(
                f"size (={size[0]}x{size[1]}) must be from {SMALLEST[0]}x{SMALLEST[1]} to {LARGEST[0]}x{LARGEST[1]}"
            )
        self.walk = walk
        self.look = Look(walk, theme_of(theme))
        self.size = size
        self.scale = min(size[0] / WIDTH, size[1] / HEIGHT)

    def __len__(self) -> int:
        return len(self.walk)

    def scene(self, number: int) -> Scene:
        """The frame of a step, as shapes."""
        if not 0 <= number < len(self):
            raise ParameterError(f"step (={number}) must be from 0 to {len(self) - 1}")
        scene = Scene(self._width, self._height, self.look.theme.page)
        self._head(scene, number)
        self._body.draw(scene, number)
        self._sum(scene, number)
        return scene

    def title(self, number: int) -> str:
        """What a frame shows, in words."""
        step = self.walk[number]
        at = ",".join(str(place) for place in step.position)
        return f"{self._name}, position {at}: {step.formula if len(step.formula) < 300 else step.value}"

    @property
    def _width(self) -> float:
        return self.size[0] / self.scale

    @property
    def _height(self) -> float:
        return self.size[1] / self.scale

    @cached_property
    def _foot(self) -> float:
        """Where the sum begins."""
        return self._height - HEIGHT + (SUM_OF_MANY if len(self.look.planes) >= MANY and self.walk.axes > 1 else SUM)

    @cached_property
    def _note(self) -> str:
        """What stands below the sum."""
        return " · ".join(part for part in (self.walk.origin, self.walk.omitted) if part)

    @cached_property
    def _name(self) -> str:
        words = {"Conv": "convolution", "ConvTranspose": "transposed convolution", "MaxPool": "max pooling",
                 "AveragePool": "average pooling", "LpPool": "Lp pooling"}  # fmt: skip
        plain = self.walk.kind.removeprefix("Global")
        extent = "global " if plain != self.walk.kind else ""
        kind = f"{self.walk.axes}-D {extent}{words.get(plain, plain)}"
        own = self.walk.name.lower() == self.walk.kind.lower()
        named = "" if own else f"{self.walk.name}:{self.walk.channel}"
        title = named if self.walk.title is None else self.walk.title
        return f"{title}, {kind}" if title else kind

    @cached_property
    def _body(self) -> Body:
        room = (MARGIN, TOP, self._width - 2 * MARGIN, self._foot - TOP - 22)
        return Lines(self.look, *room) if self.walk.axes == 1 else Planes(self.look, *room)

    def _head(self, scene: Scene, number: int) -> None:
        walk, theme, right = self.walk, self.look.theme, self._width - MARGIN
        at = ", ".join(str(place) for place in walk[number].position)
        count = f"{number + 1} of {len(walk)}"
        place = f"position {at}" if walk.axes == 1 else f"position ({at})"
        scene.text(right, 38, place, 24, theme.ink, "right")
        scene.text(right, 70, count, FACTS, theme.faint, "right")
        room = right - MARGIN - text_width(place, 24) - 40
        # A long title says itself what it is of.
        names = [self._name, *([walk.title] if walk.title else [])]
        name, letters = _lettered(names, room, LARGEST_NAME, FACTS)
        scene.text(MARGIN, 38, name, letters, theme.ink)
        sizes = "  ".join(dict.fromkeys(walk.sizes))
        facts = " · ".join(part for part in (*walk.facts, sizes) if part)
        room = right - MARGIN - text_width(count, FACTS) - 40
        facts, letters = _lettered([facts], room, FACTS, SMALLEST_FACTS)
        scene.text(MARGIN, 70, facts, letters, theme.faint)

    def _sum(self, scene: Scene, number: int) -> None:
        theme, walk = self.look.theme, self.walk
        top = self._foot
        width, foot = self._width - 2 * MARGIN, 38.0 if self._note else 18.0
        scene.line([(MARGIN, top), (MARGIN + width, top)], theme.hairline)
        room = self._height - top - foot - 8
        lines, size = arithmetic(self.look, walk[number], width, room)
        labels = [text_width(line.label, size * 0.8) for line in lines]
        indent = max(labels) + 20 if any(labels) else 0.0
        y = top + 8 + (room - len(lines) * size * LEADING) / 2 + size * LEADING / 2
        for line in lines:
            scene.text(MARGIN, y, line.label, size * 0.8, theme.faint)
            scene.text(MARGIN + indent, y, line.text, size, theme.ink)
            if line.result:
                behind = text_width(line.text, size) + 0.4 * size
                scene.text(MARGIN + indent + behind, y, line.result, size, theme.result)
            y += size * LEADING
        if self._note:
            scene.text(MARGIN, self._height - 18, _fitted(self._note, NOTE, width), NOTE, theme.faint)


def _lettered(texts: Sequence[str], room: float, largest: int, smallest: int) -> tuple[str, int]:
    """The first text that has room and the size of its letters; of the last one the middle is left out for it."""
    for text in texts:
        for letters in range(largest, smallest - 1, -1):
            if text_width(text, letters) <= room:
                return text, letters
    return _fitted(texts[-1], smallest, room), smallest


def _fitted(text: str, size: float, room: float) -> str:
    """The text, its middle left out where it is wider than the room."""
    if text_width(text, size) <= room:
        return text
    for keep in range(len(text) - 1, 1, -1):
        half = keep // 2
        shorter = text[: keep - half] + "…" + text[len(text) - half :]
        if text_width(shorter, size) <= room:
            return shorter
    return "…"
