"""Keeps workers off the caller's core.

Linux often wakes a thread on the core of the one that wakes it. There it waits until that one stops, or until the
balancer moves it some milliseconds later: longer than most runs take. So before workers are woken, the caller's core is
taken out of those that they may use. Where the system cannot tell, or more threads are wanted than there are cores,
they may use all.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Callable, Sequence
from functools import lru_cache


@lru_cache(maxsize=1)
def _present_core() -> Callable[[], int] | None:
    """The C library's sched_getcpu; None where there is none."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    try:
        return ctypes.PyDLL(None).sched_getcpu  # so quick that the GIL need not be released
    except (AttributeError, OSError):
        return None


class Placement:
    """Where a set of workers may run.

    Args:
        cores: The cores that this process may use.
    """

    def __init__(self, cores: frozenset[int]) -> None:
        self._cores = cores
        self._left_out: int | None = None
        self._known: tuple[int, ...] = ()

    def keep_apart(self, workers: Sequence[int]) -> None:
        """Lets workers use every core but the caller's.

        Args:
            workers: Their native thread numbers.
        """
        core_of = _present_core()
        known = tuple(workers)
        if core_of is None or len(known) >= len(self._cores):
            return
        core = core_of()
        if core == self._left_out and known == self._known:
            return
        others = self._cores - {core}
        for worker in known:
            with contextlib.suppress(OSError):  # a thread that has ended, or a core taken away meanwhile
                os.sched_setaffinity(worker, others)
        self._left_out, self._known = core, known


def usable_cores() -> frozenset[int]:
    """The cores that this process may use; empty where the system does not say."""
    return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset()
