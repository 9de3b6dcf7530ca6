"""Whole programs stay inside their memory, and nothing depends on what it held before.

The arena lies between pages that may not be touched, once close to the lower and once close to the upper one, and is
full of NaN when a run begins. Where every value keeps its own memory, the regions lie apart, and the NaN between them
must still be there afterwards.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from striate.engine.arenas import Memory
from striate.engine.executor import Executor
from striate.engine.isa import Isa
from striate.engine.program import Instance
from striate.engine.regions import Regions
from striate.graph import Array

from .blocked import each_target
from .graphs import RandomNetwork
from .guarded import CAN_PROTECT, FREE, Guarded
from .test_executor import compare, reference

pytestmark = pytest.mark.skipif(not CAN_PROTECT, reason="pages are protected with mprotect")

# Bytes of NaN between two regions.
MARGIN = 256
SEEDS = range(100, 114)


def spaced(arrange: Callable[[Regions, bool], tuple[Array, int]]) -> Callable[[Regions, bool], tuple[Array, int]]:
    """The same arrangement with a margin before each region and behind the last; for regions that share nothing."""

    def wider(regions: Regions, reuse: bool) -> tuple[Array, int]:
        offsets, total = arrange(regions, reuse)
        if reuse:
            return offsets, total
        rank = np.argsort(np.argsort(offsets))
        return offsets + MARGIN * (rank + 1), total + MARGIN * (len(offsets) + 1)

    return wider


@each_target
@pytest.mark.parametrize("keep", [False, True], ids=["outputs", "all values"])
@pytest.mark.parametrize("at_end", [False, True], ids=["low", "high"])
def test_any_network_between_guard_pages(
    monkeypatch: pytest.MonkeyPatch, target: Isa, keep: bool, at_end: bool
) -> None:
    monkeypatch.setenv("STRIATE_ISA", target.name)
    monkeypatch.setattr("striate.engine.regions.SPARE", 0)
    monkeypatch.setattr(Regions, "arrange", spaced(Regions.arrange))
    for seed in SEEDS:
        network = RandomNetwork(seed)
        executor = Executor(network.graph())
        truth = reference(executor, network.x)
        program = executor.prepare({"x": network.x}, keep).program
        memory = Guarded(program.nbytes, at_end)
        arena: Array = memory.bytes.view(np.float32)
        arena[:] = np.nan
        instance = Instance(program, Memory.laid(program, arena[: program.nbytes // 4]))
        try:
            for _ in range(2):  # the second run meets what the first one left
                program.give_back(instance)
                values = executor.run({"x": network.x}, keep)
                names = [name for node in executor.graph.nodes for name in node.outputs if name]
                compare(values, truth, names if keep else list(executor.graph.outputs))
                if keep:
                    assert_margins_untouched(instance)
                del values
                assert program.take().held is instance.held  # it was this memory that was used
        finally:
            memory.protect(FREE)


def assert_margins_untouched(instance: Instance) -> None:
    for offset in instance.program.offsets:
        start = int(offset) // 4
        assert np.isnan(instance.arena[start - MARGIN // 4 : start]).all(), "written before a region"
    assert np.isnan(instance.arena[-MARGIN // 4 :]).all(), "written past the last region"


def test_what_lies_outside_cannot_be_touched() -> None:
    """The guard works: a process that writes past the arena dies of it."""
    code = (
        "import ctypes\nfrom tests.engine.guarded import Guarded\n"
        "memory = Guarded(4096, at_end=True)\n"
        "ctypes.memset(memory.bytes.ctypes.data + 4095, 0, 1)\nprint('inside', flush=True)\n"
        "ctypes.memset(memory.bytes.ctypes.data + 4096, 0, 1)\nprint('outside')\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.stdout == "inside\n"
    assert ended.returncode < 0
