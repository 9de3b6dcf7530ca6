"""Locks over a fork: a child that begins while another thread holds one would wait for ever."""

from __future__ import annotations

import os
import threading


def hold_over_fork(lock: threading.Lock) -> None:
    """Lets a fork wait until the lock is free, so that what it guards is whole in parent and child.

    Locks are taken in the reverse order of these calls.
    """
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)
