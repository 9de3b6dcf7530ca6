"""Reads the files that a network's inputs are made of, and says what was done to them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from striate.errors import InvalidError, MediaError, ParameterError, ShapeError, unknown_name

if TYPE_CHECKING:
    from striate.given import ValueInfo
    from striate.graph import Array, Layout

PREPROCESS = ("imagenet", "unit", "signed", "none")
NUMBERS = (".npy", ".npz")
TABLES = (".csv", ".tsv", ".txt", ".wav")
PAGES = (".tif", ".tiff")


@dataclass(frozen=True, eq=False)
class ReadInput:
    """One input that was read.

    Args:
        array: In the source's order of axes, batch first.
        note: How the file became the input, one line.
        picture: Of an image, what the network sees of it in plain colours: uint8 (h, w, 3); else None.
        scale: Of an image, for each channel: value = scale * shown / 255 + offset. Else empty.
        offset: The same.
    """

    array: Array
    note: str
    picture: Array | None = None
    scale: tuple[float, ...] = ()
    offset: tuple[float, ...] = ()


@dataclass(frozen=True)
class Opened:
    """Inputs that were read.

    Args:
        inputs: By the input's name.
    """

    inputs: dict[str, ReadInput]

    @property
    def arrays(self) -> dict[str, Array]:
        """By the input's name, in the source's order of axes."""
        return {name: found.array for name, found in self.inputs.items()}

    @property
    def notes(self) -> tuple[str, ...]:
        """How each file became an input, a line each."""
        return tuple(f"{name}: {found.note}" for name, found in self.inputs.items())

    @property
    def pictures(self) -> dict[str, Array]:
        """For an image input, what the network sees of it in plain colours: uint8 (h, w, 3)."""
        return {name: found.picture for name, found in self.inputs.items() if found.picture is not None}


def read_inputs(
    infos: Sequence[ValueInfo], layout_of: Callable[[str], Layout], given: Sequence[str], preprocess: str | None = None
) -> Opened:
    """Reads the files for a network's inputs.

    Args:
        infos: The network's inputs.
        layout_of: Order of axes of its source, by the input's name.
        given: Paths, or ``name=path`` (or ``name=number``) where there are several inputs.
        preprocess: How images are scaled: one of PREPROCESS; "imagenet" for three channels and "unit" for one if None.

    Raises:
        UnknownNameError, InvalidError: A name is no input, or one is missing.
        MediaError: A file cannot be read.
        ShapeError: A file cannot be made to fit.
    """
    if preprocess is not None and preprocess not in PREPROCESS:
        raise ParameterError(f'preprocess (="{preprocess}") must be one of {", ".join(PREPROCESS)}')
    by_name = {info.name: info for info in infos}
    pairs = assigned(list(by_name), given)
    return Opened(
        {name: read_input(by_name[name], text, preprocess, layout_of(name) == "channels_last") for name, text in pairs}
    )


def assigned(names: list[str], given: Sequence[str]) -> list[tuple[str, str]]:
    """Which file is for which input; those without a name are for the inputs left over, in order.

    Raises:
        UnknownNameError, InvalidError: A name is no input, an input is given twice or missing, or there are too many.
    """
    named: dict[str, str] = {}
    unnamed: list[str] = []
    for text in given:
        name, equals, path = text.partition("=")
        if equals and name in names:
            if name in named:
                raise InvalidError(f'input "{name}" is given twice')
            named[name] = path
        elif equals and not Path(text).exists() and len(names) > 1:
            raise unknown_name("input", name, names)
        else:
            unnamed.append(text)
    free = [name for name in names if name not in named]
    if len(unnamed) > len(free):
        raise InvalidError(f"{len(given)} inputs are given, the network has {len(names)}: {', '.join(names)}")
    named.update(zip(free, unnamed, strict=False))
    missing = [name for name in names if name not in named]
    if missing:
        raise InvalidError(f'input "{missing[0]}" is missing; the network has {len(names)}: give {missing[0]}=FILE')
    return [(name, named[name]) for name in names]


def read_input(info: ValueInfo, text: str, preprocess: str | None = None, last: bool = False) -> ReadInput:
    """Reads the file for one input.

    Args:
        info: The input.
        text: Path of an image, .npy, .npz, .csv, .tsv, .txt, .wav, a .tif with pages for a volume; or a number. An
            array (h, w) is a grey image where the input takes images.
        preprocess: How an image is scaled, see :func:`read_inputs`.
        last: Whether the source's axes are channels last.

    Raises:
        MediaError, ShapeError, ParameterError, LimitError: It cannot be read, or made to fit.
    """
    path = Path(text)
    suffix = path.suffix.lower()
    rank = None if info.shape is None else len(info.shape)
    if is_number(text) and not path.exists():
        return _constant(info, float(text), text)
    if suffix in NUMBERS:
        return _from_numbers(info, text, preprocess, last)
    if suffix in TABLES:
        return _from_table(info, text, last)
    if rank == 5 and (suffix in PAGES or path.is_dir()):
        return _from_volume(info, text, last)
    if rank != 4:
        expected = "?" if info.shape is None else sizes_text(info.shape)
        raise MediaError(
            f'"{text}" is taken for an image, but input "{info.name}" is {expected}; give .npy, .csv or .wav'
        )
    return read_picture(info, text, text, preprocess, last)


def _constant(info: ValueInfo, number: float, text: str) -> ReadInput:
    import numpy as np

    from striate.engine.limits import require_memory

    shape = tuple(size or 1 for size in info.shape or ())
    require_memory(math.prod(shape) * info.dtype.itemsize, f'input "{info.name}" of {sizes_text(shape)} cells')
    return ReadInput(np.full(shape, number, info.dtype), f"{text} in every cell of {sizes_text(shape)}")


def _from_numbers(info: ValueInfo, text: str, preprocess: str | None, last: bool) -> ReadInput:
    from striate.media.files import existing_file, load_npy

    array = load_npy(existing_file(text, "array"), "array")
    rank = None if info.shape is None else len(info.shape)
    if rank == 4 and array.ndim == 2 and array.size and info.dtype.kind == "f":
        return _read_plane(info, array, text, preprocess, last)
    note = f"{text}, {sizes_text(array.shape)}"
    if (rank == 3 and array.ndim == 1) or (rank == 5 and array.ndim == 3):
        array = array[None, ..., None] if last else array[None, None]
        note += " as a batch of one with one channel"
    elif rank is not None and array.ndim == rank - 1:
        array, note = array[None], note + " as a batch of one"
    if info.dtype.kind == "f" and array.dtype.kind in "biuf":
        array = array.astype(info.dtype)
    return ReadInput(array, note)


def _from_table(info: ValueInfo, text: str, last: bool) -> ReadInput:
    """Rows are points in time and columns are channels; an input of rank 2 or 1 takes one of them."""
    from striate.media import signal

    found = signal(text)
    _, channels, length = found.shape
    noun = "channel" if channels == 1 else "channels"
    note = f"{text}, {channels} {noun} of {length:,} samples"
    rank = None if info.shape is None else len(info.shape)
    if rank == 3:
        return ReadInput(found.transpose(0, 2, 1) if last else found, note)
    if rank in (1, 2) and 1 in (channels, length):
        flat = found.reshape(1, -1)
        return ReadInput(flat if rank == 2 else flat[0], note)
    expected = "?" if info.shape is None else sizes_text(info.shape)
    raise ShapeError(
        f'"{text}" has {channels} channels of {length} samples, input "{info.name}" is {expected}; give .npy'
    )


def _from_volume(info: ValueInfo, text: str, last: bool) -> ReadInput:
    from striate.media import volume

    found = volume(text, preprocess="unit")
    note = f"{text}, {sizes_text(found.shape[2:])} as one channel, 8- and 16-bit values 0 to 1"
    return ReadInput(found.reshape(1, *found.shape[2:], 1) if last else found, note)


def read_picture(info: ValueInfo, source: str | Array, text: str, preprocess: str | None, last: bool) -> ReadInput:
    """Makes an input of a picture.

    Args:
        info: The input, of rank 4.
        source: Path of an image, or an array as :func:`striate.image` takes it.
        text: What to call it.
        preprocess: How it is scaled, see :func:`read_inputs`.
        last: Whether the source's axes are channels last.

    Raises:
        MediaError, ShapeError, ParameterError: It cannot be read, or made to fit.
    """
    from striate.media import image

    channels, height, width = _picture_sizes(info, text, last)
    size = None if height is None or width is None else height if height == width else (height, width)
    how = _scaling(info, channels, preprocess)
    colours = image(source, size=size, preprocess="unit")
    plain = image(source, size=size, preprocess="grey") if channels == 1 else colours
    fitted = "" if size is None else ", shorter side scaled and centre cut" if isinstance(size, int) else ", stretched"
    return _scaled(info, plain, colours, how, f"{text}{fitted} to", last)


def _read_plane(info: ValueInfo, plane: Array, text: str, preprocess: str | None, last: bool) -> ReadInput:
    """Makes an input of a grey picture, (h, w): its numbers are scaled, and neither rounded nor fitted."""
    import numpy as np

    from striate.media.picture import brightness

    channels, _, _ = _picture_sizes(info, text, last)
    how = _scaling(info, channels, preprocess)
    try:
        grey = brightness(plane).astype(np.float32)[None, None]
    except MediaError as error:
        raise MediaError(
            f'"{text}" has shape {plane.shape}, which is a grey picture, but {error}; for numbers as they are give '
            f"{'1 channel' if channels == 1 else '3 channels'}, shape {(channels or 3, *plane.shape)}"
        ) from error
    colours = np.repeat(grey, 3, axis=1)
    return _scaled(info, grey if channels == 1 else colours, colours, how, f"{text}, a grey picture of", last)


def _picture_sizes(info: ValueInfo, text: str, last: bool) -> tuple[int | None, int | None, int | None]:
    """Channels, height and width that an input wants of a picture."""
    assert info.shape is not None
    sizes = (info.shape[3], info.shape[1], info.shape[2]) if last else info.shape[1:]
    channels, height, width = sizes
    if channels not in (None, 1, 3):
        raise ShapeError(
            f'"{text}" is an image, but input "{info.name}" has {channels} channels, not 1 or 3; give .npy'
        )
    if (height is None) != (width is None):
        raise ShapeError(f'input "{info.name}" is {sizes_text(info.shape)}: only one side is free; give .npy')
    return channels, height, width


def _scaling(info: ValueInfo, channels: int | None, preprocess: str | None) -> str:
    """One of PREPROCESS for a picture of so many channels."""
    how = preprocess or ("unit" if channels == 1 else "imagenet")
    if how == "imagenet" and channels == 1:
        raise ParameterError(
            f'preprocess (="imagenet") needs 3 channels, input "{info.name}" has 1; use unit or signed'
        )
    return how


def _scaled(info: ValueInfo, plain: Array, colours: Array, how: str, note: str, last: bool) -> ReadInput:
    """An input of a picture whose values are 0 to 1.

    Args:
        info: The input.
        plain: The picture with as many channels as the input wants, float32 (1, c, h, w).
        colours: The same in three.
        how: How it is scaled, see :func:`read_inputs`.
        note: How the file became the picture, up to its size.
        last: Whether the source's axes are channels last.
    """
    import numpy as np

    from striate.media.picture import IMAGENET_DEVIATION, IMAGENET_MEAN

    imagenet = how == "imagenet"
    deviations = np.array(IMAGENET_DEVIATION, np.float32) if imagenet else np.ones(plain.shape[1], np.float32)
    means = np.array(IMAGENET_MEAN, np.float32) if imagenet else np.zeros(plain.shape[1], np.float32)
    factor, shift = {"signed": (2.0, -1.0), "none": (255.0, 0.0)}.get(how, (1.0, 0.0))
    if imagenet:
        plain = (plain - means[:, None, None]) / deviations[:, None, None]
    elif how in ("signed", "none"):
        plain = plain * np.float32(factor) + np.float32(shift)
    array = np.ascontiguousarray(plain.transpose(0, 2, 3, 1) if last else plain, info.dtype)
    seen = np.rint(colours[0] * 255).astype(np.uint8).transpose(1, 2, 0)
    values = {"imagenet": "ImageNet mean and deviation", "unit": "0 to 1", "signed": "-1 to 1", "none": "0 to 255"}[how]
    return ReadInput(
        array,
        f"{note} {seen.shape[0]}×{seen.shape[1]}, values {values}",
        seen,
        tuple(float(factor / deviation) for deviation in deviations),
        tuple(float(shift - mean / deviation) for mean, deviation in zip(means, deviations, strict=True)),
    )


def read_labels(path: Path | None, classes: int) -> list[str] | None:
    """Reads a label file: one class a line, in order.

    Raises:
        MediaError: It cannot be read, or has another number of lines than the network has classes.
    """
    if path is None:
        return None
    from striate.media.files import existing_file

    try:
        lines = existing_file(path, "label file").read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise MediaError(f'label file "{path}" is not text') from error
    while lines and not lines[-1].strip():
        lines.pop()
    if not classes:
        raise MediaError(
            f'label file "{path}" is of no use here: no output of the network is one number for each class'
        )
    if len(lines) != classes:
        raise MediaError(
            f'label file "{path}" has {len(lines)} lines, the network has {classes} classes; one line a class'
        )
    return [line.strip() for line in lines]


def sizes_text(shape: Sequence[int | None]) -> str:
    """A shape for people, such as ``1×3×?×?``.

    Example:
        >>> sizes_text((1, 3, None, 7))
        '1×3×?×7'
    """
    return "×".join("?" if size is None else str(size) for size in shape) or "one number"


def is_number(text: str) -> bool:
    """Whether a text is a number, which then stands in every cell of an input.

    Example:
        >>> is_number("0.5"), is_number("cat.jpg")
        (True, False)
    """
    try:
        float(text)
    except ValueError:
        return False
    return True
