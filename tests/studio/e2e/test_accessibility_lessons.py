"""The lessons for everyone: axe finds nothing at any step, nothing moves that should not, nothing is cut off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.studio.serving import Served
from striate.lessons import questions
from tests.studio.e2e.axe import faults
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.lesson import LessonPage, lesson_page
from tests.studio.looks.lessons import ACTED, FIGURES, WRONG, answer

# Parts of a page that nobody can reach, as nothing scrolls there.
_CUT_OFF = """() => {
    const reaches = (part) => {
        const { left, right, width } = part.getBoundingClientRect()
        return width === 0 || (right <= innerWidth + 1 && left >= -1)
    }
    const parts = ':is(h2, h3, nav *, article p, article button, .widget button, .widget label)'
    return [...document.querySelectorAll(`.lesson ${parts}`)]
        .filter((part) => !reaches(part))
        .map((part) => part.outerHTML.slice(0, 120))
}"""


def at_step(page: Page, studio: Served, name: str, step: int) -> LessonPage:
    """Goes to a step of a lesson, its figure up to date and its text at rest."""
    page.goto(f"{studio.entrance}&view=lessons#{name}/{step}")
    page.reload()
    expect(page.locator(".widget > *").first).to_be_visible()
    return LessonPage(page, name).at(step)


@pytest.mark.parametrize("name", ACTED)
def test_no_step_has_a_fault(browser: Browser, studio: Served, axe: str, name: str) -> None:
    found: dict[str, list[str]] = {}
    with fresh_page(browser) as page:
        at_step(page, studio, name, 1).code()
        found["first step"] = faults(page, axe)
        for title, (lesson, step, act) in FIGURES.items():
            if lesson == name:
                act(at_step(page, studio, name, step).page)
                LessonPage(page, name).settled()
                found[title] = faults(page, axe)
        forms = page.get_by_role("form", name="Question")
        right, wrong = questions(name)[:2]
        answer(forms.nth(0), right, right.answer)
        answer(forms.nth(1), wrong, next((text for text in wrong.choices if text != wrong.answer), WRONG))
        found["judged"] = faults(page, axe)
        forms.nth(1).get_by_role("button", name="Show the answer").click()
        expect(forms.nth(1).get_by_role("status")).to_contain_text(wrong.why)
        found["told"] = faults(page, axe)
    assert {title: each for title, each in found.items() if each} == {}


def test_the_list_has_no_fault(browser: Browser, studio: Served, axe: str) -> None:
    with fresh_page(browser) as page:
        page.goto(f"{studio.entrance}&view=lessons")
        expect(page.get_by_role("heading", name="Lessons")).to_be_visible()
        assert faults(page, axe) == []
        page.goto(f"{studio.address}/?view=lessons#no-such-lesson")
        page.reload()
        expect(page.get_by_role("alert")).to_have_text('There is no lesson "no-such-lesson".')
        assert faults(page, axe) == []


@pytest.mark.parametrize("motion", [True, False])
def test_the_text_scrolls_smoothly_only_for_whoever_wants_it(browser: Browser, studio: Served, motion: bool) -> None:
    with fresh_page(browser, motion=motion) as page:
        at = at_step(page, studio, "sliding-sum", 1)
        page.evaluate(
            """() => {
                window.scrolls = []
                const scrollTo = Element.prototype.scrollTo
                Element.prototype.scrollTo = function (options) {
                    window.scrolls.push(options.behavior)
                    return scrollTo.call(this, options)
                }
            }"""
        )
        at.next().at(2)
        assert page.evaluate("() => window.scrolls.at(-1)") == ("smooth" if motion else "instant")
        eased = page.evaluate(
            """() => [...document.querySelectorAll('.lesson *')]
                .filter((each) => getComputedStyle(each).transitionDuration !== '0s').length"""
        )
        assert (eased > 0) == motion


@pytest.mark.parametrize("name", ACTED)
def test_enlarged_to_twice_its_size_everything_can_be_reached(browser: Browser, studio: Served, name: str) -> None:
    """A window of 1280 × 720 at 200% is a page of 640 × 360."""
    with fresh_page(browser, 640, 360) as page:
        at_step(page, studio, name, 1)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 640
        assert page.evaluate(_CUT_OFF) == []
        code = page.get_by_role("button", name="The same in Python")
        code.scroll_into_view_if_needed()
        expect(code).to_be_in_viewport(ratio=1)


def test_a_program_that_is_opened_comes_into_sight(browser: Browser, studio: Served) -> None:
    with lesson_page(browser, studio, "loop") as at:
        at.code()
        expect(at.page.get_by_label("Python", exact=True)).to_be_in_viewport(ratio=0.5)
