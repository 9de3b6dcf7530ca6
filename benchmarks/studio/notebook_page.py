"""A widget on a page that is no notebook: what anywidget and a kernel do for it, in a few lines."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from striate.studio.report.page import script

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from striate.notebook.view import View

# As anywidget does it: the module comes from a blob and is rendered with a model, whose comm are functions of ours.
_HOST = """
async ([code, state]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(''))
  const listeners = new Map()
  const fire = (event, ...said) => (listeners.get(event) ?? []).forEach((listener) => listener(...said))
  const model = {
    get: (name) => state[name],
    set: (name, value) => (state[name] = value),
    save_changes: () => kernelState(state),
    send: (content, callbacks, buffers) => kernelMessage(content, buffers.map(text)),
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off: (event, listener) => listeners.set(event, (listeners.get(event) ?? []).filter((other) => other !== listener)),
  }
  const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
  const widget = (await import(url)).default
  const el = document.body.appendChild(document.createElement('div'))
  window.leave = widget.render({ model, el })
  window.setUnit = (unit) => { state.unit = unit; fire('change:unit') }
  const view = (frame) => new DataView(bytes(frame).buffer)
  setInterval(async () => {
    for (const [content, frames] of await kernelSays()) fire('msg:custom', content, frames.map(view))
  }, 10)
}
"""


class NotebookPage:
    """Shows a widget on a page, and runs its Python side in an event loop, as a kernel does.

    Args:
        view: The widget.
        page: The browser's page. ``leave()`` there takes the widget away, ``setUnit(address)`` sets its unit.
        height: Pixels.
    """

    def __init__(self, view: View, page: Page, height: int = 560) -> None:
        self.view = view
        self._said: deque[tuple[dict[str, Any], list[str]]] = deque()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        view.send = self._send
        for name, function in (("Message", self._hear), ("State", self._follow), ("Says", self._say)):
            page.expose_function(f"kernel{name}", function)  # pyright: ignore[reportUnknownMemberType] (Callable alone)
        page.evaluate(_HOST, [script("widget.js"), {"unit": view.unit, "height": height}])

    def end(self) -> None:
        """Ends as a kernel does: what is under way is let finish."""
        asyncio.run_coroutine_threadsafe(self._rest(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self.view.close()

    def _send(self, content: dict[str, Any], buffers: Sequence[bytes] | None = None) -> None:
        self._said.append((content, [base64.b64encode(buffer).decode() for buffer in buffers or ()]))

    def _hear(self, content: dict[str, Any], buffers: list[str]) -> None:
        frames = [memoryview(base64.b64decode(buffer)) for buffer in buffers]
        self._loop.call_soon_threadsafe(self.view.hear, content, frames)

    def _follow(self, state: dict[str, Any]) -> None:
        self.view.unit = state["unit"]

    def _say(self) -> list[tuple[dict[str, Any], list[str]]]:
        return [self._said.popleft() for _ in range(len(self._said))]

    async def _rest(self) -> None:
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)
