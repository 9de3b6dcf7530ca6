"""Writes pictures to files, in the format that the file's ending says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from striate.errors import OutputError
from striate.writing import write_file

if TYPE_CHECKING:
    from PIL.Image import Image

PICTURES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".gif": "GIF", ".bmp": "BMP"}


def write_picture(image: Image, path: Path) -> Path:
    """Writes a picture in the format that the file's ending says.

    Raises:
        OutputError: The ending is unknown, or the file cannot be written.
    """
    kind = PICTURES.get(path.suffix.lower())
    if kind is None:
        raise OutputError(
            f'cannot write "{path}": ending "{path.suffix}" is no picture, expected {", ".join(PICTURES)}'
        )
    return write_file(path, lambda file: image.save(file, format=kind))
