"""Worked examples of the textbook and the tutorial, small enough to be followed number by number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from striate.graph import Array
from striate.lessons.workbench import Workbench


@dataclass(frozen=True, eq=False)
class WorkedExample:
    """An input and a layer.

    Args:
        name: A short name of its own.
        title: What it is, for people.
        note: What to look at.
        x: The input, (c, *spatial).
        weight: Filters (k, c/groups, *kernel); None for a pooling.
        options: The other arguments of :class:`striate.lessons.Workbench`.
    """

    name: str
    title: str
    note: str
    x: Array
    weight: Array | None
    options: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def bench(self) -> Workbench:
        """The example, computed."""
        return Workbench(self.x, self.weight, **self.options)


def worked_examples() -> tuple[WorkedExample, ...]:
    """All of them.

    Returns:
        The examples with their state of the workbench, in the order of the lessons.

    Example:
        >>> {example.name: example.bench.output[0].tolist() for example in worked_examples()}["sliding-product"]
        [-2.0, -2.0, -2.0]
    """
    made = (
        WorkedExample(name, title, note, _array(x)[None], None if w is None else _array(w)[None, None], options)
        for name, title, note, x, w, options in _EXAMPLES
    )
    return (*made, _lines())


def _array(rows: Any) -> Array:
    return np.asarray(rows, np.float64)


def _digits(text: str) -> list[list[int]]:
    return [[int(digit) for digit in row] for row in text.split()]


def _lines() -> WorkedExample:
    """B3: two detectors on a picture with lines in both directions."""
    picture = np.zeros((9, 9))
    picture[1:8, 2] = picture[6, 1:8] = 1
    weight = np.zeros((2, 1, 3, 3))
    weight[0, 0], weight[1, 0] = [[-1, 2, -1]] * 3, np.transpose([[-1, 2, -1]] * 3)
    note = "one filter answers to vertical lines, the other to horizontal ones; combined they show both"
    return WorkedExample("lines", "Vertical and horizontal lines", note, picture[None], weight, {"relu": True})


_COLUMN = [[0, 1, 0]] * 3
_TWO_COLUMNS = [[0, 0, 0, 1, 1, 0, 0, 0]] * 8
_SQUARE = [[9, 8, 7, 6], [5, 4, 3, 2], [1, 2, 3, 4], [5, 6, 7, 8]]
_CHAPTER = _digits("12012 01210 20101 12021 01210")
_SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]

_EXAMPLES: tuple[tuple[str, str, str, Any, Any, dict[str, Any]], ...] = (
    (
        "sliding-product",
        "A sliding product, 1-D",
        "the difference of the two neighbours: this signal rises by 2 everywhere",
        [1, 2, 3, 4, 5],
        [1, 0, -1],
        {},
    ),
    (
        "smoothing",
        "Smoothing a signal, padded",
        "a mean of three; the padded zeros pull the ends down",
        [0, 0.82, 0.91, 0.4, 0.35, 0.88, 0.9, 0.1],
        [0.33, 0.34, 0.33],
        {"padding": 1},
    ),
    (
        "bump",
        "A bump in a signal",
        "the kernel 0 1 0 copies what is in its middle",
        [0, 0, 0, 1, 1, 0, 0, 0],
        [0, 1, 0],
        {"bias": 0},
    ),
    (
        "ten-and-four",
        "Ten cells and a kernel of four",
        "without padding the window has 10 − 4 + 1 places",
        [3, 1, 4, 1, 5, 9, 2, 6, 5, 3],
        [0.25, 0.25, 0.25, 0.25],
        {},
    ),
    (
        "square",
        "A square of numbers, 2-D",
        "nine products for each number of the output",
        _SQUARE,
        [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
        {},
    ),
    (
        "vertical-line",
        "A vertical line",
        "columns 3 and 4 are 1; the detector answers with 3 where its column lies on one of them",
        _TWO_COLUMNS,
        _COLUMN,
        {"bias": 0},
    ),
    (
        "chapter",
        "Sobel on five by five",
        "positive where it becomes brighter to the right, negative where it becomes darker",
        _CHAPTER,
        _SOBEL,
        {},
    ),
    (
        "strided",
        "Every second position",
        "stride 2 halves the output",
        _CHAPTER,
        _SOBEL,
        {"stride": 2, "padding": 1},
    ),
    (
        "dilated",
        "A kernel with gaps",
        "dilation 2: nine weights that span five cells",
        [[(row * column) % 5 for column in range(8)] for row in range(8)],
        _SOBEL,
        {"dilation": 2, "padding": 1},
    ),
    (
        "upsampling",
        "Transposed: from small to large",
        "each input sends its number through the kernel to nine places; where they overlap they add up",
        [[1, 2], [3, 4]],
        [[0.25, 0.5, 0.25], [0.5, 1, 0.5], [0.25, 0.5, 0.25]],
        {"operation": "transposed", "stride": 2},
    ),
    (
        "max-pool",
        "Max pooling",
        "the largest of each two by two, then all in a line; neither has weights",
        _SQUARE,
        None,
        {"operation": "max_pool", "kernel": (2, 2), "flatten": True},
    ),
    (
        "average-pool",
        "Average pooling",
        "the mean of each two by two",
        _SQUARE,
        None,
        {"operation": "average_pool", "kernel": (2, 2)},
    ),
)
