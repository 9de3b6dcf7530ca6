"""Numbers as ``striate animate`` takes them: in the command itself, or in a file."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from striate.errors import ParameterError

if TYPE_CHECKING:
    from striate.graph import Array

Numbers = list[float] | list[list[float]]
SIGNALS, ARRAYS = (".csv", ".tsv", ".txt", ".wav"), (".npy", ".npz")


def read_numbers(text: str) -> Numbers | None:
    """Numbers in a row, or rows with semicolons between; None where the text is something else.

    Example:
        >>> read_numbers("1 2; 3 4"), read_numbers("0,0.5"), read_numbers("sobel")
        ([[1.0, 2.0], [3.0, 4.0]], [0.0, 0.5], None)
    """
    try:
        rows = [[float(part) for part in row.replace(",", " ").split()] for row in text.split(";")]
    except ValueError:
        return None
    return rows if ";" in text else rows[0]


def exists(text: str) -> bool:
    """Whether there is something of that name; False for a text that no name could be."""
    return os.path.exists(text)  # noqa: PTH110 (a Path refuses texts that are too long or hold odd signs)


def require_file(text: str, otherwise: str) -> None:
    """An input that is nothing else must be a file, by its being there or by its ending.

    Raises:
        ParameterError: It is none; the message says what it could be.
    """
    if not exists(text) and not re.fullmatch(r"\.[A-Za-z]\w*", Path(text).suffix):
        raise ParameterError(f'input (="{text}") must be {otherwise}')


def read_input(text: str, otherwise: str) -> Array | Numbers | None:
    """Numbers, or the array of a file of arrays; None where it is a file of another kind.

    Raises:
        ParameterError: It is neither; the message says what it could be.
    """
    found = None if exists(text) else read_numbers(text)
    if found is not None:
        return found
    require_file(text, otherwise)
    return load_array(text) if Path(text).suffix.lower() in ARRAYS else None


def read_kernel(text: str) -> str | Array | Numbers:
    """A kernel's name in the bank, its numbers, or the array in a .npy file."""
    found = read_numbers(text)
    if found is not None:
        return found
    return load_array(text) if Path(text).suffix.lower() in ARRAYS else text


def read_bias(text: str | None) -> Array | Numbers | None:
    """Biases in a row, or the array in a .npy file.

    Raises:
        ParameterError: It is neither.
    """
    if text is None:
        return None
    found = read_numbers(text)
    if found is None and Path(text).suffix.lower() not in ARRAYS:
        raise ParameterError(f'bias (="{text}") must be a number, one for each filter, or a .npy file')
    return load_array(text) if found is None else found


def load_array(path: str) -> Array:
    """The array in a file."""
    from striate.media.files import existing_file, load_npy

    return load_npy(existing_file(path, "array"), "array")


def load_signal(path: str) -> Array:
    """A signal with its channels, (c, l)."""
    from striate.media import signal

    return signal(path)[0]


def load_picture(path: str, grey: bool) -> Array:
    """A picture, values 0 to 1: its brightness (1, h, w), or its colours (3, h, w)."""
    from striate.media import image

    return image(path, size=None, preprocess="grey" if grey else "unit")[0]


def read_sizes(text: object, what: str) -> int | tuple[int, ...] | None:
    """One number for all axes, or one for each.

    Raises:
        ParameterError: It is neither.

    Example:
        >>> read_sizes("2x1", "stride"), read_sizes("2", "stride")
        ((2, 1), 2)
    """
    if text is None:
        return None
    parts = str(text).lower().replace("×", "x").replace(",", "x").split("x")
    if not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        raise ParameterError(f'{what} (="{text}") must be a whole number, or one for each axis, such as 2 or 2x1')
    return int(parts[0]) if len(parts) == 1 else tuple(int(part) for part in parts)


def read_positions(text: str) -> list[tuple[int, int]]:
    """A part of a map as people write it.

    Raises:
        ParameterError: It is none.

    Example:
        >>> read_positions("40:48,100:112")
        [(40, 48), (100, 112)]
    """
    pairs = [part.split(":") for part in text.replace(" ", "").split(",")]
    if any(len(pair) != 2 or not all(end.isascii() and end.isdigit() for end in pair) for pair in pairs):
        raise ParameterError(f'positions (="{text}") must be first:end for each axis, such as 40:48,100:112')
    return [(int(first), int(end)) for first, end in pairs]
