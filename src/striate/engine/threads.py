"""The threads that carry out a list of steps.

Workers are Python threads that sleep until a run begins, enter the native scheduler once, and come back when the run
is over; the GIL is free meanwhile. The thread that called works too. Because the scheduler needs nobody in particular
(see :mod:`striate.engine.scheduler`), a worker that wakes late costs nothing but its help, and any number of Python
threads may run networks at once: they share the workers.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from queue import SimpleQueue

import numpy as np

from striate.engine.compile import link, object_code
from striate.engine.isa import isa
from striate.engine.placement import Placement, usable_cores
from striate.engine.scheduler import CELLS, STATE_SIZE, SYMBOL, scheduler_text
from striate.errors import ParameterError
from striate.graph import Array

VARIABLE = "STRIATE_THREADS"
# The caller leaves the scheduler after about so many processor cycles, lets Python answer Ctrl-C, and enters again.
BUDGET_CYCLES = 200_000_000


@dataclass(frozen=True, slots=True)
class _Job:
    """A run in progress; holding it keeps every buffer that native code may look at alive."""

    steps: Array
    state: Array
    kept: object


class _Workers:
    """Threads waiting for jobs."""

    def __init__(self) -> None:
        self.jobs: SimpleQueue[_Job] = SimpleQueue()
        self.threads: list[int] = []
        self.placement = Placement(usable_cores())
        self.lock = threading.Lock()

    def grow(self, count: int) -> None:
        """Starts threads until there are so many."""
        with self.lock:
            while len(self.threads) < count:
                thread = threading.Thread(target=self._work, name=f"striate-{len(self.threads)}", daemon=True)
                thread.start()
                assert thread.native_id is not None  # a thread that has started has one
                self.threads.append(thread.native_id)

    def _work(self) -> None:
        while True:
            job = self.jobs.get()
            _enter(job, 0)
            del job


_workers = _Workers()
_wanted: int | None = None


def _forget_workers() -> None:
    """A forked child has no threads: it starts its own when it needs them."""
    global _workers
    _workers = _Workers()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_workers)


def set_threads(count: int) -> None:
    """How many threads carry out a run; results do not depend on it, bit by bit.

    Args:
        count: Threads, the caller's included.

    Raises:
        ParameterError: It is not positive.

    Example:
        >>> import striate as st
        >>> st.set_threads(2)
        >>> st.engine.thread_count()
        2
    """
    global _wanted
    if count < 1:
        raise ParameterError(f"threads (={count}) must be positive")
    _wanted = count


def thread_count() -> int:
    """Threads that carry out a run: what was set, or STRIATE_THREADS, or one for each core of this process."""
    if _wanted is not None:
        return _wanted
    text = os.environ.get(VARIABLE)
    if text is not None:
        if not text.isdigit() or int(text) == 0:
            raise ParameterError(f'{VARIABLE} (="{text}") must be a positive number of threads')
        return int(text)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_steps(steps: Array, kept: object) -> None:
    """Carries out a list of steps and returns when all is done.

    Args:
        steps: int64 (count, 3): address of the kernel, address of its arguments, number of chunks (at least 1).
        kept: Whatever owns the memory that the steps point to.

    Raises:
        KeyboardInterrupt: Ctrl-C, within about a tenth of a second.
    """
    _scheduler()  # linked once, before workers look for it
    job = _Job(steps, np.zeros(STATE_SIZE, np.int64), kept)
    helpers = thread_count() - 1
    if helpers:
        _workers.grow(helpers)
        _workers.placement.keep_apart(_workers.threads)
        for _ in range(helpers):
            _workers.jobs.put(job)
    try:
        while int(job.state[CELLS["claim"]]) >> 32 < len(steps):
            _enter(job, BUDGET_CYCLES)
    except BaseException:
        _stop(job)
        raise


def run_alone(steps: int, count: int, state: int) -> None:
    """Carries out a short list of steps without waking anybody; Ctrl-C is answered afterwards.

    Args:
        steps: Address of the steps, as for :func:`run_steps`.
        count: How many.
        state: Address of STATE_SIZE cells, the first of them zero.
    """
    _scheduler()(steps, count, state, _UNLIMITED)


def _stop(job: _Job) -> None:
    """Stops a run and waits until no thread is inside a chunk any more: the memory may serve another run then."""
    job.state[CELLS["stop"]] = 1
    while int(job.state[CELLS["claim"]]) & _CHUNK_MASK != int(job.state[CELLS["done"]]):
        time.sleep(0.0001)


_UNLIMITED = 2**62
_CHUNK_MASK = 2**32 - 1


@lru_cache(maxsize=1)
def _scheduler() -> Callable[[int, int, int, int], None]:
    address = link(object_code(scheduler_text(), isa()), SYMBOL)
    return ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)(address)


def _enter(job: _Job, budget: int) -> None:
    _scheduler()(job.steps.ctypes.data, len(job.steps), job.state.ctypes.data, budget or _UNLIMITED)
