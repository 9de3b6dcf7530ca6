"""Measurements that need a new process each: how long a start takes, and how much memory an inference."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import striate
from benchmarks.case import Case, Entry
from benchmarks.results import Measure
from benchmarks.spread import spread

CACHE = "STRIATE_CACHE"
# Inferences after which the most memory ever held does not grow any more.
CALLS = 10


@dataclass(frozen=True)
class Work:
    """What a new process is given.

    Args:
        file: The network.
        shape: Shape of its input.
        threads: Threads.
        calls: Inferences.
    """

    file: Path
    shape: tuple[int, ...]
    threads: int
    calls: int = 1

    def run(self, library: str, cache: Path) -> dict[str, float]:
        """Starts a process, waits for it, and gives what it measured.

        Args:
            library: Module to be imported.
            cache: Folder of striate's compiled kernels.
        """
        shape = ",".join(map(str, self.shape))
        command = [sys.executable, "-m", "benchmarks.fresh", library, str(self.file), shape]
        command += [str(self.threads), str(self.calls)]
        done = subprocess.run(command, env=_environment(cache), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{library} in a new process failed:\n{done.stderr}")
        return json.loads(done.stdout.splitlines()[-1])


def starts(case: Case, peers: Sequence[str], threads: int, repeat: int) -> list[Measure]:
    """Seconds to import each library, and to the first result of a network, in turns.

    Args:
        case: The network.
        peers: Modules of the peers.
        threads: Threads of each.
        repeat: New processes for each.
    """
    times: dict[tuple[str, str], list[float]] = {}
    with _file(case) as file, _folder() as warm:
        work = Work(file, case.shape, threads)
        for library in ("striate", *peers):
            work.run(library, warm)  # fills the cache of kernels, and the system's cache of files
        for _ in range(repeat):
            for library in ("striate", *peers):
                made = work.run(library, warm)
                times.setdefault(("import", library), []).append(made["imported"])
                times.setdefault((f"first result of {case.name}", library), []).append(made["first"])
            with _folder() as empty:
                made = work.run("striate", empty)
                name = f"first result of {case.name}, no kernel cached"
                times.setdefault((name, "striate"), []).append(made["first"])
    return _measures("start", "s", times)


def memories(case: Case, peers: Sequence[str], threads: int, repeat: int) -> list[Measure]:
    """MiB that a process holds at most while it imports a library, opens a network and infers some times."""
    times: dict[tuple[str, str], list[float]] = {}
    with _file(case) as file, _folder() as warm:
        work = Work(file, case.shape, threads, CALLS)
        work.run("striate", warm)
        for _ in range(repeat):
            for library in ("striate", *peers):
                made = work.run(library, warm)
                times.setdefault((f"{case.name}: most", library), []).append(made["most"])
                times.setdefault((f"{case.name}: after the import", library), []).append(made["held"])
    return _measures("memory", "MiB", times)


def _measures(name: str, unit: str, times: dict[tuple[str, str], list[float]]) -> list[Measure]:
    known = {key: [value for value in values if value == value] for key, values in times.items()}  # NaN: not measured
    return [Measure(name, case, who, unit, spread(values)) for (case, who), values in known.items() if values]


@contextmanager
def _file(case: Case) -> Generator[Path]:
    """The case's ONNX file; one that is built is written for the time being."""
    if case.file is not None:
        yield case.file
        return
    with _folder() as folder:
        path = folder / "network.onnx"
        path.write_bytes(Entry(case).onnx)
        yield path


@contextmanager
def _folder() -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="striate-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(cache: Path) -> dict[str, str]:
    """The environment of a new process: it finds this very striate and these benchmarks, wherever it is started."""
    here = [str(Path(striate.__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1])]
    paths = [*here, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**with_bytecode(), CACHE: str(cache), "PYTHONPATH": os.pathsep.join(paths)}


def with_bytecode() -> dict[str, str]:
    """This process's environment, in which Python keeps compiled modules, as it does for whoever installed striate."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
