"""What an animation shows, as data: the cells that a window slides over, and one frozen step for each position."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from striate.lenses.explain import Stage

Numbers = npt.NDArray[np.float64]
Cells = npt.NDArray[np.int64]
Inside = npt.NDArray[np.bool_]


class CellKind(IntEnum):
    """What a cell under the window is."""

    INPUT = 0
    PADDING = 1
    GAP = 2  # between two inputs of a transposed convolution, where its stride puts zeros


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The cells that a window slides over, padding included.

    A transposed convolution is shown as what it also is: its inputs set ``stride`` cells apart, zeros between and
    around them, and the flipped kernel sliding over that cell by cell (Dumoulin & Visin, 2016, chapter 4).

    Args:
        numbers: What the cells hold, (channels, *sizes); 0 where there is no input.
        kinds: What the cells are, :class:`CellKind` of shape (*sizes).
        origin: Coordinates of the first cell, one for each axis; the first input has 0, padding before it is negative.
    """

    numbers: Numbers
    kinds: Cells
    origin: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """The window at one position; all arrays are in the order in which the cells lie in the field.

    Args:
        position: Which output, an index for each spatial axis.
        cells: Coordinates in the field of the cell under each tap, (*kernel, axes).
        inside: Whether an input lies under each tap, (*kernel).
        window: What lies under the taps, (channels, *kernel).
        kernel: What each is multiplied by; None where nothing is. Of a transposed convolution it is flipped.
        products: kernel * window, so that products + bias = total; None where the number is no such sum.
        bias: What is added to the products.
        divisor: Where the window's sum is divided by one number: that number.
        winner: Where one cell is passed on: which, (channel, *tap).
        total: What the window comes to, float64.
        stages: What the layer does to the total afterwards.
        value: What the output holds.
        formula: The total written out at full digits.
    """

    position: tuple[int, ...]
    cells: Cells
    inside: Inside
    window: Numbers
    kernel: Numbers | None
    products: Numbers | None
    bias: float
    divisor: float | None
    winner: tuple[int, ...] | None
    total: float
    stages: tuple[Stage, ...]
    value: float
    formula: str

    @property
    def sums(self) -> Numbers:
        """The products of each channel added up, (channels,); zeros where there are no products."""
        if self.products is None:
            return np.zeros(len(self.window))
        return np.array([math.fsum(part.flat) for part in self.products])


@dataclass(frozen=True, slots=True)
class Extent:
    """Least and greatest of some numbers, for the colours.

    Args:
        low: The least.
        high: The greatest.
    """

    low: float
    high: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Walk:
    """A window's way over an input, position by position.

    Args:
        name: Name of the layer; what it is where it belongs to no network.
        kind: Kind of the operation: "Conv", "ConvTranspose", "MaxPool", "AveragePool" or "LpPool", or a pooling with
            "Global" before it.
        channel: Which output channel.
        facts: Kernel, stride, dilation, padding, groups; a line each.
        sizes: The output size of each axis with its formula, such as ``⌊(8 + 2·1 − 3)/1⌋ + 1 = 8``; () where the window
            covers the whole input.
        channels: Which channels of the input the field's are.
        is_given: Whether the input is what was given to the network, not another layer's output.
        input_shape: Spatial size of the input.
        field: What the window slides over, as far as the steps see it.
        output: What the output holds at ``first`` and on, (*counts).
        first: The first position shown, an index for each spatial axis.
        output_shape: Spatial size of the whole output.
        gap: Cells of the field between two positions, along each axis.
        input_extent: Least and greatest of the whole input.
        kernel_extent: The same of this filter.
        output_extent: The same of the whole output map.
        steps: The positions in the order in which they are shown.
        omitted: What is not shown, one line; "" if everything is.
        title: What stands in front of the kind; if None the layer's name and the channel.
        order: Of a norm (Lp pooling) its p; 0 of anything else.
        origin: Where the numbers come from, one line; "" where nobody needs to be told.
    """

    name: str
    kind: str
    channel: int
    facts: tuple[str, ...]
    sizes: tuple[str, ...]
    channels: tuple[int, ...]
    is_given: bool
    input_shape: tuple[int, ...]
    field: Field
    output: Numbers
    first: tuple[int, ...]
    output_shape: tuple[int, ...]
    gap: tuple[int, ...]
    input_extent: Extent
    kernel_extent: Extent
    output_extent: Extent
    steps: tuple[Step, ...]
    omitted: str = ""
    title: str | None = None
    order: int = 0
    origin: str = ""

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, number: int) -> Step:
        return self.steps[number]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    @property
    def axes(self) -> int:
        """Number of spatial axes."""
        return len(self.output_shape)
