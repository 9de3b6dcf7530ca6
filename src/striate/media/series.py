"""Signals: columns of numbers from text, NumPy and WAV files."""

from __future__ import annotations

import os
import wave
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from striate.arithmetic import whole_numbers
from striate.errors import MediaError, ParameterError, unknown_name
from striate.graph import Array
from striate.media.files import as_float32, existing_file, given_array, load_npy, require_count, require_numbers

# Bytes of text: checked before a file is read.
_LARGEST_TEXT = 2**30


def signal(
    source: str | os.PathLike[str] | npt.ArrayLike, columns: Sequence[int | str] | int | str | None = None
) -> Array:
    """Reads a signal and makes of it what a 1-D network takes: a batch of one, channels first.

    Args:
        source: A text file (comma, semicolon, tab or blanks between the columns; between semicolons a comma is
            the decimal point; a first line of names and lines that
            begin with # may be there), a ``.npy`` file, a ``.wav`` file (PCM; -1 to 1), or an array. Rows are points in
            time and columns are channels: (l,) or (l, c).
        columns: Which columns, by number from 0 or by name in the first line; all if left out.

    Returns:
        Float32, (1, c, l).

    Raises:
        MediaError: The file is missing, damaged, empty, no numbers, NaN or infinite, or holds more than 2**29 values.
        ParameterError, UnknownNameError: There is no such column.

    Example:
        >>> signal([0, 0, 1, 1, 0]).shape
        (1, 1, 5)
    """
    names: list[str] = []
    if isinstance(source, (str, os.PathLike)):
        path = existing_file(source, "signal")
        subject = f'signal "{path}"'
        if path.suffix.lower() in (".npy", ".npz"):
            values = load_npy(path, "signal")
        elif path.suffix.lower() == ".wav":
            values = _wav(path)
        else:
            names, values = _text(path)
    else:
        subject, values = "signal", given_array(source, "signal")
        require_numbers(values, subject)
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        raise MediaError(f"{subject} has shape {values.shape}, expected (l,) or (l, c): points in time and channels")
    if columns is not None:
        wanted = list(columns) if isinstance(columns, Iterable) and not isinstance(columns, str) else [columns]
        values = values[:, [_column(column, names, values.shape[1], subject) for column in wanted]]
    return np.ascontiguousarray(as_float32(values, subject).T[None])


def _column(column: int | str, names: list[str], count: int, subject: str) -> int:
    if isinstance(column, str):
        if column not in names:
            raise unknown_name(f"column in {subject}", column, names)
        return names.index(column)
    wanted = f"column (={column}) must be from 0 to {count - 1}: {subject} has {count} columns"
    places = whole_numbers(column, wanted)
    if len(places) != 1 or not 0 <= places[0] < count:
        raise ParameterError(wanted)
    return places[0]


def _text(path: Path) -> tuple[list[str], Array]:
    if path.stat().st_size > _LARGEST_TEXT:
        raise MediaError(f'signal "{path}" has {path.stat().st_size} bytes, more than the limit of {_LARGEST_TEXT}')
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MediaError(f'signal "{path}" is not text; expected columns of numbers, .npy or .wav') from error
    except OSError as error:
        raise MediaError(f'signal "{path}" cannot be read: {error.strerror}') from error
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line and not line.startswith("#")]
    if not lines:
        raise MediaError(f'signal "{path}" holds no numbers')
    split = _splitter(lines[0][1])
    names: list[str] = []
    if not any(_is_number(field) for field in split(lines[0][1])):
        names = [field.strip('"') for field in split(lines.pop(0)[1])]
    rows: list[list[float]] = []
    for number, line in lines:
        fields = split(line)
        width = len(rows[0]) if rows else len(names) or len(fields)
        if len(fields) != width:
            raise MediaError(f'signal "{path}", line {number}: {len(fields)} columns, expected {width} as before')
        rows.append([_number(field, path, number, place) for place, field in enumerate(fields, 1)])
    if not rows:
        raise MediaError(f'signal "{path}" holds names but no numbers')
    return names, np.array(rows)


def _splitter(line: str) -> Callable[[str], list[str]]:
    """How the fields of a line are told apart, judged by the first line."""
    if ";" in line:  # as spreadsheets write where a comma is the decimal point
        return lambda text: [_with_point(field.strip()) for field in text.split(";")]
    for mark in (",", "\t"):
        if mark in line:
            return lambda text: [field.strip() for field in text.split(mark)]
    return str.split


def _with_point(field: str) -> str:
    pointed = field.replace(",", ".")
    return pointed if _is_number(pointed) else field


def _is_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _number(field: str, path: Path, line: int, place: int) -> float:
    if not _is_number(field):
        what = f'"{field}" is not a number' if field else "the field is empty"
        raise MediaError(f'signal "{path}", line {line}, column {place}: {what}')
    return float(field)


def _wav(path: Path) -> Array:
    """Samples of a PCM file, (l, c), -1 to 1."""
    try:
        with wave.open(str(path), "rb") as recording:
            channels, width, count = recording.getnchannels(), recording.getsampwidth(), recording.getnframes()
            require_count((count, channels), f'signal "{path}"')
            data = recording.readframes(count)
    except (wave.Error, EOFError, OSError) as error:
        raise MediaError(f'signal "{path}" is not a WAV file of PCM samples, or damaged: {error}') from error
    if len(data) < count * channels * width:
        raise MediaError(f'signal "{path}" is truncated: {len(data)} of {count * channels * width} bytes of samples')
    if count == 0:
        raise MediaError(f'signal "{path}" holds no samples')
    if width == 1:
        samples = np.frombuffer(data, np.uint8).astype(np.float64) - 128
    elif width == 3:
        # three bytes, low one first, as the upper three of a 32-bit number
        wide = np.zeros((count * channels, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        samples = (wide.view("<i4")[:, 0] >> 8).astype(np.float64)
    else:
        samples = np.frombuffer(data, f"<i{width}").astype(np.float64)
    return (samples / 2.0 ** (8 * width - 1)).reshape(count, channels)
