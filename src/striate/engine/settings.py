"""The settings that decide how something is prepared, as they are at the moment: a part of every key.

What was prepared under other settings is then simply not found, and nobody has to notice that one has changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, cast

from striate.engine.exactness import direct_only
from striate.engine.isa import VARIABLE as ISA
from striate.engine.limits import VARIABLE as LIMIT


def _reading() -> tuple[Callable[[Any], object], tuple[Any, ...]]:
    """How a variable is read, and what it is called there.

    ``os.environ.get`` encodes the name, decodes the value and answers a missing one through an exception: 650 ns. The
    mapping inside it, where this Python has one, gives the same in 15.
    """
    names = ("STRIATE_ENGINE", ISA, LIMIT)
    inside, encode = getattr(os.environ, "_data", None), getattr(os.environ, "encodekey", None)
    if isinstance(inside, dict) and callable(encode):
        return cast("dict[Any, object]", inside).get, tuple(encode(name) for name in names)
    return os.environ.get, names


_get, (_engine, _isa, _limit) = _reading()


def present() -> tuple[object, ...]:
    """Whether only direct algorithms may run, and what the environment says of engine, instructions and memory."""
    return direct_only(), _get(_engine), _get(_isa), _get(_limit)
