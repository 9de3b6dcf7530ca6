"""A lesson on the studio's page, in the words of a person in front of it, who has the mouse only or the keys only."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Generator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.studio.serving import Served
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.walk import Hand
from tests.studio.live import until

# Where text is typed, keys mean nothing else until the field is left.
_FIELDS = "input:focus:not([type=range]), select:focus"


class LessonPage:
    """A page in a lesson.

    Args:
        page: The browser's page.
        name: The lesson.
        hand: What it is done with. Text is text: with the mouse alone it is put into its field without a key.
    """

    def __init__(self, page: Page, name: str, hand: Hand = "mouse") -> None:
        self.page = page
        self.name = name
        self.hand: Hand = hand

    # ---- what is there

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

    def number(self, name: str) -> Locator:
        """A number of the figure by the name that it has there."""
        return self.figure.locator(f'[data-name="{name}"]')

    def cells(self, label: str) -> list[str]:
        """The figures of a grid."""
        return self.figure.get_by_label(label, exact=True).locator("span").all_inner_texts()

    def becomes(self, label: str, wanted: list[float]) -> LessonPage:
        """Waits until a grid shows these numbers."""
        until(lambda: self.shown(label) == wanted, otherwise=lambda: f"{self.shown(label)}, not {wanted}")
        return self

    def shown(self, label: str) -> list[float]:
        """The numbers of a grid that are there already."""
        return figures([text for text in self.cells(label) if text])

    # ---- with either hand

    def key(self, *keys: str) -> LessonPage:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def tab_to(self, wanted: Locator) -> LessonPage:
        """Goes to a control with the Tab key alone."""
        if self.figure.locator(":focus").count() == 0 and self.figure.locator(":scope", has=wanted).count():
            self.to_figure()
        for _ in range(150):
            if wanted.evaluate("(control) => control === document.activeElement"):
                return self
            self.key("Tab")
        raise AssertionError(f"the Tab key does not lead to {wanted}")

    def to_figure(self) -> LessonPage:
        """From wherever the focus is to the first control of the figure, by its key."""
        self.leave_field().key("f")
        expect(self.figure.locator(":focus")).to_have_count(1)
        return self

    def push(self, button: Locator) -> LessonPage:
        """Pushes a button."""
        if self.hand == "mouse":
            button.click()
        else:
            self.tab_to(button).key("Enter")
        return self

    def button(self, name: str) -> LessonPage:
        """Pushes a button of the figure."""
        return self.push(self.figure.get_by_role("button", name=name, exact=True))

    def leave_field(self) -> LessonPage:
        """Away from a field, so that keys mean what the lesson says."""
        if self.page.locator(_FIELDS).count():
            self.key("Escape")
        return self

    def next(self) -> LessonPage:
        """The next step."""
        if self.hand == "keys":
            return self.leave_field().key("n")
        steps = self.page.get_by_role("navigation", name="Steps").get_by_role("button", name=re.compile("^Step "))
        now = steps.evaluate_all("all => all.findIndex((each) => each.ariaCurrent === 'step')")
        steps.nth(now + 1).click()
        return self

    def slide(self, label: str, value: int) -> LessonPage:
        """Moves a slider: drags its thumb, or by its keys."""
        slider = self.figure.get_by_role("slider", name=label, exact=True)
        if self.hand == "mouse":
            self._drag(slider, value)
        else:
            self.tab_to(slider)
        for _ in range(600):
            now = int(float(slider.input_value()))
            if now == value:
                return self
            assert self.hand == "keys", f"{label} stays at {now}"
            self.key("ArrowRight" if now < value else "ArrowLeft")
        raise AssertionError(f"{label} stays at {slider.input_value()}")

    def _drag(self, slider: Locator, value: int) -> None:
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        assert box is not None
        low, high = (int(slider.get_attribute(end) or 0) for end in ("min", "max"))
        x, y = box["x"] + 8 + (box["width"] - 16) * (value - low) / max(high - low, 1), box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for _ in range(60):
            now = int(float(slider.input_value()))
            if now == value:
                break
            x += 1 if now < value else -1
            self.page.mouse.move(x, y)
        self.page.mouse.up()

    def type(self, label: str, value: float) -> LessonPage:
        """Puts a number into a field of the figure."""
        # The step in reach has to stay: the title may be out of sight, and scrolling there would be another step.
        beside = self.page.locator("section.step[aria-current='step']").get_by_role("heading").first
        return self.fill(self.figure.get_by_label(label, exact=True), f"{value:g}", beside)

    def fill(self, field: Locator, text: str, beside: Locator | None = None) -> LessonPage:
        """Puts text into a field and is done with it; the mouse then clicks what stands beside it."""
        if self.hand == "mouse":
            field.click(click_count=3)
            self.page.keyboard.insert_text(text)
            (beside or self.page.locator("article h2")).click()
        else:
            self.tab_to(field).key("ControlOrMeta+A")
            self.page.keyboard.type(text)
            self.key("Enter")
        return self

    def choose(self, group: str, option: str) -> LessonPage:
        """One of a few."""
        every = self.figure.get_by_role("radiogroup", name=group, exact=True).get_by_role("radio")
        wanted = self.figure.get_by_role("radiogroup", name=group, exact=True).get_by_role(
            "radio", name=option, exact=True
        )
        if self.hand == "mouse":
            wanted.click()
        else:
            self.tab_to(every.and_(self.page.locator("[tabindex='0']")))
            for _ in range(every.count()):
                if wanted.get_attribute("aria-checked") == "true":
                    break
                self.key("ArrowRight")
        expect(wanted).to_have_attribute("aria-checked", "true")
        return self

    def select(self, label: str, option: str) -> LessonPage:
        """One of a list; with the mouse by the browser's own menu, which is not part of the page."""
        menu = self.figure.get_by_label(label, exact=True)
        if self.hand == "mouse":
            menu.select_option(option)
            return self
        self.tab_to(menu)
        for key in ("Home", *["ArrowDown"] * menu.locator("option").count()):
            if menu.input_value() == option:
                return self
            self.key(key)
        expect(menu).to_have_value(option)
        return self

    # ---- code to take along, and the end

    def code(self) -> str:
        """The program that computes the figure."""
        text = self.page.get_by_label("Python", exact=True)
        if not text.is_visible():
            if self.hand == "mouse":
                self.figure.get_by_role("button", name=re.compile("The same in Python")).click()
            else:
                self.leave_field().key("c")
        return text.inner_text()

    def ran(self, folder: Path | None = None) -> dict[str, Any]:
        """Runs the program as it stands, in a folder with the files that it reads; what it has printed is ``said``."""
        space: dict[str, Any] = {}
        here, out = Path.cwd(), io.StringIO()
        try:
            os.chdir(folder or here)
            with redirect_stdout(out):
                exec(self.code(), space)
        finally:
            os.chdir(here)
        return {**space, "said": out.getvalue()}

    def only_this_hand(self) -> LessonPage:
        """Checks that the other hand has done nothing since the page was opened."""
        done = self.page.evaluate("() => window.hands")
        other = "keys" if self.hand == "mouse" else "mouse"
        assert done[other] == 0, f"the {other} had to help {done[other]} times"
        return self

    def over(self, steps: int) -> None:
        """The lesson is done, with one hand, and stays done in this browser."""
        self.only_this_hand()
        for number in range(1, steps + 1):
            self.done(number)
        expect(self.page.locator("section.step")).to_have_count(steps)
        expect(self.page.get_by_text("You have done every step of this lesson.")).to_be_attached()
        self.page.reload()
        for number in range(1, steps + 1):
            self.done(number)


@contextmanager
def lesson_page(
    browser: Browser, studio: Served, name: str, hand: Hand = "mouse", step: int = 1
) -> Generator[LessonPage]:
    """A lesson in a browser that has done nothing yet."""
    with fresh_page(browser) as page:
        page.goto(f"{studio.entrance}&view=lessons#{name}/{step}")
        yield LessonPage(page, name, hand).at(step)


def lesson(name: str) -> pytest.MarkDecorator:
    """Has the fixture ``at`` open this lesson."""
    return pytest.mark.parametrize("at", [name], indirect=True, ids=[""])


def figures(texts: list[str]) -> list[float]:
    """Numbers as the page writes them."""
    return [float(re.sub("[≈ ,]", "", text).replace("−", "-")) for text in texts]
