"""Weights that lie in files beside the model: read only from inside the model's own folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath, PureWindowsPath

import numpy as np
from onnx import TensorProto

from striate.errors import ModelFileError
from striate.graph import Array


def read_external(tensor: TensorProto, nbytes: int, folder: Path | None, title: str) -> Array:
    """The bytes of a tensor whose data is external, as an array of uint8.

    Args:
        tensor: The tensor, with ``location`` and perhaps ``offset`` and ``length``.
        nbytes: Bytes that its shape and type need.
        folder: The model's folder; None if the model did not come from a file.
        title: How messages call the tensor.

    Raises:
        ModelFileError: The file is outside the folder, missing or too short, or an entry is not a number.
    """
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location = entries.get("location", "")
    if folder is None:
        raise ModelFileError(
            f'{title}: its data lies in the file "{location}", but the model did not come from a file; load it '
            "by its path"
        )
    path = _inside(folder, location, title)
    offset = _number(entries, "offset", 0, title)
    length = _number(entries, "length", nbytes, title)
    if length != nbytes:
        raise ModelFileError(f"{title}: external data of {length} bytes is declared, its shape and type need {nbytes}")
    return _read(path, offset, nbytes, f'{title}: external data "{location}"')


def _inside(folder: Path, location: str, title: str) -> Path:
    refused = f'{title}: external data at "{location}" is refused'
    parts = (*PurePosixPath(location).parts, *PureWindowsPath(location).parts)
    if not location or "\0" in location:
        raise ModelFileError(f"{title}: external data without a usable location")
    if PurePosixPath(location).is_absolute() or PureWindowsPath(location).drive or PureWindowsPath(location).root:
        raise ModelFileError(f"{refused}: the path is absolute; it must be relative, inside the model's folder")
    if ".." in parts:
        raise ModelFileError(f'{refused}: ".." leads out of the model\'s folder; put the file beside the model')
    try:
        root = folder.resolve()
        path = (folder / location).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise ModelFileError(f"{refused}: {error}") from error
    if not path.is_relative_to(root):
        raise ModelFileError(f"{refused}: a link leads out of the model's folder; put the file beside the model")
    return path


def _number(entries: dict[str, str], key: str, default: int, title: str) -> int:
    text = entries.get(key)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > 19:
        raise ModelFileError(f'{title}: {key} (="{text}") of its external data is not a number of bytes')
    return int(text)


def _read(path: Path, offset: int, nbytes: int, title: str) -> Array:
    try:
        # Non-blocking, so that a pipe put in the file's place cannot hold the program up.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise ModelFileError(f"{title} {reason}; it belongs into the model's folder") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ModelFileError(f"{title} is not a regular file")
        if offset + nbytes > status.st_size:
            raise ModelFileError(
                f"{title} is too short: {nbytes} bytes from byte {offset} on are wanted, it has {status.st_size}"
            )
        data = np.empty(nbytes, np.uint8)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            file.seek(offset)
            count = file.readinto(data.data)
    except OSError as error:
        raise ModelFileError(f"{title} cannot be read: {error.strerror}") from error
    finally:
        os.close(descriptor)
    if count != nbytes:
        raise ModelFileError(f"{title} became shorter while it was read")
    return data
