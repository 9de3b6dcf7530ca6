"""Who races: something prepared that is called again and again, and what can prepare it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from benchmarks.case import Entry
from striate.graph import Array


@dataclass(frozen=True)
class Contestant:
    """A case, prepared by one library.

    Args:
        name: The library, and how it is used.
        call: What is timed; its result is the library's own.
        plain: Turns that result into a channels-first array, outside the time.
    """

    name: str
    call: Callable[[], Any]
    plain: Callable[[Any], Array]


class Library(Protocol):
    """A library, and a way to use it."""

    @property
    def name(self) -> str:
        """What it is called in tables and behind --peers."""
        ...

    @property
    def module(self) -> str:
        """The Python module that must be installed."""
        ...

    def version(self) -> str:
        """The installed version."""
        ...

    def enter(self, entry: Entry, threads: int) -> Contestant:
        """Prepares a case: loads the network, packs weights, sets the number of threads."""
        ...
