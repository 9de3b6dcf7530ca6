"""Lets the reference show docstrings as they are written here.

Griffe knows the section ``Examples:`` only in the plural, and Markdown has no double colon in front of a formula.
"""

from __future__ import annotations

import re

import griffe

_CHANGES = (
    (re.compile(r"^(\s*)Example:$", re.MULTILINE), r"\1Examples:"),
    (re.compile(r"::(?=\n\n)"), ":"),
)


class Examples(griffe.Extension):
    """Changes docstrings before they are parsed."""

    def on_object(self, *, obj: griffe.Object, **_: object) -> None:
        """Called for each module, class, function and attribute."""
        if obj.docstring is not None:
            for pattern, text in _CHANGES:
                obj.docstring.value = pattern.sub(text, obj.docstring.value)
