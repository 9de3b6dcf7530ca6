"""Takes a picture of every view of the studio, to be looked at by a person.

    python -m tests.studio.looks FOLDER [VIEW ...] [--size 1280x720 ...] [--theme dark ...]

A view is chosen by the beginning of its name ("unit", "edit-"). It needs Chromium and the studio's page, built; views
of models that are not here are left out, which is said.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from benchmarks.studio.browser import launch
from tests.studio.looks.camera import SIZES, THEMES, photograph
from tests.studio.looks.scenes import MissingError, Scenes
from tests.studio.looks.views import VIEWS


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.studio.looks", description="Pictures of the studio's views.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("views", nargs="*", help=", ".join(VIEWS))
    parser.add_argument("--size", action="append", choices=list(SIZES))
    parser.add_argument("--theme", action="append", choices=THEMES)
    given = parser.parse_args(arguments)
    names = [name for name in VIEWS if not given.views or name.startswith(tuple(given.views))]
    failed = 0
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made, Scenes(Path(made)) as scenes, sync_playwright() as playwright:
        browser = launch(playwright)
        for name, size, theme in (
            (name, size, theme) for name in names for size in given.size or SIZES for theme in given.theme or THEMES
        ):
            try:
                picture = photograph(browser, scenes, name, size, theme)
                (given.folder / f"{name}-{size}-{theme}.png").write_bytes(picture)
            except MissingError as missing:
                print(f"{name} is left out: {missing}")
            except (AssertionError, Error, RuntimeError) as wrong:
                failed += 1
                print(f"{name}, {size}, {theme}: {wrong}", file=sys.stderr)
        browser.close()
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
