"""What a fork has to wait for: a child has only the thread that forked, and nobody who would finish what others began.

- *Locks*: one that another thread holds would never be free again in the child.
- *Modules*: public names are loaded when they are first used. A child that begins while another thread is in the midst
  of that has half a module, and the lock of an import that nobody goes on with: its own first call would wait for ever.
  Python leaves that to its users; here it is seen to for what striate loads late.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from typing import cast

# What striate loads at a first use, its own modules and those of others.
_ROOTS = {"striate", "numpy", "llvmlite", "onnx", "google", "ml_dtypes", "PIL"}
_locks: list[weakref.ref[threading.Lock]] = []
_forking = threading.Lock()
_held: list[threading.Lock] = []


def hold_over_fork(lock: threading.Lock) -> None:
    """Lets a fork wait until the lock is free, so that what it guards is whole in parent and child.

    Locks are taken in the reverse order of these calls: one that is taken while another is held must be given here
    before that.
    """
    _locks.append(weakref.ref(lock, _locks.remove))


def _loading() -> list[str]:
    """Modules of which somebody holds the import's lock."""
    # Only Python's own table knows of a module that is still being looked for; without it, of all that are there.
    table = getattr(sys.modules.get("importlib._bootstrap"), "_module_locks", sys.modules)
    names = list(cast("Mapping[str, object]", table))
    return [name for name in names if name.partition(".")[0] in _ROOTS]


def _finish_loading() -> None:
    """Waits for imports in other threads; one of this thread goes on afterwards."""
    seen: set[str] = set()
    while fresh := set(_loading()) - seen:
        for name in fresh:
            # What is wrong with a module is told to whoever imports it; a fork goes on.
            with suppress(Exception):
                import_module(name)
        seen |= fresh


def _before() -> None:
    _forking.acquire()
    while True:
        _finish_loading()
        known = [lock for reference in list(_locks) if (lock := reference()) is not None]
        for lock in reversed(known):
            lock.acquire()
            _held.append(lock)
        _finish_loading()
        # A module that came meanwhile may have brought a lock, which would have to be taken before the others.
        if not {reference() for reference in list(_locks)} - {None, *known}:
            return
        _release()


def _release() -> None:
    while _held:
        _held.pop().release()


def _after() -> None:
    _release()
    _forking.release()


@lru_cache(maxsize=1)
def wait_at_forks() -> None:
    """Has forks wait for all this from now on; once, even if striate is imported again under the same name."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)
