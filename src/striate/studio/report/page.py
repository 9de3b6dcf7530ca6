"""The HTML file: manifest, packed answers, and the front end's parts, which draw them; nothing is fetched."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from html import escape

from striate.errors import MissingDependencyError
from striate.studio.pages import FOLDER

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="{generator}">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
</head>
<body>
<p id="striate-waiting">Reading the report …</p>
<noscript>This report draws itself: allow scripts for this file. It fetches nothing.</noscript>
"""


def script(name: str) -> str:
    """One of the front end's parts that work alone.

    Raises:
        MissingDependencyError: The page was not built into this installation.
    """
    path = FOLDER / "alone" / name
    if not path.is_file():
        raise MissingDependencyError(
            f"this striate was installed without {name}, a part of the studio's page; pip install striate brings it, "
            "and in a source tree pip install . builds it (STRIATE_BUILD_WEB=0 leaves it out)"
        )
    return path.read_text("utf-8")


def page(title: str, generator: str, manifest: Mapping[str, object], packed: bytes) -> str:
    """The file.

    Args:
        title: What stands in the window's title.
        generator: What made it.
        manifest: What the page shows, see ``web/src/report/content.ts``.
        packed: The recorded answers, deflated.
    """
    # What could end a script element too early, or make its end be overlooked (HTML's "script data escaped" states).
    code = script("report.js").replace("</", "<\\/").replace("<!--", "<\\!--")
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data: blob:"
    head = _HEAD.format(generator=escape(generator), policy=policy, title=escape(title))
    facts = json.dumps(manifest, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return "".join(
        [
            head,
            f'<script type="application/json" id="striate-manifest">{facts}</script>\n',
            f'<script type="application/octet-stream" id="striate-answers">{_lines(packed)}</script>\n',
            f"<script>{code}</script>\n</body>\n</html>\n",
        ]
    )


def _lines(data: bytes) -> str:
    """Base64 in lines, which editors and mail programs can bear."""
    return base64.encodebytes(data).decode("ascii")
