"""What a caller gave, checked by its kind before it is used: else it would fail somewhere inside, in NumPy's words.

A message says what was given in one line, however large it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from striate.errors import DtypeError, ParameterError, ShapeError

_LONGEST = 60


def shown(given: object) -> str:
    """What was given, for a message: its value if that is short, else its kind.

    Example:
        >>> shown("edges"), shown([1, 2]), shown(list(range(100)))
        ('"edges"', '[1, 2]', 'list')
    """
    text = f'"{given}"' if isinstance(given, str) else repr(given)
    if "\n" not in text and len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}..." if isinstance(given, str) and "\n" not in text else type(given).__name__


def expect(given: object, kinds: type | tuple[type, ...], what: str, wanted: str) -> None:
    """Refuses what is not of one of these kinds.

    Args:
        given: What a caller gave.
        kinds: Classes.
        what: The argument's name.
        wanted: What is expected, and how one comes to it.

    Raises:
        ParameterError: It is something else.
    """
    if not isinstance(given, kinds):
        raise ParameterError(f"{what} (={shown(given)}) must be {wanted}")


def expect_text(given: object, what: str) -> None:
    """Refuses what is no text."""
    expect(given, str, what, "text")


def real_array(values: npt.ArrayLike, what: str) -> npt.NDArray[Any]:
    """An array of real numbers, of whatever type.

    Args:
        values: What a caller gave.
        what: The argument's name.

    Raises:
        ShapeError: Its rows have different lengths.
        DtypeError: It holds something else, or is no array.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ShapeError(f"{what} is not rectangular: {error}") from error
    except Exception as error:  # what another library's object says of itself, such as a tensor that has a gradient
        raise DtypeError(f"{what}, a {type(values).__name__}, gives no array: {error}") from error
    if array.dtype.kind not in "biuf":
        raise DtypeError(f"{what} has type {array.dtype}, expected real numbers")
    return array


def is_text(given: object) -> bool:
    """Whether it is text; a list, which has no hash, can then be looked for among names."""
    return isinstance(given, str)


def expect_flag(given: object, what: str) -> None:
    """Refuses what is neither True nor False, NumPy's included."""
    if not isinstance(given, bool) and type(given).__name__ != "bool":
        raise ParameterError(f"{what} (={shown(given)}) must be True or False")


def one_of(given: object, known: Iterable[str], what: str) -> None:
    """Refuses what is none of the known words."""
    words = list(known)
    if not isinstance(given, str) or given not in words:
        raise ParameterError(f"{what} (={shown(given)}) must be one of {', '.join(words)}")


def expect_texts(given: object, what: str, wanted: str) -> tuple[str, ...]:
    """Several texts as a tuple; one text alone is not several.

    Args:
        given: What a caller gave.
        what: The argument's name.
        wanted: What each of them is.

    Raises:
        ParameterError: They are something else.
    """
    listed = isinstance(given, list | tuple)
    several = tuple(cast("Sequence[object]", given)) if listed else (None,)
    if not all(isinstance(each, str) for each in several):
        raise ParameterError(f"{what} (={shown(given)}) must be a list of {wanted}")
    return cast("tuple[str, ...]", several)
