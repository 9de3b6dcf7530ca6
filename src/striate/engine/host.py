"""What LLVM says of this processor, noted from one process to the next, because asking means loading LLVM.

A note is good for one start of one computer: its name is a digest of the kernel's number of this start (boot_id), of
what the kernel says of the processor, and of the installed LLVM. So nothing is taken for true on another computer that
shares the folder. Where the system gives no such number, LLVM is asked in each process.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import llvmlite

from striate.engine.llvm import LOCK, prepare_llvm
from striate.engine.whole import read_whole, write_whole

SUFFIX = ".host"
# A note that nobody has written for so long is of a start that is over.
OLD_SECONDS = 60 * 86400
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_PROCESSOR = Path("/proc/cpuinfo")
# Lines of /proc/cpuinfo that differ from one moment to the next.
_UNSTEADY = (b"cpu MHz", b"bogomips", b"BogoMIPS")


@dataclass(frozen=True, slots=True)
class Host:
    """The processor in LLVM's words.

    Args:
        triple: What kind of machine it is.
        cpu: Its name.
        features: What it can do and what not, as LLVM is told: "+avx2,-avx512f".
    """

    triple: str
    cpu: str
    features: str

    def has(self, *features: str) -> bool:
        """Whether it can do all of that."""
        return {f"+{feature}" for feature in features} <= set(self.features.split(","))

    @property
    def known(self) -> tuple[str, ...]:
        """Names of the features that LLVM knows of, whether the processor has them or not."""
        return tuple(feature[1:] for feature in self.features.split(",") if feature)


def host(folder: Path) -> Host:
    """This processor, from a note in a folder if there is one that holds for it; else LLVM is asked.

    Args:
        folder: Where notes lie.
    """
    identity = _identity()
    path = None if identity is None else folder / (identity + SUFFIX)
    noted = None if path is None else _read(path)
    if noted is not None:
        return noted
    found = ask_llvm()
    if path is not None:
        with contextlib.suppress(OSError):
            write_whole(path, "\n".join((found.triple, found.cpu, found.features)).encode())
            _clear_old(folder)
    return found


def ask_llvm() -> Host:
    """This processor as LLVM sees it."""
    with LOCK:
        prepare_llvm()
        import llvmlite.binding as llvm

        return Host(llvm.get_default_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())


@lru_cache(maxsize=1)
def llvm_identity() -> str:
    """Which llvmlite and LLVM are installed, without loading them: version, and size and date of the library."""
    facts = [llvmlite.__version__]
    for path in sorted((Path(llvmlite.__file__).parent / "binding").glob("*llvmlite.*")):
        status = path.stat()
        facts.append(f"{path.name} {status.st_size} {status.st_mtime_ns}")
    return "\n".join(facts)


def _identity() -> str | None:
    """Digest of what a note depends on; None where the system does not tell."""
    try:
        boot = _BOOT.read_bytes()
        processor = _first_processor()
    except OSError:
        return None
    if not boot.strip() or not processor:
        return None
    return hashlib.sha256(b"\n".join((boot, processor, llvm_identity().encode()))).hexdigest()


def _first_processor() -> bytes:
    """What the kernel says of the first processor: the steady lines."""
    lines: list[bytes] = []
    with _PROCESSOR.open("rb") as file:  # line by line: a computer with hundreds of them takes its time to tell
        for line in file:
            if not line.strip():
                break
            if not line.startswith(_UNSTEADY):
                lines.append(line)
    return b"".join(lines)


def _read(path: Path) -> Host | None:
    content = read_whole(path)
    parts = [] if content is None else content.decode(errors="replace").split("\n")
    return Host(*parts) if len(parts) == 3 else None


def _clear_old(folder: Path) -> None:
    for path in folder.glob(f"*{SUFFIX}"):
        if path.stat().st_mtime < time.time() - OLD_SECONDS:
            path.unlink(missing_ok=True)
