"""Lens results as plain data for JSON: numbers exact, arrays as nested lists."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, cast

import numpy as np

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


def plain(thing: object) -> Plain:
    """Any result as lists, dicts and numbers.

    Floats keep every digit; what JSON has no number for becomes "nan", "inf" or "-inf".

    Example:
        >>> import numpy as np
        >>> plain({"window": np.array([0.1, np.nan]), "at": (3, 4)})
        {'window': [0.1, 'nan'], 'at': [3, 4]}
    """
    if thing is None or isinstance(thing, bool | int | str):
        return thing
    if isinstance(thing, float):
        return thing if math.isfinite(thing) else str(thing)
    if isinstance(thing, np.ndarray | np.generic):
        return plain(cast("Any", thing).tolist())
    if isinstance(thing, Mapping):
        return {str(key): plain(value) for key, value in cast("Mapping[object, object]", thing).items()}
    if isinstance(thing, Sequence | set | frozenset):
        return [plain(part) for part in cast("Sequence[object]", thing)]
    if is_dataclass(thing):
        return {field.name: plain(getattr(thing, field.name)) for field in fields(thing)}
    return str(thing)


def to_json(thing: object) -> str:
    """The JSON text of any result, ASCII only so that every terminal takes it."""
    return json.dumps(plain(thing), indent=2, allow_nan=False)
