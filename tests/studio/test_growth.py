"""Tabs that come and go: what one held is gone with it, however many have been before."""

from __future__ import annotations

import gc
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from striate import bundled
from striate.engine.arenas import IDLE_KEPT, Memory
from striate.engine.executor import Executor
from striate.engine.program import Instance, Program
from striate.engine.values import RunValues
from striate.network import Network
from striate.run import Run
from striate.studio.answers.session import Session
from striate.studio.edits import History
from striate.studio.limits import Limits
from striate.studio.store import OpenInput, OpenNetwork
from striate.studio.tab import Tab
from striate.studio.work import Work
from tests.studio.live import Live, live, until

CYCLES = 50
# After so many whatever is made once, for all tabs to come, is there.
FIRST = 5
KINDS = (
    *(Network, Run, RunValues, Program, Instance, Memory, Executor),
    *(Tab, Session, History, OpenNetwork, OpenInput, Work),
)
SIZE = {"height": 64, "width": 64}


def cycle(studio: Live, model: bytes) -> None:
    """A person opens a network of their own and an input, edits everything, looks, and closes the tab."""
    with studio.tab() as tab:
        start = tab.hello()
        made, _ = tab.ask("open_network", upload=studio.upload("own.onnx", model))
        place = {"network": made["network"]["id"], "input": made["input"]}
        tab.ask("open_input", {"a": np.zeros((9, 9, 3), np.uint8)}, network=place["network"], sources=[{"array": "a"}])
        view = {"layer": "edges/Conv", "size": SIZE}
        for where in (start, place):
            tab.ask("maps", **where, view=view)
            tab.ask("shift", **where, by=[3, 3], views=[view])
            tab.ask("switch_channel", **where, layer="edges/Conv", channel=2, on=False, views=[view])
            tab.ask("edit_kernel", **where, layer="edges/Conv", channel=1, at=[0, 0, 1], value=2.0, views=[view])
            tab.ask("explain", **where, layer="shapes/Conv", channel=1, at=[5, 5])
            tab.ask("difference", **where)


def counted() -> Counter[str]:
    gc.collect()
    return Counter(type(each).__name__ for each in gc.get_objects() if type(each) in KINDS)


def held(studio: Live) -> tuple[int, ...]:
    store = studio.store
    tables = (store._runs, store._run_locks, store._making, studio.studio._closing)  # pyright: ignore
    return (len(store.networks), len(store.inputs), *map(len, tables), len(list((studio.folder / "uploads").iterdir())))


@pytest.mark.slow
@pytest.mark.parametrize("collected", [True, False])
def test_tabs_that_open_and_close_leave_nothing(tmp_path: Path, collected: bool) -> None:
    model = bundled.model_path().read_bytes()
    with live(tmp_path, Limits(grace_seconds=0.01)) as studio:

        def rest() -> None:
            until(lambda: not studio.studio.tabs and len(studio.store.networks) == 1)

        for _ in range(FIRST):
            cycle(studio, model)
            rest()
        before, tables, threads = counted(), held(studio), threading.active_count()
        if not collected:
            gc.disable()
        try:
            for _ in range(CYCLES if collected else FIRST):
                cycle(studio, model)
                rest()
            if not collected:
                # Memory of runs comes back at once, not when the collector happens to look.
                waiting = sum(type(each) is RunValues for each in gc.get_objects())
                assert waiting <= before["RunValues"]
        finally:
            gc.enable()

        def grown() -> set[str]:
            return {kind for kind, count in counted().items() if count > before[kind]}

        # The thread that answered last may hold its tab for a moment. Memory waits for the next run of the network that
        # stays open: of its own and of edited ones.
        until(lambda: grown() <= {"Memory"})
        after = counted()
        assert after["Memory"] <= 3 * IDLE_KEPT + after["RunValues"]
        assert held(studio) == tables
        assert threading.active_count() <= threads + 8  # the pool's, made as they are needed
