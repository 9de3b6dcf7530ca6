"""Draws the pictures of the lessons' static pages: the figure of one step of each, in a real browser.

Run it from anywhere: ``python scripts/make_lesson_pictures.py [LESSON ...]``. It needs Chromium and the studio's page,
built.
"""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from palette import few_colours
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.studio.browser import launch  # noqa: E402 (this project's own folder comes first)
from tests.studio.looks.lessons import ACTED, acted  # noqa: E402
from tests.studio.looks.scenes import Scenes  # noqa: E402
from tests.studio.looks.view import rest  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SIZE = 1440, 900


def main(wanted: list[str]) -> None:
    """Draws them all, or those that are named."""
    with tempfile.TemporaryDirectory() as folder, Scenes(Path(folder)) as scenes, sync_playwright() as playwright:
        browser = launch(playwright)
        for name in wanted or ACTED:
            context = browser.new_context(
                viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light", reduced_motion="reduce"
            )
            page = context.new_page()
            acted(name, *ACTED[name])(page, scenes)
            # What the pointer is on looks otherwise.
            page.mouse.move(0, 0)
            rest(page)
            keep(page, f"lesson-{name}")
            context.close()
        browser.close()


def keep(page: Page, name: str) -> None:
    """Saves the figure down to the code."""
    figure = page.locator(".widget").bounding_box()
    code = page.locator(".widget .code").first.bounding_box()
    assert figure is not None
    assert code is not None
    height = min(code["y"] - figure["y"], figure["height"])
    taken = page.screenshot(
        clip={"x": figure["x"] + 8, "y": figure["y"] + 8, "width": figure["width"] - 16, "height": height - 8}
    )
    with Image.open(BytesIO(taken)) as picture:
        few_colours(picture).save(IMAGES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
