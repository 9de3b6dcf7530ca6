"""What is done while nobody waits: once a run is on the screen and the page has been still for a moment."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from striate.studio.work import StoppedError, Work

# Seconds without a request after which nobody seems to wait.
STILL = 0.25
# How often a task that was interrupted is begun again; each time it comes further, by what was made before.
TRIES = 20
Task = Callable[[Work], None]


class SpareTime:
    """Carries out tasks on a thread of its own, one after another; whatever a page asks comes first.

    Args:
        still: Whether a page is there and waits for nothing.
    """

    def __init__(self, still: Callable[[], bool]) -> None:
        self._still = still
        self._waiting: deque[Task] = deque()
        self._asked = time.monotonic()
        self._work = Work()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def add(self, task: Task) -> None:
        """Has something done when there is time; it must stop where its work says so, and may be begun again."""
        with self._lock:
            if self._over.is_set():
                return
            self._waiting.append(task)
            if self._thread is None:
                self._thread = threading.Thread(target=self._go_on, name="striate-spare-time", daemon=True)
                self._thread.start()

    def asked(self) -> None:
        """Somebody asks for something: the task at hand is stopped."""
        self._asked = time.monotonic()
        self._work.stop()

    def close(self, seconds: float = 5.0) -> None:
        """Ends for good, and waits for the task at hand."""
        self._over.set()
        self._work.stop()
        thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _go_on(self) -> None:
        while True:
            with self._lock:
                if not self._waiting or self._over.is_set():
                    self._thread = None
                    return
                task = self._waiting.popleft()
            for _ in range(TRIES):
                self._await_stillness()
                if self._over.is_set() or self._done(task):
                    break

    def _await_stillness(self) -> None:
        while not self._over.is_set():
            left = STILL - (time.monotonic() - self._asked)
            if left <= 0 and self._still():
                return
            self._over.wait(max(left, STILL / 5))

    def _done(self, task: Task) -> bool:
        """Carries a task out; False when it was stopped."""
        self._work = work = Work()
        if time.monotonic() - self._asked < STILL:
            return False
        try:
            task(work)
        except StoppedError:
            return False
        except Exception:  # nobody asked for it; whoever does is told what is wrong
            pass
        return True
