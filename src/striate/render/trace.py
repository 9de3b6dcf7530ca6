"""A trace as text and as data."""

from __future__ import annotations

from striate.render.plain import Plain, plain


def trace_text(found: object) -> str:
    """The chain of contributions, as the trace itself writes it."""
    return str(found)


def trace_plain(found: object) -> Plain:
    """The same as data."""
    return plain(found)
