"""Somebody who walks through the studio with the mouse only, or with the keyboard only."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from playwright.sync_api import BrowserContext, Locator, Page, expect

import striate as st
from striate.run import Run
from tests.studio.e2e.screen import Screen
from tests.studio.e2e.subjects import Subject

Hand = Literal["mouse", "keys"]
Act = Callable[["Walk"], None]

# What a person's hands do, as the page sees it: the other hand must not have helped.
_LISTEN = """
window.hands = { mouse: 0, keys: 0 }
for (const [hand, kinds] of [['mouse', ['pointerdown', 'wheel']], ['keys', ['keydown']]])
  for (const kind of kinds)
    addEventListener(kind, (event) => { if (event.isTrusted) window.hands[hand]++ }, { capture: true, passive: true })
"""
ARROWS = (("ArrowLeft", "ArrowRight"), ("ArrowUp", "ArrowDown"), ("PageUp", "PageDown"))


def listen(context: BrowserContext) -> None:
    """Has each page of a context count what the hands do."""
    context.add_init_script(_LISTEN)


class Walk:
    """A walk over one network with one hand.

    Args:
        screen: The page.
        subject: The network and where to go.
        hand: What it is done with.

    Attributes:
        network: The network as it is edited.
        values: Its inputs as they are edited.
    """

    def __init__(self, screen: Screen, subject: Subject, hand: Hand) -> None:
        self.screen = screen
        self.subject = subject
        self.hand: Hand = hand
        self.network = subject.network
        self.values: Mapping[str, Any] = dict(subject.values)
        # Asked for at the last moment, files would sometimes be asked for past us.
        self.page.on("filechooser", lambda chosen: None)
        self.original = self._run()
        self.screen.run = self.original

    @property
    def page(self) -> Page:
        return self.screen.page

    @property
    def inspector(self) -> Locator:
        return self.screen.inspector

    @property
    def open(self) -> Locator:
        """The open map."""
        return self.page.locator(".open")

    # ---- hands

    def press(self, *keys: str) -> None:
        self.screen.key(*keys)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def button(self, name: str, within: Locator | None = None, exact: bool = False) -> Locator:
        return (within or self.page.locator("body")).get_by_role("button", name=name, exact=exact).first

    def click(self, name: str, within: Locator | None = None, exact: bool = False) -> None:
        self.button(name, within, exact).click()

    def radio(self, name: str) -> None:
        self.page.get_by_role("radio", name=name, exact=True).click()

    def arrows_to(self, at: tuple[int, ...]) -> None:
        """Moves the chosen cell by the arrow keys, in large steps and small ones; the first key goes to the middle."""
        if "@" not in self.here():
            self.press("ArrowRight")
            expect(self.inspector.locator(".unit h2")).to_have_text(re.compile("@"))
        start = [int(step) for step in self.here().split("@")[1].split(",")]
        for (back, on), by in zip(ARROWS, reversed([to - at for at, to in zip(start, at, strict=True)]), strict=False):
            key = on if by > 0 else back
            self.press(*[f"Shift+{key}"] * (abs(by) // 10), *[key] * (abs(by) % 10))

    def here(self) -> str:
        """The unit in the inspector."""
        return self.inspector.locator(".unit h2").inner_text()

    def only_this_hand(self) -> None:
        """Checks that the other hand has done nothing."""
        done = self.page.evaluate("() => window.hands")
        other = "keys" if self.hand == "mouse" else "mouse"
        assert done[self.hand] > 0
        assert done[other] == 0, f"the {other} had to help {done[other]} times"

    # ---- what the Python API says

    def _run(self) -> Run:
        given = dict(self.values)
        return self.network.run(given if len(given) > 1 else next(iter(given.values())))

    def edited(self, network: st.Network | None = None, change: Callable[[Any], None] | None = None) -> Run:
        """The run of what is edited now, with one edit more."""
        self.network = network or self.network
        if change is not None:
            port = self.subject.port
            self.values = {**self.values, port: np.array(self.values[port])}
            change(self.values[port])
        self.screen.run = self._run()
        return self.screen.run

    def unedited(self) -> None:
        """Nothing is edited any more."""
        self.network, self.values, self.screen.run = self.subject.network, dict(self.subject.values), self.original
