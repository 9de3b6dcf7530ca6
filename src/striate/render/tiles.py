"""One channel as a small picture: a map, a line, three planes through a volume, or a mosaic of kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from PIL import Image, ImageDraw

from striate.graph import Array
from striate.render.canvas import HAIRLINE, INK, blank, enlarged
from striate.render.colour import Pixels, Scale, short

# A small map is enlarged to about this many pixels; one larger than LARGEST is thinned out, and the sheet says so.
TARGET, LARGEST = 112, 448
LINE_HEIGHT, LINE_WIDTH, LONGEST_LINE = 72, 480, 1100
MOST_BAR = 60  # widest bar, gap included
GAP = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """A small picture with its label.

    Args:
        image: The picture.
        label: What stands above it.
        note: What stands behind the label, fainter.
        is_line: Whether it is a line plot, which has no colours.
    """

    image: Image.Image
    label: str
    note: str = ""
    is_line: bool = False


def zoom_for(height: int, width: int, target: int = TARGET) -> int:
    """By which whole number a map is enlarged."""
    return max(1, target // max(height, width, 1))


def thinning(sizes: Sequence[int]) -> int:
    """Every how many cells one is drawn: 1 unless a map is too large for a sheet."""
    return max(1, ceil(max(sizes) / LARGEST)) if len(sizes) > 1 else 1


def map_tile(numbers: Array, scale: Scale, label: str, note: str = "") -> Tile:
    """A channel of any rank: a line, a map or three planes."""
    if numbers.ndim == 1:
        return Tile(line(numbers, scale), label, note, is_line=True)
    if numbers.ndim == 2:
        return Tile(plane(numbers, scale), label, note)
    return Tile(three_planes(numbers, scale), label, note)


def plane(numbers: Array, scale: Scale, target: int = TARGET) -> Image.Image:
    """A map, each cell a square."""
    step = thinning(numbers.shape)
    thinned = numbers[::step, ::step]
    return enlarged(scale.pixels(thinned), zoom_for(thinned.shape[0], thinned.shape[1], target))


def three_planes(volume: Array, scale: Scale) -> Image.Image:
    """The middle planes of a volume side by side: h×w, d×w and d×h."""
    d, h, w = (size // 2 for size in volume.shape)
    step = thinning(volume.shape)
    cuts = [volume[d], volume[:, h], volume[:, :, w]]
    zoom = zoom_for(max(volume.shape) // step, 1)
    images = [enlarged(scale.pixels(cut[::step, ::step]), zoom) for cut in cuts]
    return beside(images)


def middle_planes(shape: Sequence[int]) -> str:
    """Which planes :func:`three_planes` shows."""
    d, h, w = (size // 2 for size in shape)
    return f"planes d={d}, h={h}, w={w}"


def beside(images: Sequence[Image.Image], gap: int = GAP) -> Image.Image:
    """Pictures in a row."""
    page = blank(sum(image.width for image in images) + gap * (len(images) - 1), max(image.height for image in images))
    left = 0
    for image in images:
        page.paste(image, (left, 0))
        left += image.width + gap
    return page


def line(numbers: Array, scale: Scale, width: int | None = None, height: int = LINE_HEIGHT) -> Image.Image:
    """A signal as a line with its zero line; where samples are more than pixels, from least to most in each column."""
    count = len(numbers)
    width = width or min(LONGEST_LINE, LINE_WIDTH * ceil(count / LINE_WIDTH))
    page = blank(width, height)
    draw = ImageDraw.Draw(page)
    span = scale.high - scale.low

    def row(value: float) -> float:
        share = (value - scale.low) / span if span > 0 else 0.5
        return (height - 3) * (1 - min(1.0, max(0.0, share))) + 1

    draw.line([(0, row(0.0)), (width, row(0.0))], fill=HAIRLINE)
    finite = np.where(np.isfinite(numbers), numbers, np.nan).astype(np.float64)
    if count > width:
        edges = np.linspace(0, count, width + 1).astype(int)
        for column in range(width):
            part = finite[edges[column] : max(edges[column] + 1, edges[column + 1])]
            part = part[~np.isnan(part)]
            if part.size:
                draw.line([(column, row(float(part.max()))), (column, row(float(part.min())))], fill=INK)
    else:
        step = (width - 3) / max(1, count - 1)
        points = [(1 + i * step, row(float(v))) for i, v in enumerate(finite) if not np.isnan(v)]
        if len(points) > 1:
            draw.line(points, fill=INK, width=1)
        if count <= width // 8:
            for x, y in points:
                draw.ellipse((x - 1.5, y - 1.5, x + 1.5, y + 1.5), fill=INK)
    draw.rectangle((0, 0, width - 1, height - 1), outline=HAIRLINE)
    return page


def bars(numbers: Array, scale: Scale, width: int, height: int) -> Image.Image:
    """Numbers that stand for themselves, as channels do: a bar for each, from zero, in the scale's colour.

    Bars that would be thinner than two pixels are a line instead.
    """
    count = len(numbers)
    if 2 * count > width - 2:
        return line(numbers, scale, width, height)
    page = blank(width, height)
    draw = ImageDraw.Draw(page)
    span = scale.high - scale.low
    zero = (height - 3) * (1 - (0.0 - scale.low) / span) + 1 if span > 0 else height - 2
    pitch = min((width - 2) / count, MOST_BAR)
    colours = scale.pixels(numbers)
    for place, value in enumerate(numbers.astype(np.float64)):
        left, right = 1 + place * pitch, 1 + (place + 1) * pitch - max(1.0, pitch / 5)
        top = (
            1.0 if np.isnan(value) else zero - (height - 3) * float(np.clip(value, scale.low, scale.high)) / (span or 1)
        )
        box = (round(left), round(min(top, zero)), max(round(left), round(right) - 1), round(max(top, zero)))
        draw.rectangle(box, fill=tuple(int(part) for part in colours[place]))
    draw.line([(0, zero), (width, zero)], fill=HAIRLINE)
    draw.rectangle((0, 0, width - 1, height - 1), outline=HAIRLINE)
    return page


def kernel_tile(weight: Array, scale: Scale, label: str) -> Tile:
    """One filter of shape (channels, *kernel): a mosaic of its input channels, row by row.

    A 1-D filter is one picture: a row for each input channel, a column for each tap.
    """
    if weight.ndim == 2:
        return Tile(plane(weight, scale), label)
    slices = weight.reshape(-1, *weight.shape[-2:])
    columns = _columns(weight)
    height, width = slices.shape[1:]
    gap = 0 if height == width == 1 else 1
    rows = ceil(len(slices) / columns)
    cells = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap))
    holds = np.zeros(cells.shape, bool)
    for index, piece in enumerate(slices):
        top, left = (index // columns) * (height + gap), (index % columns) * (width + gap)
        cells[top : top + height, left : left + width] = piece
        holds[top : top + height, left : left + width] = True
    pixels: Pixels = scale.pixels(cells)
    pixels[~holds] = HAIRLINE
    return Tile(enlarged(pixels, zoom_for(*cells.shape)), label)


def _columns(weight: Array) -> int:
    """A volume has its slices in a row; few channels stand side by side; many become a square."""
    channels = weight.shape[0]
    if weight.ndim == 4:
        return weight.shape[1]
    return channels if channels <= 4 else ceil(sqrt(channels))


def range_note(numbers: Array) -> str:
    """The span of a map's numbers, or that it is silent; what is not finite is counted."""
    finite = numbers[np.isfinite(numbers)]
    lost = numbers.size - finite.size
    text = f"{lost} not finite " if lost else ""
    if not finite.size:
        return text.strip()
    low, high = float(finite.min()), float(finite.max())
    if low == high:
        return f"{text}all {short(low)}"
    return f"{text}{short(low)} … {short(high)}"
