"""Steps of the path that change something: weights, channels, the input; and the frame around the views."""

from __future__ import annotations

import re

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, expect

import striate as st
from tests.studio.e2e.figures import agrees
from tests.studio.e2e.screen import number
from tests.studio.e2e.walk import Act, Walk


def weight_by_mouse(walk: Walk) -> None:
    walk.click("Edit", walk.open.get_by_label("Filter"))
    field_of_the_weight(walk).scroll_into_view_if_needed()
    box = field_of_the_weight(walk).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    walk.page.mouse.move(x, y)
    walk.page.mouse.down()
    walk.page.mouse.move(x + 90, y)
    walk.page.mouse.up()


def weight_by_keys(walk: Walk) -> None:
    walk.press("w")
    walk.screen.tab_to(field_of_the_weight(walk))
    walk.press("Control+a")
    walk.type("0.75")
    walk.press("Enter", "Escape")


def field_of_the_weight(walk: Walk) -> Locator:
    return walk.open.get_by_role("textbox", name=re.compile("^weight ")).first


def weight_is_edited(walk: Walk) -> None:
    subject = walk.subject
    channel = subject.channel + 1
    words = f"{subject.layer}:{channel} kernel, 1 number"
    expect(walk.page.get_by_label("What is edited")).to_contain_text(words)
    place = walk.network.filter(subject.layer, channel)
    expect(field_of_the_weight(walk)).not_to_have_value(str(walk.network.weights[place.name][channel].ravel()[0]))
    shown = np.float32(field_of_the_weight(walk).input_value().replace("−", "-"))
    weights = np.array(walk.network.weights[place.name])
    weights[channel].reshape(-1)[0] = shown
    run = walk.edited(walk.network.replace({place.name: weights}))
    walk.screen.shows(run.__getitem__)
    agrees(walk.screen, walk.here())


def channel_is_off(walk: Walk) -> None:
    subject = walk.subject
    expect(walk.page.get_by_label("What is edited").locator("li")).to_have_count(2)
    run = walk.edited(walk.network.switch_off({subject.layer: subject.channel + 1}))
    walk.screen.shows(run.__getitem__)


def edit_the_input_by_mouse(walk: Walk) -> None:
    walk.click("Back to the network", walk.open)
    walk.page.locator(".scroller").hover()
    walk.page.mouse.wheel(0, -100_000)
    walk.click(f"Edit the input {walk.subject.port}")
    pad = walk.page.locator(".editor [role=application]")
    box = pad.bounding_box()
    assert box is not None
    walk.page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.3 * box["height"])


def edit_the_input_by_keys(walk: Walk) -> None:
    walk.press("Escape", "e")
    walk.screen.tab_to(walk.page.locator(".editor [role=application]"))
    walk.press("ArrowRight", "ArrowUp" if walk.subject.given == "signal" else "Space")


def input_is_edited(walk: Walk) -> None:
    expect(walk.page.get_by_label("What is edited")).to_contain_text("painted")
    label = walk.page.locator(".editor [role=application]").get_attribute("aria-label") or ""
    run = walk.edited(change=lambda array: painted(walk, array, label))
    walk.screen.shows(run.__getitem__)


def painted(walk: Walk, array: np.ndarray, label: str) -> None:
    """Does to an input what was done on the page, at the place that the page says."""
    if walk.subject.given == "signal":
        said = re.search(r", at (\d+): ([^;]+);", label)
        assert said is not None, label
        array[(0,) * (array.ndim - 1)][int(said[1])] = np.float32(number(said[2]))
        return
    said = re.search(r"at row (\d+), column (\d+)", label)
    assert said is not None, label
    rows, columns = np.ogrid[: array.shape[-2], : array.shape[-1]]
    disc = (rows - int(said[1])) ** 2 + (columns - int(said[2])) ** 2 <= 4.5**2
    if walk.subject.given == "volume":
        array[0, 0, array.shape[2] // 2, disc] = 0
        return
    black = Image.new("RGB", array.shape[:1:-1])
    preprocess = "unit" if walk.subject.model is None else "imagenet"
    array[..., disc] = st.image(black, size=None, preprocess=preprocess)[..., disc]


def difference_is_shown(walk: Walk) -> None:
    expect(walk.page.get_by_role("radio", name="Difference")).to_have_attribute("aria-checked", "true")
    walk.screen.shows(walk.screen.run.difference(walk.original).__getitem__)


def nothing_is_edited(walk: Walk) -> None:
    walk.unedited()
    expect(walk.page.get_by_label("What is edited")).to_have_text("as it was opened")
    walk.screen.shows(walk.original.__getitem__)


# ---- the frame


def theme_is(theme: str) -> Act:
    return lambda walk: expect(walk.page.locator(f"html[data-theme={theme}]")).to_have_count(1)


def help_is_open(walk: Walk) -> None:
    panel = walk.page.get_by_role("dialog", name="Keys")
    for words in ("this help", "search", "undo", "larger maps"):
        expect(panel).to_contain_text(words)


def help_is_closed(walk: Walk) -> None:
    expect(walk.page.get_by_role("dialog", name="Keys")).to_have_count(0)
