"""How much a browser loads before the studio is there."""

from __future__ import annotations

import gzip
import re

from striate.studio.pages import FOLDER, pages


def bundle_bytes() -> int:
    """Bytes of the page and of all that it loads, each gzipped."""
    found = pages()
    index = (FOLDER / "index.html").read_text("utf-8")
    named = [name for name in re.findall(r'(?:src|href)="([^"]+)"', index) if name in found]
    chunks = [name for name in found if name.startswith("/assets/") and name not in named]
    files = {found[name].path for name in ("/index.html", *named, *chunks)}
    return sum(len(gzip.compress(path.read_bytes())) for path in files)
