"""Opens files with errors that say what is wrong; reads NumPy files without ever running what is inside."""

from __future__ import annotations

import math
import os
import zipfile
from pathlib import Path
from typing import cast

import numpy as np

from striate.errors import MediaError
from striate.graph import Array

# The most numbers that a signal or volume may hold: 2 GiB as float32.
LARGEST_VALUES = 2**29


def existing_file(source: str | os.PathLike[str], what: str) -> Path:
    """The path of a file that exists and is not empty.

    Raises:
        MediaError: It is missing, a folder, empty or may not be read.
    """
    if not isinstance(cast(object, source), str | os.PathLike):
        raise MediaError(f"{what} is given as a {type(source).__name__}, expected a path")
    path = Path(source)
    try:
        if path.is_dir():
            raise MediaError(f'{what} "{path}" is a folder, expected a file')
        if not path.exists():
            raise MediaError(f'{what} "{path}" does not exist; check the path')
        if not path.is_file():
            raise MediaError(f'{what} "{path}" is not a regular file')
        if path.stat().st_size == 0:
            raise MediaError(f'{what} "{path}" is empty (0 bytes)')
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        if isinstance(error, MediaError):
            raise
        raise MediaError(f'{what} "{path}" cannot be read: {_reason(error)}') from error
    return path


def load_npy(path: Path, what: str) -> Array:
    """The array of a ``.npy`` file, or the only one of a ``.npz`` file.

    Raises:
        MediaError: It is damaged, holds Python objects, no array or several, or more than the limit.
    """
    try:
        if path.suffix.lower() == ".npz":
            return _load_npz(path, what)
        # mapped, so that a header that lies about its size is caught before anything is allocated
        array = _plain_array(np.load(path, mmap_mode="r", allow_pickle=False), what, path)
        require_numbers(array, f'{what} "{path}"')
        return np.array(array)
    except MediaError:
        raise
    except (OSError, ValueError, EOFError, MemoryError, OverflowError, zipfile.BadZipFile, SyntaxError) as error:
        raise MediaError(f'{what} "{path}" is not a NumPy file of numbers, or damaged: {_reason(error)}') from error


def _load_npz(path: Path, what: str) -> Array:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) != 1:
            names = ", ".join(member.filename for member in members) or "none"
            raise MediaError(f'{what} "{path}" holds {len(members)} arrays ({names}), expected one')
        if members[0].file_size > 8 * LARGEST_VALUES:
            raise MediaError(f'{what} "{path}" holds {members[0].file_size} bytes, more than the limit')
    with np.load(path, allow_pickle=False) as arrays:
        array = _plain_array(arrays[arrays.files[0]], what, path)
    require_numbers(array, f'{what} "{path}"')
    return array


def _plain_array(found: object, what: str, path: Path) -> Array:
    """What NumPy found, if it is an array: it goes by a file's contents, and gives archives and bytes as such."""
    if not isinstance(found, np.ndarray):
        raise MediaError(f'{what} "{path}" holds no NumPy array')
    return cast("Array", found)


def given_array(values: object, subject: str) -> Array:
    """What a caller gave, as an array of whatever it holds.

    Raises:
        MediaError: Its rows have different lengths.
    """
    try:
        return np.asarray(values)
    except ValueError as error:
        raise MediaError(f"{subject} is not rectangular: its rows have different lengths") from error


def require_numbers(array: Array, subject: str) -> None:
    """Checks that an array holds real numbers, some, and not more than the limit.

    Raises:
        MediaError: It does not.
    """
    if array.dtype.kind not in "biuf":
        raise MediaError(f"{subject} holds {array.dtype}, expected real numbers")
    if array.size == 0:
        raise MediaError(f"{subject} has shape {array.shape}: it is empty")
    require_count(array.shape, subject)


def require_count(shape: tuple[int, ...], subject: str) -> None:
    """Checks the number of values against the limit.

    Raises:
        MediaError: There are more.
    """
    if math.prod(shape) > LARGEST_VALUES:
        raise MediaError(f"{subject} has shape {shape}, more than the limit of {LARGEST_VALUES} values")


def as_float32(array: Array, subject: str) -> Array:
    """The array in float32, contiguous.

    Raises:
        MediaError: A value is NaN, infinite or beyond float32; the message says where the first is.
    """
    with np.errstate(over="ignore"):
        result = np.ascontiguousarray(array, np.float32)
    if not np.isfinite(result).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(result))[0])
        raise MediaError(f"{subject} holds {array[place]} at {place}, expected finite numbers")
    return result


def _reason(error: BaseException) -> str:
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return text.splitlines()[0]
