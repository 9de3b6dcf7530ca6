"""Workers: with and without a futex, several runs at once, more than the board has room for, the end of a process."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from striate.engine import board, set_threads, workers
from striate.engine import threads as engine_threads

from .test_threads import Busy


@pytest.fixture
def fresh_workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[workers.Workers]:
    """Workers of the test's own, which leave at its end."""
    mine = workers.Workers()
    monkeypatch.setattr(engine_threads, "_workers", mine)
    yield mine
    started = list(mine.threads)
    mine.leave()
    assert not any(thread.is_alive() for thread in started)


def check_that_they_help(mine: workers.Workers) -> None:
    set_threads(3)
    for pause in (0, 0, 0.001, 0.02):
        time.sleep(pause)
        busy = Busy(20, chunks=4)
        busy.run()
        assert busy.finished
        assert busy.scratch.all()
    assert len(mine.threads) == 2
    mine.leave()
    busy = Busy(3)
    busy.run()  # nobody is left to help
    assert busy.finished


@pytest.mark.skipif(board.futex_number() is None, reason="this system has no futex")
def test_workers_that_sleep_on_a_futex(fresh_workers: workers.Workers) -> None:
    check_that_they_help(fresh_workers)


def test_workers_that_sleep_in_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_system_call", lambda: None)
    mine = workers.Workers()
    assert mine.futex is None
    monkeypatch.setattr(engine_threads, "_workers", mine)
    check_that_they_help(mine)


def test_more_runs_at_once_than_the_board_has_slots(fresh_workers: workers.Workers) -> None:
    set_threads(2)
    runs = [Busy(20, chunks=3) for _ in range(2 * board.SLOTS)]
    callers = [threading.Thread(target=run.run) for run in runs]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert all(run.finished and run.scratch.all() for run in runs)
    mine = fresh_workers
    while mine.late:
        mine.take()
    assert not any(cells[board.OPEN] or cells[board.USERS] for cells in (slot.cells for slot in mine.free))
    assert all(slot.steps is None for slot in mine.free)


def test_a_slot_is_not_used_again_before_its_last_worker_has_left(fresh_workers: workers.Workers) -> None:
    mine = fresh_workers
    slots = [mine.take() for _ in range(board.SLOTS - 1)]
    assert mine.take() is None
    late = slots[0]
    assert late is not None
    late.steps, late.cells[board.USERS] = np.zeros((1, 3), np.int64), 1
    mine.late.append(late)
    assert mine.take() is None
    late.cells[board.USERS] = 0
    assert mine.take() is late
    assert late.steps is None


PROGRAM = """
import threading, numpy as np, striate as st
st.set_threads(3)
x, w = np.ones((1, 64, 40, 40), np.float32), np.ones((64, 64, 3, 3), np.float32)
y = st.conv2d(x, w)
def forever():
    while True:
        st.conv2d(x, w)
for _ in range({callers}):
    threading.Thread(target=forever, daemon=True).start()
import time; time.sleep({rest})
print(float(y[0, 0, 0, 0]))
"""


@pytest.mark.parametrize(("callers", "rest"), [(0, 0), (0, 0.05), (2, 0.05)])
def test_a_process_ends_while_workers_spin_sleep_or_work(callers: int, rest: float) -> None:
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM.format(callers=callers, rest=rest)],
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stdout.strip()) == (0, "576.0"), done.stderr
