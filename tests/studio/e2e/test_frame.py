"""The frame around the views: theme, help, search, the inspector's width, folding, sizes of maps, empty stage."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from benchmarks.studio.serving import Served
from tests.studio.e2e.networks import Opened
from tests.studio.e2e.screen import Screen


@pytest.fixture(scope="module")
def scene(kinds_scene: Opened) -> Opened:
    return kinds_scene


@pytest.fixture(scope="module")
def studio(kinds_studio: Served) -> Served:
    return kinds_studio


def ground(screen: Screen) -> int:
    """How bright the page is, from 0 to 255."""
    colour = screen.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    return int(re.findall(r"\d+", colour)[0])


def test_light_and_dark_by_key_and_by_button_and_kept(screen: Screen) -> None:
    screen.enter()
    assert ground(screen) > 240
    screen.key("t")
    expect(screen.page.locator("html[data-theme=dark]")).to_have_count(1)
    assert ground(screen) < 40
    screen.page.reload()
    screen.settled()
    assert ground(screen) < 40
    screen.page.get_by_role("button", name="Light theme").click()
    expect(screen.page.locator("html[data-theme=light]")).to_have_count(1)


def test_the_help_lists_the_keys_and_closes(screen: Screen) -> None:
    screen.enter().open("plain", 0)
    screen.key("h")
    help_panel = screen.page.get_by_role("dialog", name="Keys")
    for words in ("this help", "search", "all digits", "slide the window", "pin the map", "larger maps"):
        expect(help_panel).to_contain_text(words)
    screen.key("Escape")
    expect(help_panel).to_have_count(0)
    screen.opened("plain", 0)  # Escape closed the help, not the map
    screen.page.get_by_role("button", name="Keys").click()
    expect(help_panel).to_be_visible()
    screen.page.get_by_role("button", name="Close the help").click()
    expect(help_panel).to_have_count(0)


def test_searching_by_mouse_and_by_keyboard(screen: Screen) -> None:
    screen.enter()
    field = screen.page.get_by_role("combobox")
    field.click()
    field.fill("Conv")
    hits = screen.page.get_by_role("option")
    expect(hits).to_have_count(6)  # five convolutions and a transposed one
    hits.filter(has_text="dilated").click()
    expect(screen.page.locator("article.chosen")).to_have_attribute("aria-label", "dilated, Conv")
    screen.key("/")
    screen.page.keyboard.type("no such layer")
    expect(screen.page.get_by_role("listbox")).to_contain_text("nothing is called so")
    screen.key("Escape", "/")
    screen.page.keyboard.type("mean:2@3,3")
    screen.key("Enter")
    screen.opened("mean", 2).explains("mean:2@3,3")


def test_the_scale_can_be_held(screen: Screen) -> None:
    screen.enter().open("plain", 0)
    low, high = screen.texts(".ramp .figure")
    screen.page.get_by_role("button", name="Hold this scale").click()
    expect(screen.page.locator(".owner")).to_have_text("locked")
    screen.key("Escape")
    screen.open("norm", 0)
    expect(screen.page.locator(".ramp .figure")).to_have_text([low, high])
    screen.page.get_by_role("button", name="Let the scale go").click()
    expect(screen.page.locator(".ramp .figure")).not_to_have_text([low, high])


def test_the_inspector_can_be_widened(screen: Screen) -> None:
    screen.enter()
    handle = screen.page.get_by_role("separator", name="Width of the inspector")
    before = screen.inspector.bounding_box()
    handle.focus()
    screen.key("ArrowLeft", "ArrowLeft")
    expect(handle).to_have_attribute("aria-valuenow", "420")
    after = screen.inspector.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] == before["width"] + 40
    x, y = after["x"] + 1, after["y"] + 200
    screen.page.mouse.move(x, y)
    screen.page.mouse.down()
    screen.page.mouse.move(x - 300, y)
    screen.page.mouse.up()
    expect(handle).to_have_attribute("aria-valuenow", "460")


def test_maps_grow_and_shrink(screen: Screen) -> None:
    screen.enter()
    width = screen.column("plain").evaluate("(column) => column.offsetWidth")
    screen.key("+")
    expect(screen.column("plain")).not_to_have_css("width", f"{width}px")
    assert screen.column("plain").evaluate("(column) => column.offsetWidth") > width
    screen.key("-")
    expect(screen.column("plain")).to_have_css("width", f"{width}px")


def test_nothing_lies_under_something_else(screen: Screen) -> None:
    """The bar and the way at the foot hold what they show, in a window of 1280 × 720 pixels."""
    screen.enter().open("plain", 0).choose(3, 3).explains("plain:0@3,3")
    for selector in ("header", "footer"):
        outside = screen.page.locator(f".frame > {selector}").evaluate(
            """(bar) => [...bar.querySelectorAll('button, input, span')]
                .filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
                .map((part) => part.textContent)"""
        )
        assert outside == [], selector
