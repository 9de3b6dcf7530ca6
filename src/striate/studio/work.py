"""A request under way: it reports how far it is, and stops where it reports once nobody wants it any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

# Reports that come quicker than a page can show are left out.
_SECONDS_BETWEEN = 0.05
_SECONDS_OF_SILENCE = 0.15


class StoppedError(Exception):
    """The request was cancelled; never shown to anybody."""


class Work:
    """How a request tells of itself, from whatever thread it runs on.

    Args:
        told: Called with (what is being done, done, in all), not more often than 20 times a second.
    """

    def __init__(self, told: Callable[[str, int, int], None] | None = None) -> None:
        self._told = told
        self._stopped = threading.Event()
        # What is done before anybody could wonder is not reported at all.
        self._last = time.monotonic() + _SECONDS_OF_SILENCE
        self.stage: tuple[str, int, int] = ("", 0, 0)

    def stop(self) -> None:
        """Asks the request to end at its next report."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether it was asked to end."""
        return self._stopped.is_set()

    def report(self, what: str, done: int = 0, total: int = 0) -> None:
        """Tells how far the request is.

        Raises:
            StoppedError: Nobody wants the answer any more.
        """
        if self._stopped.is_set():
            raise StoppedError
        self.stage = (what, done, total)
        now = time.monotonic()
        if self._told is not None and now - self._last >= _SECONDS_BETWEEN:
            self._last = now
            self._told(what, done, total)

    def progress(self, done: int, total: int, name: str) -> None:
        """The same in the engine's words."""
        self.report(name if name == "compiling kernels" else f"running {name}", done, total)

    @contextmanager
    def holding(self, lock: threading.Lock, stage: Callable[[], tuple[str, int, int]]) -> Generator[None]:
        """Holds a lock; while it waits, it reports what it waits for and can be stopped."""
        while not lock.acquire(timeout=_SECONDS_BETWEEN):
            self.report(*stage())
        try:
            yield
        finally:
            lock.release()
