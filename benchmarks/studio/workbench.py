"""What a person waits for at the workbench: a weight changed on a large picture, and what is dragged."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.studio.edit_order import edit_order
from benchmarks.studio.serving import served
from benchmarks.studio.watched import Watched

# Rows and columns of the picture that is edited, and of that on which is dragged.
LARGE, DRAGGED = (1080, 1920), (512, 512)
# Edits of the last studio, and seconds of each drag.
EDITS, SECONDS = 30, 5.0
# Times a second that the pointer goes to and fro.
SWINGS = 0.4


def kernel_edits(fresh: Callable[[], Watched], into: dict[str, list[float]], count: int = EDITS) -> None:
    """Weights changed by a key in a studio of their own, of the kernel on a picture of ``LARGE``.

    Args:
        fresh: Makes pages.
        into: Gets seconds from each key to the renewed output painted, by the row of :func:`edit_order`.
        count: How many.
    """
    with _bench(fresh, LARGE) as page:
        weights = page.page.get_by_role("group", name="Kernel").get_by_role("textbox")
        cells = weights.count()
        for turn in range(count):
            weights.nth(turn % cells).focus()
            page.rest(150)
            seconds = page.renewal("keydown", lambda: page.page.keyboard.press("ArrowUp"))
            into.setdefault(edit_order(turn), []).append(seconds)


def drags(fresh: Callable[[], Watched], seconds: float = SECONDS) -> dict[str, tuple[list[float], list[float]]]:
    """What the pointer drags over a picture of ``DRAGGED``.

    Args:
        fresh: Makes pages.
        seconds: How long each drag takes.

    Returns:
        By what is dragged: seconds between frames, and those in which the page worked for each.
    """
    found: dict[str, tuple[list[float], list[float]]] = {}
    with _bench(fresh, DRAGGED) as page:
        for what, name in (("the window", '.widget [aria-label^="input"]'), ("a weight", '[aria-label="weight 1, 1"]')):
            box = page.page.locator(name).first.bounding_box()
            assert box is not None
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            reach = 0.45 * min(box["width"], box["height"]) if what == "the window" else 80.0
            page.rest()
            found[what] = page.drag(lambda now, x=x, y=y, reach=reach: _swing(now, x, y, reach), seconds)
    return found


def _swing(now: float, x: float, y: float, reach: float) -> tuple[float, float]:
    """A place on a curve that crosses itself and soon was everywhere."""
    turn = 2 * math.pi * SWINGS * now
    return x + reach * math.sin(turn), y + reach * math.sin(1.3 * turn)


@contextmanager
def _bench(fresh: Callable[[], Watched], sizes: tuple[int, int]) -> Generator[Watched]:
    """The workbench with the bundled picture in that size."""
    from PIL import Image

    from striate import bundled

    with tempfile.TemporaryDirectory(prefix="striate-bench-") as folder:
        path = Path(folder) / "large.png"
        Image.open(bundled.picture_path()).convert("RGB").resize((sizes[1], sizes[0]), Image.Resampling.BICUBIC).save(
            path
        )
        page = fresh()
        with served(["demo"]) as studio:
            page.page.goto(f"{studio.entrance}&view=workbench")
            shown = page.page.locator(".widget .caption")
            shown.first.wait_for()
            page.page.locator('.workbench input[type="file"]').set_input_files(path)
            shown.get_by_text(" × ".join(map(str, (1, *sizes)))).first.wait_for()
            page.rest()
            # As long as a person needs to see what is there.
            time.sleep(1.0)
            yield page
        page.close()
