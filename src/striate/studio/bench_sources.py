"""What a workbench's window can slide over: bundled, made by a formula, open, uploaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from math import prod
from pathlib import Path

import numpy as np

from striate import bundled
from striate.errors import LimitError, NonFiniteError, ShapeError, UnsupportedError
from striate.graph import Array
from striate.lessons.played import sample_input
from striate.lessons.signals import SIGNALS, MadeSignal, ball
from striate.media import image, signal, volume
from striate.media.files import load_npy
from striate.media.picture import picture
from striate.reading import NUMBERS, PAGES, TABLES, sizes_text
from striate.studio.program_files import ProgramFile
from striate.studio.protocol.bench import BenchSource
from striate.studio.uploads import PICTURES

# A larger picture is made smaller: 1080p, and what is about as large.
LARGEST_PICTURE = 2_500_000
LARGEST_NUMBERS = 2**22


def _no_file(grey: bool) -> ProgramFile | None:
    return None


def always(file: ProgramFile) -> Callable[[bool], ProgramFile]:
    """Gives the same file, in grey or not."""
    return lambda grey: file


@dataclass(frozen=True)
class BenchInput:
    """A source.

    Args:
        id: Its id.
        name: For people.
        note: Where its numbers come from.
        shape: (c, *spatial).
        picture: Whether it is one, of values 0 to 1.
        read: Reads it, channels first; of a picture of three channels also in grey.
        code: Line of Python that reads the same, leaving it in ``x``.
        channels: Names of the channels; empty where they have none.
        file: What the line reads; None where that comes with striate.
        upload: An uploaded file that is kept with this.
        version: Another one under the same id has other numbers.
    """

    id: str
    name: str
    note: str
    shape: tuple[int, ...]
    picture: bool
    read: Callable[[bool], Array]
    code: Callable[[bool], str]
    channels: tuple[str, ...] = ()
    file: Callable[[bool], ProgramFile | None] = _no_file
    upload: Path | None = None
    version: int = 0

    @property
    def entry(self) -> BenchSource:
        """In the protocol's form."""
        return BenchSource(
            id=self.id,
            name=self.name,
            rank=len(self.shape) - 1,
            shape=self.shape,
            note=self.note,
            picture=self.picture,
            channels=self.channels,
        )


@cache
def built_in() -> tuple[BenchInput, ...]:
    """What is always there."""
    path = "st.bundled.picture_path()"
    house = of_picture("house", "house", "bundled picture, drawn by hand", picture(bundled.picture_path()), path)
    note = "made by a formula: exp(−((r − 0.6)/0.12)²), r the distance from the centre"
    hollow = BenchInput(
        "ball", "hollow ball", note, (1, 24, 24, 24), False, given(ball()[None]), line_of("x = st.lessons.ball()[None]")
    )
    return (house, *(_signal(each) for each in SIGNALS.values()), hollow)


def _signal(made: MadeSignal) -> BenchInput:
    x = made.make()[None]
    note = f"{made.description}; made by a formula, no measurement: {made.formula}"
    return BenchInput(
        made.name, made.name, note, x.shape, False, given(x), line_of(f"x = st.lessons.{made.name}()[None]")
    )


def beginning(source: BenchInput, length: int) -> BenchInput:
    """The first samples of a signal.

    Raises:
        ShapeError: It is no signal, or a shorter one.
    """
    if len(source.shape) != 2 or not 1 <= length <= source.shape[1]:
        raise ShapeError(f'source "{source.id}" has shape {source.shape}; it has no first {length} samples')

    def read(grey: bool) -> Array:
        return source.read(grey)[:, :length]

    def code(grey: bool) -> str:
        return f"{source.code(grey)}[:, :{length}]"

    name = f"{source.name}, first {length} samples"
    shape = (source.shape[0], length)
    return replace(source, id=f"{source.id}:{length}", name=name, shape=shape, read=read, code=code)


def of_noise(name: str) -> BenchInput | None:
    """Noise of a shape that stands in its id, "noise:17x30"; None where the id is another or the shape too large."""
    _, found, sizes = name.partition("noise:")
    parts = sizes.split("x")
    if not found or not all(part.isdigit() and 0 < len(part) < 6 for part in parts) or not 2 <= len(parts) <= 4:
        return None
    shape = tuple(int(part) for part in parts)
    if not all(shape) or prod(shape) > LARGEST_NUMBERS:
        return None
    note = "normally distributed numbers, always the same, in the shape that the layer was declared for"
    line = f"x = np.random.default_rng(0).normal(size={shape}).astype(np.float32)"

    def read(grey: bool) -> Array:
        return sample_input(shape)

    return BenchInput(name, f"noise {sizes_text(shape)}", note, shape, False, read, line_of(line))


def of_picture(
    id: str, name: str, note: str, pixels: Array, path: str, size: int | tuple[int, ...] | None = None
) -> BenchInput:
    """A picture, uint8 (h, w, 3); made smaller where it is very large, which its note says.

    Args:
        id: Its id.
        name: For people.
        note: Where its numbers come from.
        pixels: The picture.
        path: Its file, as Python writes it.
        size: Sides that were made of the file's.
    """
    height, width = pixels.shape[:2]
    if height * width > LARGEST_PICTURE:
        share = (LARGEST_PICTURE / (height * width)) ** 0.5
        size = max(1, int(height * share)), max(1, int(width * share))
        pixels = _smaller(pixels, size)
        note += f"; made smaller, from {height} × {width} to {size[0]} × {size[1]}"

    def read(grey: bool) -> Array:
        return image(pixels, size=None, preprocess="grey" if grey else "unit")[0]

    def code(grey: bool) -> str:
        return f'x = st.image({path}, size={size}, preprocess="{"grey" if grey else "unit"}")[0]'

    return BenchInput(id, name, note, (3, *pixels.shape[:2]), True, read, code)


def _smaller(pixels: Array, sides: tuple[int, ...]) -> Array:
    from PIL import Image

    return np.asarray(Image.fromarray(pixels).resize((sides[1], sides[0]), Image.Resampling.BILINEAR))


def of_file(path: Path, name: str) -> BenchInput:
    """An uploaded file, which is to be kept as long as the source; its id is still to be given.

    Raises:
        StriateError: It cannot be read, or is too large.
    """
    suffix = path.suffix.lower()
    if suffix in PICTURES and suffix not in PAGES:
        return _kept(of_picture("", name, "uploaded", picture(path), repr(name)), path)
    if suffix in PAGES:
        x, line = volume(path, preprocess="unit")[0], f'x = st.volume({name!r}, preprocess="unit")[0]'
    elif suffix in NUMBERS:
        array = load_npy(path, "array")
        x = _numbers(array)
        line = f"x = np.load({name!r})" + ("" if x.ndim == array.ndim else "[None]")
    elif suffix in (*TABLES, ".wav"):
        x, line = signal(path)[0], f"x = st.signal({name!r})[0]"
    else:
        raise UnsupportedError(f'"{name}" is neither a picture nor a signal nor numbers')
    if x.size > LARGEST_NUMBERS:
        raise LimitError(f'"{name}" has {x.size:,} numbers, the limit is {LARGEST_NUMBERS:,}; cut a part out of it')
    with np.errstate(over="ignore"):
        single = np.asarray(x, np.float32)
    beyond = int(single.size - np.isfinite(single).sum())
    if beyond:
        raise NonFiniteError(
            f'"{name}" holds {beyond:,} numbers that are NaN, infinite or beyond float32; mend the data'
        )
    note = f"uploaded, {sizes_text(x.shape)}"
    made = BenchInput("", name, note, x.shape, False, given(single), line_of(line))
    return _kept(made, path)


def _kept(made: BenchInput, path: Path) -> BenchInput:
    """With its file, for whoever takes the program along."""
    beside = ProgramFile(made.name, "the input", path)
    return replace(made, file=always(beside), upload=path)


def _numbers(array: Array) -> Array:
    """An array as (c, *spatial): a signal, a picture of numbers, one with few channels, or a volume."""
    if array.dtype.kind not in "biuf" or not 1 <= array.ndim <= 4 or not array.size:
        raise ShapeError(f"array has shape {array.shape} of {array.dtype}, expected 1 to 4 axes of numbers")
    if array.ndim == 4 or (array.ndim == 3 and len(array) <= 4):
        return array
    return array[None]


def given(x: Array) -> Callable[[bool], Array]:
    """Reads what is there already, in grey or not."""
    return lambda grey: x


def line_of(line: str) -> Callable[[bool], str]:
    """Gives the same line, in grey or not."""
    return lambda grey: line
