"""The frame of the lessons, parameter explosion and connectivity: by mouse and by keys, against the Python API."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

import striate as st
from benchmarks.studio.serving import Served
from striate.lessons import Convolution, LayerTwin, dense_equivalent, dense_layers, parameter_explosion
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.lesson import LessonPage, lesson_page
from tests.studio.e2e.walk import Hand


@pytest.fixture
def explosion(browser: Browser, studio: Served, hand: Hand) -> Generator[LessonPage]:
    with lesson_page(browser, studio, "parameter-explosion", hand) as page:
        yield page


@pytest.fixture
def connectivity(browser: Browser, studio: Served, hand: Hand) -> Generator[LessonPage]:
    with lesson_page(browser, studio, "connectivity", hand) as page:
        yield page


def test_the_list_leads_to_each_lesson_and_back(browser: Browser, studio: Served) -> None:
    with fresh_page(browser) as page:
        page.goto(studio.entrance)
        page.locator(".tile").first.wait_for()
        page.keyboard.press("3")
        lessons = page.locator("main ol li button")
        expect(lessons.first).to_be_visible()
        page.get_by_role("button", name="Parameter explosion").click()
        expect(page.locator("section.step").first).to_have_attribute("aria-current", "step")
        assert "view=lessons" in page.url
        expect(page).to_have_url(page.url.split("#")[0] + "#parameter-explosion/1")
        page.keyboard.press("PageDown")
        expect(page).to_have_url(page.url.split("#")[0] + "#parameter-explosion/2")
        page.keyboard.press("Escape")
        expect(lessons.first).to_be_visible()
        page.go_back()
        expect(page.locator("section.step").nth(1)).to_have_attribute("aria-current", "step")
        page.keyboard.press("1")
        page.locator(".tile").first.wait_for()
        page.goto(f"{studio.address}/?view=lessons#no-such-lesson")
        page.reload()
        expect(page.get_by_role("alert")).to_have_text('There is no lesson "no-such-lesson".')


@pytest.mark.parametrize("hand", ["mouse"], indirect=True)
def test_scrolling_brings_the_step_in_reach(explosion: LessonPage) -> None:
    page = explosion.page
    page.locator("article").hover()
    page.mouse.wheel(0, 300)
    explosion.at(2)
    explosion.step(1).click(position={"x": 60, "y": 20})
    explosion.at(1)
    page.get_by_role("button", name="Step 3").click()
    explosion.at(3)


def twins(net: st.Network) -> tuple[LayerTwin, ...]:
    return dense_layers(net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit")))


def test_parameters_explode(explosion: LessonPage) -> None:
    found = parameter_explosion((224, 224, 3), 1000)
    explosion.to_do(1).slide("Units", 11).done(1)
    expect(explosion.number("parameters")).to_have_text("150,529,000")
    expect(explosion.number("parameters")).to_have_text(f"{found.parameters.value:,}")
    expect(explosion.number("convolution")).to_have_text("1,792")
    assert round(found.ratio, -3) == 84_000
    expect(explosion.number("ratio")).to_have_text(f"{found.ratio:,.0f} times as many")
    assert "150,529,000" in explosion.ran()["said"]
    explosion.next().at(2).to_do(2)
    explosion.slide("Side of the picture", 3).slide("Units", 10).done(2)
    expect(explosion.number("weights")).to_have_text("1,572,864")
    assert explosion.ran()["found"].weights.value == 1_572_864
    explosion.next().at(3).to_do(3)
    expect(explosion.number("resnet")).to_have_text(f"{st.lessons.resnet50().parameters:,}")
    expect(explosion.number("resnet")).to_have_text("25,557,032")
    explosion.type("Side, in pixels", 128).to_do(3)
    expect(explosion.number("weights")).to_have_text(f"{parameter_explosion((128, 128, 3), 512).weights.value:,}")
    explosion.type("Units of the dense layer", 600).done(3)
    assert "parameter_explosion((128, 128, 3), 600" in explosion.code()
    explosion.next().at(4).to_do(4).button("Look at the open network").done(4)
    for twin in twins(st.load(st.bundled.model_path())):
        row = explosion.figure.locator(f'[data-layer="{twin.layer}"]')
        for number in (twin.own.value, twin.dense.value):
            expect(row).to_contain_text(f"{number:,}")
        assert str(twin) in explosion.ran()["said"]
    expect(explosion.number("dense")).to_have_text(
        f"{sum(twin.dense.value for twin in twins(st.load(st.bundled.model_path()))):,}"
    )
    explosion.over(4)


def test_what_is_no_size_is_refused(explosion: LessonPage) -> None:
    explosion.type("Side, in pixels", 2.5)
    refused = explosion.figure.get_by_role("alert")
    expect(refused).to_have_text('Side, in pixels: "2.5" is not a whole number from 1 to 100,000; it stays 224.')
    expect(explosion.figure.get_by_label("Side, in pixels")).to_have_value("224")
    explosion.type("Side, in pixels", 250)
    expect(refused).to_have_count(0)
    expect(explosion.number("weights")).to_have_text(f"{parameter_explosion((250, 250, 3), 100).weights.value:,}")
    explosion.only_this_hand()


def test_any_size(explosion: LessonPage) -> None:
    explosion.type("Side, in pixels", 1000).type("Units of the dense layer", 7).choose("Channels", "grey")
    explosion.slide("Filters", 32)
    found = parameter_explosion((1000, 1000, 1), 7, channels=1, filters=32)
    expect(explosion.number("parameters")).to_have_text(f"{found.parameters.value:,}")
    expect(explosion.number("convolution")).to_have_text(f"{found.convolution.value:,}")
    assert explosion.ran()["found"].parameters.value == found.parameters.value
    explosion.only_this_hand()


def test_connections(connectivity: LessonPage, hand: Hand) -> None:
    twin = dense_equivalent(Convolution(np.ones((3, 3)), padding=1), (4, 4))
    assert twin.shared is not None
    plane = connectivity.figure.get_by_role("application")
    lines = plane.locator("line")

    def look(output: int) -> None:
        if hand == "mouse":
            plane.locator(f'[data-output="{output}"]').hover()
            return
        connectivity.tab_to(plane)
        for _ in range(4):
            connectivity.key("ArrowUp", "ArrowLeft")
        connectivity.key(*["ArrowDown"] * (output // 4), *["ArrowRight"] * (output % 4))

    expect(connectivity.number("dense")).to_have_text("256")
    look(6)
    expect(lines).to_have_count(16)
    connectivity.done(1).next().at(2).to_do(2)
    look(0)
    expect(lines).to_have_count(4)
    look(5)
    expect(lines).to_have_count(9)
    expect(connectivity.number("connections")).to_have_text(str(twin.connections))
    expect(plane).to_have_attribute("aria-label", "Connections: output 1,1 is joined to 9 of 16 inputs")
    connectivity.done(2).next().at(3).to_do(3)
    expect(connectivity.number("own")).to_have_text("9")
    entries = connectivity.figure.locator(".matrix [data-weight]")
    expect(entries).to_have_count(int((twin.shared >= 0).sum()))
    connectivity.button("Weight 2 of 9")
    expect(connectivity.figure.locator(".matrix [data-weight]:not(.faded)")).to_have_count(
        int((twin.shared == 1).sum())
    )
    assert np.array_equal(connectivity.ran()["twin"].shared, twin.shared)
    connectivity.done(3).next().at(4).slide("Side of the map", 8).done(4)
    expect(connectivity.number("dense")).to_have_text("4,096")
    expect(connectivity.number("own")).to_have_text("9")
    assert connectivity.ran()["twin"].weights.value == 4096
    connectivity.over(4)
