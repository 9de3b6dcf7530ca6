"""Gives the package's metadata its long description: the README as it reads where nothing lies beside it.

A package index shows the README by itself: links into the repository would be dead there, and pictures missing. So a
link within the repository is left as its text, and a picture of it is left out.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

# [text](target) or ![text](target) whose target is neither an address nor a heading of the same page.
_WITHIN = re.compile(r"(!?)\[([^\]]*)\]\((?![a-z]+:|#)[^)\s]+\)")


class CustomMetadataHook(MetadataHookInterface):
    """Hatch's entry."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Fills in the field that pyproject.toml calls dynamic."""
        text = (Path(self.root) / "README.md").read_text("utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": by_itself(text)}


def by_itself(text: str) -> str:
    """The Markdown without links and pictures of the repository's own files."""
    plain = _WITHIN.sub(lambda found: "" if found[1] else found[2], text)
    return re.sub(r"\n{3,}", "\n\n", plain)
