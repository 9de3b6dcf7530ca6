"""The widget itself; importing this needs anywidget."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anywidget
import traitlets

from striate.lenses.glance import glance
from striate.render.html.explanation import explanation_html
from striate.render.html.run import run_html
from striate.run import Run, Unit
from striate.studio.report.page import script
from striate.studio.single import single
from striate.studio.tab import Tab

# Requests are answered on so many threads at once; the kernel stays free.
THREADS = 3


class View(anywidget.AnyWidget):
    """A run in a notebook, see :func:`striate.widget`.

    Every view of it in the page is a tab of its own: a message names its tab and carries a frame
    (:mod:`striate.studio.frames`), and so does each answer.
    """

    unit = traitlets.Unicode("").tag(sync=True)
    height = traitlets.Int(560).tag(sync=True)

    def __init__(self, run: Run, unit: str, height: int, labels: Sequence[str] | None) -> None:
        super().__init__(_esm=script("widget.js"), unit=unit, height=height)
        self._run = run
        self._store = single(run, labels=labels).store
        self._pool = ThreadPoolExecutor(THREADS, "striate-widget")
        self._tabs: dict[str, Tab] = {}
        # The event loop keeps only weak references to its tasks.
        self._tasks: set[asyncio.Task[None]] = set()
        self.on_msg(lambda _, content, buffers: self.hear(content, buffers))

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """What a notebook keeps: the widget, and a static piece for viewers that have no kernel."""
        made = super()._repr_mimebundle_(**kwargs)
        if made is None:
            return None
        bundle, metadata = made
        return bundle | {"text/plain": repr(self._shown), "text/html": self._static()}, metadata

    @property
    def _shown(self) -> Run | Unit:
        return self._run.unit(self.unit) if self.unit else self._run

    def _static(self) -> str:
        if self.unit:
            return explanation_html(self._run.unit(self.unit).explain())
        return run_html(glance(self._run.recording))

    def hear(self, content: dict[str, Any], buffers: Sequence[memoryview]) -> None:
        """Takes a message from the page: a tab opens, says a frame, or closes. To be called within an event loop."""
        name, what = str(content.get("tab", ""))[:64], content.get("what")
        if what == "close":
            tab = self._tabs.pop(name, None)
            if tab is not None:
                self._spawn(self._close(tab))
            return
        tab = self._tabs.get(name)
        if tab is None:
            tab = self._tabs[name] = Tab(self._store, self._pool)
            tab.connect(lambda frame: self._say(name, frame))
        if what == "frame" and len(buffers) == 1:
            self._spawn(tab.receive(bytes(buffers[0])))

    def _spawn(self, coroutine: Any) -> None:
        # A kernel hands on messages within its event loop.
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _say(self, name: str, frame: bytes) -> None:
        self.send({"tab": name}, [frame])

    @staticmethod
    async def _close(tab: Tab) -> None:
        await tab.disconnect()
        tab.close()

    def close(self) -> None:
        """Takes the widget away, and frees what it held."""
        for tab in self._tabs.values():
            tab.close()
        self._tabs.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)
        super().close()
