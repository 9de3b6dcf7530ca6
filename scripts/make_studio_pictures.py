"""Draws the documentation's pictures of the studio, in a real browser.

Run it from anywhere: ``python scripts/make_studio_pictures.py``. It needs Chromium and the studio's page, built. The
views are those of ``python -m tests.studio.looks``.
"""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path

from palette import few_colours
from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.studio.browser import launch  # noqa: E402 (this project's own folder comes first)
from tests.studio.looks.camera import photograph  # noqa: E402
from tests.studio.looks.scenes import Scenes  # noqa: E402

IMAGES = ROOT / "docs" / "images"
# Name of the picture, view, theme.
PICTURES = (
    ("studio", "network-pointed", "light"),
    ("studio-open", "choose-input", "light"),
    ("studio-refused", "refused", "light"),
    ("studio-pins", "pins", "light"),
    ("studio-unit", "unit-channels", "light"),
    ("studio-transposed", "unit-transposed", "dark"),
    ("studio-edit", "edit-image", "light"),
    ("studio-difference", "difference", "light"),
    ("studio-workbench", "workbench", "light"),
    ("studio-workbench-signal", "workbench-signal", "light"),
    ("studio-workbench-sequence", "workbench-sequence", "light"),
)


def main() -> None:
    """Draws them all."""
    with tempfile.TemporaryDirectory() as folder, Scenes(Path(folder)) as scenes, sync_playwright() as playwright:
        browser = launch(playwright)
        for name, view, theme in PICTURES:
            with Image.open(BytesIO(photograph(browser, scenes, view, "1280x720", theme))) as picture:
                few_colours(picture).save(IMAGES / f"{name}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
