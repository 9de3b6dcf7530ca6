"""The main views look as they did: maps stand where they stood, in the colours that they had."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from benchmarks.studio.browser import required
from tests.studio.looks.golden import KEPT, alike, changed, comparison, has_fonts, kept, taken
from tests.studio.looks.scenes import Scenes


@pytest.fixture(scope="module")
def scenes(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Generator[Scenes]:
    page = browser.new_page()
    found = has_fonts(page)
    page.close()
    if not found:
        assert not required(), "the fonts DejaVu Sans and DejaVu Sans Mono are missing (Debian: fonts-dejavu-core)"
        pytest.skip("the pictures were taken with the fonts DejaVu Sans and DejaVu Sans Mono, which are not here")
    with Scenes(tmp_path_factory.mktemp("looks")) as opened:
        yield opened


@pytest.mark.parametrize(("name", "theme"), KEPT)
def test_a_view_looks_as_it_did(browser: Browser, scenes: Scenes, tmp_path: Path, name: str, theme: str) -> None:
    seen = taken(browser, scenes, name, theme)
    with Image.open(kept(name, theme)) as picture:
        wanted = picture.convert("RGB")
    changes = changed(seen, wanted)
    if not alike(changes):
        path = tmp_path / f"{name}-{theme}.png"
        comparison(seen, wanted, changes).save(path)
        pytest.fail(
            f"{name} in the {theme} theme looks different in {changes.mean():.2%} of its pixels; wanted, seen and "
            f"difference: {path}; if that is how it should be: python -m tests.studio.looks.golden {name}"
        )


def test_what_is_moved_or_miscoloured_looks_different() -> None:
    """A thumbnail one pixel off, one in other colours, a page shifted; but not colours one step off."""
    with Image.open(kept("network", "light")) as picture:
        wanted = picture.convert("RGB")
    tile = (264, 84, 308, 119)
    moved, coloured = wanted.copy(), wanted.copy()
    moved.paste(wanted.crop(tile), (266, 85))
    coloured.paste(Image.fromarray(255 - np.asarray(wanted.crop(tile))), tile[:2])
    nudged = Image.fromarray((np.asarray(wanted).astype(int) + 3).clip(0, 255).astype(np.uint8))
    assert not alike(changed(moved, wanted))
    assert not alike(changed(coloured, wanted))
    assert alike(changed(nudged, wanted))
