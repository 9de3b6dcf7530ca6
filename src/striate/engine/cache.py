"""Machine code of kernels, kept on disk from one process to the next.

An entry is one file: a line with the digest of the rest, a line with the kernel's parameters, then the object code.
Its name is a digest of everything the code depends on: the kernel's name, processor and features, llvmlite and LLVM,
and the source of everything that emits. So a newer generator, another machine or another LLVM never meets a foreign
entry; a damaged one fails its digest and is rebuilt. Files are written whole under another name and then renamed, so
that several processes can share the folder. The oldest entries go when the folder grows beyond its limit.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm

from striate.engine.isa import Isa

VARIABLE = "STRIATE_CACHE"
LIMIT_BYTES = 256 * 2**20
SUFFIX = ".kernel"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of a kernel.

    Args:
        parameters: Names of its arguments, in order.
        code: Object file.
    """

    parameters: tuple[str, ...]
    code: bytes


def folder() -> Path:
    """Where entries lie: STRIATE_CACHE, or the user's cache folder."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "striate" / "kernels"


def read(name: str, target: Isa) -> Entry | None:
    """The entry of a kernel; None if there is none that is whole."""
    try:
        digest, _, rest = _path(name, target).read_bytes().partition(b"\n")
    except OSError:
        return None
    if digest != hashlib.sha256(rest).hexdigest().encode():
        return None
    parameters, _, code = rest.partition(b"\n")
    return Entry(tuple(parameters.decode().split()), code)


def write(name: str, target: Isa, entry: Entry) -> None:
    """Puts an entry there. A folder that cannot be written is done without."""
    rest = " ".join(entry.parameters).encode() + b"\n" + entry.code
    with contextlib.suppress(OSError):
        _replace(_path(name, target), hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest)
        _shrink()


def entries() -> list[Path]:
    """Entries, the oldest first."""
    found: list[tuple[float, Path]] = []
    for path in folder().glob(f"*{SUFFIX}"):
        with contextlib.suppress(OSError):  # another process may have taken it away
            found.append((path.stat().st_mtime, path))
    return [path for _, path in sorted(found)]


def clear() -> int:
    """Removes every entry; gives how many there were."""
    found = entries()
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _path(name: str, target: Isa) -> Path:
    facts = "\n".join((name, target.name, target.cpu, target.features, _generator()))
    return folder() / (hashlib.sha256(facts.encode()).hexdigest() + SUFFIX)


@lru_cache(maxsize=1)
def _generator() -> str:
    """Digest of everything that emits: our sources, llvmlite and LLVM."""
    digest = hashlib.sha256(llvmlite.__version__.encode() + repr(llvm.llvm_version_info).encode())
    here = Path(__file__).parent
    for path in sorted([*here.glob("*.py"), *(here / "kernels").glob("*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _shrink() -> None:
    sizes: list[tuple[Path, int]] = []
    for path in entries():
        with contextlib.suppress(OSError):
            sizes.append((path, path.stat().st_size))
    total = sum(size for _, size in sizes)
    for path, size in sizes:
        if total <= LIMIT_BYTES:
            break
        total -= size
        path.unlink(missing_ok=True)
