"""What a person waits for in the studio, measured in a real browser: the set "studio".

Browser, server and engine run on the same processor, so that each takes time from the others, as on anybody's machine.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.case import SEED
from benchmarks.results import Wait, waits
from benchmarks.sets.networks import mobilenet_file
from benchmarks.studio.browser import find_browser, launch
from benchmarks.studio.bundle import bundle_bytes
from benchmarks.studio.edit_order import edit_order
from benchmarks.studio.serving import served
from benchmarks.studio.tall import LAYERS, write_tall
from benchmarks.studio.watched import Watched
from benchmarks.studio.workbench import drags, kernel_edits

SET = "studio"
# The goals that the studio was built for, in the unit of their row.
START, HOVER, EDIT, KERNEL, BUNDLE = 2000.0, 50.0, 150.0, 100.0, 400.0
# 60 frames a second; the clock of frames is good to a tenth of a millisecond.
FRAME = 1000 / 60 + 0.15
FIRST_VISIT = 8.0
HOVERS, HOVERED_LAYERS = 240, 24
EDITS = 15
# Pixels a second and seconds: some eight columns a second, as with a wheel turned fast.
SPEED, SECONDS = 1800, 6.0
PARTS = ("start", "edits", "hover", "scroll", "bench", "bundle")


class NothingToShowError(Exception):
    """The real network is not at hand; the message says where it is looked for."""


def measure(parts: Sequence[str], repeat: int, told: Callable[[str], None]) -> Generator[Wait]:
    """Measures in headless Chromium, with MobileNetV2 and a photo.

    Args:
        parts: Some of ``PARTS``.
        repeat: Studios that are started; each has a first and a second edit.
        told: Hears what is being done.

    Raises:
        NoBrowserError: There is no Chromium.
        NothingToShowError: There is no MobileNetV2.
    """
    if "bundle" in parts:
        yield waits(SET, "what the page loads, gzipped", "kB", [bundle_bytes() / 1000], BUNDLE, "most")
    if set(parts) <= {"bundle"}:
        return
    find_browser()
    if "bench" in parts:
        with _browser() as fresh:
            yield from _workbench(fresh, repeat, told)
    if not {"start", "edits", "hover", "scroll"} & set(parts):
        return
    model, photo = _real()
    with _browser() as fresh:
        if {"start", "edits", "hover"} & set(parts):
            yield from _network(fresh, [str(model), str(photo), "--preprocess", "imagenet"], parts, repeat, told)
        if "scroll" in parts:
            yield from _scrolls(fresh, [str(model), str(photo), "--preprocess", "imagenet"], told)


def _real() -> tuple[Path, Path]:
    model = mobilenet_file()
    if model is None:
        raise NothingToShowError("MobileNetV2 is missing; set STRIATE_SHARED to the folder that has models/ and data/")
    photos = sorted((model.parents[1] / "data" / "imagenet20").glob("*.jpg"))
    if not photos:
        raise NothingToShowError(f"there is no photo beside {model.name}, in data/imagenet20")
    return model, photos[0]


@contextmanager
def _browser() -> Generator[Callable[[], Watched]]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            yield lambda: Watched(browser)
        finally:
            browser.close()


def _network(
    fresh: Callable[[], Watched],
    arguments: Sequence[str],
    parts: Sequence[str],
    repeat: int,
    told: Callable[[str], None],
) -> list[Wait]:
    starts: list[tuple[float, float, float]] = []
    edited: dict[str, list[float]] = {}
    hovered: list[float] = []
    told("a first visit")
    page = fresh()
    with served(arguments) as studio:
        # Fills the cache of kernels, those of the edits that are made ahead included, and the system's cache of files.
        page.enter(studio)
        time.sleep(FIRST_VISIT)
    page.close()
    for turn in range(repeat if {"start", "edits"} & set(parts) else 1):
        told(f"start {turn + 1} of {repeat}")
        page = fresh()
        with served(arguments) as studio:
            opening = page.enter(studio)
            starts.append((opening.page, opening.first, opening.all))
            if "edits" in parts:
                # As long as a person needs to see what is there, and to take the brush.
                time.sleep(1.0)
                page.rest()
                told("edits")
                edits(page, edited, EDITS if turn == repeat - 1 else 2)
            if "hover" in parts and turn == 0:
                told(f"{HOVERS} hovers")
                page.close()
                page = fresh()
                page.enter(studio)
                hovered = hovers(page)
        page.close()
    found: list[Wait] = []
    if "start" in parts:
        found += [
            _row("start: the address is printed", [each[0] for each in starts]),
            _row("start: the first maps are painted", [each[1] for each in starts], START),
            _row("start: all maps in sight are painted", [each[2] for each in starts], START),
        ]
    if hovered:
        found.append(_row("hover: the sum is shown", hovered, HOVER))
    return found + [_row(name, times, EDIT) for name, times in edited.items()]


def edits(page: Watched, into: dict[str, list[float]], count: int) -> None:
    """Dabs of the brush, channels switched off and on, weights changed.

    Args:
        page: A page that shows its maps.
        into: Gets seconds from each edit to all maps in sight painted; the first two of a kind apart.
        count: Edits of each kind.
    """
    chance = random.Random(SEED)
    page.page.keyboard.press("e")
    page.page.locator(".editor [role=application]").wait_for()
    page.rest()
    box = page.page.locator(".editor [role=application]").bounding_box()
    assert box is not None

    def dab() -> None:
        assert box is not None
        x, y = box["x"] + chance.uniform(0.1, 0.9) * box["width"], box["y"] + chance.uniform(0.1, 0.9) * box["height"]
        page.page.mouse.click(x, y)

    for i in range(count):
        _add(into, "paint a dab", i, page.edit("pointerdown", "paint", dab))
    page.page.keyboard.press("e")
    page.rest()
    (first, _), (second, _), *_ = page.planes()
    tiles = page.page.locator(f'article.column[data-layer="{second}"] .tile')
    for i in range(count):
        tiles.nth(i // 2).focus()  # off and on in turn
        switch = lambda: page.page.keyboard.press("x")  # noqa: E731
        _add(into, "switch a channel", i, page.edit("keydown", "switch_channel", switch))
    page.page.evaluate("() => document.activeElement.blur()")
    page.open(first, 0)
    page.page.keyboard.press("w")
    weights = page.page.locator(".kernel .cells input")
    weights.first.wait_for()
    cells = weights.count()
    page.rest()
    for i in range(count):
        weights.nth(i % cells).focus()
        step = lambda: page.page.keyboard.press("ArrowUp")  # noqa: E731
        _add(into, "change a weight", i, page.edit("keydown", "edit_kernel", step))


def _add(into: dict[str, list[float]], name: str, done: int, seconds: float) -> None:
    into.setdefault(f"{name}: {edit_order(done)}", []).append(seconds)


def hovers(page: Watched, layers: int = HOVERED_LAYERS, each: int = HOVERS // HOVERED_LAYERS) -> list[float]:
    """Seconds from a move of the pointer to the sum shown: random cells of maps across the whole network.

    Args:
        page: A page that shows its maps.
        layers: How many layers.
        each: Cells in each.
    """
    chance = random.Random(SEED)
    planes = page.planes()
    chosen = [planes[i * len(planes) // layers] for i in range(layers)]
    times: list[float] = []
    for layer, channels in chosen:
        channel = chance.randrange(channels)
        height, width = page.open(layer, channel)
        page.page.mouse.move(0, 0)
        page.rest(100)
        for _ in range(each):
            row, column = chance.randrange(height), chance.randrange(width)
            x, y = page.point_of(row, column, (height, width))
            times.append(page.hover(f"{layer}:{channel}@{row},{column}", x, y))
            # A pointer that rests for a moment, as one does to read.
            page.page.wait_for_timeout(chance.uniform(20, 60))
    return times


def _workbench(fresh: Callable[[], Watched], repeat: int, told: Callable[[str], None]) -> list[Wait]:
    edited: dict[str, list[float]] = {}
    for turn in range(repeat):
        told(f"edits of a kernel, studio {turn + 1} of {repeat}")
        kernel_edits(fresh, edited, *(() if turn == repeat - 1 else (2,)))
    told("dragging")
    found = [_row(f"kernel edit at 1080p: {order}", times, KERNEL) for order, times in edited.items()]
    for what, (frames, busy) in drags(fresh).items():
        found += [
            _row(f"drag {what} on 512×512: between frames", frames, FRAME),
            _row(f"drag {what} on 512×512: work in a frame", busy),
        ]
    return found


def _scrolls(fresh: Callable[[], Watched], arguments: Sequence[str], told: Callable[[str], None]) -> list[Wait]:
    found: list[Wait] = []
    with tempfile.TemporaryDirectory(prefix="striate-bench-") as folder:
        tall = [str(write_tall(Path(folder) / "tall.onnx"))]
        for name, given in ((f"{LAYERS:,} layers", tall), ("MobileNetV2", arguments)):
            told(f"scrolling {name}")
            page = fresh()
            with served(given) as studio:
                page.enter(studio)
                time.sleep(1.0)
                page.rest()
                frames, busy = page.scroll(SPEED, SECONDS)
            page.close()
            found += [
                _row(f"scroll {name}: between frames", frames, FRAME),
                _row(f"scroll {name}: work in a frame", busy),
            ]
    return found


def _row(name: str, seconds: Sequence[float], target: float | None = None) -> Wait:
    return waits(SET, name, "ms", [1000 * each for each in seconds], target, "p95")
