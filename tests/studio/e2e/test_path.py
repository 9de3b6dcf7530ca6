"""All that the studio shows, on five networks: the same path once by mouse alone, once by keyboard alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.studio.serving import Served
from tests.studio.e2e.fresh import fresh_page, untroubled
from tests.studio.e2e.path import PATH
from tests.studio.e2e.screen import Screen
from tests.studio.e2e.subjects import NAMES, Subject, subject
from tests.studio.e2e.walk import Hand, Walk


@pytest.fixture(scope="module", params=NAMES)
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """One of the networks; the real ones are left out where they are missing."""

    def shared() -> Path:
        return request.getfixturevalue("shared")

    return subject(request.param, tmp_path_factory.mktemp("subject"), shared)


def test_the_whole_path(browser: Browser, studio: Served, scene: Subject, hand: Hand) -> None:
    with untroubled(studio), fresh_page(browser) as page:
        walk = Walk(Screen(page, studio, scene.network.run(dict(scene.values))), scene, hand)
        walk.screen.enter()
        for step in PATH:
            (step.mouse if hand == "mouse" else step.keys)(walk)
            step.seen(walk)
        walk.only_this_hand()
