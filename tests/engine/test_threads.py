"""Threads: any number gives the same bits, Ctrl-C is answered, a fork goes on, denormals, the GIL, no leaks."""

from __future__ import annotations

import os
import platform
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from striate.engine import run_plan, set_threads, thread_count
from striate.engine import threads as engine_threads
from striate.engine.emit import Emit
from striate.engine.executor import Executor
from striate.engine.isa import Isa, isa
from striate.engine.kernel import kernel
from striate.engine.layout import aligned
from striate.engine.peak import emit_peak
from striate.engine.threads import run_steps
from striate.errors import ParameterError
from striate.graph import Array, GraphBuilder
from striate.ops import Conv
from tests.forking import in_child

from .graphs import RandomNetwork
from .test_executor import compare

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


class Busy:
    """Steps that take about a millisecond each, and a last one that leaves a mark."""

    def __init__(self, count: int, chunks: int = 1) -> None:
        probe = kernel("peak", emit_peak)
        lanes = isa().lanes
        self.scratch, self.mark = aligned(chunks * lanes), aligned(lanes)
        rows = [(self.scratch.ctypes.data, 200_000), (self.mark.ctypes.data, 1)]
        order = [[{"y": y, "rounds": rounds}[name] for name in probe.parameters] for y, rounds in rows]
        self.arguments = np.array(order, np.int64)
        first, last = self.arguments.ctypes.data, self.arguments[1:].ctypes.data
        self.steps = np.array([[probe.address, first, chunks]] * count + [[probe.address, last, 1]], np.int64)

    def run(self) -> None:
        run_steps(self.steps)

    @property
    def finished(self) -> bool:
        return bool(self.mark.any())


def test_busy_steps_leave_their_mark() -> None:
    busy = Busy(3, chunks=4)
    assert not busy.finished
    busy.run()
    assert busy.finished
    assert busy.scratch.all()


def test_one_to_eight_threads_give_the_same_bits() -> None:
    network = RandomNetwork(13)
    executor = Executor(network.graph())
    answers: set[bytes] = set()
    for threads in range(1, 9):
        set_threads(threads)
        values = executor.run({"x": network.x}, keep=True)
        answers.add(b"".join(values[name].tobytes() for name in sorted(values)))
    assert len(answers) == 1


def test_the_variable_and_what_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_threads, "_wanted", None)
    monkeypatch.setenv("STRIATE_THREADS", "5")
    assert thread_count() == 5
    set_threads(2)
    assert thread_count() == 2
    monkeypatch.setattr(engine_threads, "_wanted", None)
    for wrong in ("0", "-1", "many", ""):
        monkeypatch.setenv("STRIATE_THREADS", wrong)
        with pytest.raises(ParameterError, match=rf'STRIATE_THREADS \(="{wrong}"\) must be a positive number'):
            thread_count()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are raised in another way")
@pytest.mark.parametrize("threads", [1, 3])
def test_ctrl_c_ends_a_long_run_and_later_runs_are_right(threads: int) -> None:
    set_threads(threads)
    network = RandomNetwork(3)
    executor = Executor(network.graph())
    truth = run_plan(executor.prepare({"x": network.x}).plan, {"x": network.x}, keep=True)
    busy = Busy(100_000)  # minutes
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.3, signal.raise_signal, (signal.SIGINT,))
    try:
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            busy.run()
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    assert not busy.finished
    left = busy.scratch.copy()
    for _ in range(3):
        compare(executor.run({"x": network.x}), truth, list(executor.graph.outputs))
    np.testing.assert_array_equal(busy.scratch, left)  # nobody works on the old run any more


def halves(x: Array) -> Array:
    """Half of each number, by a kernel."""

    def emit(target: Isa) -> Emit:
        k = Emit("halve", target)
        source, result = k.pointer("x"), k.pointer("y")
        k.store(k.load(source) * 0.5, result)
        return k

    found = kernel("halve", emit)
    memory = aligned(2 * isa().lanes)
    memory[: isa().lanes] = x
    places = {"x": memory.ctypes.data, "y": memory.ctypes.data + 4 * isa().lanes}
    arguments = np.array([places[name] for name in found.parameters], np.int64)
    run_steps(np.array([[found.address, arguments.ctypes.data, 1]], np.int64))
    return memory[isa().lanes :]


@pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="the mode is x86's")
def test_denormals_are_flushed_inside_and_the_mode_is_restored() -> None:
    tiny = np.float32(1e-40)
    assert tiny > 0
    for _ in range(3):
        assert not halves(np.full(isa().lanes, tiny)).any()
        assert (np.full(64, tiny) * np.float32(0.5)).all()  # NumPy on this thread still has them
    np.testing.assert_array_equal(halves(np.full(isa().lanes, 3.0, np.float32)), 1.5)


def test_other_python_threads_go_on_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    set_threads(1)
    monkeypatch.setattr(engine_threads, "BUDGET_CYCLES", 0)  # one native call, without coming back to Python
    busy, turns, over = Busy(300), [0], threading.Event()

    def count() -> None:
        while not over.is_set():
            turns[0] += 1
            time.sleep(0)

    interval, thread = sys.getswitchinterval(), threading.Thread(target=count)
    busy.steps = busy.steps[:1]
    busy.run()  # the scheduler is linked
    busy = Busy(300)
    thread.start()
    try:
        sys.setswitchinterval(100)  # nobody is made to let go of the GIL
        before = turns[0]
        busy.run()
        after = turns[0]
    finally:
        sys.setswitchinterval(interval)
        over.set()
        thread.join()
    assert after - before > 20


@needs_fork
def test_a_fork_after_use_runs_in_child_and_parent() -> None:
    set_threads(3)
    network = RandomNetwork(7)
    executor = Executor(network.graph())
    name = executor.graph.outputs[0]
    expected = executor.run({"x": network.x})[name].tobytes()
    assert in_child(lambda: executor.run({"x": network.x})[name].tobytes() == expected)
    assert executor.run({"x": network.x})[name].tobytes() == expected


@needs_fork
def test_a_fork_while_another_thread_compiles() -> None:
    over, made = threading.Event(), []

    def emit(target: Isa, name: str) -> Emit:
        k = Emit(name, target)
        k.store(k.load(k.pointer("x")) * 0.25, k.pointer("y"))
        return k

    def compile_all(prefix: str) -> None:
        while not over.is_set():
            name = f"{prefix}_{len(made)}"
            made.append(kernel(name, lambda target, name=name: emit(target, name)))

    thread = threading.Thread(target=compile_all, args=("forked_parent",))
    thread.start()
    try:
        for i in range(10):
            assert in_child(lambda i=i: kernel(f"forked_{i}", lambda t: emit(t, f"forked_{i}")).address != 0)
    finally:
        over.set()
        thread.join()
    assert made


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is read from /proc")
@pytest.mark.parametrize("keep", [False, True], ids=["outputs", "all values"])
def test_ten_thousand_runs_leak_nothing(keep: bool) -> None:
    build = GraphBuilder("small")
    x = build.input("x", np.float32, (1, 3, 6, 6))
    weight = build.constant(np.ones((4, 3, 3, 3), np.float32))
    executor = Executor(build.finish(build.add(Conv((1, 1), ((1, 1), (1, 1)), (1, 1)), [x, weight], "y")))
    array = np.ones((1, 3, 6, 6), np.float32)
    for _ in range(500):
        executor.run({"x": array}, keep)["y"]
    before = resident()
    for _ in range(10_000):
        executor.run({"x": array}, keep)["y"]
    assert resident() - before < 3 * 2**20
