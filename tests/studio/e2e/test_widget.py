"""The widget's module in a real browser, on a page that is someone else's, with its Python side behind it."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections import deque
from collections.abc import Generator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

import striate as st
from striate.run import Run
from striate.studio.report.page import script
from tests.studio.e2e.conftest import fresh_page
from tests.studio.e2e.screen import about, exactly

# What anywidget does in JupyterLab: imports the module from a blob and renders it with the model.
HOST = """
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


class Kernel:
    """A kernel: the widget's Python side within an event loop, and the two ends of its comm."""

    def __init__(self, view: Any, page: Page) -> None:
        self.view = view
        self.said: deque[tuple[dict[str, Any], list[str]]] = deque()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        view.send = lambda content, buffers=None: self.said.append(
            (content, [base64.b64encode(buffer).decode() for buffer in buffers or ()])
        )
        page.expose_function("kernelMessage", self.hear)
        page.expose_function("kernelState", self.follow)
        page.expose_function("kernelSays", self.say)

    def hear(self, content: dict[str, Any], buffers: list[str]) -> None:
        frames = [memoryview(base64.b64decode(buffer)) for buffer in buffers]
        self.loop.call_soon_threadsafe(self.view._handle_custom_msg, content, frames)

    def follow(self, state: dict[str, Any]) -> None:
        self.view.unit = state["unit"]

    def end(self) -> None:
        """Ends as a kernel does: what is under way is let finish."""
        asyncio.run_coroutine_threadsafe(self._rest(), self.loop).result(60)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
        self.view.close()

    async def _rest(self) -> None:
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)

    def say(self) -> list[tuple[dict[str, Any], list[str]]]:
        return [self.said.popleft() for _ in range(len(self.said))]


@pytest.fixture(scope="module")
def run() -> Run:
    net = st.load(st.bundled.model_path())
    return net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))


@pytest.fixture
def page(browser: Browser) -> Generator[Page]:
    with fresh_page(browser) as found:
        found.set_content("<style>button { display: none } body { color: rgb(17 17 17) }</style><h1>A notebook</h1>")
        yield found


@pytest.fixture
def kernel(page: Page, run: Run) -> Generator[Kernel]:
    pytest.importorskip("anywidget")
    view = st.widget(run, "shapes/Conv:3@50,24")
    found = Kernel(view, page)
    page.evaluate(HOST, [script("widget.js"), {"unit": view.unit, "height": 600}])
    yield found
    page.evaluate("leave()")
    found.end()


def test_it_begins_at_the_unit(page: Page, kernel: Kernel, run: Run) -> None:
    inspector = page.get_by_label("Inspector")
    expect(inspector.locator("h2 code")).to_have_text("shapes/Conv:3@50,24")
    assert exactly(inspector.locator(".value").inner_text(), run.unit("shapes/Conv:3@50,24").value)
    expect(page.get_by_label("Map shapes/Conv:3")).to_be_visible()


def test_what_is_chosen_is_known_in_python(page: Page, kernel: Kernel, run: Run) -> None:
    expect(page.get_by_label("Map shapes/Conv:3")).to_be_visible()
    page.get_by_role("button", name="Back to the network").click()
    tile = page.get_by_role("button", name="edges/Relu channel 2:")
    tile.click()
    expect(page.get_by_label("Map edges/Relu:2")).to_be_visible()
    page.wait_for_function("true")
    assert kernel.view.unit == "edges/Relu:2"
    page.evaluate("setUnit('parts/Relu:4@3,4')")
    inspector = page.get_by_label("Inspector")
    expect(inspector.locator("h2 code")).to_have_text("parts/Relu:4@3,4")
    assert exactly(inspector.locator(".value").inner_text(), run.unit("parts/Relu:4@3,4").value)


def test_maps_come_over_the_comm(page: Page, kernel: Kernel, run: Run) -> None:
    expect(page.get_by_label("Map shapes/Conv:3")).to_be_visible()
    page.get_by_role("button", name="Back to the network").click()
    tile = page.locator('button.tile[aria-label^="pool1/MaxPool channel 0:"]')
    expect(tile).to_be_visible()
    least, greatest = (tile.get_attribute("aria-label") or "").split(": ")[1].split(" to ")
    assert about(least, float(run["pool1/MaxPool"][0, 0].min()))
    assert about(greatest, float(run["pool1/MaxPool"][0, 0].max()))


def test_the_page_around_it_is_left_alone(page: Page, kernel: Kernel) -> None:
    expect(page.get_by_label("Map shapes/Conv:3")).to_be_visible()
    # The page's style does not reach in: there a button would not be seen.
    expect(page.get_by_role("button", name="Back to the network")).to_be_visible()
    before = page.evaluate("[location.href, history.length, document.documentElement.dataset.theme ?? null]")
    page.get_by_role("button", name="Back to the network").click()
    expect(page.get_by_label("Map shapes/Conv:3")).to_be_hidden()
    assert page.evaluate("[location.href, history.length, document.documentElement.dataset.theme ?? null]") == before
    overflow = "getComputedStyle(document.body).overflow"
    assert page.evaluate(overflow) == "visible"
    heard = "(window.heard = [], addEventListener('keydown', ({ key }) => heard.push(key)))"
    page.evaluate(heard)
    page.get_by_label("Layers from input to output").press("d")
    assert page.evaluate("heard") == []


def test_it_follows_the_pages_theme(page: Page, kernel: Kernel) -> None:
    host = "document.body.lastElementChild.firstElementChild.dataset.theme"
    expect(page.get_by_label("Map shapes/Conv:3")).to_be_visible()
    assert page.evaluate(host) == "light"
    page.evaluate("document.body.style.color = 'rgb(230 230 230)'")
    page.wait_for_function(f"{host} === 'dark'")


def test_nothing_is_left_when_it_goes(page: Page, kernel: Kernel) -> None:
    expect(page.get_by_label("Map shapes/Conv:3")).to_be_visible()
    assert len(kernel.view._tabs) == 1
    page.evaluate("leave()")
    page.evaluate("(window.leave = () => {}, 1)")
    page.wait_for_timeout(200)
    assert kernel.view._tabs == {}
    assert page.evaluate("document.body.lastElementChild.childElementCount") == 0
