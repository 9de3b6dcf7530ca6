"""The machine that a race was run on, and whether anybody else was using it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import llvmlite
import numpy as np

import striate
from benchmarks.contestant import Library
from striate.engine.isa import isa

# Above this share of the machine's time for others, times are not worth much.
BUSY = 0.05
# The load average of a minute ago still counts what has ended since: above this for each core somebody is at work.
LOADED = 0.25


@dataclass(frozen=True)
class Machine:
    """What a table of times is worth nothing without.

    Args:
        processor: The model's name.
        cores: Cores that this process may use.
        isa: Instruction set that striate emits for.
        system: Operating system and its version.
        commit: Of the working tree; a "+" marks changes that are not committed.
        versions: Of Python and of every library in the race.
    """

    processor: str
    cores: int
    isa: str
    system: str
    commit: str
    versions: dict[str, str]


def this_machine(libraries: Sequence[Library]) -> Machine:
    """Facts about where we are."""
    versions = {
        "python": platform.python_version(),
        "striate": striate.__version__,
        "numpy": np.__version__,
        "llvmlite": llvmlite.__version__,
        **{library.module: library.version() for library in libraries},
    }
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return Machine(_processor(), cores, isa().name, platform.platform(), _commit(), versions)


def load_average() -> tuple[float, float, float] | None:
    """Processes that wanted to run, over the last 1, 5 and 15 minutes; None where the system does not tell."""
    return os.getloadavg() if hasattr(os, "getloadavg") else None


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor time used so far, in seconds.

    Args:
        everybody: By all processes, and by other guests of the host (steal).
        ours: By this process and its finished children.
        available: What all cores together had to give.
    """

    everybody: float
    ours: float
    available: float


def usage() -> Usage | None:
    """The time used so far; None where the system does not tell."""
    path = Path("/proc/stat")
    if not path.is_file():
        return None
    fields = [int(text) for text in path.read_text().splitlines()[0].split()[1:]]
    # user nice system idle iowait irq softirq steal; guest time is part of user.
    tick = os.sysconf("SC_CLK_TCK")
    total, idle = sum(fields[:8]), fields[3] + fields[4]
    times = os.times()
    ours = times.user + times.system + times.children_user + times.children_system
    return Usage((total - idle) / tick, ours, total / tick)


def share_of_others(before: Usage | None, after: Usage | None) -> float | None:
    """The share of the machine that others used between two moments, 0 to 1."""
    if before is None or after is None or after.available <= before.available:
        return None
    others = (after.everybody - before.everybody) - (after.ours - before.ours)
    return max(0.0, others / (after.available - before.available))


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    names = [line.partition(":")[2].strip() for line in _lines(path) if line.startswith("model name")]
    facts = [line.partition(":")[2].strip() for line in _lines(path) if line.startswith(("cpu family", "model\t"))]
    if not names:
        return platform.processor() or platform.machine()
    return f"{names[0]} (family {facts[0]}, model {facts[1]})" if len(facts) > 1 else names[0]


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.is_file() else []


def _commit() -> str:
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--exclude=*", "--dirty=+"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return said.stdout.strip()
