"""For everyone: axe finds nothing in any view, names say what things are, the focus is kept, edits are told."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from benchmarks.studio.serving import Served
from tests.studio.e2e.axe import faults
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.networks import Opened, kinds, opaque
from tests.studio.e2e.screen import Screen, exactly
from tests.studio.e2e.subjects import sensors, volume
from tests.studio.looks.benches import BENCHES

# What has the focus, whether it can be seen, and whether something marks it.
_FOCUS = """() => {
    const element = document.activeElement
    const style = getComputedStyle(element)
    const box = element.getBoundingClientRect()
    return {
        what: element.outerHTML.slice(0, 160),
        nothing: element === document.body,
        marked: (style.outlineStyle !== 'none' && style.outlineWidth !== '0px') || style.boxShadow !== 'none',
        seen: element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && box.width > 0
            && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
    }
}"""


# ---- axe, in every view

# Each follows from the one before it, so that a person's way through them is what is looked at.
VIEWS: dict[str, Callable[[Screen], Any]] = {
    "the network": lambda screen: screen.settled(),
    "a menu": lambda screen: screen.page.get_by_role("button", name="Network: ").click(),
    "the search": lambda screen: screen.key("Escape", "/").page.keyboard.type("co"),
    "a search without result": lambda screen: screen.page.keyboard.type("xyz"),
    "a chosen layer": lambda screen: (screen.key("Escape", "/").page.keyboard.type("shapes/Conv"), screen.key("Enter")),
    "an open map": lambda screen: screen.key("Enter").opened("shapes/Conv", 0),
    "a sum": lambda screen: screen.key("ArrowRight").explains("shapes/Conv:0@62,78"),
    "all digits": lambda screen: screen.key("d"),
    "over the input": lambda screen: screen.key("o"),
    "pinned maps": lambda screen: screen.key("p", "]", "p"),
    "pinned maps less the first": lambda screen: screen.page.get_by_role("button", name="− first").click(),
    "a kernel to be edited": lambda screen: screen.key("w"),
    "a channel that is off": lambda screen: screen.key("Escape", "x"),
    "the way down": lambda screen: screen.key("Enter", "Enter"),
    "the input's editor": lambda screen: screen.key("Escape", "e"),
    "a painted input": lambda screen: screen.tab_to(screen.page.locator(".editor [role=application]")).key("Space"),
    "the difference": lambda screen: screen.key("v"),
    "moving the input": lambda screen: screen.page.get_by_role("radio", name="Move").click(),
    "the help": lambda screen: screen.key("r", "h"),
}


def test_no_view_has_a_fault(browser: Browser, studio: Served, scene: Opened, axe: str) -> None:
    with fresh_page(browser) as page:
        screen = Screen(page, studio, scene.run).enter()
        found: dict[str, list[str]] = {}
        for name, show in VIEWS.items():
            show(screen)
            found[name] = faults(page, axe)
        assert {name: each for name, each in found.items() if each} == {}


def test_no_kind_of_explanation_has_a_fault(
    browser: Browser, serve: Callable[..., Served], axe: str, tmp_path: Path
) -> None:
    scene = kinds(tmp_path)
    units = ("max:1@2,2", "mean:0@0,0", "norm:1@3,3", "gate:2@1,1", "chance:2", "skip:2@1,1", "both:4@1,1", "dense:1")
    with fresh_page(browser) as page:
        screen = Screen(page, serve("open", scene.model, scene.given), scene.run).enter()
        found: dict[str, list[str]] = {}
        for unit in (*units, "x:1@3,4"):
            page.evaluate("(unit) => { location.hash = unit }", unit)
            screen.explains(unit)
            found[unit] = faults(page, axe)
        assert {name: each for name, each in found.items() if each} == {}


# States of the workbench that have elements of their own.
BENCH = (
    "workbench", "workbench-figures", "workbench-colours", "workbench-signal", "workbench-volume",
    "workbench-transposed", "workbench-pool", "workbench-flat", "workbench-together",
    "workbench-layer", "workbench-convolve", "workbench-weight", "workbench-weight-signal", "workbench-declaration",
    "workbench-misdeclared", "workbench-code", "workbench-sequence", "workbench-misfitting",
    "workbench-layers", "workbench-film", "workbench-error",
)  # fmt: skip


def test_no_state_of_the_workbench_has_a_fault(browser: Browser, studio: Served, axe: str) -> None:
    with fresh_page(browser) as page:
        page.goto(studio.entrance)
        found: dict[str, list[str]] = {}
        for name in BENCH:
            BENCHES[name](page, studio.address)
            found[name] = faults(page, axe)
        assert {name: each for name, each in found.items() if each} == {}


def test_a_network_with_a_layer_that_striate_does_not_know_has_no_fault(
    browser: Browser, serve: Callable[..., Served], axe: str, tmp_path: Path
) -> None:
    scene = opaque(tmp_path)
    with fresh_page(browser) as page:
        screen = Screen(page, serve("open", scene.model, scene.given), scene.run).enter()
        expect(page.get_by_role("article", name="det, Det")).to_be_visible()
        assert faults(page, axe) == []
        page.evaluate("() => { location.hash = 'det:2' }")
        expect(screen.inspector).to_contain_text("striate does not know its inside; explain one of its operands")
        assert faults(page, axe) == []


@pytest.mark.parametrize("make", [sensors, volume])
def test_signals_and_volumes_have_no_fault(
    browser: Browser, serve: Callable[..., Served], axe: str, make: Any, tmp_path: Path
) -> None:
    subject = make(tmp_path)
    with fresh_page(browser) as page:
        run = subject.network.run(dict(subject.values)[subject.port])
        screen = Screen(page, serve(subject.model, subject.file), run)
        screen.at(subject.unit).explains(subject.unit)
        assert faults(page, axe) == []
        screen.key("Escape", "e")
        expect(page.locator(".editor [role=application]")).to_be_visible()
        assert faults(page, axe) == []


# ---- names


def test_maps_cells_and_sliders_say_what_they_are(screen: Screen) -> None:
    screen.enter()
    run, page = screen.run, screen.page
    tile = screen.tile("edges/Conv", 1)
    expect(tile).to_have_attribute("aria-label", re.compile(r"^edges/Conv channel 1: .* to "))
    screen.open("edges/Conv", 1).key("ArrowRight", "ArrowDown").explains("edges/Conv:1@128,159")
    value = float(run["edges/Conv"][0, 1, 128, 159])
    said = screen.map.first.get_attribute("aria-label") or ""
    place, number = said.split(";")[0].rsplit(": ", 1)
    assert place == "edges/Conv channel 1: 254 × 318 cells, at row 128, column 159"
    assert exactly(number, value)
    product = screen.inspector.get_by_role("application").first
    expect(product).to_have_attribute("aria-label", re.compile(r"^grey/Conv:0@\d+,\d+ \S+ × \S+ = \S+; arrow keys"))
    expect(page.get_by_role("slider", name="Pace")).to_have_attribute("aria-valuetext", re.compile("milliseconds"))


def test_a_slice_of_a_volume_says_which_it_is(browser: Browser, serve: Callable[..., Served], tmp_path: Path) -> None:
    subject = volume(tmp_path)
    with fresh_page(browser) as page:
        run = subject.network.run(subject.values["volume"])
        screen = Screen(page, serve(subject.model, subject.file), run).at(subject.unit).explains(subject.unit)
        slider = page.get_by_role("slider", name="Slice along d")
        expect(slider).to_have_attribute("aria-valuetext", "2 of 0 to 5")
        screen.key("PageDown").explains("conv2:4@3,3,4")
        expect(slider).to_have_attribute("aria-valuetext", "3 of 0 to 5")


# ---- the focus


def test_the_focus_returns_to_where_a_panel_was_opened(screen: Screen) -> None:
    page = screen.enter().page
    for opener, closes in (("Keys", "Escape"), ("Network: ", "Escape"), ("Edit the input image", "e")):
        button = page.get_by_role("button", name=opener).first
        # The way there may have led past many layers: what is out of sight has no elements.
        screen.key("Home").tab_to(button).key("Enter")
        expect(button).not_to_be_focused()
        screen.key(closes)
        expect(button).to_be_focused()
    tile = screen.tile("edges/Conv", 0)
    screen.tab_to(tile).key("Enter").opened("edges/Conv", 0).key("Escape")
    expect(tile).to_be_focused()
    screen.key("/").page.keyboard.type("no")
    screen.key("Escape")
    expect(tile).to_be_focused()


def test_what_vanishes_hands_the_focus_on(screen: Screen) -> None:
    page = screen.enter().page
    screen.open("edges/Conv", 2).key("p", "]", "p", "x")
    expect(page.get_by_label("What is edited").locator("li")).to_have_count(1)
    # The last one takes the whole bar with it.
    for name in ("Unpin edges/Conv:2", "Unpin edges/Conv:3", "Undo"):
        button = page.get_by_role("button", name=name)
        screen.tab_to(button).key("Enter")
        expect(button.and_(page.locator(":enabled"))).to_have_count(0)
        page.wait_for_function("() => document.activeElement !== document.body")


def stops(screen: Screen, most: int = 45) -> Generator[dict[str, Any]]:
    """Where the Tab key leads, one after another."""
    for _ in range(most):
        screen.key("Tab")
        found = screen.page.evaluate(_FOCUS)
        if found["nothing"]:  # past the last one: the browser's own bar
            return
        yield found


def test_the_focus_is_always_seen(screen: Screen) -> None:
    screen.enter()
    assert [stop["what"] for stop in stops(screen) if not (stop["seen"] and stop["marked"])] == []
    screen.page.reload()
    screen.settled().open("edges/Conv", 1).choose(20, 20).explains("edges/Conv:1@20,20").key("p", "x")
    assert [stop["what"] for stop in stops(screen) if not (stop["seen"] and stop["marked"])] == []


def test_arrows_choose_among_buttons_of_which_one_holds(screen: Screen) -> None:
    page = screen.enter().page
    screen.tab_to(page.get_by_role("radio", name="Layer")).key("ArrowRight")
    expect(page.get_by_role("radio", name="Network")).to_be_focused()
    expect(page.get_by_role("radio", name="Network")).to_have_attribute("aria-checked", "true")
    screen.key("ArrowRight")
    expect(page.get_by_role("radio", name="Unit")).to_have_attribute("aria-checked", "true")


def test_escape_leaves_a_field_before_it_closes_the_map(screen: Screen) -> None:
    screen.enter().open("edges/Conv", 1).key("w")
    field = screen.page.get_by_role("textbox", name=re.compile("^weight ")).first
    screen.tab_to(field).key("Escape")
    expect(field).not_to_be_focused()
    screen.opened("edges/Conv", 1).key("Escape")
    expect(screen.page.locator(".open")).to_have_count(0)


# ---- what is told


def test_the_cell_and_the_edit_are_told(screen: Screen) -> None:
    page = screen.enter().page
    told = page.locator("body > .hidden-text[role=status]")
    screen.open("edges/Conv", 1).key("ArrowRight")
    expect(told).to_have_text(re.compile(r"^edges/Conv:1@127,159: \S+$"))
    screen.key("x")
    expect(told).to_have_text(re.compile(r"^edited: edges/Conv:1 off; the network says \w+, \d+%$"))
    screen.key("r")
    expect(told).to_have_text(re.compile("^nothing is edited; the network says "))


# ---- motion, and a page enlarged


@pytest.mark.parametrize("motion", [True, False])
def test_nothing_moves_for_whoever_does_not_want_it(
    browser: Browser, studio: Served, scene: Opened, motion: bool
) -> None:
    with fresh_page(browser, motion=motion) as page:
        screen = Screen(page, studio, scene.run).enter()
        page.evaluate(
            """() => {
                window.moved = 0
                const animate = Element.prototype.animate
                Element.prototype.animate = function (frames, options) {
                    if ((options?.duration ?? options) > 0) window.moved++
                    return animate.call(this, frames, options)
                }
            }"""
        )
        screen.open("edges/Conv", 1)
        assert (page.evaluate("() => window.moved") > 0) == motion
        eased = page.evaluate(
            """() => [...document.querySelectorAll('*')]
                .filter((each) => getComputedStyle(each).transitionDuration !== '0s').length"""
        )
        assert (eased > 0) == motion
        # The window slides at the slowest pace, unless somebody asks for more.
        expect(screen.inspector).to_contain_text("Point at a cell")
        screen.key("ArrowRight")
        expect(page.get_by_label("Pace")).to_have_value("2" if motion else "0")


def test_enlarged_to_twice_its_size_everything_is_there(browser: Browser, studio: Served, scene: Opened) -> None:
    """A window of 1280 × 720 at 200% is a page of 640 × 360."""
    with fresh_page(browser, 640, 360) as page:
        screen = Screen(page, studio, scene.run).enter()

        def cut_off() -> list[str]:
            return page.evaluate(
                """() => [...document.querySelectorAll('.frame > header :is(button, input), aside :is(button, p, h2)')]
                    .filter((part) => {
                        const { left, right, width } = part.getBoundingClientRect()
                        return width > 0 && (right > innerWidth + 1 || left < -1)
                    })
                    .map((part) => part.outerHTML.slice(0, 120))"""
            )

        assert page.evaluate("() => document.documentElement.scrollWidth") <= 640
        assert cut_off() == []
        screen.key("/").page.keyboard.type("shapes/Conv:3@50,24")
        screen.key("Enter").opened("shapes/Conv", 3).explains("shapes/Conv:3@50,24")
        assert cut_off() == []
        total = screen.inspector.locator("p.line")
        total.scroll_into_view_if_needed()
        expect(total).to_be_in_viewport(ratio=1)
        screen.key("h")
        close = page.get_by_role("button", name="Close the help")
        expect(close).to_be_in_viewport(ratio=1)
        screen.key("Escape", "Escape", "e")
        pad = page.locator(".editor [role=application]")
        pad.scroll_into_view_if_needed()
        expect(pad).to_be_in_viewport()
