"""Files that a shown program reads: written when somebody fetches them, so that the program runs as it stands."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from striate.errors import unknown_name
from striate.graph import Array
from striate.studio.downloads import Downloads
from striate.studio.protocol.programs import Download
from striate.studio.protocol.programs import ProgramFile as Entry


@dataclass(frozen=True, eq=False)
class ProgramFile:
    """A file that a program reads.

    Args:
        name: As the program names it.
        what: What it is, for people.
        content: A file that is there, an array (a .npy), or arrays by name (a .npz); None where only the reader has it.
    """

    name: str
    what: str
    content: Path | Array | Mapping[str, Array] | None

    @property
    def entry(self) -> Entry:
        """In the protocol's form."""
        return Entry(name=self.name, what=self.what, bytes=self._bytes())

    def _bytes(self) -> int | None:
        if isinstance(self.content, Path):
            return self.content.stat().st_size
        if isinstance(self.content, np.ndarray):
            return _npy_bytes(self.content)
        return None if self.content is None else sum(map(_npy_bytes, self.content.values()))

    def save(self, path: Path) -> None:
        """Writes it."""
        if isinstance(self.content, Path):
            shutil.copyfile(self.content, path)
        elif isinstance(self.content, np.ndarray):
            with path.open("wb") as file:
                _write(file, self.content)
        elif self.content is not None:
            # As numpy.savez does, which takes some names for its own arguments.
            with zipfile.ZipFile(path, "w") as archive:
                for name, array in self.content.items():
                    with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                        _write(file, array)


def fetch(files: Sequence[ProgramFile], name: str, downloads: Downloads) -> Download:
    """Writes one of some files, to be downloaded.

    Raises:
        UnknownNameError: None of them has that name, or only the reader has it.
    """
    known = {file.name: file for file in files if file.content is not None}
    if name not in known:
        raise unknown_name("file", name, known)
    path = downloads.place(Path(name).suffix)
    known[name].save(path)
    return Download(download=downloads.add(path, name), name=name, bytes=path.stat().st_size)


def _write(file: IO[bytes], array: Array) -> None:
    np.lib.format.write_array(file, np.asarray(array, order="C"), allow_pickle=False)


def _npy_bytes(array: Array) -> int:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, np.lib.format.header_data_from_array_1_0(array))
    return len(head.getvalue()) + array.nbytes
