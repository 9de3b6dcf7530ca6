"""Workers: Python threads that stay in native code and help with whatever is posted on the board."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from striate.engine import board
from striate.engine.kernel import native
from striate.engine.layout import aligned
from striate.engine.placement import Placement, usable_cores
from striate.engine.scheduler import CELLS, SYMBOL, scheduler_text
from striate.graph import Array

# A worker looks for the next run for about so many cycles before it sleeps: runs in a loop follow one another within
# that, and a core that is not needed is given back soon.
SPIN_CYCLES = 100_000

# A budget that is never spent.
UNLIMITED = 2**62


class Slot:
    """A place on the board for one run at a time."""

    def __init__(self, cells: Array) -> None:
        self.cells = cells
        self.state = cells[board.STATE :]
        self.address = int(cells.ctypes.data)
        # What a worker that has not left yet may still look at.
        self.steps: Array | None = None


class Workers:
    """Threads that wait for runs, and the board that they look at."""

    def __init__(self) -> None:
        self.cells = aligned(2 * board.BOARD_SIZE).view(np.int64)
        self.cells[:] = 0
        self.address = int(self.cells.ctypes.data)
        self.free = [Slot(self._slot_cells(number)) for number in range(board.SLOTS - 1)]
        self.late: list[Slot] = []
        self.threads: list[threading.Thread] = []
        self.numbers: tuple[int, ...] = ()
        self.placement = Placement(usable_cores())
        self.lock = threading.Lock()
        # Where there is no futex, workers wait for this.
        self.posted = threading.Event()
        self.futex = _system_call()
        self.cells[board.WAIT] = self.futex or 0

    def _slot_cells(self, number: int) -> Array:
        start = board.SLOTS_AT + number * board.SLOT_SIZE
        return self.cells[start : start + board.SLOT_SIZE]

    def grow(self, count: int) -> None:
        """Starts threads until there are so many."""
        with self.lock:
            self.cells[board.ENTER] = _scheduler_address()
            _native_work()  # linked before any thread looks for it
            while len(self.threads) < count:
                thread = threading.Thread(target=self._live, name=f"striate-{len(self.threads)}", daemon=True)
                thread.start()
                assert thread.native_id is not None  # a thread that has started has one
                self.threads.append(thread)
                self.numbers = (*self.numbers, thread.native_id)

    def _live(self) -> None:
        work = _native_work()
        while not work(self.address, SPIN_CYCLES):
            self.posted.wait()
            self.posted.clear()

    def take(self) -> Slot | None:
        """A slot that nobody uses; None if there is none."""
        if self.late:
            self._look_after_late_ones()
        try:
            return self.free.pop()
        except IndexError:
            return None

    def _look_after_late_ones(self) -> None:
        with self.lock:
            late, self.late = self.late, []
            for slot in late:
                if slot.cells[board.USERS]:
                    self.late.append(slot)
                else:
                    slot.steps = None
                    self.free.append(slot)

    def leave(self) -> None:
        """Ends all workers: machine code must not run while the interpreter takes its memory down."""
        with self.lock:
            for number in range(board.SLOTS):
                self._slot_cells(number)[board.STATE + CELLS["stop"]] = 1
            self.cells[board.QUIT] = 1
            self.free = []
            threads, self.threads = self.threads, []
        if threads:
            self.posted.set()
            # The last slot is nobody's: no steps are posted there, only to ring the bell.
            spare = self._slot_cells(board.SLOTS - 1).ctypes.data
            native_post()(self.address, spare, len(threads), 0, 0, UNLIMITED)
            for thread in threads:
                thread.join(1.0)


@lru_cache(maxsize=1)
def native_scheduler() -> Callable[[int, int, int, int], None]:
    """`void striate_run_steps(steps, count, state, budget)`: this thread alone."""
    place, number = ctypes.c_void_p, ctypes.c_int64
    return ctypes.CFUNCTYPE(None, place, number, place, number)(_scheduler_address())


@lru_cache(maxsize=1)
def _scheduler_address() -> int:
    return native(SYMBOL, scheduler_text())


@lru_cache(maxsize=1)
def _native_work() -> Callable[[int, int], int]:
    address = native(board.WORK_SYMBOL, board.work_text())
    return ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)(address)


@lru_cache(maxsize=1)
def native_post() -> Callable[[int, int, int, int, int, int], int]:
    """`i64 striate_post(board, slot, wanted, steps, count, budget)`: this thread and the workers."""
    address = native(board.POST_SYMBOL, board.post_text())
    place, number = ctypes.c_void_p, ctypes.c_int64
    return ctypes.CFUNCTYPE(number, place, place, number, place, number, number)(address)


def _system_call() -> int | None:
    """Address of the C library's `syscall`; None where workers cannot sleep on a futex."""
    if board.futex_number() is None:
        return None
    try:
        return ctypes.cast(ctypes.CDLL(None).syscall, ctypes.c_void_p).value
    except (AttributeError, OSError):
        return None
