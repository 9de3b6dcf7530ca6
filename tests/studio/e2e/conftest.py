"""One browser a session, one studio for the bundled network, one page a test; whoever complains fails the test.

Without Chromium these tests are skipped with the reason; with STRIATE_REQUIRE_BROWSER=1 a missing browser is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

import striate as st
from benchmarks.studio.browser import NoBrowserError, find_browser, launch, required
from benchmarks.studio.serving import Served, served
from striate import bundled
from striate.errors import MissingDependencyError
from striate.run import Run
from striate.studio.pages import pages
from tests.studio.e2e.axe import AXE
from tests.studio.e2e.bench import BenchPage, bench_page
from tests.studio.e2e.fresh import PATIENCE, fresh_page, untroubled
from tests.studio.e2e.lesson import LessonPage, lesson_page
from tests.studio.e2e.networks import Opened, kinds
from tests.studio.e2e.screen import Screen
from tests.studio.e2e.walk import Hand


def pytest_itemcollected(item: pytest.Item) -> None:
    """What runs here of striate is the truth to compare with, tested elsewhere: the gate does without these tests."""
    item.add_marker(pytest.mark.no_cover)


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


# ---- studios


@pytest.fixture(scope="module")
def serve(browser: Browser) -> Generator[Callable[..., Served]]:
    """Starts studios that end with the module; one that had something to complain about fails it."""
    with ExitStack() as stack:

        def start(*arguments: str | Path) -> Served:
            studio = stack.enter_context(served([str(argument) for argument in arguments]))
            return stack.enter_context(untroubled(studio))

        yield start


@pytest.fixture(scope="session")
def demo(browser: Browser) -> Generator[Served]:
    """``striate demo``, for all modules."""
    with served(["demo"]) as studio:
        yield studio


@pytest.fixture(scope="module")
def studio(demo: Served) -> Generator[Served]:
    """The module's studio: that of the bundled network, unless the module has one of its own."""
    with untroubled(demo) as studio:
        yield studio


@pytest.fixture(scope="session")
def scene() -> Opened:
    """What the module's studio has open: the bundled network and its picture, unless the module has its own."""
    given = bundled.picture_path()
    x = st.image(given, size=None, preprocess="unit")
    return Opened(bundled.model_path(), given, st.load(bundled.model_path()).run(x))


@pytest.fixture(scope="session")
def run(scene: Opened) -> Run:
    """What the Python API says about it."""
    return scene.run


@pytest.fixture(scope="session")
def kinds_scene(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """The network with every kind of explanation."""
    return kinds(tmp_path_factory.mktemp("kinds"))


@pytest.fixture(scope="session")
def kinds_served(browser: Browser, kinds_scene: Opened) -> Generator[Served]:
    with served(["open", str(kinds_scene.model), str(kinds_scene.given)]) as studio:
        yield studio


@pytest.fixture(scope="module")
def kinds_studio(kinds_served: Served) -> Generator[Served]:
    """Its studio, the same one for all modules that make it theirs."""
    with untroubled(kinds_served) as studio:
        yield studio


# ---- pages


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
    with untroubled(studio), (found := fresh_page(browser)) as page:
        yield Screen(page, studio, scene.run, found.complaints)


@pytest.fixture(params=["mouse", "keys"])
def hand(request: pytest.FixtureRequest) -> Hand:
    """What everything is done with."""
    return request.param


@pytest.fixture
def at(browser: Browser, studio: Served, hand: Hand, request: pytest.FixtureRequest) -> Generator[LessonPage]:
    """The lesson that the test names (``lesson.lesson``)."""
    with lesson_page(browser, studio, request.param, hand) as page:
        yield page


@pytest.fixture
def bench(browser: Browser, studio: Served, hand: Hand) -> Generator[BenchPage]:
    """The workbench."""
    with bench_page(browser, studio, hand) as page:
        yield page
