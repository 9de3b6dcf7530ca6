"""From a number down to the pixels and back, by mouse alone and by keyboard alone; the window that slides."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from benchmarks.studio.serving import Served
from tests.studio.e2e.networks import Opened
from tests.studio.e2e.screen import Screen

START = "strided:0@2,2"


@pytest.fixture(scope="module")
def scene(kinds_scene: Opened) -> Opened:
    return kinds_scene


@pytest.fixture(scope="module")
def studio(kinds_studio: Served) -> Served:
    return kinds_studio


def strongest(scene: Opened, unit: str) -> str:
    """The cell whose product is the largest of the sum: where the way goes down."""
    found = scene.run.unit(unit).explain()
    assert found.products is not None
    operand = next(operand for operand in found.operands if operand.role == "input")
    best = np.abs(found.products).ravel().argmax()
    _, channel, *at = operand.indices.reshape(-1, operand.indices.shape[-1])[best]
    return f"{operand.value_name}:{channel}@{','.join(map(str, at))}"


def trail(screen: Screen) -> list[str]:
    return screen.page.locator("footer nav code").all_inner_texts()


def test_down_to_the_input_by_mouse(screen: Screen, scene: Opened) -> None:
    screen.at(START).explains(START)
    below = strongest(scene, START)
    # The strongest product is marked; a click on it goes to its cell.
    screen.inspector.locator("article .cells .marked").last.click()
    screen.explains(below)
    rest = below.removeprefix("relu")
    way = [below, START]
    for layer in ("norm", "plain"):
        screen.inspector.get_by_role("button", name=re.compile("^↓ ")).first.click()
        screen.explains(f"{layer}{rest}")
        way.insert(0, f"{layer}{rest}")
    pixel = strongest(scene, f"plain{rest}")
    screen.inspector.locator("article .cells .marked").last.click()
    screen.explains(pixel)
    expect(screen.inspector).to_contain_text("The way down ends here")
    assert trail(screen) == [pixel, *way]
    for unit in way:
        screen.inspector.get_by_role("button", name="Back up").click()
        screen.explains(unit)
    expect(screen.inspector.get_by_role("button", name="Back up")).to_have_count(0)
    # The way stays in sight, and every step of it can be taken again.
    screen.page.locator("footer nav").get_by_text(pixel).click()
    screen.explains(pixel)


def test_down_to_the_input_by_keyboard(screen: Screen, scene: Opened) -> None:
    screen.at(START).explains(START)
    below = strongest(scene, START)
    rest = below.removeprefix("relu")
    pixel = strongest(scene, f"plain{rest}")
    way = [below, f"norm{rest}", f"plain{rest}", pixel]
    for unit in way:
        screen.key("Enter").explains(unit)
    for unit in [*way[-2::-1], START]:
        screen.key("Backspace").explains(unit)


def test_another_product_by_keyboard(screen: Screen, scene: Opened) -> None:
    screen.at(START).explains(START)
    found = scene.run.unit(START).explain()
    assert found.products is not None
    operand = next(operand for operand in found.operands if operand.role == "input")
    second = np.argsort(-np.abs(found.products).ravel(), kind="stable")[1]
    _, channel, *at = operand.indices.reshape(-1, operand.indices.shape[-1])[second]
    screen.key("j", "Enter").explains(f"relu:{channel}@{','.join(map(str, at))}")


def test_a_pane_of_the_window_goes_down(screen: Screen, scene: Opened) -> None:
    screen.at(START).explains(START)
    pane = screen.page.get_by_label("The window in the input").get_by_role("button", name="go down").first
    channel = re.search(r"channel (\d+)", pane.get_attribute("aria-label") or "")
    assert channel is not None
    pane.click()
    expect(screen.inspector.locator(".unit h2")).to_have_text(re.compile(rf"^relu:{channel.group(1)}@"))


def test_arrows_choose_the_cell(screen: Screen) -> None:
    screen.at("dilated:1@2,2").explains("dilated:1@2,2")
    screen.key("ArrowRight").explains("dilated:1@2,3")
    screen.key("ArrowDown").explains("dilated:1@3,3")
    screen.key("Shift+ArrowLeft").explains("dilated:1@3,0")
    screen.key("[").opened("dilated", 0)
    screen.key("]", "]").opened("dilated", 2)


def test_the_window_slides_and_stops(screen: Screen) -> None:
    screen.at("dilated:1@0,4").explains("dilated:1@0,4")
    screen.key(".").explains("dilated:1@0,5")
    screen.key(".").explains("dilated:1@1,0")
    screen.key(",").explains("dilated:1@0,5")
    screen.key(">", ">", ">", ">", " ")
    expect(screen.inspector.locator(".play")).to_have_attribute("aria-pressed", "true")
    expect(screen.inspector.locator(".unit h2")).to_have_text(re.compile(r"dilated:1@[2-5],"))
    screen.key(" ")
    expect(screen.inspector.locator(".play")).to_have_attribute("aria-pressed", "false")
    # The address follows where it has stopped; the sum of the cell before may still stand there.
    expect(screen.page).to_have_url(re.compile(r"#dilated:1@[2-5],\d$"))
    screen.explains(screen.page.url.split("#")[1])


def test_pointing_holds_the_sliding_window(screen: Screen) -> None:
    screen.at("dilated:1@0,0").explains("dilated:1@0,0")
    screen.inspector.get_by_label("Pace").fill("4")
    screen.inspector.get_by_role("button", name="Play").click()
    screen.hover(4, 4).explains("dilated:1@4,4")
    expect(screen.inspector.locator(".held")).to_be_visible()
    screen.explains("dilated:1@4,4")
    screen.page.mouse.move(5, 5)
    expect(screen.inspector.locator(".held")).to_have_count(0)
    screen.inspector.get_by_role("button", name="Play").click()
    expect(screen.inspector.locator(".play")).to_have_attribute("aria-pressed", "false")


def test_a_long_way_is_folded_in_its_middle(screen: Screen, scene: Opened) -> None:
    """First step, last three, and a mark that shows the whole way to the pointer and to the keyboard."""
    screen.page.set_viewport_size({"width": 720, "height": 600})
    screen.at(START).explains(START)
    whole = [START]
    while not screen.inspector.get_by_text("The way down ends here").is_visible():
        screen.key("Enter")
        expect(screen.page.locator("footer nav [aria-current] code")).not_to_have_text(whole[0])
        whole.insert(0, screen.page.locator("footer nav [aria-current] code").inner_text())
        screen.explains(whole[0])
    fold = screen.page.get_by_role("button", name="show the whole way")
    expect(fold).to_have_accessible_name(f"{len(whole) - 4} steps between; show the whole way")
    assert trail(screen) == [whole[0], *whole[-3:]]
    nav = screen.page.locator("footer nav")
    assert nav.evaluate("(nav) => nav.scrollWidth <= nav.clientWidth")
    steps = screen.page.get_by_label("The whole way", exact=True).get_by_role("button")
    fold.hover()
    expect(steps).to_have_text(whole)
    screen.page.mouse.move(300, 200)
    expect(steps).to_have_count(0)
    fold.focus()
    expect(steps).to_have_text(whole)
    screen.key("Escape")
    expect(steps).to_have_count(0)
    expect(fold).to_be_focused()
    fold.hover()
    steps.nth(1).click()
    screen.explains(whole[1])
    expect(screen.page.locator("footer nav [aria-current] code")).to_have_text(whole[1])
