"""Finds Chromium, installs it where that is possible, starts it without a window.

    python -m benchmarks.studio.browser

tries to have one and says how that went. ``STRIATE_BROWSER`` names another; with ``STRIATE_REQUIRE_BROWSER=1`` a
missing one is an error.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WAY_OUT = "install it (Debian: apt-get install chromium), or name one with STRIATE_BROWSER=/path/to/chromium"
# The same picture whatever the machine's display; no cache of shaders or of text settings.
OPTIONS = ("--force-color-profile=srgb", "--font-render-hinting=none", "--disable-lcd-text", "--hide-scrollbars")


class NoBrowserError(Exception):
    """There is no Chromium; the message says what to do."""


def find_browser() -> str:
    """The path of a Chromium.

    Raises:
        NoBrowserError: There is none.
    """
    named = os.environ.get("STRIATE_BROWSER")
    if named is not None:
        found = shutil.which(named)
        if found is None:
            raise NoBrowserError(f'STRIATE_BROWSER (="{named}") is no program')
        return found
    if find_spec("playwright") is None:
        raise NoBrowserError('there is no playwright, which drives the browser: pip install -e ".[dev]"')
    found = next((path for name in NAMES if (path := shutil.which(name)) is not None), None)
    if found is None:
        raise NoBrowserError(f"no Chromium is installed here; {WAY_OUT}")
    return found


def required() -> bool:
    """Whether a missing browser is an error instead of a reason to leave something out."""
    return os.environ.get("STRIATE_REQUIRE_BROWSER", "") not in ("", "0")


def install() -> None:
    """Installs Debian's Chromium if this process may.

    Raises:
        NoBrowserError: It may not, or that failed.
    """
    apt = shutil.which("apt-get")
    if apt is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise NoBrowserError(f"no Chromium is installed here, and this user cannot install packages; {WAY_OUT}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "chromium"]):
        done = subprocess.run([apt, *arguments], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it does not say why"])[-1]
            raise NoBrowserError(
                f"no Chromium is installed here, and apt-get {arguments[0]} failed ({last}); {WAY_OUT}"
            )


def launch(playwright: Playwright, *options: str) -> Browser:
    """Starts Chromium without a window.

    Args:
        playwright: What drives it.
        options: More of its command line.
    """
    # In a container root has no user namespaces for the sandbox; the pages are the project's own.
    sandbox = hasattr(os, "geteuid") and os.geteuid() != 0
    return playwright.chromium.launch(
        executable_path=find_browser(), chromium_sandbox=sandbox, args=[*OPTIONS, *options]
    )


def main() -> int:
    """Has a browser if that is possible; says so where it is not."""
    try:
        try:
            find_browser()
        except NoBrowserError:
            if os.environ.get("STRIATE_BROWSER") is not None or find_spec("playwright") is None:
                raise
            print("set-up: installing Chromium for the studio's tests (a minute, once)", flush=True)
            install()
            find_browser()
    except NoBrowserError as error:
        print(f"The studio's tests in a browser are left out: {error}", file=sys.stderr)
        return int(required())
    return 0


if __name__ == "__main__":
    sys.exit(main())
