"""Steps of the path that look: opening, finding, paging, a map, its cells and their sums, pins, a link."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import FileChooser, expect

from striate.run import Run
from tests.studio.e2e.figures import adds_up, agrees
from tests.studio.e2e.screen import Screen, about, exactly, number
from tests.studio.e2e.walk import Act, Walk


def open_by_mouse(walk: Walk) -> None:
    for chooser, file in files(walk):
        walk.click(f"{chooser}: ")
        with walk.page.expect_file_chooser() as chosen:
            walk.page.get_by_role("menuitem", name="Open a file").click()
        opened(walk, chooser, chosen.value, file)


def open_by_keys(walk: Walk) -> None:
    for chooser, file in files(walk):
        walk.screen.tab_to(walk.button(f"{chooser}: "))
        walk.press("Enter", "End")
        expect(walk.page.get_by_role("menuitem", name="Open a file")).to_be_focused()
        with walk.page.expect_file_chooser() as chosen:
            walk.press("Enter")
        opened(walk, chooser, chosen.value, file)


def files(walk: Walk) -> list[tuple[str, str]]:
    subject = walk.subject
    return [] if subject.model is None else [("Network", str(subject.model)), ("Input", str(subject.file))]


def opened(walk: Walk, chooser: str, chosen: FileChooser, file: str) -> None:
    chosen.set_files(file)
    expect(walk.button(f"{chooser}: {file.rsplit('/', 1)[1]}")).to_be_visible()
    expect(walk.page.locator(".report")).to_have_count(0)


def network_is_there(walk: Walk) -> None:
    walk.screen.settled()
    network = walk.subject.network
    expect(walk.inspector).to_contain_text(f"{network.parameters:,}")
    expect(walk.inspector).to_contain_text(re.compile(rf"layers\s*{len(network.layers)}\b"))
    for name in walk.subject.values:
        expect(walk.inspector).to_contain_text(f"input {name}")
    expect(walk.page.locator(".ranks .figure, .prediction, aside h3").first).to_be_visible()
    walk.screen.shows(walk.screen.run.__getitem__)


# ---- finding a layer, all its channels


def find_by_mouse(walk: Walk) -> None:
    walk.page.get_by_role("combobox", name="Search").click()
    walk.page.get_by_role("option").filter(has=walk.page.get_by_text(walk.subject.layer, exact=True)).click()


def find_by_keys(walk: Walk) -> None:
    walk.press("/")
    walk.type(walk.subject.layer)
    walk.press("Enter")


def layer_is_chosen(walk: Walk) -> None:
    layer = walk.subject.layer
    chosen = walk.page.locator("article.chosen")
    expect(chosen).to_have_attribute("aria-label", re.compile(rf"^{re.escape(layer)}, "))
    values = walk.screen.run[layer]
    expect(walk.inspector.locator("h2").first).to_have_text(layer)
    figures = walk.inspector.locator("dl").first.locator("dd").all_inner_texts()
    for text, value in zip(figures, (values.min(), values.max(), values.mean(), values.std()), strict=False):
        assert about(text, value, 4), (text, value)


def page_by_mouse(walk: Walk) -> None:
    turn_pages(walk, lambda: walk.screen.column(walk.subject.layer).get_by_role("button", name="The next page").click())


def page_by_keys(walk: Walk) -> None:
    turn_pages(walk, lambda: walk.press("PageDown"))


def turn_pages(walk: Walk, turn: Callable[[], None]) -> None:
    """Turns pages until the last one, and looks at each."""
    column = walk.screen.column(walk.subject.layer)
    values = walk.screen.run[walk.subject.layer]
    seen: list[int] = []
    while True:
        tiles = column.locator(".tile")
        page = [int(channel) for channel in tiles.evaluate_all("tiles => tiles.map((tile) => tile.dataset.channel)")]
        walk.screen.shows(walk.screen.run.__getitem__)
        seen += page
        if page[-1] == values.shape[1] - 1:
            break
        turn()
        expect(tiles.first).to_have_attribute("data-channel", str(page[-1] + 1))
    assert seen == list(range(values.shape[1]))


# ---- an open map


def open_by_tile(walk: Walk) -> None:
    column = walk.screen.column(walk.subject.layer)
    while not walk.screen.tile(walk.subject.layer, walk.subject.channel).count():
        column.get_by_role("button", name="The page before").click()
    walk.screen.tile(walk.subject.layer, walk.subject.channel).click()


def open_by_stepping(walk: Walk) -> None:
    walk.press("Enter", *["]"] * walk.subject.channel)


def map_is_open(walk: Walk) -> None:
    subject = walk.subject
    walk.screen.opened(subject.layer, subject.channel)
    values = walk.screen.run[subject.layer][0, subject.channel]
    figures = walk.page.get_by_label("Spread of the values").locator("dd")
    expect(figures.first).to_be_visible()
    for text, value in zip(
        figures.all_inner_texts(), (values.min(), values.max(), values.mean(), values.std()), strict=False
    ):
        assert about(text, value), (text, value)
    ranked = walk.screen.run.contributors(subject.layer, subject.channel).ranked
    expect(walk.open.get_by_label("Channels that the map is made of").locator("li")).to_have_count(min(5, len(ranked)))


def scale_is(scope: str) -> Act:
    def seen(walk: Walk) -> None:
        subject, run = walk.subject, walk.screen.run
        expect(walk.page.get_by_role("radio", name=scope, exact=True)).to_have_attribute("aria-checked", "true")
        owner = {"Unit": f":{subject.channel}$", "Layer": "^of [^:]*$", "Network": "^of the network$"}[scope]
        expect(walk.page.locator(".owner")).to_have_text(re.compile(owner))
        low, high = (number(text) for text in walk.screen.texts(".ramp .figure"))
        if scope != "Network":
            values = run[subject.layer][0, subject.channel] if scope == "Unit" else run[subject.layer]
            reach = np.abs(values).max()
            assert high == pytest.approx(reach, rel=5e-3)
            assert low == pytest.approx(-reach, rel=5e-3)

    return seen


# ---- a cell and its sum


def hover_and_choose(walk: Walk) -> None:
    at = walk.subject.at
    if len(at) == 3:
        slice_by_mouse(walk, at[0])
        at = at[1:]
    walk.screen.hover(*at)
    walk.screen.explains(walk.subject.unit)
    walk.screen.choose(*at)


def slice_by_mouse(walk: Walk, index: int) -> None:
    """Drags the slider of the first axis."""
    slider = walk.page.get_by_label("Slice along d")
    box = slider.bounding_box()
    assert box is not None
    most = int(slider.get_attribute("max") or 0)
    # The thumb, 16 pixels wide, stays within the track.
    walk.page.mouse.click(box["x"] + 8 + (box["width"] - 16) * index / most, box["y"] + box["height"] / 2)
    expect(slider).to_have_js_property("value", str(index))


def go_by_arrows(walk: Walk) -> None:
    walk.arrows_to(walk.subject.at)


def cell_is_chosen(walk: Walk) -> None:
    walk.screen.explains(walk.subject.unit)
    expect(walk.page).to_have_url(re.compile(re.escape(walk.subject.unit) + "$"))
    field = walk.screen.run.unit(walk.subject.unit).receptive_field().clipped
    box = ", ".join(f"{start}–{stop - 1}" for start, stop in field)
    expect(walk.inspector.locator(".sees").first).to_contain_text(box)
    adds_up(walk.screen, walk.subject.unit)


def sum_in_all_digits(walk: Walk) -> None:
    expect(walk.button("all digits", walk.inspector)).to_have_attribute("aria-pressed", "true")
    agrees(walk.screen, walk.subject.unit)


def down_by_mouse(walk: Walk) -> None:
    go_down(walk, lambda: walk.click("↓ ", walk.inspector))


def down_by_keys(walk: Walk) -> None:
    go_down(walk, lambda: walk.press("Enter"))


def go_down(walk: Walk, step: Callable[[], None]) -> None:
    """Goes down cell by cell, and looks at each."""
    trail = [walk.here()]
    for _ in range(walk.subject.down):
        step()
        expect(walk.inspector.locator(".unit h2")).not_to_have_text(trail[-1])
        trail.append(walk.here())
        agrees(walk.screen, trail[-1])
    run = walk.screen.run
    for above, below in pairwise(trail):
        assert feeds(run, below, above), f"{above} is not made of {below}"


def nothing_more(walk: Walk) -> None:
    """Each step has looked already."""


def feeds(run: Run, below: str, above: str) -> bool:
    """Whether a cell's amount is the largest of those that another is made of."""
    found = run.unit(above).explain()
    held = float(run.unit(below).value)
    operand = next((each for each in found.operands if each.role in ("input", "window")), found.operands[0])
    numbers = np.asarray(operand.numbers, np.float64).ravel()
    amounts = numbers if found.products is None else np.asarray(found.products, np.float64).ravel()
    best = np.abs(amounts) >= np.abs(amounts).max() * (1 - 1e-12)
    if found.winner is not None:
        best = numbers == numbers.max()
    elif len(found.operands) > 1 and found.products is None:
        return any(held in np.asarray(each.numbers, np.float64) for each in found.operands)
    return bool(np.any(numbers[best] == held))


def up_by_mouse(walk: Walk) -> None:
    for _ in range(walk.subject.down):
        walk.click("Back up", walk.inspector)


def up_by_keys(walk: Walk) -> None:
    for _ in range(walk.subject.down):
        walk.press("Backspace")


def back_at_the_cell(walk: Walk) -> None:
    walk.screen.explains(walk.subject.unit)
    expect(walk.button("Back up", walk.inspector)).to_have_count(0)


# ---- the window slides


def cell_on(walk: Walk, by: int) -> str:
    """The address of the cell so many further in reading order."""
    subject = walk.subject
    shape = walk.screen.run[subject.layer].shape[2:]
    place = (int(np.ravel_multi_index(subject.at, shape)) + by) % int(np.prod(shape))
    at = ",".join(str(int(step)) for step in np.unravel_index(place, shape))
    return f"{subject.layer}:{subject.channel}@{at}"


def one_cell_on(walk: Walk) -> None:
    walk.screen.explains(cell_on(walk, 1))


def play_by_mouse(walk: Walk) -> None:
    box = walk.inspector.get_by_label("Pace").bounding_box()
    assert box is not None
    walk.page.mouse.click(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
    walk.click("Play", walk.inspector)


def window_slides(walk: Walk) -> None:
    expect(walk.inspector.locator(".play")).to_have_attribute("aria-pressed", "true")
    expect(walk.inspector.locator(".unit h2")).not_to_have_text(cell_on(walk, 1))


def stopped(walk: Walk) -> None:
    expect(walk.inspector.locator(".play")).to_have_attribute("aria-pressed", "false")
    # Address and explanation follow the window to the cell that it has come to.
    walk.page.wait_for_function(
        "() => decodeURIComponent(location.hash.slice(1)) === document.querySelector('aside .unit h2').textContent"
    )
    walk.screen.explains(walk.here())


# ---- pins


def pin_two_by_mouse(walk: Walk) -> None:
    walk.click("Pin", walk.open, exact=True)
    walk.click("The next channel", walk.open)
    expect(walk.open.locator("h2")).to_have_text(f"{walk.subject.layer}:{walk.subject.channel + 1}")
    walk.click("Pin", walk.open, exact=True)


def pin_two_by_keys(walk: Walk) -> None:
    walk.press("p", "]")
    expect(walk.open.locator("h2")).to_have_text(f"{walk.subject.layer}:{walk.subject.channel + 1}")
    walk.press("p")


def pins_tell_the_cell(walk: Walk) -> None:
    subject = walk.subject
    pins = walk.page.get_by_label("Pinned maps").locator("figure")
    expect(pins).to_have_count(2)
    at = tuple(int(step) for step in walk.here().split("@")[1].split(","))
    held = [walk.screen.run[subject.layer][(0, subject.channel + i, *at)] for i in (0, 1)]
    for pin, value in zip(pins.all(), held, strict=True):
        figure = pin.locator("p.figure").first
        expect(figure).to_be_visible()
        assert exactly(figure.get_attribute("title") or "", value)
    difference = pins.nth(1).locator("p.figure").nth(1).get_attribute("title") or ""
    assert number(difference) == pytest.approx(float(held[1]) - float(held[0]), rel=1e-6, abs=1e-12)


def unpin_by_keys(walk: Walk) -> None:
    for _ in range(2):
        walk.screen.tab_to(walk.page.get_by_label("Pinned maps").get_by_role("button", name=re.compile("^Unpin ")))
        walk.press("Enter")


def unpin_by_mouse(walk: Walk) -> None:
    for _ in range(2):
        walk.page.get_by_label("Pinned maps").get_by_role("button", name=re.compile("^Unpin ")).first.click()


def nothing_is_pinned(walk: Walk) -> None:
    expect(walk.page.get_by_label("Pinned maps")).to_have_count(0)


# ---- a link


def copy_by_keys(walk: Walk) -> None:
    walk.press("y")


def link_opens_the_unit(walk: Walk) -> None:
    expect(walk.button("Copied", walk.open)).to_be_visible()
    link = walk.page.evaluate("() => navigator.clipboard.readText()")
    other = Screen(walk.page.context.new_page(), walk.screen.studio, walk.screen.run)
    other.page.goto(link)
    other.explains(walk.here())
    other.page.close()
