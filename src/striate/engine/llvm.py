"""LLVM, loaded only where it is needed, because it takes some 70 MiB, and the lock under which it is used."""

from __future__ import annotations

import threading
from functools import lru_cache

from striate.fork import hold_over_fork

# LLVM's pass managers and target machines are not safe to share between threads. It is loaded under the lock, too, so
# that no child is forked in the middle of that.
LOCK = threading.Lock()
hold_over_fork(LOCK)


@lru_cache(maxsize=1)
def prepare_llvm() -> None:
    """Loads LLVM and lets it emit code for this processor; to be called with the lock held."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
