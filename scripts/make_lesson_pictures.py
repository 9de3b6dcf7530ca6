"""Draws the pictures of the lessons' static pages: the figure of one step of each, in a real browser.

Run it from anywhere: ``python scripts/make_lesson_pictures.py [LESSON ...]``. It needs Chromium and the studio's page,
built.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.studio.browser import launch  # noqa: E402 (this project's own folder comes first)
from benchmarks.studio.serving import served  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SIZE = 1440, 900
Act = Callable[[Page], object]

# Lesson -> the step, and what is done there before the picture is taken.
PICTURES: dict[str, tuple[int, Act]] = {
    "sliding-sum": (4, lambda page: page.keyboard.press("ArrowRight")),
    "filters": (4, lambda page: page.get_by_role("radio", name="sobel").click()),
    "assumptions": (3, lambda page: page.get_by_role("slider", name="Stride").press("ArrowRight")),
    "sizes": (3, lambda page: page.get_by_role("slider", name="Stride").press("ArrowRight")),
    "channels": (4, lambda page: page.keyboard.press("ArrowRight")),
    "two-filters": (3, lambda page: page.get_by_role("radio", name="ReLU between").click()),
    "pooling": (3, lambda page: _grow(page)),
    "loop": (3, lambda page: [page.keyboard.press("ArrowRight") for _ in range(30)]),
    "hierarchy": (1, lambda page: [page.keyboard.press("ArrowRight") for _ in range(3)]),
    "parameter-explosion": (2, lambda page: None),
    "connectivity": (3, lambda page: page.get_by_role("button", name="Weight 5 of 9").click()),
}


def _grow(page: Page) -> None:
    for name in ("pooling", "convolution") * 2:
        page.get_by_role("button", name=name).click()


def main(wanted: list[str]) -> None:
    """Draws them all, or those that are named."""
    with served(["demo"]) as studio, sync_playwright() as playwright:
        browser = launch(playwright)
        for name in wanted or PICTURES:
            step, act = PICTURES[name]
            context = browser.new_context(
                viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light", reduced_motion="reduce"
            )
            page = context.new_page()
            page.goto(f"{studio.entrance}&view=lessons#{name}/{step}")
            page.locator(".widget > *").first.wait_for()
            page.wait_for_timeout(1500)
            act(page)
            page.wait_for_timeout(1000)
            keep(page, f"lesson-{name}")
            context.close()
        browser.close()


def keep(page: Page, name: str) -> None:
    """Saves the figure down to the code, with few colours, so that the repository stays small."""
    figure = page.locator(".widget").bounding_box()
    code = page.locator(".widget .code").first.bounding_box()
    assert figure is not None
    assert code is not None
    height = min(code["y"] - figure["y"], figure["height"])
    clip = {"x": figure["x"] + 8, "y": figure["y"] + 8, "width": figure["width"] - 16, "height": height - 8}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figure.png"
        page.screenshot(path=path, clip=clip)  # type: ignore[arg-type] (a rectangle)
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
                IMAGES / f"{name}.png", optimize=True
            )


if __name__ == "__main__":
    main(sys.argv[1:])
