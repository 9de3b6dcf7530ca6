"""The address is the state: links, back and forward, loading again; what a link names that is not there."""

from __future__ import annotations

import re
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from benchmarks.studio.serving import Served
from striate.errors import StriateError
from tests.studio.e2e.networks import Opened
from tests.studio.e2e.screen import Screen

UNIT = "grouped:3@2,2"


@pytest.fixture(scope="module")
def scene(kinds_scene: Opened) -> Opened:
    return kinds_scene


@pytest.fixture(scope="module")
def studio(kinds_studio: Served) -> Served:
    return kinds_studio


def test_a_link_opens_the_very_unit(screen: Screen, scene: Opened, studio: Served) -> None:
    screen.enter().open("plain", 3).choose(4, 7).explains("plain:3@4,7")
    screen.key("n", "p", "y")
    link = screen.page.evaluate("() => navigator.clipboard.readText()")
    assert link.endswith("scale=network&pin=plain%3A3#plain:3@4,7")
    expect(screen.page).to_have_url(link)
    assert "token" not in link
    # Another tab of the same browser has the cookie already.
    other = Screen(screen.page.context.new_page(), studio, scene.run)
    other.page.goto(link)
    other.explains("plain:3@4,7")
    expect(other.page.get_by_role("radio", name="Network")).to_have_attribute("aria-checked", "true")
    expect(other.page.get_by_label("Pinned maps").locator("figure")).to_have_count(1)
    # Somebody else has not.
    with pytest.raises(HTTPError, match="403"):
        urlopen(link.split("#")[0])


def test_back_and_forward(screen: Screen) -> None:
    screen.enter().open("plain", 3).choose(4, 7).explains("plain:3@4,7")
    screen.key("Escape")
    expect(screen.page.locator(".open")).to_have_count(0)
    screen.open("norm", 1)
    screen.page.go_back()
    expect(screen.page.locator(".open")).to_have_count(0)
    screen.page.go_back()
    screen.explains("plain:3@4,7")
    screen.page.go_forward()
    screen.page.go_forward()
    screen.opened("norm", 1)


def test_loading_again_changes_nothing(screen: Screen) -> None:
    screen.at(UNIT, "scale=unit").explains(UNIT)
    screen.page.reload()
    screen.explains(UNIT)
    expect(screen.page.get_by_role("radio", name="Unit")).to_have_attribute("aria-checked", "true")


def test_pinned_maps_stay_and_go(screen: Screen) -> None:
    screen.enter().tile("plain", 2).click(modifiers=["Shift"])
    screen.tile("norm", 5).click(modifiers=["Shift"])
    pins = screen.page.get_by_label("Pinned maps").locator("figure")
    expect(pins).to_have_count(2)
    expect(screen.page).to_have_url(re.compile(r"pin=plain%3A2&pin=norm%3A5"))
    screen.page.reload()
    expect(pins).to_have_count(2)
    screen.page.get_by_role("button", name="Open norm:5").or_(screen.page.get_by_title("Open norm:5")).first.click()
    screen.opened("norm", 5)
    screen.page.get_by_role("button", name="Unpin plain:2").click()
    expect(pins).to_have_count(1)


@pytest.mark.parametrize(
    ("place", "query", "words"),
    [
        ("nothing:3@1,1", "", 'the network has no unit "nothing:3@1,1"'),
        ("", "n=other&x=x", 'the link names network "other", which is not open here'),
    ],
)
def test_a_link_that_leads_nowhere_says_so(screen: Screen, place: str, query: str, words: str) -> None:
    screen.at(place, query)
    expect(screen.page.get_by_role("alert")).to_contain_text(words)
    screen.page.get_by_role("button", name="Dismiss").click()
    expect(screen.page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("place", ["plain:99@1,1", "plain:0@99,0", "plain:0@1,1,1"])
def test_a_unit_outside_its_layer_is_told_in_the_words_of_python(screen: Screen, scene: Opened, place: str) -> None:
    with pytest.raises(StriateError) as refused:
        scene.run.unit(place).explain()
    screen.at(place)
    expect(screen.page.get_by_role("alert").first).to_be_visible()
    texts = screen.page.get_by_role("alert").all_inner_texts()
    assert any(str(refused.value) in text for text in texts), (texts, str(refused.value))
