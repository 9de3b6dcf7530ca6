"""What a page is besides its text.

Sphinx's roles in docstrings, :func:`striate.load`, become links of this documentation; an empty line of an example is
empty; a lesson says where it is alive.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page

_LESSON = re.compile(r"lessons/\d\d-")
# Beneath a lesson's title: its text is the studio's as well (web/src/lessons/text), where nobody needs to be told.
_ALIVE = """!!! note ""
    In the studio this lesson is alive: `striate demo`, then Lessons. What stands behind a bar is what one does there.

"""
_ROLE = re.compile(r":(?:func|class|meth|mod|data|attr):<code>([\w.]+)</code>")


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Called by MkDocs with each page's text."""
    if not _LESSON.match(page.file.src_uri):
        return markdown
    title, rest = markdown.split("\n\n", 1)
    return f"{title}\n\n{_ALIVE}{rest}"


def on_page_content(html: str, **_: object) -> str:
    """Called by MkDocs with each page's body; mkdocs-autorefs resolves the links afterwards."""
    return _ROLE.sub(_link, html).replace("&lt;BLANKLINE&gt;", "")


def _link(role: re.Match[str]) -> str:
    code = f"<code>{role[1]}</code>"
    return f'<autoref optional identifier="{role[1]}">{code}</autoref>' if role[1].startswith("striate.") else code
