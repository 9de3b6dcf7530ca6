"""Uploaded files: under names of our own in a folder of our own, for as long as somebody needs them."""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from striate.errors import LimitError, MessageError, UnsupportedError
from striate.reading import NUMBERS, PAGES, TABLES
from striate.studio.limits import Limits
from striate.studio.naming import refuse_unsafe, shown_name

NETWORKS = (".onnx",)
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".ppm", ".pgm", ".heic", ".avif", *PAGES)
# The suffixes that a file of ours can have; nothing else of the client's name reaches the file system.
SUFFIXES = (*NETWORKS, *PICTURES, *NUMBERS, *TABLES)


@dataclass(eq=False)
class Upload:
    """One uploaded file.

    Args:
        id: What the page opens it by, once.
        name: The client's name for it, to be shown.
        path: Where it lies.
        expected: Bytes that it may take.
        since: When it came.
        size: Bytes so far.
        whole: Whether all of it is there.
    """

    id: str
    name: str
    path: Path
    expected: int
    since: float
    size: int = 0
    whole: bool = False


class Uploads:
    """The files.

    Args:
        folder: Where they lie; made and deleted with this.
        limits: Bounds.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._waiting: dict[str, Upload] = {}
        self._taken: set[Path] = set()
        self._lock = threading.Lock()

    def begin(self, name: str, size: int | None) -> Upload:
        """Room for a file.

        Args:
            name: The client's name for it.
            size: How large it says that it is, if it does.

        Raises:
            UnsupportedError: It is of a kind that is not opened.
            LimitError: It is too large, or too many wait to be opened.
        """
        shown = shown_name(name)
        refuse_unsafe(shown)
        suffix = PurePosixPath(shown.lower()).suffix
        if suffix not in SUFFIXES:
            raise UnsupportedError(
                f'"{shown}" is of no kind that can be opened; give a network (.onnx), a picture (.png, .jpg ...), '
                "a signal (.wav, .csv) or numbers (.npy)"
            )
        limit = self._limits.upload_bytes
        if size is not None and size > limit:
            raise LimitError(
                f'"{shown}" has {size:,} bytes, the limit is {limit:,}; start striate with the file instead'
            )
        with self._lock:
            self._expire()
            if len(self._waiting) >= self._limits.uploads:
                raise LimitError(f"{len(self._waiting)} uploads wait to be opened, which is the limit; open them first")
            if sum(each.expected for each in self._waiting.values()) + (size or 0) > self._limits.waiting_bytes:
                raise LimitError(f"uploads that wait to be opened take more than {self._limits.waiting_bytes:,} bytes")
            made = secrets.token_urlsafe(12)
            path = self._folder / f"{secrets.token_hex(12)}{suffix}"
            upload = Upload(made, shown, path, limit if size is None else size, time.monotonic())
            self._waiting[made] = upload
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        upload.path.touch(mode=0o600)
        return upload

    def append(self, upload: Upload, data: bytes) -> None:
        """Writes on.

        Raises:
            LimitError: The file becomes larger than it may be.
        """
        upload.size += len(data)
        if upload.size > min(upload.expected, self._limits.upload_bytes):
            raise LimitError(
                f'"{upload.name}" has more than {min(upload.expected, self._limits.upload_bytes):,} bytes, the limit'
            )
        with upload.path.open("ab") as file:
            file.write(data)

    def finish(self, upload: Upload) -> None:
        """Marks a file as whole.

        Raises:
            MessageError: There is nothing in it.
        """
        if upload.size == 0:
            raise MessageError(f'"{upload.name}" is empty (0 bytes)')
        upload.expected = upload.size
        upload.whole = True

    def abandon(self, upload: Upload) -> None:
        """Deletes a file that did not come to its end."""
        with self._lock:
            self._waiting.pop(upload.id, None)
            self._taken.discard(upload.path)
        upload.path.unlink(missing_ok=True)

    def take(self, upload: str) -> Upload:
        """The file of that id, whose deletion is the caller's now.

        Raises:
            MessageError: There is none.
        """
        with self._lock:
            self._expire()
            found = self._waiting.get(upload)
            if found is None or not found.whole:
                raise MessageError(
                    f'no upload "{upload[:40]}" waits to be opened; it was opened already or took too long'
                )
            self._taken.add(found.path)
            return self._waiting.pop(upload)

    def sweep(self, needed: Collection[Path | None]) -> None:
        """Deletes the files that neither wait nor are needed."""
        with self._lock:
            self._expire()
            # What is being opened is in nobody's list yet; once it is, the list alone says how long it stays.
            self._taken.difference_update(path for path in needed if path is not None)
            kept = {*needed, *self._taken, *(each.path for each in self._waiting.values())}
            for path in self._folder.iterdir() if self._folder.is_dir() else ():
                if path not in kept:
                    path.unlink(missing_ok=True)

    def close(self) -> None:
        """Deletes everything."""
        with self._lock:
            self._waiting.clear()
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def waiting(self) -> int:
        """How many wait to be opened."""
        return len(self._waiting)

    def _expire(self) -> None:
        now = time.monotonic()
        for key, upload in list(self._waiting.items()):
            if now - upload.since > self._limits.upload_seconds:
                del self._waiting[key]
                upload.path.unlink(missing_ok=True)
