"""Opens what a command is given: the network, its inputs, label files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from striate.errors import InvalidError, MediaError, ParameterError, ShapeError, unknown_name

if TYPE_CHECKING:
    from striate.given import ValueInfo
    from striate.graph import Array
    from striate.network import Network
    from striate.run import Run

PREPROCESS = ("imagenet", "unit", "signed", "none")
_NUMBERS = (".npy", ".npz")
_TABLES = (".csv", ".tsv", ".txt", ".wav")


@dataclass(frozen=True)
class Opened:
    """Inputs that were read.

    Args:
        arrays: By the input's name, in the source's order of axes.
        notes: How each file became an input, a line each.
        pictures: For an image input, what the network sees of it in plain colours: uint8 (h, w, 3).
    """

    arrays: dict[str, Array]
    notes: tuple[str, ...]
    pictures: dict[str, Array]


def open_network(path: str) -> Network:
    """Opens a model file.

    Raises:
        ModelFileError, GraphError, UnsupportedError: It cannot be opened.
    """
    import striate

    return striate.load(path)


def run_network(network: Network, inputs: Opened) -> Run:
    """Runs a network with every value kept, with a progress bar on a terminal."""
    from striate.cli.terminal import progress

    with progress("running") as moved:
        return network.run(inputs.arrays, progress=moved)


def open_inputs(network: Network, given: Sequence[str], preprocess: str | None) -> Opened:
    """Reads the files for a network's inputs.

    Args:
        network: The network.
        given: Paths, or ``name=path`` (or ``name=number``) where there are several inputs.
        preprocess: How images are scaled: one of PREPROCESS; "imagenet" for three channels and "unit" for one if None.

    Raises:
        UnknownNameError, InvalidError: A name is no input, or one is missing.
        MediaError: A file cannot be read.
        ShapeError: A file cannot be made to fit.
    """
    if preprocess is not None and preprocess not in PREPROCESS:
        raise ParameterError(f'preprocess (="{preprocess}") must be one of {", ".join(PREPROCESS)}')
    infos = {info.name: info for info in network.inputs}
    arrays: dict[str, Array] = {}
    notes: list[str] = []
    pictures: dict[str, Array] = {}
    last = network.model.layout == "channels_last"
    for name, text in _assigned(list(infos), given):
        arrays[name], note, picture = _read(infos[name], text, preprocess, last)
        notes.append(note)
        if picture is not None:
            pictures[name] = picture
    return Opened(arrays, tuple(notes), pictures)


def _assigned(names: list[str], given: Sequence[str]) -> list[tuple[str, str]]:
    """Which file is for which input; those without a name are for the inputs left over, in order."""
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


def _read(info: ValueInfo, text: str, preprocess: str | None, last: bool) -> tuple[Array, str, Array | None]:
    suffix = Path(text).suffix.lower()
    rank = None if info.shape is None else len(info.shape)
    number = _as_number(text) if not Path(text).exists() else None
    if number is not None:
        import numpy as np

        from striate.engine.limits import require_memory

        shape = tuple(size or 1 for size in info.shape or ())
        require_memory(math.prod(shape) * info.dtype.itemsize, f'input "{info.name}" of {_sizes(shape)} cells')
        return np.full(shape, number, info.dtype), f"{info.name}: {text} in every cell of {_sizes(shape)}", None
    if suffix in _NUMBERS:
        return _from_numbers(info, text)
    if suffix in _TABLES:
        return _from_table(info, text, last)
    if rank != 4:
        expected = "?" if info.shape is None else _sizes(info.shape)
        raise MediaError(
            f'"{text}" is taken for an image, but input "{info.name}" is {expected}; give .npy, .csv or .wav'
        )
    return _from_image(info, text, preprocess, last)


def _from_numbers(info: ValueInfo, text: str) -> tuple[Array, str, Array | None]:
    from striate.media.files import existing_file, load_npy

    array = load_npy(existing_file(text, "array"), "array")
    note = f"{info.name}: {text}, {_sizes(array.shape)}"
    if info.shape is not None and array.ndim == len(info.shape) - 1:
        array, note = array[None], note + " as a batch of one"
    if info.dtype.kind == "f" and array.dtype.kind in "biu":
        array = array.astype(info.dtype)
    return array, note, None


def _from_table(info: ValueInfo, text: str, last: bool) -> tuple[Array, str, Array | None]:
    """Rows are points in time and columns are channels; an input of rank 2 or 1 takes one of them."""
    from striate.media import signal

    found = signal(text)
    _, channels, length = found.shape
    note = f"{info.name}: {text}, {channels} channels of {length} samples"
    rank = None if info.shape is None else len(info.shape)
    if rank == 3:
        return (found.transpose(0, 2, 1) if last else found), note, None
    if rank in (1, 2) and 1 in (channels, length):
        flat = found.reshape(1, -1)
        return (flat if rank == 2 else flat[0]), note, None
    expected = "?" if info.shape is None else _sizes(info.shape)
    raise ShapeError(
        f'"{text}" has {channels} channels of {length} samples, input "{info.name}" is {expected}; give .npy'
    )


def _from_image(info: ValueInfo, text: str, preprocess: str | None, last: bool) -> tuple[Array, str, Array | None]:
    import numpy as np

    from striate.media import image

    assert info.shape is not None
    sizes = (info.shape[3], info.shape[1], info.shape[2]) if last else info.shape[1:]
    channels, height, width = sizes
    if channels not in (None, 1, 3):
        raise ShapeError(
            f'"{text}" is an image, but input "{info.name}" has {channels} channels, not 1 or 3; give .npy'
        )
    if (height is None) != (width is None):
        raise ShapeError(f'input "{info.name}" is {_sizes(info.shape)}: only one side is free; give .npy')
    size = None if height is None or width is None else height if height == width else (height, width)
    how = preprocess or ("unit" if channels == 1 else "imagenet")
    if how == "imagenet" and channels == 1:
        raise ParameterError(
            f'preprocess (="imagenet") needs 3 channels, input "{info.name}" has 1; use unit or signed'
        )
    colours = image(text, size=size, preprocess="unit")
    if channels == 1:
        array = image(text, size=size, preprocess="grey")
    else:
        array = image(text, size=size, preprocess="unit" if how == "none" else how)  # pyright: ignore
    if channels == 1 and how == "signed":
        array = array * 2 - 1
    if how == "none":
        array = array * 255
    seen = np.rint(colours[0] * 255).astype(np.uint8).transpose(1, 2, 0)
    array = np.ascontiguousarray(array.transpose(0, 2, 3, 1) if last else array, info.dtype)
    fitted = "" if size is None else ", shorter side scaled and centre cut" if isinstance(size, int) else ", stretched"
    scaled = {"imagenet": "ImageNet mean and deviation", "unit": "0 to 1", "signed": "-1 to 1", "none": "0 to 255"}[how]
    return array, f"{info.name}: {text}{fitted} to {seen.shape[0]}×{seen.shape[1]}, values {scaled}", seen


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


def read_shape(text: str) -> tuple[int, ...]:
    """A shape as people write it: ``17x30``, ``17×30``, ``17,30`` or ``(17, 30)``.

    Raises:
        ParameterError: It is none.

    Example:
        >>> read_shape("224x224x3")
        (224, 224, 3)
    """
    parts = text.strip().strip("()[]").replace("×", "x").replace(",", "x").lower().split("x")
    parts = [part.strip() for part in parts if part.strip()]
    if not parts or not all(part.isascii() and part.isdigit() and 0 < int(part) < 10**12 for part in parts):
        raise ParameterError(f'shape (="{text}") must be positive whole numbers joined by x, such as 224x224x3')
    return tuple(int(part) for part in parts)


def read_shapes(names: Sequence[str], given: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Shapes by input, as given: ``name=SHAPE``, or without names in the order of the inputs.

    Raises:
        ParameterError: One is no shape, or there are more than inputs.
    """
    found: dict[str, tuple[int, ...]] = {}
    for index, text in enumerate(given):
        name, equals, shape = text.partition("=")
        if not equals:
            if index >= len(names):
                raise ParameterError(f"{len(given)} input shapes are given, the network has {len(names)} inputs")
            name, shape = names[index], text
        found[name] = read_shape(shape)
    return found


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _sizes(shape: Sequence[int | None]) -> str:
    return "×".join("?" if size is None else str(size) for size in shape) or "one number"
