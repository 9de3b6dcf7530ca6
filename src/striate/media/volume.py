"""Volumes: NumPy files, multi-page images and folders of slices."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from striate.errors import MediaError, ParameterError
from striate.graph import Array
from striate.media.files import as_float32, existing_file, given_array, load_npy, require_count, require_numbers
from striate.media.picture import open_pages

SUFFIXES = (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp", ".pgm")


def volume(source: str | os.PathLike[str] | npt.ArrayLike, preprocess: Literal["unit"] | None = None) -> Array:
    """Reads a volume and makes of it what a 3-D network takes: a batch of one with one channel.

    Args:
        source: A ``.npy`` or ``.npz`` file with one array (d, h, w), an image file with several pages (TIFF), a folder
            of slices (images in the order of the numbers in their names), or an array.
        preprocess: None keeps the values as they are; "unit" divides those of 8- and 16-bit files by 255 or 65535.

    Returns:
        Float32, (1, 1, d, h, w).

    Raises:
        MediaError: It is missing, damaged, empty, not a volume, holds NaN, slices of different sizes, or more than
            2**29 values.
        ParameterError: Preprocess is not one of those above.

    Example:
        >>> volume(np.zeros((4, 5, 6))).shape
        (1, 1, 4, 5, 6)
    """
    if preprocess not in (None, "unit"):
        raise ParameterError(f'preprocess (="{preprocess}") must be "unit" or None')
    subject = "volume"
    if isinstance(source, (str, os.PathLike)):
        subject = f'volume "{source}"'
        values = _read(Path(source), subject)
    else:
        values = given_array(source, subject)
        require_numbers(values, subject)
    if values.ndim != 3:
        raise MediaError(f"{subject} has shape {values.shape}, expected (d, h, w)")
    result = as_float32(values, subject)
    if preprocess == "unit" and values.dtype.kind == "u" and values.dtype.itemsize < 4:
        result = result / np.float32(np.iinfo(values.dtype).max)
    return result[None, None]


def _read(path: Path, subject: str) -> Array:
    if path.is_dir():
        files = sorted((f for f in path.iterdir() if f.suffix.lower() in SUFFIXES), key=_by_number)
        if not files:
            raise MediaError(f"{subject} is a folder without images ({', '.join(SUFFIXES)})")
        pages = [page for file in files for page in open_pages(file)[:1]]
        return _stack(pages, [file.name for file in files], subject)
    existing_file(path, "volume")
    if path.suffix.lower() in (".npy", ".npz"):
        return load_npy(path, "volume")
    pages = open_pages(path)
    return _stack(pages, [f"page {number}" for number in range(1, len(pages) + 1)], subject)


def _by_number(file: Path) -> tuple[list[tuple[int, str]], str]:
    """Sorts slice2 before slice10."""
    parts = re.findall(r"(\d+)|(\D+)", file.name)
    return [(int(digits) if digits else -1, text) for digits, text in parts], file.name


def _stack(pages: list[Array], names: list[str], subject: str) -> Array:
    require_count((len(pages), *pages[0].shape), subject)
    for page, name in zip(pages, names, strict=True):
        if page.shape != pages[0].shape:
            raise MediaError(f"{subject}: {name} has size {page.shape}, expected {pages[0].shape} as {names[0]}")
    return np.stack(pages)
