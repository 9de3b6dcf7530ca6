"""Draws the documentation's pictures of a report, of a notebook's outputs and of the widget, in a real browser.

Run it from anywhere: ``python scripts/make_report_pictures.py``. It needs Chromium and the studio's page, built.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from palette import few_colours
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import striate as st  # noqa: E402 (this project's own folder comes first)
from benchmarks.studio.browser import launch  # noqa: E402
from benchmarks.studio.notebook_page import NotebookPage  # noqa: E402
from striate.run import Run  # noqa: E402

IMAGES = ROOT / "docs" / "images"
UNIT = "shapes/Conv:3@50,24"
NOTEBOOK = "<body style='margin:12px;background:#fff;color:#111'>"


def draw_report(browser: Browser, run: Run, folder: Path) -> None:
    """The head of a report, and one explained number."""
    file = folder / "house.html"
    labels = st.bundled.labels_path().read_text("utf-8").split()
    st.report(run, file, title="The house", layers=["edges/Relu", "parts/Relu"], units=[UNIT], labels=labels)
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.goto(file.as_uri())
    page.wait_for_timeout(1500)
    keep(page, "report")
    # Its text reaches the section's very edges: some of the page around it belongs into the picture.
    edge = page.locator(".unit").evaluate(
        "(unit) => { const { left, top, right, bottom } = unit.getBoundingClientRect();"
        " return [left + scrollX - 16, top + scrollY, right - left + 32, bottom - top] }"
    )
    clip = dict(zip(("x", "y", "width", "height"), edge, strict=True))
    page.screenshot(path=folder / "unit.png", clip=clip, full_page=True)  # pyright: ignore[reportArgumentType]
    shrink(folder / "unit.png", "report-unit")
    page.close()


def draw_outputs(browser: Browser, run: Run) -> None:
    """What a run and a unit show in a notebook."""
    page = browser.new_page(viewport={"width": 900, "height": 800})
    for name, piece in (("notebook-run", run._repr_html_()), ("notebook-unit", run.unit(UNIT)._repr_html_())):
        page.set_content(NOTEBOOK + piece)
        page.wait_for_timeout(300)
        keep(page, name, page.evaluate("document.body.lastElementChild.getBoundingClientRect().bottom + 12"))
    page.close()


def draw_widget(browser: Browser, run: Run) -> None:
    """The widget on a number."""
    page = browser.new_page(viewport={"width": 1200, "height": 590})
    page.set_content(NOTEBOOK)
    kernel = NotebookPage(st.widget(run, UNIT), page)
    page.get_by_label(f"Map {UNIT.split('@')[0]}").wait_for()
    page.wait_for_timeout(1500)
    keep(page, "notebook-widget")
    page.evaluate("leave()")
    kernel.end()
    page.close()


def keep(page: Page, name: str, height: float | None = None) -> None:
    """Saves the page, or its upper part."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        size = page.viewport_size
        assert size is not None
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"] if height is None else height}
        page.screenshot(path=path, clip=clip, full_page=True)  # pyright: ignore[reportArgumentType]
        shrink(path, name)


def shrink(source: Path, name: str) -> None:
    """Saves a picture with a palette: small, and its colours as good as the same."""
    image = Image.open(source).convert("RGB")
    few_colours(image).save(IMAGES / f"{name}.png", optimize=True)
    print(IMAGES / f"{name}.png")


def main() -> None:
    net = st.load(st.bundled.model_path())
    run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = launch(playwright)
        draw_report(browser, run, Path(folder))
        draw_outputs(browser, run)
        draw_widget(browser, run)
        browser.close()


if __name__ == "__main__":
    main()
