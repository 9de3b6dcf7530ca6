"""Work that is done in a forked child."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable

# After so many seconds a child hangs.
PATIENCE = 60


def in_child(work: Callable[[], object]) -> bool:
    """Forks, and gives whether the work says yes there; a child that hangs is ended."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of a fork beside threads
        child = os.fork()
    if child == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(PATIENCE)
        status = 1
        try:
            status = 0 if work() else 2
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0
