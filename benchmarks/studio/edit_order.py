"""Which of a session's edits one is: the first ones still make programs and memory that all further ones find."""

from __future__ import annotations

FIRST, SECOND, FURTHER = "first edit", "second edit", "further edits"
EDIT_ORDER = (FIRST, SECOND, FURTHER)


def edit_order(done: int) -> str:
    """The row of an edit.

    Args:
        done: Edits of its kind that the session has seen before it.
    """
    return EDIT_ORDER[min(done, 2)]
