"""striate on whole networks: plain inference, and inference that keeps every value."""

from __future__ import annotations

from dataclasses import dataclass

import striate
from benchmarks.case import Entry
from benchmarks.contestant import Contestant
from striate.graph import Array
from striate.network import Network


@dataclass(frozen=True)
class Public:
    """A whole network as users run it: ``net(x)``, or ``net.run(x)`` which keeps every value.

    Args:
        name: What it is called.
        keep: Whether every value is kept; kept values become plain arrays when somebody asks for them.
    """

    name: str
    keep: bool
    module: str = "striate"

    def version(self) -> str:
        """The installed version."""
        return striate.__version__

    def enter(self, entry: Entry, threads: int) -> Contestant:
        """Makes a network; it plans at the first call."""
        striate.set_threads(threads)
        net, x = Network(entry.model), entry.x
        if self.keep:
            return Contestant(self.name, lambda: net.run(x).output, _itself)
        return Contestant(self.name, lambda: net(x), _itself)


def _itself(result: Array) -> Array:
    return result
