"""Files that were made for the page: under names of our own, until they are fetched, once."""

from __future__ import annotations

import secrets
import shutil
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

# Files that wait; the oldest goes when there are more.
_KEPT = 8


@dataclass(frozen=True)
class Download:
    """A file that waits to be fetched.

    Args:
        path: Where it lies.
        name: What the page's reader will call it.
    """

    path: Path
    name: str


class Downloads:
    """The files.

    Args:
        folder: Where they lie; made when the first comes, and deleted with this.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: OrderedDict[str, Download] = OrderedDict()
        self._lock = threading.Lock()

    def place(self, ending: str) -> Path:
        """Where a new file can be written; with no ending, a folder's name."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._folder / f"{secrets.token_hex(12)}{ending}"

    def add(self, path: Path, name: str) -> str:
        """Keeps a finished file until it is fetched; gives its id."""
        made = secrets.token_urlsafe(16)
        with self._lock:
            self._waiting[made] = Download(path, name)
            while len(self._waiting) > _KEPT:
                _, oldest = self._waiting.popitem(last=False)
                oldest.path.unlink(missing_ok=True)
        return made

    def take(self, id: str) -> Download | None:
        """The file of that id, whose deletion is the caller's now; None if there is none."""
        with self._lock:
            return self._waiting.pop(id, None)

    def close(self) -> None:
        """Deletes everything."""
        with self._lock:
            self._waiting.clear()
            shutil.rmtree(self._folder, ignore_errors=True)
