"""Reads what Keras's layers take: one number or one for each axis, names of paddings and data formats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from striate.arithmetic import whole_numbers
from striate.errors import ParameterError

Sizes = int | Sequence[int]
DataFormat = Literal["channels_last", "channels_first"]


def each(sizes: Sizes, rank: int, what: str, lowest: int = 1) -> tuple[int, ...]:
    """One size for each spatial axis.

    Raises:
        ParameterError: There are too few or too many, or one is too small.
    """
    wanted = f"{what} (={sizes}) must be a whole number from {lowest}, or {rank} of them"
    given = whole_numbers(sizes, wanted)
    spread = given if isinstance(sizes, Sequence) else given * rank
    if len(spread) != rank or any(size < lowest for size in spread):
        raise ParameterError(wanted)
    return spread


def positive(size: int, what: str) -> int:
    """A size that must be at least 1.

    Raises:
        ParameterError: It is not.
    """
    return each(size, 1, what)[0]


def one_of(value: str, allowed: Sequence[str], what: str) -> str:
    """A name out of a few; capitals do not matter.

    Raises:
        ParameterError: It is none of them.
    """
    if not isinstance(value, str) or value.lower() not in allowed:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParameterError(f'{what} (="{value}") must be one of {", ".join(allowed)}')
    return value.lower()


def channel_axis(data_format: str | None) -> int:
    """Keras's channel axis: -1 or 1.

    Raises:
        ParameterError: The data format is not one of the two.
    """
    if data_format is None:
        return -1
    return -1 if one_of(data_format, ("channels_last", "channels_first"), "data_format") == "channels_last" else 1
