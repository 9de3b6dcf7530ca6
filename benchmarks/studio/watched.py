"""A page whose moments are noted from outside: when an event came in, and when what it changes was painted."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from benchmarks.studio.serving import Served

WATCH = Path(__file__).with_name("watch.js")
SIZE = (1280, 720)
PATIENCE = 30_000
# Longer than what the page asks by itself a moment after an edit takes to be asked.
SETTLED = 400


@dataclass(frozen=True)
class Opening:
    """How long a studio took to show something, in seconds since its process was started.

    Args:
        page: Until the address was printed and the browser went there.
        first: Until the first maps of a layer were painted.
        all: Until the maps of all layers in sight were.
    """

    page: float
    first: float
    all: float


class Watched:
    """A page in a browser context of its own.

    Args:
        browser: The browser.
    """

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]})
        self._context.set_default_timeout(PATIENCE)
        self.page: Page = self._context.new_page()
        self.page.add_init_script(path=WATCH)

    def close(self) -> None:
        """Closes the context."""
        self._context.close()

    def enter(self, studio: Served) -> Opening:
        """Goes to a studio that has just been started, and waits for its maps."""
        # Both clocks are the machine's: the page's begins at a known time of day.
        born = time.time() - (time.perf_counter() - studio.started)
        gone = time.perf_counter() - studio.started
        self.page.goto(studio.entrance, wait_until="commit")
        shown = self.page.evaluate("watch.start()")
        return Opening(gone, shown["first"] / 1000 - born, shown["all"] / 1000 - born)

    def rest(self, milliseconds: int = SETTLED) -> None:
        """Waits until the page hears nothing any more."""
        self.page.evaluate(f"watch.quiet({milliseconds})")

    def edit(self, event: str, answer: str, act: Callable[[], None]) -> float:
        """Seconds from an event that edits something until all maps in sight were renewed and painted."""
        self.page.evaluate("([event, answer]) => watch.beginEdit(event, answer)", [event, answer])
        act()
        found = self.page.evaluate("watch.end()")
        self.rest()
        return (found["shown"] - found["begun"]) / 1000

    def renewal(self, event: str, act: Callable[[], None]) -> float:
        """Seconds from an event that changes the workbench's layer until the output was renewed and painted."""
        self.page.evaluate("event => watch.beginRenewal(event)", event)
        act()
        found = self.page.evaluate("watch.end()")
        return (found["shown"] - found["begun"]) / 1000

    def drag(self, place: Callable[[float], tuple[float, float]], seconds: float) -> tuple[list[float], list[float]]:
        """Seconds between frames while something is dragged, and those in which the page worked for each.

        Args:
            place: Where the pointer is so many seconds after it has gone down.
            seconds: How long it is held.
        """
        mouse = self.page.mouse
        mouse.move(*place(0.0))
        mouse.down()
        self.page.evaluate("watch.beginFrames()")
        began = time.perf_counter()
        while (now := time.perf_counter() - began) < seconds:
            mouse.move(*place(now))
        found = self.page.evaluate("watch.endFrames()")
        mouse.up()
        return [each / 1000 for each in found["frames"]], [each / 1000 for each in found["busy"]]

    def hover(self, unit: str, x: float, y: float) -> float:
        """Seconds from a move of the pointer to a cell of the open map until its unit's arithmetic was painted."""
        self.page.evaluate("unit => watch.beginHover(unit)", unit)
        self.page.mouse.move(x, y)
        found = self.page.evaluate("watch.end()")
        return (found["shown"] - found["begun"]) / 1000

    def scroll(self, speed: int, seconds: float) -> tuple[list[float], list[float]]:
        """Seconds between frames while the network is scrolled, and those in which the page worked for each."""
        found = self.page.evaluate("([speed, seconds]) => watch.scroll(speed, seconds)", [speed, seconds])
        return [each / 1000 for each in found["frames"]], [each / 1000 for each in found["busy"]]

    def planes(self) -> list[tuple[str, int]]:
        """Layers that compute planes, with their numbers of channels, in order; then the input is in sight."""
        return [(layer, channels) for layer, channels in self.page.evaluate("watch.planes()")]

    def open(self, layer: str, channel: int) -> tuple[int, int]:
        """Opens a map that is a plane, by its link; gives its sizes."""
        self.page.evaluate("place => { location.hash = place }", f"{layer}:{channel}")
        self.page.locator(".open h2").get_by_text(f"{layer}:{channel}", exact=True).wait_for()
        surface = self.page.locator(".map:not(.stale) [role=application]").first
        label = surface.get_attribute("aria-label") or ""
        sizes = re.search(r": (\d+) × (\d+) cells", label)
        if sizes is None:
            raise ValueError(f'the map of "{layer}" is no plane; it says "{label}"')
        self.rest(150)
        return int(sizes[1]), int(sizes[2])

    def point_of(self, row: int, column: int, sizes: tuple[int, int]) -> tuple[float, float]:
        """Where a cell of the open map is on the page."""
        box = self.page.locator(".map canvas").first.bounding_box()
        assert box is not None
        height, width = sizes
        return box["x"] + (column + 0.5) * box["width"] / width, box["y"] + (row + 0.5) * box["height"] / height
