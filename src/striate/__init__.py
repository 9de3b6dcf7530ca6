"""striate: see what a convolutional network sees.

Public names are loaded when they are first used, so that ``import striate`` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from striate.fork import wait_at_forks

if TYPE_CHECKING:
    from striate import bundled, engine, filters, functional, layers, lessons
    from striate.animation import Animation, animate
    from striate.comparison import Difference
    from striate.engine.exactness import exact
    from striate.engine.threads import set_threads
    from striate.filters import convolve, correlate, filter
    from striate.functional import (
        adaptive_avg_pool1d,
        adaptive_avg_pool2d,
        adaptive_avg_pool3d,
        adaptive_max_pool1d,
        adaptive_max_pool2d,
        adaptive_max_pool3d,
        avg_pool1d,
        avg_pool2d,
        avg_pool3d,
        conv1d,
        conv2d,
        conv3d,
        conv_transpose1d,
        conv_transpose2d,
        conv_transpose3d,
        lp_pool1d,
        lp_pool2d,
        lp_pool3d,
        max_pool1d,
        max_pool2d,
        max_pool3d,
    )
    from striate.given import ValueInfo
    from striate.layers import Sequential
    from striate.lenses.layers import Layer
    from striate.lessons import (
        animate_declaration,
        dense_equivalent,
        equivariance_error,
        explain_declaration,
        explain_declarations,
        invariance_error,
        merge_convolutions,
        sliding_sum,
    )
    from striate.media import flip, image, paint, shift, signal, volume
    from striate.network import Network, load
    from striate.notebook import widget
    from striate.run import Run, Unit
    from striate.studio.report import report

__version__ = "0.1.0"
wait_at_forks()

# Name -> module that it lives in. A module of the same name is the name itself.
_HOMES = {
    "functional": "striate.functional",
    "adaptive_avg_pool1d": "striate.functional",
    "adaptive_avg_pool2d": "striate.functional",
    "adaptive_avg_pool3d": "striate.functional",
    "adaptive_max_pool1d": "striate.functional",
    "adaptive_max_pool2d": "striate.functional",
    "adaptive_max_pool3d": "striate.functional",
    "avg_pool1d": "striate.functional",
    "avg_pool2d": "striate.functional",
    "avg_pool3d": "striate.functional",
    "conv1d": "striate.functional",
    "conv2d": "striate.functional",
    "conv3d": "striate.functional",
    "conv_transpose1d": "striate.functional",
    "conv_transpose2d": "striate.functional",
    "conv_transpose3d": "striate.functional",
    "lp_pool1d": "striate.functional",
    "lp_pool2d": "striate.functional",
    "lp_pool3d": "striate.functional",
    "max_pool1d": "striate.functional",
    "max_pool2d": "striate.functional",
    "max_pool3d": "striate.functional",
    "Animation": "striate.animation",
    "animate": "striate.animation",
    "animate_declaration": "striate.lessons",
    "bundled": "striate.bundled",
    "convolve": "striate.filters",
    "correlate": "striate.filters",
    "filter": "striate.filters",
    "engine": "striate.engine",
    "exact": "striate.engine.exactness",
    "filters": "striate.filters",
    "Difference": "striate.comparison",
    "Layer": "striate.lenses.layers",
    "Network": "striate.network",
    "Run": "striate.run",
    "Unit": "striate.run",
    "ValueInfo": "striate.given",
    "flip": "striate.media",
    "image": "striate.media",
    "layers": "striate.layers",
    "invariance_error": "striate.lessons",
    "equivariance_error": "striate.lessons",
    "sliding_sum": "striate.lessons",
    "explain_declaration": "striate.lessons",
    "explain_declarations": "striate.lessons",
    "dense_equivalent": "striate.lessons",
    "merge_convolutions": "striate.lessons",
    "lessons": "striate.lessons",
    "load": "striate.network",
    "report": "striate.studio.report",
    "set_threads": "striate.engine.threads",
    "Sequential": "striate.layers",
    "paint": "striate.media",
    "shift": "striate.media",
    "signal": "striate.media",
    "volume": "striate.media",
    "widget": "striate.notebook",
}

__all__ = [
    "Animation",
    "Difference",
    "Layer",
    "Network",
    "Run",
    "Sequential",
    "Unit",
    "ValueInfo",
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "animate",
    "animate_declaration",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "bundled",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "convolve",
    "correlate",
    "dense_equivalent",
    "engine",
    "equivariance_error",
    "exact",
    "explain_declaration",
    "explain_declarations",
    "filter",
    "filters",
    "flip",
    "functional",
    "image",
    "invariance_error",
    "layers",
    "lessons",
    "load",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "merge_convolutions",
    "paint",
    "report",
    "set_threads",
    "shift",
    "signal",
    "sliding_sum",
    "volume",
    "widget",
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
