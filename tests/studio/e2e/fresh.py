"""A page as in a browser that has done nothing yet, and a studio: both must have had nothing to complain about."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, Request

from benchmarks.studio.serving import Served
from tests.studio.e2e.walk import listen

# Nothing waits this long unless something is wrong: on a busy machine a slow answer is no failure.
PATIENCE = 30_000
# How a Python program says that something is wrong.
TROUBLE = re.compile(r"Traceback|Error|ERROR|WARNING|Warning|CRITICAL")
OWN = ("http://127.0.0.1:", "ws://127.0.0.1:", "file:///", "blob:", "data:")


class Window:
    """A window of the browser with one page; what its hands do is counted.

    Args:
        browser: The browser.
        size: Width and height of the page.
        dark: Whether the dark theme is wanted.
        motion: Whether motion is.
    """

    def __init__(self, browser: Browser, size: tuple[int, int], dark: bool, motion: bool) -> None:
        self.size = size
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            reduced_motion="no-preference" if motion else "reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        self.context.set_default_timeout(PATIENCE)
        listen(self.context)
        self.complaints: list[str] = []
        self._origins: set[str] = set()
        self.page = self.context.new_page()
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(OWN):
            self.complaints.append(f"the page asks another machine: {request.url}")
        elif request.url.startswith("http"):
            self._origins.add("/".join(request.url.split("/", 3)[:3]))

    def forget(self) -> None:
        """Leaves the page and everything that it has kept in this browser."""
        for other in self.context.pages:
            if other is not self.page:
                other.close()
        self.page.goto("about:blank")
        session = self.context.new_cdp_session(self.page)
        for origin in self._origins:
            session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        session.detach()
        self.context.clear_cookies()
        self.context.set_offline(False)
        self.page.set_viewport_size({"width": self.size[0], "height": self.size[1]})
        self.page.mouse.move(0, 0)
        self._origins.clear()
        self.complaints.clear()


# Windows that wait for the next test: to open one takes longer than many a test.
_waiting: dict[tuple[object, ...], list[Window]] = {}


class fresh_page:  # noqa: N801 - read as a function
    """A page in a browser that has done nothing yet; at its end it must have had nothing to complain about.

    Args:
        browser: The browser.
        width: Pixels.
        height: Pixels.
        dark: Whether the dark theme is wanted.
        motion: Whether motion is.
        alone: Whether the window opens for this page and closes with it: for what no leaving of a page takes back.
    """

    def __init__(
        self,
        browser: Browser,
        width: int = 1280,
        height: int = 720,
        dark: bool = False,
        motion: bool = False,
        alone: bool = False,
    ) -> None:
        self._others = [] if alone else _waiting.setdefault((browser, width, height, dark, motion), [])
        self._alone = alone
        self._window = self._others.pop() if self._others else Window(browser, (width, height), dark, motion)
        self.context = self._window.context
        self.complaints = self._window.complaints

    def __enter__(self) -> Page:
        return self._window.page

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        complaints = list(self.complaints)
        if kind is None and not complaints and not self._alone:
            self._window.forget()
            self._others.append(self._window)
        else:
            self.context.close()
        if kind is None:
            assert complaints == []


@contextmanager
def untroubled(studio: Served) -> Generator[Served]:
    """A studio that must print no warning, no error and nothing of what went wrong inside meanwhile."""
    before = len(studio.said)
    yield studio
    assert [line for line in studio.said[before:] if TROUBLE.search(line)] == []
