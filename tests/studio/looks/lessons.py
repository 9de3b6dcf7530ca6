"""The lessons as views: their list, and each at its first step, acted upon, with its program, at its questions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Locator, Page, expect

from striate.lessons import questions
from striate.lessons.questions import Question
from tests.studio.looks.scenes import Scenes
from tests.studio.looks.view import PATIENCE, View, rest

WRONG = "17"
Act = Callable[[Page], object]


def _press(key: str, times: int = 1) -> Act:
    return lambda page: [page.keyboard.press(key) for _ in range(times)]


def _slide(name: str, times: int) -> Act:
    def act(page: Page) -> None:
        for _ in range(times):
            page.get_by_role("slider", name=name).press("ArrowRight")

    return act


def _click(name: str) -> Act:
    return lambda page: page.get_by_role("radio", name=name, exact=True).click()


def _stack(page: Page) -> None:
    for name in ("pooling", "convolution") * 2:
        page.get_by_role("button", name=name).click()


# Lesson -> the step of its picture, and what a reader does there.
ACTED: Mapping[str, tuple[int, Act]] = {
    "sliding-sum": (4, _press("ArrowRight")),
    "filters": (4, _click("sobel")),
    "parameter-explosion": (2, lambda page: None),
    "connectivity": (3, lambda page: page.get_by_role("button", name="Weight 5 of 9").click()),
    "assumptions": (4, _slide("Stride", 1)),
    "sizes": (3, _slide("Stride", 1)),
    "channels": (4, _press("ArrowRight")),
    "two-filters": (3, _click("ReLU between")),
    "pooling": (3, _stack),
    "loop": (3, _press("ArrowRight", 30)),
    "hierarchy": (1, _press("ArrowRight", 3)),
}
# The other figures that a lesson has.
MORE: Mapping[str, tuple[str, int, Act]] = {
    "sliding-sum-signal": ("sliding-sum", 5, _click("smoothing")),
    "filters-signal": ("filters", 1, _press("ArrowRight", 3)),
    "filters-line": ("filters", 2, _press("ArrowRight", 2)),
    "parameter-explosion-network": (
        "parameter-explosion",
        4,
        lambda page: page.get_by_role("button", name="Look at").click(),
    ),
    "filters-lines": ("filters", 3, _click("both maps added")),
    "connectivity-large": ("connectivity", 4, _slide("Side of the map", 4)),
    "channels-many": ("channels", 3, _slide("Filters", 28)),
    "two-filters-network": ("two-filters", 4, _click("layers of the open network")),
    "pooling-line": ("pooling", 2, _press("ArrowRight", 2)),
    "pooling-network": ("pooling", 4, lambda page: page.get_by_role("button", name="Look at").click()),
    "hierarchy-chosen": ("hierarchy", 3, lambda page: page.get_by_role("button", name="Choose map").first.click()),
}
# Every figure that a lesson has: its title, the lesson, the step, and what is done there.
FIGURES: Mapping[str, tuple[str, int, Act]] = {name: (name, *done) for name, done in ACTED.items()} | dict(MORE)


def show(page: Page, scenes: Scenes, name: str, step: int) -> None:
    """Brings a step of a lesson on the page, with its figure."""
    page.goto(f"{scenes.studio('demo').entrance}&view=lessons#{name}/{step}")
    expect(page.locator(".widget > *").first).to_be_visible(timeout=PATIENCE)
    rest(page)


def listed(page: Page, scenes: Scenes) -> None:
    page.goto(f"{scenes.studio('demo').entrance}&view=lessons")
    expect(page.get_by_role("heading", name="Lessons")).to_be_visible(timeout=PATIENCE)


def acted(name: str, step: int, act: Act) -> Callable[[Page, Scenes], None]:
    """A step where the reader has done something."""

    def show_acted(page: Page, scenes: Scenes) -> None:
        show(page, scenes, name, step)
        act(page)
        expect(page.locator(".widget .stale")).to_have_count(0, timeout=PATIENCE)

    return show_acted


def first(name: str) -> Callable[[Page, Scenes], None]:
    return acted(name, 1, lambda page: None)


def program(name: str) -> Callable[[Page, Scenes], None]:
    """The lines of Python under the figure."""

    def show_program(page: Page, scenes: Scenes) -> None:
        show(page, scenes, name, 1)
        page.keyboard.press("c")
        code = page.get_by_label("Python", exact=True)
        expect(code).to_be_visible()
        code.scroll_into_view_if_needed()

    return show_program


def answer(asked: Locator, question: Question, given: str) -> None:
    """Answers a question, and waits for what is said to that."""
    if question.choices:
        asked.get_by_role("button", name=given, exact=True).click()
    else:
        asked.get_by_role("textbox").fill(given)
        asked.get_by_role("textbox").press("Enter")
    expect(asked.get_by_role("status")).to_have_text(re.compile("^(Right|Not so)"), timeout=PATIENCE)


def judged(name: str) -> Callable[[Page, Scenes], None]:
    """The questions, the first one answered right, the second one wrong."""

    def show_judged(page: Page, scenes: Scenes) -> None:
        show(page, scenes, name, 1)
        right, wrong = questions(name)[:2]
        forms = page.get_by_role("form", name="Question")
        answer(forms.nth(0), right, right.answer)
        answer(forms.nth(1), wrong, next((text for text in wrong.choices if text != wrong.answer), WRONG))
        forms.nth(0).evaluate("form => form.closest('section').scrollIntoView({ block: 'start' })")

    return show_judged


LESSONS: Mapping[str, View] = {
    "lesson-list": View("", act=listed),
    **{f"lesson-{name}": View("", act=first(name)) for name in ACTED},
    **{f"lesson-{title}-acted": View("", act=acted(*done)) for title, done in FIGURES.items()},
    **{f"lesson-{name}-program": View("", act=program(name)) for name in ACTED},
    **{f"lesson-{name}-questions": View("", act=judged(name)) for name in ACTED},
}
