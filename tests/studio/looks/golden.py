"""Pictures of the main views as they should be, and what counts as looking different.

    python -m tests.studio.looks.golden [VIEW ...]

takes them anew; look at them before they go in.

The pictures are taken at 1280 × 720 without their text: letters come out a little otherwise with every version of
FreeType. Where text stands still moves what is beside it, so the fonts are named: DejaVu Sans and DejaVu Sans Mono,
which Debian's fontconfig, and with it Chromium, brings along. They are kept at half their size.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.studio.browser import launch
from tests.studio.looks.camera import photograph
from tests.studio.looks.scenes import Scenes

GOLDEN = Path(__file__).parent / "golden"
KEPT = (
    ("network", "light"), ("network-end", "dark"), ("network-pointed", "dark"), ("network-volume", "light"),
    ("unit-one-channel", "light"), ("unit-channels", "dark"), ("unit-padding", "light"), ("unit-transposed", "dark"),
    ("unit-max", "light"), ("unit-add", "dark"), ("unit-dense", "light"), ("unit-sigmoid", "light"),
    ("unit-softmax", "dark"), ("unit-signal", "light"), ("unit-volume", "dark"), ("pins", "light"),
    ("edit-image", "light"), ("difference", "dark"), ("lesson-sliding-sum-acted", "light"),
    ("lesson-two-filters-acted", "dark"), ("lesson-connectivity-acted", "light"), ("report", "light"),
    ("report-unit", "dark"),
    ("workbench", "light"), ("workbench-figures", "dark"), ("workbench-signal", "light"), ("widget", "dark"),
    ("widget-network", "light"),
)  # fmt: skip
SHEET = (
    ":root { --sans: 'DejaVu Sans' !important; --mono: 'DejaVu Sans Mono' !important }"
    " * { color: transparent !important; caret-color: transparent !important }"
    " ::placeholder { color: transparent !important }"
    " svg text { fill: transparent !important; stroke: none !important }"
)
# Of 255 in any colour. The same numbers on other instruction sets differ by the last bits: by one step of a colour.
STEP = 40
# Of all pixels. A thumbnail of 88 × 70 pixels is 0.7 percent of the page, the ring of a chosen cell 0.02.
SHARE = 0.001


def taken(browser: Browser, scenes: Scenes, name: str, theme: str) -> Image.Image:
    """A view as it looks now, as it is compared."""
    with Image.open(BytesIO(photograph(browser, scenes, name, "1280x720", theme, SHEET))) as picture:
        return picture.convert("RGB").reduce(2)


def kept(name: str, theme: str) -> Path:
    """Where the picture is that a view should look like."""
    return GOLDEN / f"{name}-{theme}.png"


def changed(seen: Image.Image, wanted: Image.Image) -> NDArray[Any]:
    """Which pixels look different.

    Raises:
        AssertionError: The pictures are not of the same size.
    """
    assert seen.size == wanted.size, f"{seen.size} instead of {wanted.size}"
    one, other = (np.asarray(picture.convert("RGB"), np.int16) for picture in (seen, wanted))
    return np.abs(one - other).max(axis=2) > STEP


def alike(changes: NDArray[Any]) -> bool:
    """Whether so few pixels look different that the view looks the same."""
    return float(changes.mean()) <= SHARE


def comparison(seen: Image.Image, wanted: Image.Image, changes: NDArray[Any]) -> Image.Image:
    """What was wanted, what is seen, and what differs (red on what is seen, pale), from left to right."""
    pale = np.asarray(seen.convert("L").convert("RGB"), np.float32) * 0.3 + 178
    pale[changes] = (215, 25, 28)
    beside = np.hstack([np.asarray(wanted.convert("RGB")), np.asarray(seen.convert("RGB")), pale.astype(np.uint8)])
    return Image.fromarray(beside)


def has_fonts(page: Page) -> bool:
    """Whether this machine has the fonts that the pictures were taken with."""
    return page.evaluate(
        """() => {
            const context = document.createElement('canvas').getContext('2d')
            const width = (font) => ((context.font = `40px ${font}`), context.measureText('striate 0123 ≈ ×').width)
            return ["'DejaVu Sans'", "'DejaVu Sans Mono'"].every((name) => width(`${name}, serif`) !== width('serif'))
        }"""
    )


def main(views: Sequence[str]) -> None:
    GOLDEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made, Scenes(Path(made)) as scenes, sync_playwright() as playwright:
        browser = launch(playwright)
        for name, theme in KEPT:
            if not views or name in views:
                small = taken(browser, scenes, name, theme).quantize(
                    256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
                )
                small.save(kept(name, theme), optimize=True)
                print(kept(name, theme))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
