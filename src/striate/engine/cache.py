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
import itertools
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from striate.engine import host
from striate.engine.cache_folder import cache_folder
from striate.engine.isa import Isa
from striate.engine.whole import UNFINISHED, read_whole, write_whole

LIMIT_BYTES = 256 * 2**20
SUFFIX = ".kernel"
# An unfinished file that old was left behind.
ABANDONED_SECONDS = 3600
# Looking at the whole folder takes longer than writing a kernel: it is done at the first one, then now and then.
SHRINK_EVERY = 64
_written = itertools.count()


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of a kernel.

    Args:
        parameters: Names of its arguments, in order.
        code: Object file.
    """

    parameters: tuple[str, ...]
    code: bytes


def read(name: str, target: Isa) -> Entry | None:
    """The entry of a kernel; None if there is none that is whole."""
    rest = read_whole(_path(name, target))
    if rest is None:
        return None
    parameters, _, code = rest.partition(b"\n")
    return Entry(tuple(parameters.decode().split()), code)


def write(name: str, target: Isa, entry: Entry) -> None:
    """Puts an entry there. A folder that cannot be written is done without."""
    rest = " ".join(entry.parameters).encode() + b"\n" + entry.code
    with contextlib.suppress(OSError):
        write_whole(_path(name, target), rest)
        if next(_written) % SHRINK_EVERY == 0:
            _shrink()


def entries() -> list[tuple[Path, int]]:
    """Entries and their bytes, the oldest first."""
    return [(path, size) for _, path, size in _files(SUFFIX)]


def clear() -> int:
    """Removes every entry; gives how many there were."""
    found = entries()
    for path, _ in found:
        path.unlink(missing_ok=True)
    for _, path, _ in (*_files(UNFINISHED), *_files(host.SUFFIX)):
        path.unlink(missing_ok=True)
    return len(found)


def _path(name: str, target: Isa) -> Path:
    facts = "\n".join((name, target.name, target.cpu, target.features, _generator()))
    return cache_folder() / (hashlib.sha256(facts.encode()).hexdigest() + SUFFIX)


@lru_cache(maxsize=1)
def _generator() -> str:
    """Digest of everything that emits: our sources, llvmlite and LLVM."""
    digest = hashlib.sha256(host.llvm_identity().encode())
    here = Path(__file__).parent
    for path in sorted([*here.glob("*.py"), *(here / "kernels").glob("*.py")]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _files(suffix: str) -> list[tuple[float, Path, int]]:
    """Files of the folder with such names: time of the last change, path, bytes; the oldest first."""
    found: list[tuple[float, Path, int]] = []
    for path in cache_folder().glob(f"*{suffix}"):
        with contextlib.suppress(OSError):  # another process may have taken it away
            facts = path.stat()
            found.append((facts.st_mtime, path, facts.st_size))
    return sorted(found)


def _shrink() -> None:
    """Keeps the folder within its limit, and clears away what a process that was killed left unfinished."""
    sizes = entries()
    total = sum(size for _, size in sizes)
    for path, size in sizes:
        if total <= LIMIT_BYTES:
            break
        total -= size
        path.unlink(missing_ok=True)
    for changed, path, _ in _files(UNFINISHED):
        if changed < time.time() - ABANDONED_SECONDS:
            path.unlink(missing_ok=True)
