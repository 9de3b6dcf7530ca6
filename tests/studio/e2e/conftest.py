"""One browser a session, one studio a module, one page a test; a page or a server that complains fails its test.

Without Chromium these tests are skipped with the reason; with STRIATE_REQUIRE_BROWSER=1 a missing browser is an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.studio.browser import NoBrowserError, find_browser, launch, required
from benchmarks.studio.serving import Served, served
from striate.errors import MissingDependencyError
from striate.studio.pages import pages
from tests.studio.e2e.axe import AXE
from tests.studio.e2e.networks import Opened
from tests.studio.e2e.screen import Screen

# Nothing waits this long unless something is wrong: on a busy machine a slow answer is no failure.
PATIENCE = 30_000
# How a Python program says that something is wrong.
TROUBLE = re.compile(r"Traceback|Error|ERROR|WARNING|Warning|CRITICAL")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a module share a studio, so they stay on one worker (with --dist loadgroup)."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    try:
        find_browser()
        pages()
    except (NoBrowserError, MissingDependencyError) as error:
        if required():
            raise
        pytest.skip(str(error))
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        found = launch(playwright)
        yield found
        found.close()


@pytest.fixture(scope="module")
def serve(browser: Browser) -> Generator[Callable[..., Served]]:
    """Starts studios that end with the module; one that had something to complain about fails it."""
    started: list[Served] = []
    with ExitStack() as stack:

        def start(*arguments: str | Path) -> Served:
            started.append(stack.enter_context(served([str(argument) for argument in arguments])))
            return started[-1]

        yield start
    assert [line for studio in started for line in trouble(studio)] == []


def trouble(studio: Served) -> list[str]:
    """What a studio has printed beyond its address: warnings, errors, what went wrong inside."""
    return [line for line in studio.said if TROUBLE.search(line)]


@pytest.fixture(scope="session")
def axe() -> str:
    """The program that looks for violations."""
    if not AXE.exists():
        words = f"{AXE.name} is not there, which looks for violations: npm ci in web/"
        assert not required(), words
        pytest.skip(words)
    return AXE.read_text()


@pytest.fixture
def screen(browser: Browser, studio: Served, scene: Opened) -> Generator[Screen]:
    """A page of its own for the module's studio (its fixtures ``studio`` and ``scene``); nothing is open on it yet."""
    with (found := fresh_page(browser)) as page:
        yield Screen(page, studio, scene.run, found.complaints)
    assert trouble(studio) == []


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
