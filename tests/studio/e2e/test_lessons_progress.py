"""Questions behind every lesson, and what a browser keeps of what was done."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, expect

from benchmarks.studio.serving import Served
from striate.lessons import Question, questions
from tests.studio.e2e.lesson import LessonPage, lesson_page
from tests.studio.e2e.walk import Hand

LESSONS = (
    "sliding-sum", "filters", "parameter-explosion", "connectivity", "assumptions", "sizes", "channels", "two-filters",
    "pooling", "loop", "hierarchy",
)  # fmt: skip


def form(at: LessonPage, number: int) -> Locator:
    return at.page.get_by_role("form", name=f"Question {number}", exact=True)


def answer(at: LessonPage, number: int, question: Question, given: str) -> None:
    asked = form(at, number)
    if question.choices:
        at.push(asked.get_by_role("button", name=given, exact=True))
        return
    field = asked.get_by_label(f"Answer to question {number}")
    if at.hand == "mouse":
        field.click(click_count=3)
        at.page.keyboard.insert_text(given)
        asked.get_by_role("button", name="Check").click()
    else:
        at.fill(field, given)


def wrong(question: Question) -> str:
    return next((choice for choice in question.choices if not question.accepts(choice)), "123456")


@pytest.mark.parametrize("hand", ["mouse", "keys"])
@pytest.mark.parametrize("name", LESSONS)
def test_questions_are_judged_and_explained(browser: Browser, studio: Served, name: str, hand: Hand) -> None:
    asked = questions(name)
    assert asked
    with lesson_page(browser, studio, name, hand) as at:
        for number, question in enumerate(asked, 1):
            expect(form(at, number)).to_contain_text(question.ask)
            verdict = form(at, number).get_by_role("status")
            answer(at, number, question, wrong(question))
            expect(verdict).to_contain_text(f"Not so. {question.remark(wrong(question))} Try again")
            expect(form(at, number)).not_to_contain_text(question.why)
            if number == 1:
                at.push(form(at, number).get_by_role("button", name="Show the answer"))
                expect(verdict).to_contain_text(f"{question.answer}. {question.why}")
            expect(form(at, number).get_by_role("img", name="open")).to_be_visible()
            answer(at, number, question, question.answer)
            expect(verdict).to_contain_text(f"Right. {question.why}")
            expect(form(at, number).get_by_role("img", name="answered")).to_be_visible()
        # Where the focus goes to is no way to another step; with the mouse one scrolls there.
        if hand == "keys":
            at.at(1)
        at.to_do(1)
        at.only_this_hand()
        at.page.reload()
        for number in range(1, len(asked) + 1):
            expect(form(at, number).get_by_role("img", name="answered")).to_be_visible()


@pytest.mark.parametrize("name", LESSONS)
def test_nothing_is_done_by_scrolling(browser: Browser, studio: Served, name: str) -> None:
    with lesson_page(browser, studio, name) as at:
        steps = at.page.locator("section.step").count()
        at.page.locator("article").hover()
        seen = set[int]()
        for _ in range(40):
            at.page.mouse.wheel(0, 120)
            at.settled()
            seen.add(int(at.page.url.rsplit("/", 1)[1]))
            if len(seen) == steps:
                break
        assert max(seen) == steps
        for number in range(1, steps + 1):
            at.settled().to_do(number)
        expect(at.page.get_by_role("button", name="Begin this lesson again")).to_have_count(0)


def test_a_step_stays_the_one_in_reach_however_late_its_text_arrives(browser: Browser, studio: Served) -> None:
    """As in a window behind another one, or on a busy machine: the page's own scrolling is not the reader's."""
    with lesson_page(browser, studio, "sizes") as at:
        at.page.evaluate(
            """() => {
                const scrollTo = Element.prototype.scrollTo
                window.arrived = 0
                Element.prototype.scrollTo = function (options) {
                    setTimeout(() => {
                        this.addEventListener('scrollend', () => window.arrived++, { once: true })
                        scrollTo.call(this, { ...options, behavior: 'instant' })
                    }, 1500)
                }
            }"""
        )
        at.next().at(2)
        at.page.wait_for_function("() => window.arrived > 0")
        at.at(2).next().at(3)
        at.page.wait_for_function("() => window.arrived > 1")
        at.at(3)
        # From then on it is the reader who scrolls.
        at.page.locator("article").hover()
        for _ in range(20):
            at.page.mouse.wheel(0, 120)
        at.at(5)


@pytest.mark.parametrize("hand", ["mouse", "keys"])
def test_what_was_done_is_kept_until_it_is_begun_again(browser: Browser, studio: Served, hand: Hand) -> None:
    with lesson_page(browser, studio, "sizes", hand) as at:
        at.slide("Kernel", 4).done(1).next().at(2).slide("Padding", 1).done(2)
        # The address follows a moment later.
        expect(at.page).to_have_url(re.compile("#sizes/2$"))
        at.page.reload()
        at.at(2).done(1).done(2).to_do(3)
        if hand == "mouse":
            at.page.locator("article header button").click()
        else:
            at.key("Escape")
        entry = at.page.get_by_role("button", name=re.compile("Stride, padding, dilation"))
        expect(entry.get_by_role("img", name="2 of 5 steps done")).to_be_visible()
        at.push(entry)
        at.at(1).done(1).done(2)
        at.push(at.page.get_by_role("button", name="Begin this lesson again"))
        at.to_do(1).to_do(2).at(1)
        expect(at.number("size")).to_have_text("8")
        at.only_this_hand()
        at.page.reload()
        at.at(1).to_do(1).to_do(2)


def test_two_tabs_have_one_progress(browser: Browser, studio: Served) -> None:
    with lesson_page(browser, studio, "sizes") as here:
        tab = here.page.context.new_page()
        tab.goto(f"{studio.entrance}&view=lessons#loop/2")
        there = LessonPage(tab, "loop").at(2)
        here.slide("Kernel", 4).done(1)
        for _ in range(3):
            there.button("Back")
        there.done(2)
        here.next().at(2).slide("Padding", 1).done(2)
        for page in (here.page, tab):
            page.locator("article header button").click()
            for entry, steps in (("Stride, padding, dilation", "2 of 5"), ("The loop, line by line", "1 of 4")):
                found = page.get_by_role("button", name=re.compile(entry))
                expect(found.get_by_role("img", name=f"{steps} steps done")).to_be_visible()
        tab.reload()
        for entry, steps in (("Stride, padding, dilation", "2 of 5"), ("The loop, line by line", "1 of 4")):
            found = tab.get_by_role("button", name=re.compile(entry))
            expect(found.get_by_role("img", name=f"{steps} steps done")).to_be_visible()


@pytest.mark.parametrize("hand", ["mouse", "keys"])
def test_all_that_was_done_is_forgotten_when_that_is_wanted(browser: Browser, studio: Served, hand: Hand) -> None:
    with lesson_page(browser, studio, "sizes", hand) as at:
        at.slide("Kernel", 4).done(1)
        question = questions("sizes")[0]
        answer(at, 1, question, question.answer)
        expect(form(at, 1).get_by_role("img", name="answered")).to_be_visible()
        if hand == "mouse":
            at.page.locator("article header button").click()
        else:
            at.leave_field().key("Escape")
        again = at.page.get_by_role("button", name="Begin all lessons again")
        at.push(again).push(at.page.get_by_role("button", name="Keep them"))
        expect(at.page.get_by_role("img", name="1 of 5 steps done")).to_be_visible()
        at.push(again).push(at.page.get_by_role("button", name="Forget them"))
        expect(again).to_have_count(0)
        expect(at.page.get_by_role("img", name="1 of 5 steps done")).to_have_count(0)
        at.push(at.page.get_by_role("button", name=re.compile("Stride, padding, dilation")))
        at.at(1).to_do(1)
        expect(form(at, 1).get_by_role("img", name="open")).to_be_visible()
        at.only_this_hand()


def test_begun_again_where_one_stands(browser: Browser, studio: Served) -> None:
    """Also the first step's own figure begins again, and can be done once more."""
    with lesson_page(browser, studio, "sizes") as at:
        at.slide("Kernel", 4).done(1)
        at.page.get_by_role("button", name="Begin this lesson again").click()
        at.at(1).to_do(1)
        expect(at.number("size")).to_have_text("8")
        at.slide("Kernel", 4).done(1)
