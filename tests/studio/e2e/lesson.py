"""A lesson on the studio's page, in the words of a person in front of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.studio.serving import Served
from tests.studio.e2e.conftest import fresh_page


class LessonPage:
    """A page in a lesson.

    Args:
        page: The browser's page.
        name: The lesson.
    """

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name

    @property
    def figure(self) -> Locator:
        """What stands beside the text."""
        return self.page.locator(".widget")

    def step(self, number: int) -> Locator:
        return self.page.locator("section.step").nth(number - 1)

    def at(self, number: int) -> LessonPage:
        """Waits until a step is the one in reach, and its figure up to date."""
        expect(self.step(number)).to_have_attribute("aria-current", "step")
        return self.settled()

    def settled(self) -> LessonPage:
        """Waits until the figure shows what is set."""
        expect(self.figure.locator(".stale")).to_have_count(0)
        return self

    def to_do(self, number: int) -> LessonPage:
        expect(self.step(number).get_by_role("img", name="to do")).to_be_visible()
        return self

    def done(self, number: int) -> LessonPage:
        expect(self.step(number).get_by_role("img", name="done")).to_be_visible()
        return self

    def key(self, *keys: str) -> LessonPage:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def next(self) -> LessonPage:
        """The next step, by its key; away from whatever has the focus."""
        self.page.evaluate("document.activeElement?.blur()")
        return self.key("PageDown")

    def number(self, name: str) -> Locator:
        """A number of the figure by the name that it has there."""
        return self.figure.locator(f'[data-name="{name}"]')

    def slide(self, label: str, value: int) -> LessonPage:
        """Moves a slider by its keys."""
        slider = self.figure.get_by_role("slider", name=label)
        slider.focus()
        for _ in range(400):
            now = int(float(slider.input_value()))
            if now == value:
                return self
            slider.press("ArrowRight" if now < value else "ArrowLeft")
        raise AssertionError(f"{label} stays at {slider.input_value()}")

    def type(self, label: str, value: float) -> LessonPage:
        """Types a number into a field."""
        field = self.figure.get_by_label(label)
        field.fill(f"{value:g}")
        field.press("Enter")
        return self

    def choose(self, group: str, option: str) -> LessonPage:
        self.figure.get_by_role("radiogroup", name=group).get_by_role("radio", name=option, exact=True).click()
        return self

    def code(self) -> str:
        """The program that computes the figure, by its key."""
        self.page.evaluate("document.activeElement?.blur()")
        if not self.page.get_by_label("Python", exact=True).is_visible():
            self.key("c")
        return self.page.get_by_label("Python", exact=True).inner_text()

    def cells(self, label: str) -> list[str]:
        """The figures of a grid."""
        return self.figure.get_by_label(label, exact=True).locator("span").all_inner_texts()

    def over(self, steps: int) -> None:
        """The lesson is done, and stays done in this browser."""
        for number in range(1, steps + 1):
            self.done(number)
        expect(self.page.get_by_text("You have done every step of this lesson.")).to_be_attached()
        self.page.reload()
        for number in range(1, steps + 1):
            self.done(number)


@contextmanager
def lesson_page(browser: Browser, studio: Served, name: str, step: int = 1) -> Generator[LessonPage]:
    """A lesson in a browser that has done nothing yet."""
    with fresh_page(browser) as page:
        page.goto(f"{studio.entrance}&view=lessons#{name}/{step}")
        yield LessonPage(page, name).at(step)


Opener = Callable[..., LessonPage]


def figures(texts: list[str]) -> list[float]:
    """Numbers as the page writes them."""
    return [float(re.sub("[≈ ,]", "", text).replace("−", "-")) for text in texts]
