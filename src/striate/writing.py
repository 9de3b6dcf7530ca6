"""Writes results to files: whole or not at all, with one clear error."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from striate.errors import OutputError


def make_folder(folder: Path) -> Path:
    """Makes the folder that results go to; one that exists already is used.

    Raises:
        OutputError: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise OutputError(f'cannot write into "{folder}": it is a file, expected a folder') from error
    except OSError as error:
        raise OutputError(f'cannot make folder "{folder}": {_reason(error)}') from error
    return folder


def write_file(path: Path, fill: Callable[[BinaryIO], None]) -> Path:
    """Writes a file under another name and renames it when it is whole.

    Args:
        path: Where it goes; a file that is there is replaced.
        fill: Writes the contents.

    Raises:
        OutputError: It cannot be written; what was there before is untouched.
    """
    if path.is_dir():
        raise OutputError(f'cannot write "{path}": it is a folder, expected a file name')
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-", suffix=".part")
    except OSError as error:
        raise OutputError(f'cannot write "{path}": {_reason(error)}') from error
    try:
        with os.fdopen(handle, "wb") as file:
            fill(file)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(f'cannot write "{path}": {_reason(error)}') from error
        raise
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
