"""striate: see what a convolutional network sees.

Public names are loaded when they are first used, so that ``import striate`` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from striate import bundled, filters, layers
    from striate.filters import convolve, correlate, filter
    from striate.given import ValueInfo
    from striate.layers import Sequential
    from striate.lenses.layers import Layer
    from striate.media import image, signal, volume
    from striate.network import Network, load
    from striate.run import Run, Unit

__version__ = "0.1.0"

# Name -> module that it lives in. A module of the same name is the name itself.
_HOMES = {
    "bundled": "striate.bundled",
    "convolve": "striate.filters",
    "correlate": "striate.filters",
    "filter": "striate.filters",
    "filters": "striate.filters",
    "Layer": "striate.lenses.layers",
    "Network": "striate.network",
    "Run": "striate.run",
    "Unit": "striate.run",
    "ValueInfo": "striate.given",
    "image": "striate.media",
    "layers": "striate.layers",
    "load": "striate.network",
    "Sequential": "striate.layers",
    "signal": "striate.media",
    "volume": "striate.media",
}

__all__ = [
    "Layer",
    "Network",
    "Run",
    "Sequential",
    "Unit",
    "ValueInfo",
    "bundled",
    "convolve",
    "correlate",
    "filter",
    "filters",
    "image",
    "layers",
    "load",
    "signal",
    "volume",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'striate' has no attribute {name!r}")
    module = import_module(home)
    value = module if home == f"striate.{name}" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
