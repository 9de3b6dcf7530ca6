"""Makes Sphinx's roles in docstrings, :func:`striate.load`, links of this documentation."""

from __future__ import annotations

import re

_ROLE = re.compile(r":(?:func|class|meth|mod|data|attr):<code>([\w.]+)</code>")


def on_page_content(html: str, **_: object) -> str:
    """Called by MkDocs with each page's body; mkdocs-autorefs resolves the links afterwards."""
    return _ROLE.sub(_link, html)


def _link(role: re.Match[str]) -> str:
    code = f"<code>{role[1]}</code>"
    return f'<autoref optional identifier="{role[1]}">{code}</autoref>' if role[1].startswith("striate.") else code
