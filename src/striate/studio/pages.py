"""The page's files: all of them known beforehand, so that no path from outside reaches the file system."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path

from striate.errors import MissingDependencyError

FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".wasm": "application/wasm",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the page.

    Args:
        path: Where it lies.
        media_type: What it is.
        lasting: Whether its name changes with its contents, so that it may be kept.
    """

    path: Path
    media_type: str
    lasting: bool


def pages(folder: Path = FOLDER) -> dict[str, Page]:
    """Every file of the page by its address.

    Args:
        folder: What the front end was built into.

    Raises:
        MissingDependencyError: It was not built.
    """
    if not (folder / "index.html").is_file():
        raise MissingDependencyError(
            "this striate was installed without the studio's page; pip install striate brings it, and in a source "
            "tree pip install . builds it (STRIATE_BUILD_WEB=0 leaves it out)"
        )
    found: dict[str, Page] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            address = "/" + path.relative_to(folder).as_posix()
            found[address] = Page(path, _media_type(path), address.startswith("/assets/"))
    found["/"] = found["/index.html"]
    return found


def _media_type(path: Path) -> str:
    known = _TYPES.get(path.suffix)
    return known or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
