"""Files that are there whole or not at all: a line with the digest of the rest, then the rest.

They are written under another name and then renamed, so that several processes can share a folder; a damaged one fails
its digest and counts as missing.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

# A file that is being written.
UNFINISHED = ".part"


def read_whole(path: Path) -> bytes | None:
    """What was written there; None if there is no such file, or it is not whole."""
    try:
        digest, _, rest = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return rest if digest == hashlib.sha256(rest).hexdigest().encode() else None


def write_whole(path: Path, rest: bytes) -> None:
    """Writes a file, its folder too if it is missing.

    Raises:
        OSError: It cannot be written; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(suffix=UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
