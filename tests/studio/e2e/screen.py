"""What stands on the studio's page, in the words of a person in front of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, expect

from benchmarks.studio.serving import Served
from striate.run import Run
from tests.studio.live import until

_NUMBER = re.compile(r"[−+]?(?:\d+\.?\d*|\.\d+)(?:e−?\d+)?|[−+]?∞|NaN")
# The extent in a thumbnail's title; that of a signal is followed by why it is one.
RANGE = re.compile(r": ([^:;]+) to ([^;]+)(?:;|$)")


def number(text: str) -> float:
    """The number that a text is: with the signs of mathematics."""
    return float(plain(text))


def plain(text: str) -> str:
    """A number's text as Python reads it."""
    found = _NUMBER.search(text.replace("≈", ""))
    assert found is not None, f"no number in {text!r}"
    return found.group().replace("−", "-").replace("∞", "inf")


def decimals(texts: Sequence[str]) -> list[Decimal]:
    """Numbers exactly as they are printed."""
    return [Decimal(plain(text)) for text in texts]


def exactly(text: str, value: float) -> bool:
    """Whether a text says a float32 in full: reading it gives the very same number back."""
    return np.float32(number(text)) == np.float32(value)


def in_full(text: str, value: float) -> bool:
    """Whether a text says a float64 in full: of one that is a float32 too, the digits that tell float32 apart."""
    return exactly(text, value) if float(np.float32(value)) == value else number(text) == value


def about(text: str, value: float, digits: int = 3) -> bool:
    """Whether a text says a number to so many digits, and says so ("≈") where some are left out."""
    said, true = number(text), float(np.float32(value))
    marked = "≈" in text or np.float32(said) == np.float32(true)
    return marked and abs(said - true) <= 0.5000001 * 10.0 ** (1 - digits) * max(abs(said), abs(true), 1e-300)


def _says(title: str, values: Any, channel: int) -> bool:
    """Whether what stands at a thumbnail is the extent of its map; of a signal without channels that of the layer."""
    found = RANGE.search(title)
    if found is None:
        # A single number stands there itself; before the answer nothing does.
        return ":" in title
    plane = values[0] if " places: " in title else values[0, channel]
    return about(found[1], plane.min()) and about(found[2], plane.max())


class Screen:
    """A page with a studio on it.

    Args:
        page: The browser's page.
        studio: The server behind it.
        run: What the Python API says about what is open there.
        complaints: What the page complained about until now; at the end there must be none.
    """

    def __init__(self, page: Page, studio: Served, run: Run, complaints: list[str] | None = None) -> None:
        self.page = page
        self.complaints = [] if complaints is None else complaints
        self.studio = studio
        self.run = run

    # ---- ways in

    def enter(self, query: str = "", place: str = "") -> Screen:
        """Comes through the door, by the address that the command printed."""
        joint = "&" if query else ""
        self.page.goto(f"{self.studio.entrance}{joint}{query}{f'#{place}' if place else ''}")
        return self.settled()

    def at(self, place: str, query: str = "") -> Screen:
        """Follows a link to a unit, as in a new tab."""
        if self.page.url != "about:blank":
            self.page.goto("about:blank")
        return self.enter(query, place)

    def settled(self) -> Screen:
        """Waits until the columns in sight have their maps."""
        expect(self.page.locator(".tile").first).to_have_attribute("title", re.compile(r" to |: "))
        return self

    # ---- the network

    def column(self, layer: str) -> Locator:
        return self.page.locator(f'article.column[aria-label^="{layer}, "]')

    def tile(self, layer: str, channel: int) -> Locator:
        return self.column(layer).locator(f'.tile[data-channel="{channel}"]')

    def open(self, layer: str, channel: int) -> Screen:
        """Opens a map with the mouse."""
        self.tile(layer, channel).click()
        return self.opened(layer, channel)

    def opened(self, layer: str, channel: int) -> Screen:
        expect(self.page.locator(".open h2")).to_have_text(f"{layer}:{channel}")
        expect(
            self.page.locator(".map:not(.stale) canvas, .map:not(.stale) svg, .map:not(.stale) .number").first
        ).to_be_visible()
        return self

    def shows(self, maps: Callable[[str], Any], least: int = 2) -> Screen:
        """Waits until every map in sight says the extent that the Python API says.

        Args:
            maps: A layer's values by its name, (n, channels, ...).
            least: How many layers have to be in sight.
        """
        until(lambda: not self._wrong(maps, least), otherwise=lambda: str(self._wrong(maps, least)))
        return self

    def _wrong(self, maps: Callable[[str], Any], least: int) -> list[str]:
        tiles = self.page.locator(".tile").evaluate_all(
            "tiles => tiles.map(({title, dataset, parentElement}) =>"
            " [parentElement.closest('article').ariaLabel.split(', ')[0], dataset.channel, title])"
        )
        assert len({layer for layer, _, _ in tiles}) >= least
        return [title for layer, channel, title in tiles if not _says(title, maps(layer), int(channel))]

    # ---- the open map

    @property
    def map(self) -> Locator:
        return self.page.locator(".map [role=application]")

    def point_of(self, *at: int) -> tuple[float, float]:
        """Where a cell of the open map is, in pixels of the page: of a plane or a signal."""
        if len(at) == 2:
            canvas = self.page.locator(".map canvas").first
            box = canvas.bounding_box()
            height, width = self.cells()
            assert box is not None
            return box["x"] + (at[1] + 0.5) * box["width"] / width, box["y"] + (at[0] + 0.5) * box["height"] / height
        edge = self.page.locator(".map path.level.zero").bounding_box()
        box = self.map.bounding_box()
        assert edge is not None
        assert box is not None
        return edge["x"] + (at[0] + 0.5) * edge["width"] / self.cells()[0], box["y"] + box["height"] / 2

    def cells(self) -> tuple[int, ...]:
        """The sizes of the open map, as it says."""
        label = self.map.first.get_attribute("aria-label") or ""
        found = re.search(r": (\d+)(?: × (\d+) cells| values)", label)
        assert found is not None, label
        return tuple(int(size) for size in found.groups() if size is not None)

    def hover(self, *at: int) -> Screen:
        self.page.mouse.move(*self.point_of(*at))
        return self

    def choose(self, *at: int) -> Screen:
        self.page.mouse.click(*self.point_of(*at))
        return self

    # ---- the inspector

    @property
    def inspector(self) -> Locator:
        return self.page.locator("aside")

    def explains(self, unit: str) -> Screen:
        """Waits until the inspector explains a unit, and its number stands there in full."""
        expect(self.inspector.locator(".unit h2")).to_have_text(unit)
        value, true = self.inspector.locator(".value"), self.run.unit(unit).value
        expect(value).to_be_visible()
        # After an edit the number of before stands there until the new one has come.
        until(
            lambda: exactly(value.inner_text(), true),
            otherwise=lambda: f"{unit}: the page says {value.inner_text()}, the run {true!r}",
        )
        return self

    def key(self, *keys: str) -> Screen:
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def tab_to(self, wanted: Locator) -> Screen:
        """Goes to a control with the Tab key alone."""
        for _ in range(90):
            if self.page.locator(":focus").and_(wanted).count():
                return self
            self.key("Tab")
        raise AssertionError(f"the Tab key does not lead to {wanted}")

    # ---- texts

    def texts(self, selector: str) -> list[str]:
        return self.page.locator(selector).all_inner_texts()
