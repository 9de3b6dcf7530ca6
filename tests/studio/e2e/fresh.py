"""A page of its own, and a studio, that must have had nothing to complain about when they are left."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from benchmarks.studio.serving import Served

# Nothing waits this long unless something is wrong: on a busy machine a slow answer is no failure.
PATIENCE = 30_000
# How a Python program says that something is wrong.
TROUBLE = re.compile(r"Traceback|Error|ERROR|WARNING|Warning|CRITICAL")


class fresh_page:  # noqa: N801 - read as a function
    """A page in a context of its own; at its end it must have had nothing to complain about."""

    def __init__(
        self, browser: Browser, width: int = 1280, height: int = 720, dark: bool = False, motion: bool = False
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="no-preference" if motion else "reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        self.complaints: list[str] = []

    def __enter__(self) -> Page:
        self.context.set_default_timeout(PATIENCE)
        page = self.context.new_page()
        page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._check_address)
        return page

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.context.close()
        if kind is None:
            assert self.complaints == []

    def _check_address(self, request: object) -> None:
        url = getattr(request, "url", "")
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "file:///", "blob:", "data:")):
            self.complaints.append(f"the page asks another machine: {url}")


@contextmanager
def untroubled(studio: Served) -> Generator[Served]:
    """A studio that must print no warning, no error and nothing of what went wrong inside meanwhile."""
    before = len(studio.said)
    yield studio
    assert [line for line in studio.said[before:] if TROUBLE.search(line)] == []
