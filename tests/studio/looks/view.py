"""What a view of the studio is, and how one waits until the page that shows it has come to rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.studio.looks.scenes import Scenes

# Two pictures of a page that are the same, this far apart, are those of a page that has come to rest.
PAUSE = 250
PATIENCE = 30_000


@dataclass(frozen=True)
class View:
    """One picture: a scene, the address in it, and what is done there.

    Args:
        scene: Which studio; "" for a page without one.
        place: The unit in the address, or "".
        act: What is done with the page then.
        query: More of the address.
        complains: Whether the browser has reason to complain, as about a server that is gone.
    """

    scene: str
    place: str = ""
    act: Callable[[Page, Scenes], None] = lambda page, scenes: None
    query: str = ""
    complains: bool = False

    def show(self, page: Page, scenes: Scenes) -> bytes:
        """Brings the view on the page, at rest, and gives its picture."""
        if self.scene:
            studio = scenes.studio(self.scene)
            more = ("&" if self.query else "") + self.query
            page.goto(f"{studio.entrance}{more}{f'#{self.place}' if self.place else ''}")
            if not self.query:
                expect(page.locator(".tile").first).to_have_attribute("title", re.compile(r" to |: "), timeout=PATIENCE)
            if self.place:
                expect(page.locator(".open h2")).to_be_visible(timeout=PATIENCE)
        self.act(page, scenes)
        return rest(page)


def rest(page: Page) -> bytes:
    """Waits until the page stays as it is, and gives its picture."""
    found = page.screenshot()
    for _ in range(PATIENCE // PAUSE):
        page.wait_for_timeout(PAUSE)
        before, found = found, page.screenshot()
        if before == found:
            return found
    raise AssertionError(f"the page {page.url} does not come to rest")
