"""How much memory a run may take: checked from the shapes, before anything is allocated."""

from __future__ import annotations

import os

from striate.errors import LimitError, ParameterError

DEFAULT_BYTES = 8 * 2**30
VARIABLE = "STRIATE_MEMORY_LIMIT"


def memory_limit() -> int:
    """The limit in bytes: 8 GiB, or what the environment variable STRIATE_MEMORY_LIMIT says.

    Raises:
        ParameterError: The variable is not a positive whole number.
    """
    text = os.environ.get(VARIABLE)
    if text is None:
        return DEFAULT_BYTES
    if not text.isdigit() or int(text) == 0:
        raise ParameterError(f'{VARIABLE} (="{text}") must be a positive number of bytes')
    return int(text)


def require_memory(nbytes: int, purpose: str) -> None:
    """Refuses what would take more than the limit.

    Args:
        nbytes: Bytes wanted.
        purpose: What for, the subject of the message.

    Raises:
        LimitError: It is more than the limit.
    """
    limit = memory_limit()
    if nbytes > limit:
        raise LimitError(
            f"{purpose} would take {nbytes / 2**30:.2f} GiB, more than the limit of {limit / 2**30:.2f} GiB; "
            f"use a smaller input or raise {VARIABLE} (bytes)"
        )
