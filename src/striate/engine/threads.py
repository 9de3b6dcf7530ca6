"""The threads that carry out a list of steps.

Workers are Python threads that stay in native code (see :mod:`striate.engine.board`): they see at once when a run is
posted, help, and sleep when there has been nothing for a moment. The thread that called works too. Because the
scheduler needs nobody in particular (see :mod:`striate.engine.scheduler`), a worker that wakes late costs nothing but
its help, and any number of Python threads may run networks at once: they share the workers.
"""

from __future__ import annotations

import atexit
import os
import time

import numpy as np

from striate.engine import board
from striate.engine.scheduler import CELLS, STATE_SIZE
from striate.engine.workers import UNLIMITED, Slot, Workers, native_post, native_scheduler
from striate.errors import ParameterError
from striate.graph import Array

VARIABLE = "STRIATE_THREADS"
# The caller leaves the scheduler after about so many processor cycles, lets Python answer Ctrl-C, and enters again.
BUDGET_CYCLES = 200_000_000


_workers = Workers()
_wanted: int | None = None


def _forget_workers() -> None:
    """A forked child has no threads: it starts its own when it needs them."""
    global _workers
    _workers = Workers()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_workers)
atexit.register(lambda: _workers.leave())


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


def run_steps(steps: Array) -> None:
    """Carries out a list of steps and returns when all is done.

    Args:
        steps: int64 (count, 3): address of the kernel, address of its arguments, number of chunks (at least 1). What
            they point to must live until this returns.

    Raises:
        KeyboardInterrupt: Ctrl-C, within about a tenth of a second.
    """
    helpers = thread_count() - 1
    workers = _workers
    if len(workers.numbers) < helpers:
        workers.grow(helpers)
    slot = workers.take() if helpers else None
    if slot is None:
        _run_by_this_thread(steps)
        return
    workers.placement.keep_apart(workers.numbers)
    _run_by_all(workers, slot, helpers, steps)


def run_alone(steps: int, count: int, state: int) -> None:
    """Carries out a short list of steps without waking anybody; Ctrl-C is answered afterwards.

    Args:
        steps: Address of the steps, as for :func:`run_steps`.
        count: How many.
        state: Address of STATE_SIZE cells, the first of them zero.
    """
    native_scheduler()(steps, count, state, UNLIMITED)


def _run_by_this_thread(steps: Array) -> None:
    state = np.zeros(STATE_SIZE, np.int64)
    while int(state[CELLS["claim"]]) >> 32 < len(steps):
        native_scheduler()(steps.ctypes.data, len(steps), state.ctypes.data, BUDGET_CYCLES or UNLIMITED)


def _run_by_all(workers: Workers, slot: Slot, helpers: int, steps: Array) -> None:
    slot.state[:] = 0
    slot.steps = steps
    post, address, count = native_post(), steps.ctypes.data, len(steps)
    status = board.UNFINISHED
    try:
        while status == board.UNFINISHED:
            if workers.futex is None:
                workers.posted.set()
            status = post(workers.address, slot.address, helpers, address, count, BUDGET_CYCLES or UNLIMITED)
    except BaseException:
        _stop(slot)
        raise
    finally:
        if status == board.WORKER_INSIDE:
            # It only has to notice that all is done: of the run's memory it may still read the list of steps.
            workers.late.append(slot)
        else:
            slot.steps = None
            workers.free.append(slot)


def _stop(slot: Slot) -> None:
    """Stops a run and waits until no worker is inside any more: the memory may serve another run then."""
    slot.state[CELLS["stop"]] = 1
    slot.cells[board.OPEN] = 0
    time.sleep(0)  # a full memory barrier lies between closing and looking
    while slot.cells[board.USERS]:
        time.sleep(0.0001)
