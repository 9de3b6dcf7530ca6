"""A studio as people start it: the command in a process of its own, its address read from what it prints."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import with_bytecode

SOURCE = Path(__file__).resolve().parents[2] / "src"
SECONDS = 120


@dataclass
class Served:
    """A studio that serves.

    Args:
        entrance: The address that it printed, with its token.
        process: It.
        said: The lines that it has printed until now.
        started: When the process was started, by ``time.perf_counter``.
    """

    entrance: str
    process: subprocess.Popen[str]
    said: list[str]
    started: float

    @property
    def address(self) -> str:
        """The address of the page, without a slash at its end."""
        return self.entrance.split("/?", 1)[0]

    @property
    def token(self) -> str:
        """What the first address carries."""
        return self.entrance.split("token=", 1)[1]


@contextmanager
def served(
    arguments: Sequence[str], command: Path | None = None, environment: Mapping[str, str] | None = None
) -> Generator[Served]:
    """Starts ``striate ARGUMENTS --no-browser`` and ends it as Ctrl-C does.

    Args:
        arguments: Behind ``striate``.
        command: An installed ``striate``; this source tree's if None.
        environment: Its environment variables; this process's if None, with Python's compiled modules kept.

    Raises:
        RuntimeError: It has printed no address.
    """
    variables = dict(with_bytecode() if environment is None else environment)
    if command is None:
        variables["PYTHONPATH"] = os.pathsep.join(filter(None, (str(SOURCE), variables.get("PYTHONPATH"))))
    started = time.perf_counter()
    process = subprocess.Popen(
        [*((sys.executable, "-m", "striate") if command is None else (command,)), *arguments, "--no-browser"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**variables, "PYTHONUNBUFFERED": "1"},
    )
    said: list[str] = []
    entrance: list[str] = []
    open_or_over = threading.Event()

    def listen() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.rstrip())
            found = re.fullmatch(r"http://\S+/\?token=\S+", line.strip())
            if found is not None:
                entrance.append(found.group())
                open_or_over.set()
        open_or_over.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        open_or_over.wait(SECONDS)
        if not entrance:
            raise RuntimeError("\n".join(["the studio has not started; it said:", *said]))
        yield Served(entrance[0], process, said, started)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        listener.join(5)
        if process.stdout is not None:
            process.stdout.close()
