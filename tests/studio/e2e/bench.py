"""The workbench on the studio's page, worked at with one hand: the mouse alone, or the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Locator, Page, expect

from benchmarks.studio.serving import Served
from tests.studio.e2e.fresh import fresh_page
from tests.studio.e2e.screen import number
from tests.studio.e2e.walk import Hand

# Half the width of a slider's thumb, which stays inside its track.
THUMB = 8
TABS = 120


class BenchPage:
    """A page with the workbench on it.

    Args:
        page: The browser's page.
        hand: What everything is done with.
    """

    def __init__(self, page: Page, hand: Hand) -> None:
        self.page = page
        self.hand: Hand = hand

    # ---- what stands there

    @property
    def aside(self) -> Locator:
        return self.page.locator("aside")

    @property
    def arithmetic(self) -> Locator:
        return self.page.get_by_label("The arithmetic of this position")

    @property
    def position(self) -> Locator:
        return self.page.get_by_label("Position", exact=True)

    def says(self, text: str) -> BenchPage:
        """The arithmetic, whatever its spaces."""
        pattern = r"\s*".join(map(re.escape, text.split()))
        expect(self.arithmetic).to_have_text(re.compile(rf"^\s*{pattern}\s*$"))
        return self

    def written_out(self) -> tuple[float, float]:
        """What the products that stand there add up to, and the sum that stands behind them."""
        terms, total = re.split("[=≈]", self.arithmetic.inner_text())
        products = re.findall(r"([−+]?)\s*(−?[\d.]+)\s*×\s*(−?[\d.]+)", terms)
        assert products
        signed = [(-1 if sign == "−" else 1) * number(weight) * number(cell) for sign, weight, cell in products]
        return sum(signed), number(total)

    def figures(self, which: str) -> list[float]:
        """The figures in the cells of input or output."""
        cells = self.page.locator(f'.widget [aria-label^="{which}"] text:not(.tick)')
        return [number(text) for text in cells.all_text_contents()]

    def gives(self, truth: Sequence[Any] | np.ndarray[Any, Any]) -> BenchPage:
        """Waits until the output's cells show these numbers."""
        flat = np.asarray(truth, float).ravel()
        expect(self.page.locator('.widget [aria-label^="output"] text:not(.tick)')).to_have_count(flat.size)
        for _ in range(600):
            if np.allclose(self.figures("output"), flat, atol=5e-3):
                return self
            self.page.wait_for_timeout(50)
        np.testing.assert_allclose(self.figures("output"), flat, atol=5e-3)
        return self

    def tells(self, *texts: str) -> BenchPage:
        """What stands beside the bench."""
        for text in texts:
            expect(self.aside).to_contain_text(text)
        return self

    def shapes(self, before: Sequence[int], after: Sequence[int]) -> BenchPage:
        captions = self.page.locator(".widget .caption")
        for which, sizes in (("input", before), ("output", after)):
            expect(captions.filter(has_text=which).first).to_contain_text(" × ".join(map(str, sizes)))
        return self

    def value_is(self, value: float) -> BenchPage:
        """The number under the window, in full."""
        shown = self.aside.locator("header .value")
        for _ in range(600):
            if shown.count() and np.isclose(
                number(shown.get_attribute("title") or "exactly NaN"), value, rtol=1e-6, atol=1e-9
            ):
                return self
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{shown.get_attribute('title')} is not {value}")

    # ---- what one does

    def tab_to(self, wanted: Locator) -> Locator:
        for _ in range(TABS):
            if self.page.locator(":focus").and_(wanted).count():
                return wanted
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not lead to {wanted}")

    def key(self, *keys: str) -> BenchPage:
        """Keys that the page listens to wherever nothing else takes them."""
        self.page.keyboard.press("Escape")
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def choose(self, label: str, value: str) -> BenchPage:
        """Of a list. Its popup is the browser's own, so the mouse chooses by the browser's interface."""
        field = self.page.get_by_label(label, exact=True)
        if self.hand == "mouse":
            field.select_option(value)
            return self
        self.tab_to(field)
        values: list[str] = field.evaluate("field => [...field.options].filter((o) => !o.disabled).map((o) => o.value)")
        now = field.input_value()
        by = values.index(value) - (values.index(now) if now in values else -1)
        for _ in range(abs(by)):
            self.page.keyboard.press("ArrowDown" if by > 0 else "ArrowUp")
        expect(field).to_have_value(value)
        return self

    def example(self, name: str) -> BenchPage:
        self.choose("Worked example", name)
        expect(self.page).to_have_url(re.compile("in="))
        return self

    def radio(self, group: str, name: str) -> BenchPage:
        """One of a group; with keys by the arrows."""
        within = self.page.get_by_role("radiogroup", name=group, exact=True)
        wanted = within.get_by_role("radio", name=name, exact=True)
        if self.hand == "mouse":
            wanted.click()
        else:
            self.tab_to(within.locator('[aria-checked="true"]'))
            for _ in range(within.get_by_role("radio").count()):
                if wanted.get_attribute("aria-checked") == "true":
                    break
                self.page.keyboard.press("ArrowRight")
        expect(wanted).to_have_attribute("aria-checked", "true")
        return self

    def beside(self, name: str) -> BenchPage:
        """What stands beside the bench: the sum, Python, a layer to paste."""
        return self.radio("Beside the bench", name)

    def click(self, name: str | re.Pattern[str], within: Locator | None = None) -> BenchPage:
        button = (within or self.page.locator("body")).get_by_role("button", name=name)
        if self.hand == "mouse":
            button.click()
        else:
            self.tab_to(button)
            self.page.keyboard.press("Enter")
        return self

    def tick(self, name: str) -> BenchPage:
        box = self.page.get_by_role("checkbox", name=name)
        if self.hand == "mouse":
            box.click()
        else:
            self.tab_to(box)
            self.page.keyboard.press("Space")
        return self

    def slider(self, label: str) -> Locator:
        return self.page.get_by_label(f"{label}, slider", exact=True)

    def slide(self, label: str, value: int) -> BenchPage:
        """Puts a slider somewhere."""
        slider = self.slider(label)
        expect(slider).to_be_enabled()
        if self.hand == "keys":
            self.tab_to(slider)
        low, high, step = (int(slider.get_attribute(name) or 1) for name in ("min", "max", "step"))
        assert low <= value <= high, f"{label}: {low} to {high}"
        if self.hand == "mouse":
            self._drag(slider, value, low, high)
        elif value in (low, high):
            self.page.keyboard.press("Home" if value == low else "End")
        else:
            for _ in range((high - low) // step):
                now = int(slider.input_value())
                if now == value:
                    break
                self.page.keyboard.press("ArrowRight" if now < value else "ArrowLeft")
        expect(slider).to_have_value(str(value))
        return self

    def _drag(self, slider: Locator, value: int, low: int, high: int) -> None:
        """Takes a slider's thumb to a value."""
        slider.scroll_into_view_if_needed()
        box = slider.bounding_box()
        assert box is not None

        def place(number: float) -> float:
            return box["x"] + THUMB + (number - low) / (high - low) * (box["width"] - 2 * THUMB)

        mouse, y = self.page.mouse, box["y"] + box["height"] / 2
        mouse.move(place(float(slider.input_value())), y)
        mouse.down()
        mouse.move(place(value), y, steps=4)
        # The thumb is taken a little beside its middle.
        for pixels in (0, 1, -1, 2, -2):
            mouse.move(place(value) + pixels, y)
            if int(slider.input_value()) == value:
                break
        mouse.up()

    def step(self) -> BenchPage:
        """One position on."""
        return self.click("One position on") if self.hand == "mouse" else self.key(".")

    def size(self, label: str, value: int) -> BenchPage:
        """Sets a size: with the mouse by its slider, with keys in its field."""
        if self.hand == "mouse":
            return self.slide(label, value)
        return self.type(self.page.get_by_label(label, exact=True), str(value))

    def type(self, field: Locator, text: str) -> BenchPage:
        """Types into a field; keys only."""
        self.tab_to(field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        return self

    def code(self, form: str = "calls") -> str:
        """The lines of Python, of the state as it is now."""
        self.beside("Python").radio("Written with", form)
        shown = self.page.get_by_label("Python that does the same")
        mark = {"calls": "st.", "Keras layers": "Sequential(", "PyTorch": "torch."}[form]
        expect(shown).to_contain_text(mark)
        text = shown.inner_text()
        self.beside("The sum")
        return text

    def result(self, form: str = "calls") -> dict[str, Any]:
        """What those lines leave behind."""
        space: dict[str, Any] = {}
        exec(self.code(form), space)
        return space

    def only_this_hand(self) -> None:
        """Checks that the other hand has done nothing."""
        done = self.page.evaluate("() => window.hands")
        other = "keys" if self.hand == "mouse" else "mouse"
        assert done[other] == 0, f"the {other} had to help {done[other]} times"


def opened(page: Page, studio: Served, hand: Hand, place: str = "") -> BenchPage:
    """Goes to the workbench."""
    page.goto(f"{studio.entrance}&view=workbench{f'#{place}' if place else ''}")
    bench = BenchPage(page, hand)
    expect(bench.arithmetic).to_have_text(re.compile("[=≈]"))
    return bench


@contextmanager
def bench_page(browser: Browser, studio: Served, hand: Hand, place: str = "") -> Generator[BenchPage]:
    """A workbench in a browser that has done nothing yet; at the end only that hand must have done something."""
    with fresh_page(browser) as page:
        bench = opened(page, studio, hand, place)
        yield bench
        bench.only_this_hand()
