"""The dense layer that does what a convolution does: its size, its matrix, and which of its entries are one weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from striate.arguments import shown
from striate.arithmetic import convolution_parameters, dense_parameters, whole_number, whole_numbers
from striate.errors import ParameterError, ShapeError
from striate.graph import Array
from striate.lenses.declared_size import Formula
from striate.lessons.convolution import Convolution, as_convolution
from striate.lessons.told import Told

# Entries of a matrix that is still made: 8 MiB of numbers and as much of places.
LARGEST = 2**20


@dataclass(frozen=True, eq=False)
class DenseEquivalent(Told):
    """A dense layer that gives what a convolution gives.

    Args:
        convolution: The convolution.
        input_shape: One sample, (c, *spatial).
        output_shape: Its maps, (k, *positions).
        weights: Weights that join every input to every output.
        parameters: The same, and a bias for each output if the convolution has biases.
        connections: How many of them are not 0 by construction: taps that meet a cell of the input.
        matrix: (outputs, inputs), ``matrix @ x.ravel() + bias == convolution(x).ravel()``; None where it is too large.
        shared: Of the same shape: the place of the entry's weight in ``convolution.weight.ravel()``, -1 where there is
            no connection. Entries with the same number are one and the same weight.
        bias: (outputs,); None without.
    """

    convolution: Convolution
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    weights: Formula
    parameters: Formula
    connections: int
    matrix: Array | None
    shared: Array | None
    bias: Array | None

    TITLE = "The dense layer that a convolution replaces"

    @property
    def ratio(self) -> float:
        """How many times more weights the dense layer has."""
        return self.weights.value / self.convolution.weight.size

    def panels(self) -> Sequence[tuple[str, Array]]:
        """The matrix, a row for each output; equal colours are one and the same weight."""
        return () if self.matrix is None else (("matrix: a row for each output", self.matrix),)

    def __str__(self) -> str:
        shapes = ["×".join(map(str, shape)) for shape in (self.input_shape, self.output_shape)]
        own = Formula("*".join(map(str, self.convolution.weight.shape)), self.convolution.weight.size)
        return "\n".join(
            [
                f"{shapes[0]} -> {shapes[1]}",
                f"dense: every input to every output, {self.weights} weights",
                f"local: {self.connections:,} of them join what a kernel reaches, all others are 0",
                f"shared: those are {own} weights, used again at every position",
                f"the dense layer has {_times(self.ratio)} as many weights",
            ]
        )


@dataclass(frozen=True)
class ParameterExplosion(Told):
    """A dense layer on an input, beside a convolution on the same.

    Args:
        input_shape: One sample.
        units: Outputs of the dense layer.
        weights: Its weights.
        parameters: Weights and biases.
        convolution: Weights and biases of the convolution, whatever the input's size.
    """

    input_shape: tuple[int, ...]
    units: int
    weights: Formula
    parameters: Formula
    convolution: Formula

    TITLE = "A dense layer beside a convolution"

    @property
    def ratio(self) -> float:
        """How many times more parameters the dense layer has."""
        return self.parameters.value / self.convolution.value

    def __str__(self) -> str:
        shape = "×".join(map(str, self.input_shape))
        return (
            f"{shape} to {self.units:,} units: {self.parameters} parameters\n"
            f"convolution on it: {self.convolution}, {_times(self.ratio, 'fewer')}"
        )


def dense_equivalent(convolution: object, input_shape: Sequence[int], largest: int = LARGEST) -> DenseEquivalent:
    """The dense layer that a convolution replaces, on an input of a given size.

    Args:
        convolution: A :class:`striate.lessons.Convolution`, weights (k, c/groups, *kernel), a bare kernel, or a unit.
        input_shape: One sample, (c, *spatial); with one channel also (*spatial).
        largest: Entries up to which the matrix itself is made.

    Returns:
        Sizes with their formulas, how many connections are left, and the matrix with its shared weights marked.

    Raises:
        ShapeError: The input does not fit, or the kernel is larger than it.
        ParameterError: A size is not positive.

    Exactness:
        Counts are exact; the matrix gives the convolution's numbers but for the order in which they are added.

    Example:
        >>> import numpy as np
        >>> from striate.lessons import Convolution
        >>> twin = dense_equivalent(Convolution(np.ones((3, 3)), padding=1), (4, 4))
        >>> twin.weights.value, twin.connections, twin.ratio
        (256, 100, 28.444444444444443)
        >>> twin.shared[0, :8]  # the first output's first two rows of inputs: the lower right part of the kernel
        array([ 4,  5, -1, -1,  7,  8, -1, -1])
    """
    one = as_convolution(convolution)
    axes = len(one.kernel)
    given = whole_numbers(input_shape, f"input_shape (={input_shape}) must be positive whole numbers")
    shape = (1, *given) if len(given) == axes and one.channels == 1 else given
    if any(size < 1 for size in shape):
        raise ParameterError(f"input_shape (={input_shape}) must be positive whole numbers")
    if len(shape) != axes + 1 or shape[0] != one.channels:
        raise ShapeError(
            f"input_shape (={input_shape}) must be ({one.channels}, {('l', 'h, w', 'd, h, w')[axes - 1]}), one sample, "
            f"for weights {one.weight.shape} with groups (={one.groups})"
        )
    output = one.output_shape(shape[1:])
    inputs, outputs = prod(shape), prod(output)
    weights = Formula(f"{'*'.join(map(str, shape))} * {'*'.join(map(str, output))}", inputs * outputs)
    parameters = weights
    if one.bias is not None:
        parameters = Formula(f"{weights.text} + {outputs}", dense_parameters(inputs, outputs))
    reached = [_reached(one, axis, shape[1 + axis], output[1 + axis]) for axis in range(axes)]
    most = whole_number(largest, f"largest (={shown(largest)}) must be a whole number")
    shared = _shared(one, shape, output) if inputs * outputs <= most else None
    matrix = None if shared is None else np.where(shared < 0, 0.0, one.weight.ravel()[shared])
    bias = None if one.bias is None else np.repeat(one.bias, prod(output[1:]))
    connections = one.filters * one.weight.shape[1] * prod(reached)
    return DenseEquivalent(one, shape, output, weights, parameters, connections, matrix, shared, bias)


def parameter_explosion(
    input_shape: Sequence[int], units: int, kernel: Sequence[int] = (3, 3), channels: int = 3, filters: int = 64
) -> ParameterExplosion:
    """How many parameters a dense layer on an input has, and how few a convolution.

    Args:
        input_shape: One sample, in any order of axes.
        units: Outputs of the dense layer.
        kernel: Taps of the convolution, per axis.
        channels: Channels that it reads.
        filters: Maps that it makes.

    Returns:
        Both numbers with their formulas. Exact.

    Raises:
        ParameterError: A size is not positive.

    Example:
        >>> print(parameter_explosion((224, 224, 3), 1000))
        224×224×3 to 1,000 units: 224*224*3*1000 + 1000 = 150,529,000 parameters
        convolution on it: 64*3*3*3 + 64 = 1,792, 84,001 times fewer
        >>> print(parameter_explosion((32, 32, 3), 512).weights)
        32*32*3*512 = 1,572,864
    """
    shape = whole_numbers(input_shape, f"input_shape (={input_shape}) must be positive whole numbers")
    taps = whole_numbers(kernel, f"kernel (={kernel}) must be positive whole numbers")
    counts = {
        name: whole_numbers(given, f"{name} (={given}) must be a positive whole number")
        for name, given in (("units", units), ("channels", channels), ("filters", filters))
    }
    for what, sizes in (("input_shape", shape), ("kernel", taps), *counts.items()):
        if any(size < 1 for size in sizes) or (what in counts and len(sizes) != 1):
            raise ParameterError(f"{what} (={', '.join(map(str, sizes))}) must be positive")
    (units,), (channels,), (filters,) = counts["units"], counts["channels"], counts["filters"]
    inputs, text = prod(shape), "*".join(map(str, (*shape, units)))
    weights = Formula(text, inputs * units)
    parameters = Formula(f"{text} + {units}", dense_parameters(inputs, units))
    own = Formula(
        f"{'*'.join(map(str, (filters, channels, *taps)))} + {filters}", convolution_parameters(taps, channels, filters)
    )
    return ParameterExplosion(shape, units, weights, parameters, own)


def _reached(one: Convolution, axis: int, length: int, positions: int) -> int:
    """How many pairs of a tap and a position along an axis lie inside the input; counted, not gone through."""
    stride, count = one.stride[axis], 0
    for tap in range(one.kernel[axis]):
        start = tap * one.dilation[axis] - one.padding[axis][0]  # its cell at position p is start + stride p
        first, last = max(0, -(start // stride)), min(positions - 1, (length - 1 - start) // stride)
        count += max(0, last - first + 1)
    return count


def _met(one: Convolution, axis: int, length: int, positions: int) -> list[list[tuple[int, int]]]:
    """For each position along an axis, which (tap, cell) pairs lie inside the input."""
    found: list[list[tuple[int, int]]] = []
    for position in range(positions):
        start = position * one.stride[axis] - one.padding[axis][0]
        cells = [(tap, start + tap * one.dilation[axis]) for tap in range(one.kernel[axis])]
        found.append([(tap, cell) for tap, cell in cells if 0 <= cell < length])
    return found


def _shared(one: Convolution, shape: tuple[int, ...], output: tuple[int, ...]) -> Array:
    places = np.arange(one.weight.size).reshape(one.weight.shape)
    table = np.full((*output, *shape), -1)
    rows, depth = one.filters // one.groups, one.weight.shape[1]
    met = [_met(one, axis, shape[1 + axis], output[1 + axis]) for axis in range(len(one.kernel))]
    for position in product(*(range(size) for size in output[1:])):
        for pairs in product(*(along[at] for along, at in zip(met, position, strict=True))):
            taps, cells = tuple(tap for tap, _ in pairs), tuple(cell for _, cell in pairs)
            for group in range(one.groups):
                k = slice(group * rows, (group + 1) * rows)
                c = slice(group * depth, (group + 1) * depth)
                table[(k, *position, c, *cells)] = places[(k, slice(None), *taps)]
    return table.reshape(prod(output), prod(shape))


def _times(ratio: float, more: str = "") -> str:
    return (f"{ratio:,.0f} times" if ratio >= 10 else f"{ratio:.3g} times") + (f" {more}" if more else "")
