"""Memory between pages that may be neither read nor written: who leaves it ends the process; pytest names the test."""

from __future__ import annotations

import ctypes
import mmap
import sys

import numpy as np

from striate.graph import Array

# Without mprotect memory lies between margins only.
CAN_PROTECT = sys.platform != "win32"
FREE = 3  # PROT_READ | PROT_WRITE
NOTHING = 0


class Guarded:
    """Memory between two pages that may not be touched.

    What lies between it and the page that is further away is NaN, a margin at least.

    Args:
        nbytes: How much, a multiple of 4.
        at_end: Whether it ends where the upper page begins; otherwise it begins where the lower one ends.
        margin: Bytes of NaN at the other end, at least; a multiple of 4.
    """

    def __init__(self, nbytes: int, at_end: bool, margin: int = 0) -> None:
        page = mmap.PAGESIZE
        whole = -(-max(nbytes + margin, 1) // page) * page
        self._pages = mmap.mmap(-1, whole + 2 * page)
        everything = np.frombuffer(self._pages, np.uint8)
        self._guards = (everything.ctypes.data, everything.ctypes.data + page + whole)
        self.protect(NOTHING)
        inside = everything[page : page + whole]
        start = whole - nbytes if at_end else 0
        self.bytes: Array = inside[start : start + nbytes]
        self.before = _poisoned(inside[:start])
        self.behind = _poisoned(inside[start + nbytes :])

    def protect(self, mode: int) -> None:
        """Sets what may be done with the two pages: NOTHING or FREE."""
        if not CAN_PROTECT:
            return
        mprotect = ctypes.CDLL(None, use_errno=True).mprotect
        for address in self._guards:
            failed = mprotect(ctypes.c_void_p(address), ctypes.c_size_t(mmap.PAGESIZE), ctypes.c_int(mode))
            assert not failed, ctypes.get_errno()

    def check(self) -> None:
        """Fails if something was written between the memory and the pages."""
        assert np.isnan(self.before).all(), "written before the buffer"
        assert np.isnan(self.behind).all(), "written past the buffer"


def _poisoned(memory: Array) -> Array:
    floats: Array = memory.view(np.float32)
    floats[:] = np.nan
    return floats
