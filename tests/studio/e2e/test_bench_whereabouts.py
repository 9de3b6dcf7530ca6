"""The workbench's place: its address, back and forward, loading again, another tab, a server that comes back."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from benchmarks.studio.serving import Served
from tests.studio.e2e.bench import opened
from tests.studio.e2e.files import drop
from tests.studio.e2e.fresh import fresh_page
from tests.studio.looks.benches import DEEP

PRESS_AND_RELOAD = """() => {
  document.activeElement.blur()
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '.', bubbles: true }))
  setTimeout(() => location.reload(), 20)
}"""


@pytest.fixture
def page(browser: Browser) -> Generator[Page]:
    with fresh_page(browser) as found:
        yield found


def test_a_step_is_not_lost_by_loading_again_at_once(page: Page, studio: Served) -> None:
    at = opened(page, studio, "mouse", "d=1&x=ecg&k=derivative&p=1&at=30")
    expect(at.position).to_have_text(re.compile("^31 of"))
    page.evaluate(PRESS_AND_RELOAD)
    expect(at.position).to_have_text(re.compile("^32 of"))
    expect(page).to_have_url(re.compile("at=31$"))


def test_a_step_is_not_lost_where_the_server_takes_its_time(page: Page, studio: Served) -> None:
    at = opened(page, studio, "mouse", "d=1&x=ecg&k=derivative&p=1&at=30")
    expect(at.position).to_have_text(re.compile("^31 of"))

    def late(route: Route) -> None:
        if route.request.is_navigation_request():
            page.wait_for_timeout(500)  # by then the old page has written its address
        route.continue_()

    page.route("**/*", late)
    page.evaluate(PRESS_AND_RELOAD)
    with page.expect_event("load"):
        pass
    expect(at.position).to_have_text(re.compile("^32 of"))
    expect(page).to_have_url(re.compile("at=31$"))


def test_a_step_is_not_lost_by_going_away_at_once(page: Page, studio: Served) -> None:
    at = opened(page, studio, "mouse", "d=1&x=ecg&k=derivative&p=1&at=30")
    expect(at.position).to_have_text(re.compile("^31 of"))
    page.evaluate(PRESS_AND_RELOAD.replace("location.reload()", "location.assign('about:blank')"))
    page.wait_for_url("about:blank")
    page.go_back()
    expect(at.position).to_have_text(re.compile("^32 of"))


def test_back_undoes_another_state_altogether_and_forward_brings_it_again(page: Page, studio: Served) -> None:
    at = opened(page, studio, "mouse", "d=2&x=house:grey&k=laplacian&p=2&at=30,40")
    page.get_by_label("weight 1, 1").fill("-3")
    page.get_by_label("weight 1, 1").press("Enter")
    expect(page).to_have_url(re.compile("w=1x1x3x3:"))
    own = at.arithmetic.inner_text()
    at.example("sliding-product").says("1×1 + 0×2 − 1×3 = −2")
    page.go_back()
    at.shapes((1, 256, 320), (1, 258, 322))
    expect(at.arithmetic).to_have_text(own, use_inner_text=True)
    page.go_forward()
    at.says("1×1 + 0×2 − 1×3 = −2")
    # What is slid over or set is no step of its own.
    at.step().slide("stride", 2).shapes((1, 5), (1, 2))
    page.go_back()
    at.shapes((1, 256, 320), (1, 258, 322))


def test_pasted_layers_are_in_the_address_and_back_undoes_another_text(page: Page, studio: Served) -> None:
    at = opened(page, studio, "mouse", "d=2&x=house:grey&k=laplacian&p=2&at=30,40")
    page.keyboard.press("p")
    line = page.get_by_label("Layer line")
    line.fill(DEEP)
    line.press("Enter")
    rows = page.locator("[data-layer]")
    expect(rows).to_have_count(60)
    rows.first.focus()
    page.keyboard.press("End")
    expect(rows.last).to_be_focused()
    expect(at.aside).to_contain_text("layer 60 of 60")
    # They scroll within their panel, and nothing of it is wider.
    scroll = page.locator(".table .scroll")
    inside = "(box) => [box.scrollHeight > 2 * box.clientHeight, box.scrollWidth <= box.clientWidth, box.scrollTop > 0]"
    assert scroll.evaluate(inside) == [True, True, True]
    assert at.aside.evaluate("(aside) => aside.scrollWidth <= aside.clientWidth")
    box, last = scroll.bounding_box(), rows.last.bounding_box()
    assert box is not None
    assert last is not None
    assert box["y"] <= last["y"]
    assert last["y"] + last["height"] <= box["y"] + box["height"]
    expect(page).to_have_url(re.compile("layer=60&see=paste$"))
    line.fill('Conv1D(8, 3, padding="same", input_shape=(30, 4)) # 100% & more')
    line.press("Enter")
    expect(rows).to_have_count(0)
    expect(at.aside).to_contain_text("8·4·3 + 8 = 104")
    page.reload()
    expect(at.aside).to_contain_text("8·4·3 + 8 = 104")
    expect(line).to_have_value('Conv1D(8, 3, padding="same", input_shape=(30, 4)) # 100% & more')
    page.go_back()
    expect(rows).to_have_count(60)
    expect(rows.last).to_have_attribute("aria-selected", "true")
    # The bench was not touched by any of it.
    at.shapes((1, 256, 320), (1, 258, 322))
    expect(page).to_have_url(re.compile("at=30,40&paste="))
    page.go_back()
    expect(rows).to_have_count(0)
    at.shapes((1, 256, 320), (1, 258, 322))


def test_each_number_of_axes_keeps_what_it_was(page: Page, studio: Served) -> None:
    at = opened(page, studio, "mouse", "d=2&x=house:grey&k=sobel&p=1&at=30,40")
    page.get_by_label("weight 0, 2").fill("7")
    page.get_by_label("weight 0, 2").press("Enter")
    expect(page).to_have_url(re.compile("w=1x1x3x3:-1,0,7"))
    own = at.arithmetic.inner_text()
    at.radio("Axes", "1-D")
    expect(page).to_have_url(re.compile("#d=1&"))
    at.radio("Axes", "3-D").shapes((1, 24, 24, 24), (1, 24, 24, 24))
    at.radio("Axes", "2-D").shapes((1, 256, 320), (1, 256, 320))
    expect(at.arithmetic).to_have_text(own, use_inner_text=True)


def test_other_axes_while_the_window_slides(page: Page, studio: Served) -> None:
    at = opened(page, studio, "mouse")
    at.click("Play")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    for axes, shape in (("3-D", (1, 24, 24, 24)), ("2-D", (1, 256, 320)), ("3-D", (1, 24, 24, 24))):
        at.radio("Axes", axes).shapes(shape, shape)
        at.click("Play")
        expect(page.get_by_role("button", name="Stop")).to_be_visible()
    at.click("Stop")
    expect(at.arithmetic).to_have_text(re.compile("[=≈]"))


def test_what_another_tab_has_opened_is_there_by_its_link(page: Page, studio: Served, tmp_path: Path) -> None:
    at = opened(page, studio, "mouse")
    other = page.context.new_page()
    second = opened(other, studio, "mouse")
    np.savetxt(tmp_path / "shared run.csv", np.arange(12.0), delimiter=",")
    drop(page, tmp_path / "shared run.csv")
    at.shapes((1, 12), (1, 12))
    # Each tab has its own workbench.
    second.shapes((1, 256, 320), (1, 256, 320))
    expect(page).to_have_url(re.compile("x=shared-run"))
    other.evaluate("(place) => { location.hash = place }", page.url.partition("#")[2])
    second.shapes((1, 12), (1, 12))
    expect(other.get_by_label("Input", exact=True).locator("option:checked")).to_have_text("shared run.csv")


def test_a_change_while_the_server_is_gone_is_made_when_it_is_back(browser: Browser, studio: Served) -> None:
    with fresh_page(browser, alone=True) as page:
        comes_back(page, studio)


def comes_back(page: Page, studio: Served) -> None:
    open_ones: list[WebSocketRoute] = []
    gone = False

    def through(route: WebSocketRoute) -> None:
        if gone:
            route.close()
            return
        open_ones.append(route)
        route.connect_to_server()

    page.route_web_socket(re.compile("/ws$"), through)
    at = opened(page, studio, "mouse", "d=1&x=ecg&k=derivative&p=1&at=30")
    gone = True
    for route in open_ones:
        route.close()
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer; this page keeps trying.")
    page.get_by_label("stride", exact=True).fill("2")
    page.get_by_label("stride", exact=True).press("Enter")
    expect(page.get_by_label("stride", exact=True)).to_have_value("2")
    gone = False
    expect(page.get_by_role("alert")).to_have_count(0)
    at.tells("/2⌋ + 1")
    expect(page).to_have_url(re.compile("s=2"))
