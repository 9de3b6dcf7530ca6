"""Draws the bundled picture: a house by a fence, with lines, edges and corners of several sizes and directions.

Run it from the repository's root: ``python scripts/make_bundled_picture.py``. The picture is drawn by these lines alone
and dedicated to the public domain (CC0 1.0).
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

TARGET = Path(__file__).resolve().parent.parent / "src" / "striate" / "bundled" / "house.png"
WIDTH, HEIGHT = 320, 256
# Drawn this many times larger and averaged, which smooths all edges.
FINER = 4
RNG = np.random.default_rng(2026)

Colour = tuple[int, int, int]
Point = tuple[float, float]


def scaled(points: list[Point]) -> list[Point]:
    return [(x * FINER, y * FINER) for x, y in points]


def shade(colour: Colour, factor: float) -> Colour:
    red, green, blue = (max(0, min(255, round(part * factor))) for part in colour)
    return red, green, blue


class Scene:
    """A canvas in the picture's own coordinates."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER))
        self.draw = ImageDraw.Draw(self.image)

    def area(self, points: list[Point], colour: Colour) -> None:
        self.draw.polygon(scaled(points), fill=colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        self.area([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def line(self, points: list[Point], colour: Colour, width: float) -> None:
        self.draw.line(scaled(points), fill=colour, width=round(width * FINER), joint="curve")

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        corners = scaled([(x - radius, y - radius), (x + radius, y + radius)])
        self.draw.ellipse([*corners[0], *corners[1]], fill=colour)

    def slope(self, top: float, bottom: float, above: Colour, below: Colour) -> None:
        """Bands from one colour to another."""
        for row in range(round(top * FINER), round(bottom * FINER)):
            part = (row / FINER - top) / (bottom - top)
            mixed = tuple(round(a + (b - a) * part) for a, b in zip(above, below, strict=True))
            self.draw.line([(0, row), (WIDTH * FINER, row)], fill=mixed)


def sky(scene: Scene) -> None:
    scene.slope(0, 176, (88, 146, 208), (222, 232, 236))
    glow = Image.new("L", scene.image.size)
    ImageDraw.Draw(glow).ellipse([246 * FINER, 8 * FINER, 306 * FINER, 68 * FINER], fill=150)
    scene.image.paste((255, 240, 190), mask=glow.filter(ImageFilter.GaussianBlur(9 * FINER)))
    for ray in range(12):
        angle = 2 * math.pi * ray / 12
        way = math.cos(angle), math.sin(angle)
        scene.line([(276 + 24 * way[0], 38 + 24 * way[1]), (276 + 33 * way[0], 38 + 33 * way[1])], (255, 236, 160), 1.6)
    scene.disc(276, 38, 18, (255, 226, 112))
    for x, y, size in ((44, 34, 1.0), (168, 22, 0.7)):
        for dx, dy, radius in ((-17, 3, 9), (-6, -3, 12), (8, 0, 11), (19, 4, 8)):
            scene.disc(x + dx * size, y + dy * size, radius * size, (246, 249, 251))


def hills(scene: Scene) -> None:
    ridge = [(x, 150 - 22 * math.sin(x / 61 + 0.4) - 7 * math.sin(x / 19)) for x in range(0, WIDTH + 1, 2)]
    scene.area([*ridge, (WIDTH, 190), (0, 190)], (122, 158, 138))
    near = [(x, 168 - 9 * math.sin(x / 47 + 2.2)) for x in range(0, WIDTH + 1, 2)]
    scene.area([*near, (WIDTH, HEIGHT), (0, HEIGHT)], (128, 166, 92))


def meadow(scene: Scene) -> None:
    scene.area([(0, 200), (WIDTH, 196), (WIDTH, HEIGHT), (0, HEIGHT)], (104, 148, 74))
    for _ in range(700):
        x, y = RNG.uniform(0, WIDTH), RNG.uniform(203, HEIGHT)
        size = 1.5 + 4 * (y - 200) / 56
        colour = shade((104, 148, 74), RNG.uniform(0.72, 1.3))
        scene.line([(x, y), (x + RNG.uniform(-1.2, 1.2), y - size)], colour, 0.5)
    scene.area([(118, 208), (142, 208), (176, HEIGHT), (96, HEIGHT)], (206, 188, 154))
    for row, y in enumerate((212, 218, 226, 236, 248)):
        reach = (y - 208) / 48
        left, right = 118 - 22 * reach, 142 + 34 * reach
        scene.line([(left, y), (right, y)], (158, 138, 106), 0.8)
        for part in (0.33, 0.66) if row % 2 else (0.5,):
            x = left + (right - left) * part
            scene.line([(x, y), (x + 1.5 * (part - 0.4), y + 7)], (158, 138, 106), 0.8)


def bricks(scene: Scene, left: int, top: int, right: int, bottom: int) -> None:
    scene.box(left, top, right, bottom, (196, 180, 164))
    for course, y in enumerate(np.arange(top, bottom, 5.0)):
        start = left - (6 if course % 2 else 0)
        for x in np.arange(start, right, 12.0):
            a, b = max(left, x + 0.5), min(right, x + 11.5)
            if b > a:
                scene.box(a, y + 0.5, b, min(bottom, y + 4.5), shade((178, 92, 70), RNG.uniform(0.86, 1.12)))


def window(scene: Scene, left: float, top: float, width: float, height: float) -> None:
    right, bottom = left + width, top + height
    scene.box(left - 3, top - 3, right + 3, bottom + 3, (246, 242, 232))
    scene.box(left, top, right, bottom, (58, 84, 112))
    scene.area([(left, top), (left + width * 0.7, top), (left, top + height * 0.8)], (92, 124, 154))
    scene.line([(left + width / 2, top), (left + width / 2, bottom)], (246, 242, 232), 2)
    scene.line([(left, top + height / 2), (right, top + height / 2)], (246, 242, 232), 2)
    scene.box(left - 5, bottom + 3, right + 5, bottom + 6, (214, 206, 190))


def house(scene: Scene) -> None:
    bricks(scene, 66, 110, 194, 208)
    scene.area([(66, 110), (194, 110), (194, 118), (66, 118)], (120, 60, 48))
    # chimney
    bricks(scene, 156, 44, 174, 84)
    scene.box(153, 40, 177, 46, (150, 138, 128))
    roof = [(54, 112), (96, 58), (164, 58), (206, 112)]
    scene.area(roof, (92, 66, 72))
    for row in range(1, 9):
        part = row / 9
        y, left, right = 58 + 54 * part, 96 - 42 * part, 164 + 42 * part
        scene.line([(left, y), (right, y)], (66, 46, 52), 0.9)
        count = 17
        for tile in range(count + 1):
            x = left + (right - left) * (tile + (0.5 if row % 2 else 0)) / count
            if left + 4.4 < x < right - 4.4:
                scene.line([(x, y), (x, y - 5.4)], (70, 49, 55), 0.6)
    scene.line([*roof, roof[0]], (52, 36, 40), 1.6)
    # gable window
    scene.disc(130, 88, 10, (246, 242, 232))
    scene.disc(130, 88, 7.6, (58, 84, 112))
    scene.line([(130, 80), (130, 96)], (246, 242, 232), 1.5)
    scene.line([(122, 88), (138, 88)], (246, 242, 232), 1.5)
    window(scene, 76, 132, 26, 34)
    window(scene, 158, 132, 26, 34)
    # door
    scene.box(115, 142, 145, 208, (240, 234, 220))
    scene.box(118, 145, 142, 208, (44, 92, 86))
    for top, bottom in ((150, 168), (174, 202)):
        for left in (121.5, 132):
            scene.line(
                [(left, top), (left + 7, top), (left + 7, bottom), (left, bottom), (left, top)], (26, 62, 58), 0.9
            )
    scene.disc(138.6, 178, 1.3, (236, 202, 108))
    scene.box(108, 206, 152, 211, (176, 168, 158))


def tree(scene: Scene) -> None:
    bark = (98, 72, 54)
    scene.area([(246, 212), (250, 150), (258, 150), (263, 212)], bark)
    for end, width in (((232, 132), 3), ((276, 126), 3), ((254, 116), 3.5), ((240, 112), 2), ((268, 108), 2)):
        scene.line([(254, 156), end], bark, width)
    for _ in range(240):
        angle, reach = RNG.uniform(0, 2 * math.pi), math.sqrt(RNG.uniform(0, 1))
        x, y = 254 + 38 * reach * math.cos(angle), 116 + 31 * reach * math.sin(angle)
        light = 0.72 + 0.5 * (1 - (y - 85) / 62) + RNG.uniform(-0.12, 0.12)
        scene.disc(x, y, RNG.uniform(2.2, 4.4), shade((82, 128, 66), light))


def fence(scene: Scene) -> None:
    for rail in (214, 228):
        scene.box(186, rail, WIDTH, rail + 4, (226, 222, 210))
        scene.line([(186, rail + 4.4), (WIDTH, rail + 4.4)], (150, 146, 132), 0.8)
    for left in range(190, WIDTH, 14):
        scene.area(
            [(left, 242), (left, 206), (left + 4, 200), (left + 8, 206), (left + 8, 242)],
            (244, 242, 234),
        )
        scene.line([(left + 8.4, 206), (left + 8.4, 242)], (150, 146, 132), 0.9)
    # a gate with a diagonal brace on the other side
    scene.box(4, 206, 8, 246, (226, 222, 210))
    scene.box(76, 206, 80, 246, (226, 222, 210))
    for rail in (211, 238):
        scene.box(4, rail, 80, rail + 4, (238, 234, 224))
    scene.line([(8, 240), (76, 213)], (226, 222, 210), 3.6)
    for left in range(14, 76, 10):
        scene.box(left, 206, left + 3, 246, (244, 242, 234))


def chequer(scene: Scene) -> None:
    """A flag on a pole: the sharpest corners in the picture."""
    scene.line([(20, 206), (20, 96)], (108, 104, 100), 2.2)
    scene.disc(20, 95, 2.4, (232, 200, 96))
    for row in range(4):
        for column in range(5):
            colour = (242, 242, 240) if (row + column) % 2 else (44, 44, 52)
            wave = 1.6 * math.sin(column * 1.1)
            left, top = 21.2 + column * 6, 99 + row * 6 + wave
            after = 1.6 * math.sin((column + 1) * 1.1) - wave
            scene.area([(left, top), (left + 6, top + after), (left + 6, top + 6 + after), (left, top + 6)], colour)


def main() -> None:
    scene = Scene()
    for part in (sky, hills, meadow, house, tree, fence, chequer):
        part(scene)
    small = scene.image.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    pixels = np.asarray(small, np.float64)
    across = np.linspace(-1, 1, WIDTH)[None, :, None]
    down = np.linspace(-1, 1, HEIGHT)[:, None, None]
    pixels = pixels * (1.03 - 0.09 * (across**2 + down**2))
    finished = Image.fromarray(np.clip(np.round(pixels), 0, 255).astype(np.uint8))
    finished.save(TARGET, optimize=True)
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
