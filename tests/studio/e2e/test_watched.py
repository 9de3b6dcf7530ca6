"""What the benchmark notes of a page is what happened there: when it says that maps are renewed, they are."""

from __future__ import annotations

import re
from collections.abc import Generator

import numpy as np
import pytest
from playwright.sync_api import Browser

import striate as st
from benchmarks.studio.edit_order import EDIT_ORDER
from benchmarks.studio.measures import edits, hovers
from benchmarks.studio.serving import Served
from benchmarks.studio.watched import Watched
from benchmarks.studio.workbench import drags, kernel_edits
from striate import bundled
from tests.studio.e2e.screen import about

RANGE = re.compile(r": (.+) to (.+)$")


@pytest.fixture
def page(browser: Browser, studio: Served) -> Generator[Watched]:
    made = Watched(browser)
    opening = made.enter(studio)
    assert 0 < opening.page <= opening.first <= opening.all
    yield made
    made.close()


def test_maps_are_renewed_when_an_edit_is_over(page: Watched) -> None:
    page.rest()
    page.page.locator('.tile[data-channel="2"]').first.focus()
    layer = page.planes()[0][0]
    tile = page.page.locator(f'article.column[data-layer="{layer}"] .tile').first
    tile.focus()
    network = st.load(bundled.model_path())
    x = st.image(bundled.picture_path(), size=None, preprocess="unit")
    seconds = page.edit("keydown", "switch_channel", lambda: page.page.keyboard.press("x"))
    assert seconds > 0
    texts = page.page.locator(".tile").evaluate_all(
        "tiles => tiles.map(({title, dataset, parentElement}) =>"
        " [parentElement.closest('article').dataset.layer, dataset.channel, title])"
    )
    run = network.switch_off({layer: 0}).run(x)
    checked = 0
    for name, channel, title in texts:
        found = RANGE.search(title)
        if found is not None:
            plane = run[name][0, int(channel)]
            assert about(found[1], plane.min())
            assert about(found[2], plane.max())
            checked += 1
    assert checked > 10


def test_every_kind_of_edit_is_timed(page: Watched) -> None:
    found: dict[str, list[float]] = {}
    edits(page, found, 3)
    kinds = ("paint a dab", "switch a channel", "change a weight")
    assert set(found) == {f"{kind}: {which}" for kind in kinds for which in EDIT_ORDER}
    assert all(seconds > 0 for times in found.values() for seconds in times)


def test_hovers_wait_for_the_very_sum(page: Watched) -> None:
    times = hovers(page, layers=2, each=3)
    assert len(times) == 6
    assert min(times) > 0


def test_frames_are_counted_while_it_scrolls(page: Watched) -> None:
    page.rest()
    frames, busy = page.scroll(600, 0.5)
    assert len(frames) > 3
    assert len(busy) > 3
    assert np.isfinite(frames).all()


def test_the_workbench_s_edits_and_drags_are_timed(browser: Browser) -> None:
    edited: dict[str, list[float]] = {}
    kernel_edits(lambda: Watched(browser), edited, 3)
    assert set(edited) == set(EDIT_ORDER)
    assert all(seconds > 0 for times in edited.values() for seconds in times)
    for frames, busy in drags(lambda: Watched(browser), 0.5).values():
        assert len(frames) > 3
        assert len(busy) > 3
        assert np.isfinite(frames + busy).all()
