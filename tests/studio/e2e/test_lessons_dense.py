"""The frame of the lessons, parameter explosion and connectivity: by mouse and by keys, against the Python API."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

import striate as st
from benchmarks.studio.serving import Served
from striate.lessons import Convolution, dense_equivalent, parameter_explosion, questions
from tests.studio.e2e.conftest import fresh_page
from tests.studio.e2e.lesson import LessonPage, lesson_page


@pytest.fixture(scope="module")
def studio(serve: Callable[..., Served]) -> Served:
    return serve("demo")


@pytest.fixture
def explosion(browser: Browser, studio: Served) -> Generator[LessonPage]:
    with lesson_page(browser, studio, "parameter-explosion") as page:
        yield page


@pytest.fixture
def connectivity(browser: Browser, studio: Served) -> Generator[LessonPage]:
    with lesson_page(browser, studio, "connectivity") as page:
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


def test_scrolling_brings_the_step_in_reach(explosion: LessonPage) -> None:
    page = explosion.page
    page.locator("article").hover()
    page.mouse.wheel(0, 300)
    explosion.at(2)
    explosion.step(1).click(position={"x": 60, "y": 20})
    explosion.at(1)
    page.get_by_role("button", name="Step 3").click()
    explosion.at(3)


def test_questions_are_judged_and_explained(explosion: LessonPage) -> None:
    page = explosion.page
    for number, question in enumerate(questions("parameter-explosion"), 1):
        form = page.get_by_role("form", name=f"Question {number}", exact=True)
        expect(form).to_contain_text(question.ask)
        field = form.get_by_label(f"Answer to question {number}")
        field.fill("12")
        field.press("Enter")
        expect(form.get_by_role("status")).to_contain_text("Not so.")
        expect(form).not_to_contain_text(question.why)
        field.fill(question.answer)
        form.get_by_role("button", name="Check").click()
        expect(form.get_by_role("status")).to_contain_text(f"Right. {question.why}")
        expect(form.get_by_role("img", name="answered")).to_be_visible()
    form = page.get_by_role("form", name="Question 1", exact=True)
    form.get_by_label("Answer to question 1").fill("1")
    form.get_by_role("button", name="Check").click()
    form.get_by_role("button", name="Show the answer").click()
    expect(form.get_by_role("status")).to_contain_text(questions("parameter-explosion")[0].answer)


def test_parameters_explode(explosion: LessonPage) -> None:
    found = parameter_explosion((224, 224, 3), 1000)
    explosion.to_do(1).type("Units of the dense layer", 1000).done(1)
    expect(explosion.number("parameters")).to_have_text("150,529,000")
    expect(explosion.number("parameters")).to_have_text(f"{found.parameters.value:,}")
    expect(explosion.number("convolution")).to_have_text("1,792")
    expect(explosion.number("ratio")).to_have_text(f"{found.ratio:,.0f} times as many")
    explosion.next().at(2).to_do(2)
    explosion.slide("Side of the picture", 3).slide("Units", 10).done(2)
    expect(explosion.number("weights")).to_have_text("1,572,864")
    explosion.next().at(3).to_do(3)
    expect(explosion.number("resnet")).to_have_text(f"{st.lessons.resnet50().parameters:,}")
    explosion.type("Side, in pixels", 128).to_do(3)
    expect(explosion.number("weights")).to_have_text(f"{parameter_explosion((128, 128, 3), 512).weights.value:,}")
    explosion.type("Units of the dense layer", 600).done(3)
    assert "parameter_explosion((128, 128, 3), 600" in explosion.code()
    explosion.over(3)


def test_any_size(explosion: LessonPage) -> None:
    explosion.type("Side, in pixels", 1000).type("Units of the dense layer", 7).choose("Channels", "grey")
    found = parameter_explosion((1000, 1000, 1), 7, channels=1)
    expect(explosion.number("parameters")).to_have_text(f"{found.parameters.value:,}")
    expect(explosion.number("convolution")).to_have_text(f"{found.convolution.value:,}")


@pytest.mark.parametrize("by", ["mouse", "keys"])
def test_connections(connectivity: LessonPage, by: str) -> None:
    twin = dense_equivalent(Convolution(np.ones((3, 3)), padding=1), (4, 4))
    assert twin.shared is not None
    plane = connectivity.figure.get_by_role("application")
    lines = plane.locator("line")

    def look(output: int) -> None:
        if by == "mouse":
            plane.locator(f'[data-output="{output}"]').hover()
            return
        plane.focus()
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
    entries = connectivity.figure.locator(".matrix [data-weight]")
    expect(entries).to_have_count(int((twin.shared >= 0).sum()))
    weight = connectivity.figure.get_by_role("button", name="Weight 2 of 9")
    if by == "mouse":
        weight.click()
    else:
        weight.focus()
        connectivity.key("Enter")
    expect(connectivity.figure.locator(".matrix [data-weight]:not(.faded)")).to_have_count(
        int((twin.shared == 1).sum())
    )
    connectivity.done(3).next().at(4).slide("Side of the map", 8).done(4)
    expect(connectivity.number("dense")).to_have_text("4,096")
    expect(connectivity.number("own")).to_have_text("9")
    assert "(8, 8)" in connectivity.code()
    connectivity.over(4)
