"""Draws the documentation's pictures of the studio, in a real browser.

Run it from anywhere: ``python scripts/make_studio_pictures.py``. It needs Chromium and the studio's page, built.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.studio.browser import launch  # noqa: E402 (this project's own folder comes first)
from benchmarks.studio.serving import served  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SIZE = 1280, 720


def main() -> None:
    """Draws them all."""
    with served(["demo"]) as studio, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        page.goto(studio.entrance)
        page.locator(".tile").first.wait_for()
        page.wait_for_timeout(1500)
        keep(page, "studio")
        page.goto(f"{studio.address}{page.url.removeprefix(studio.address).split('#')[0]}#shapes/Conv:3@50,24")
        page.reload()
        page.get_by_label("Map shapes/Conv:3").wait_for()
        page.wait_for_timeout(1500)
        keep(page, "studio-unit")
        page.goto(studio.entrance)
        page.reload()
        page.get_by_role("button", name="Edit the input image").click()
        pad = page.locator(".editor [role=application]")
        pad.wait_for()
        box = pad.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.4 * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"], steps=12)
        page.mouse.up()
        page.wait_for_timeout(1500)
        keep(page, "studio-edit")
        page.goto(f"{studio.address}/?view=workbench#d=2&x=house:grey&k=sobel,sobel@0&p=1&sum=magnitude&at=88,133")
        page.reload()
        page.get_by_label("The arithmetic of this position").wait_for()
        page.wait_for_timeout(1500)
        keep(page, "studio-workbench")
        page.goto(f"{studio.address}/?view=workbench#d=1&x=ecg&k=derivative&p=1&at=47")
        page.reload()
        page.get_by_label("The arithmetic of this position").wait_for()
        page.wait_for_timeout(1500)
        keep(page, "studio-workbench-signal")
        browser.close()


def keep(page: Page, name: str) -> None:
    """Saves the page with few colours, so that the repository stays small."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        page.screenshot(path=path)
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
                IMAGES / f"{name}.png", optimize=True
            )


if __name__ == "__main__":
    main()
