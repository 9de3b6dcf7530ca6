"""A child that begins while another thread loads, compiles or holds a lock can use striate at once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from striate import fork
from striate.engine import Executor
from striate.graph import GraphBuilder
from striate.ops import Relu
from tests.forking import in_child

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

# A thread makes the first call of all; when it has come to looking for a module, the main thread forks.
FIRST_CALL = """
import importlib.abc, os, signal, sys, threading, time
import striate as st

begun = threading.Event()

class Slow(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            begun.set()
            time.sleep(0.3)
        return None

def call():
    return st.conv1d([[[1.0, 2.0, 3.0, 4.0]]], [[[1.0, 0.0, -1.0]]]).tolist() == [[[-2.0, -2.0]]]

sys.meta_path.insert(0, Slow())
right = []
thread = threading.Thread(target=lambda: right.append(call()))
thread.start()
if not begun.wait(60):
    sys.exit(f"{sys.argv[1]} is not loaded by a first call")
child = os.fork()
if child == 0:
    signal.alarm(30)
    os._exit(0 if call() else 2)
status = os.waitpid(child, 0)[1]
thread.join()
sys.exit(f"child {status}, thread {right}" if status or right != [True] else 0)
"""


@pytest.mark.parametrize(
    "module", ["striate.functional", "striate.functional.convolution", "numpy", "striate.ops", "striate.engine.emit"]
)
def test_a_fork_during_the_first_call(module):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FIRST_CALL, module], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")


def held_for(seconds, *locks):
    """A thread that holds these locks, taken one after the other."""
    begun = threading.Event()

    def hold():
        for lock in locks:
            lock.acquire()
        begun.set()
        time.sleep(seconds)
        for lock in reversed(locks):
            lock.release()

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait()
    return thread


def test_a_fork_waits_for_locks():
    inner, outer = threading.Lock(), threading.Lock()
    fork.hold_over_fork(inner)
    fork.hold_over_fork(outer)
    thread = held_for(0.2, outer, inner)
    assert in_child(lambda: outer.acquire() and inner.acquire())
    thread.join()
    assert not inner.locked()
    assert not outer.locked()


def test_locks_that_are_gone_are_forgotten():
    before = len(fork._locks)
    for _ in range(100):
        fork.hold_over_fork(threading.Lock())
    assert len(fork._locks) == before


def test_a_network_that_another_thread_prepares():
    build = GraphBuilder("relu")
    executor = Executor(build.finish(build.add(Relu(), [build.input("x", np.float32, (1, 4))])))
    x = np.ones((1, 4), np.float32)
    thread = held_for(0.2, executor._lock)
    assert in_child(lambda: len(executor.run({"x": x})) == 1)
    thread.join()


def test_a_second_import_does_not_wait_for_the_first():
    fork.wait_at_forks()
    assert in_child(lambda: True)


def test_many_forks_from_many_threads():
    results = []
    threads = [threading.Thread(target=lambda: results.append(in_child(lambda: True))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 4
    assert not fork._forking.locked()
