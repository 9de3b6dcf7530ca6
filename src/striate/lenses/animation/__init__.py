"""How a window slides over its input, position by position: what animations are made of.

Everything is data, one frozen :class:`Step` for each position; drawing it is another's task
(:mod:`striate.animation`).
"""

from striate.lenses.animation.lens import Positions, walk
from striate.lenses.animation.state import Padding, convolution_state, numbers_of, pooling_state
from striate.lenses.animation.walk import CellKind, Cells, Extent, Field, Inside, Numbers, Step, Walk

__all__ = [
    "CellKind",
    "Cells",
    "Extent",
    "Field",
    "Inside",
    "Numbers",
    "Padding",
    "Positions",
    "Step",
    "Walk",
    "convolution_state",
    "numbers_of",
    "pooling_state",
    "walk",
]
