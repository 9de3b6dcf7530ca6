"""The widget's module in a real browser, on a page that is someone else's, with its Python side behind it."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, Page, expect

import striate as st
from benchmarks.studio.notebook_page import NotebookPage
from striate.run import Run
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.screen import about, exactly
from tests.studio.live import until


@pytest.fixture
def page(browser: Browser) -> Generator[Page]:
    with fresh_page(browser, alone=True) as found:
        found.set_content("<style>button { display: none } body { color: rgb(17 17 17) }</style><h1>A notebook</h1>")
        yield found


@pytest.fixture
def kernel(page: Page, run: Run) -> Generator[NotebookPage]:
    pytest.importorskip("anywidget")
    view = st.widget(run, "shapes/Conv:3@50,24")
    found = NotebookPage(view, page)
    yield found
    page.evaluate("leave()")
    found.end()


def test_it_begins_at_the_unit(page: Page, kernel: NotebookPage, run: Run) -> None:
    inspector = page.get_by_label("Inspector")
    expect(inspector.locator("h2 code")).to_have_text("shapes/Conv:3@50,24")
    assert exactly(inspector.locator(".value").inner_text(), run.unit("shapes/Conv:3@50,24").value)
    expect(page.get_by_label("Map shapes/Conv:3")).to_be_visible()


def test_what_is_chosen_is_known_in_python(page: Page, kernel: NotebookPage, run: Run) -> None:
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


def test_maps_come_over_the_comm(page: Page, kernel: NotebookPage, run: Run) -> None:
    expect(page.get_by_label("Map shapes/Conv:3")).to_be_visible()
    page.get_by_role("button", name="Back to the network").click()
    tile = page.locator('button.tile[aria-label^="pool1/MaxPool channel 0:"]')
    expect(tile).to_be_visible()
    least, greatest = (tile.get_attribute("aria-label") or "").split(": ")[1].split(" to ")
    assert about(least, float(run["pool1/MaxPool"][0, 0].min()))
    assert about(greatest, float(run["pool1/MaxPool"][0, 0].max()))


def test_the_page_around_it_is_left_alone(page: Page, kernel: NotebookPage) -> None:
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


def test_it_follows_the_pages_theme(page: Page, kernel: NotebookPage) -> None:
    host = "document.body.lastElementChild.firstElementChild.dataset.theme"
    expect(page.get_by_label("Map shapes/Conv:3")).to_be_visible()
    assert page.evaluate(host) == "light"
    page.evaluate("document.body.style.color = 'rgb(230 230 230)'")
    page.wait_for_function(f"{host} === 'dark'")


def test_nothing_is_left_when_it_goes(page: Page, kernel: NotebookPage) -> None:
    expect(page.get_by_label("Map shapes/Conv:3")).to_be_visible()
    assert len(kernel.view._tabs) == 1
    page.evaluate("leave()")
    page.evaluate("(window.leave = () => {}, 1)")
    # What the page says is heard while it is asked.
    until(lambda: page.evaluate("document.body.lastElementChild.childElementCount") == 0 and kernel.view._tabs == {})
