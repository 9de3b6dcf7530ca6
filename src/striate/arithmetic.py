"""Sizes: output length, padding, parameters, receptive-field algebra. No data, only whole numbers.

Every formula is that of the textbook: with input length I, kernel K, stride S, dilation D and padding P at both ends,
the kernel spans ``D(K-1)+1`` cells and fits ``O = floor((I + 2P - D(K-1) - 1)/S) + 1`` times (Dumoulin & Visin,
"A guide to convolution arithmetic for deep learning", 2016). Sizes may be symbols (see :mod:`striate.dimension`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from operator import index
from typing import Literal, SupportsIndex, cast

from striate.dimension import Dim, Shape, Symbol
from striate.errors import ParameterError, ShapeError

Pads = tuple[tuple[int, int], ...]
AutoPad = Literal["same_upper", "same_lower", "valid"]


def whole_numbers(given: object, wanted: str) -> tuple[int, ...]:
    """One whole number or several, of whatever integer type.

    Args:
        given: What a caller gave.
        wanted: The message if it is something else, or beyond 64 bits.

    Raises:
        ParameterError: It is something else.
    """
    # Letters of a text have numbers too, and what has no order is no list of sizes.
    if isinstance(given, str | bytes | bytearray | Set | Mapping):
        raise ParameterError(wanted)
    # An array without axes calls itself iterable, and is none.
    many = isinstance(given, Iterable) and getattr(cast(object, given), "ndim", 1) != 0
    try:
        several: tuple[object, ...] = tuple(cast(Iterable[object], given)) if many else (cast(object, given),)
        numbers = tuple(int(index(cast(SupportsIndex, number))) for number in several)
    except TypeError:
        raise ParameterError(wanted) from None
    if any(isinstance(number, bool) for number in several) or any(abs(number) >= 2**63 for number in numbers):
        raise ParameterError(wanted)
    return numbers


def whole_number(given: object, wanted: str, least: int | None = None) -> int:
    """One whole number, of whatever integer type.

    Args:
        given: What a caller gave.
        wanted: The message if it is something else, or less than ``least``.
        least: The smallest that it may be.

    Raises:
        ParameterError: It is something else.
    """
    found = whole_numbers(given, wanted)
    if len(found) != 1 or (least is not None and found[0] < least):
        raise ParameterError(wanted)
    return found[0]


def dilated_extent(kernel: int, dilation: int = 1) -> int:
    """Cells that a kernel spans when its taps are ``dilation`` apart: ``D(K-1)+1``.

    Args:
        kernel: Taps of the kernel.
        dilation: Cells between two taps.

    Returns:
        Cells from the first tap to the last, both included.

    Example:
        >>> dilated_extent(3, 2)
        5
    """
    return dilation * (kernel - 1) + 1


def output_length(
    length: Dim,
    kernel: int,
    stride: int = 1,
    padding: tuple[int, int] = (0, 0),
    dilation: int = 1,
    ceil_mode: bool = False,
) -> Dim:
    """How many times a window fits: ``floor((I + P0 + P1 - D(K-1) - 1)/S) + 1``.

    With ``ceil_mode`` the division rounds up, but a window must start inside the input or its left padding (the rule
    of PyTorch and ONNX).

    Args:
        length: Cells of the input along one axis, a number or a symbol.
        kernel: Taps of the kernel.
        stride: Cells between two positions.
        padding: Cells added (before, after).
        dilation: Cells between two taps.
        ceil_mode: Whether the division rounds up.

    Returns:
        Number of positions; a symbol where the length is one.

    Raises:
        ShapeError: The window is larger than the padded input.

    Example:
        >>> output_length(10, 4)
        7
        >>> output_length(8, 3, padding=(1, 1))
        8
        >>> output_length(1, 2, stride=2, ceil_mode=True)
        1
    """
    span = dilated_extent(kernel, dilation)
    room = length + (padding[0] + padding[1] - span)
    # Rounded up, a window that reaches past the end still counts, so long as it does not start there.
    if isinstance(room, int) and room <= (-stride if ceil_mode else -1):
        padded = room + span
        raise ShapeError(
            f"window spans {span} cells (kernel {kernel}, dilation {dilation}) but the padded input has only {padded} "
            f"(length {length}, padding {padding[0]}+{padding[1]}); use a smaller kernel or more padding"
        )
    if not ceil_mode:
        return room // stride + 1
    # The last window starts at most at the input's last cell: of ceil(room/S) + 1 and ceil((I + P0)/S) the smaller.
    return (length + padding[0] + min(padding[1] - span + stride, 0) + (stride - 1)) // stride


def same_padding(length: int, kernel: int, stride: int = 1, dilation: int = 1, upper: bool = True) -> tuple[int, int]:
    """Padding that makes the output ``ceil(I/S)`` long; an odd cell goes to the end (``upper``) or the beginning.

    Args:
        length: Cells of the input along one axis.
        kernel: Taps of the kernel.
        stride: Cells between two positions.
        dilation: Cells between two taps.
        upper: Whether an odd cell goes to the end.

    Returns:
        Cells (before, after).

    Example:
        >>> same_padding(8, 4)
        (1, 2)
    """
    count = -(-length // stride)
    total = max(0, (count - 1) * stride + dilated_extent(kernel, dilation) - length)
    small, large = total // 2, total - total // 2
    return (small, large) if upper else (large, small)


def transposed_length(
    length: Dim,
    kernel: int,
    stride: int = 1,
    padding: tuple[int, int] = (0, 0),
    dilation: int = 1,
    output_padding: int = 0,
) -> Dim:
    """Output length of a transposed convolution: ``S(I-1) + D(K-1) + 1 - P0 - P1 + output_padding``.

    Args:
        length: Cells of the input along one axis, a number or a symbol.
        kernel: Taps of the kernel.
        stride: Cells between the places that two neighbouring inputs are sent to.
        padding: Cells cut (before, after).
        dilation: Cells between two taps.
        output_padding: Cells added to the end.

    Returns:
        Number of cells; a symbol where the length is one.

    Example:
        >>> transposed_length(4, 3, stride=2, padding=(1, 1), output_padding=1)
        8
    """
    return (length - 1) * stride + (dilated_extent(kernel, dilation) - padding[0] - padding[1] + output_padding)


def broadcast_shape(*shapes: Shape) -> Shape:
    """The shape that arrays of these shapes broadcast to: aligned at the last axis, a size 1 stretches.

    Args:
        *shapes: Shapes, sizes being numbers or symbols.

    Returns:
        The common shape.

    Raises:
        ShapeError: Two sizes of an axis differ and neither is 1.

    Example:
        >>> broadcast_shape((4, 1, 6), (5, 1))
        (4, 5, 6)
        >>> broadcast_shape((Symbol("n"), 1), (1, 8))
        (n, 8)
    """
    rank = max((len(shape) for shape in shapes), default=0)
    aligned = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    result: list[Dim] = []
    for sizes in zip(*aligned, strict=True):
        others = list(dict.fromkeys(size for size in sizes if size != 1))
        numbers = [size for size in others if not isinstance(size, Symbol)]
        if len(numbers) > 1:
            listed = " and ".join(f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})" for shape in shapes)
            raise ShapeError(f"shapes {listed} do not broadcast: {numbers[0]} and {numbers[1]} differ and neither is 1")
        if numbers:
            result.append(numbers[0])
        elif len(others) > 1:  # equal, or one of them is 1: only a run can tell
            result.append(Symbol(f"max({', '.join(sorted(map(str, others)))})"))
        else:
            result.append(others[0] if others else 1)
    return tuple(result)


def convolution_parameters(
    kernel: Sequence[int], in_channels: int, filters: int, groups: int = 1, bias: bool = True
) -> int:
    """Weights and biases of a convolution: ``filters * (in_channels/groups) * prod(kernel) + filters``.

    Args:
        kernel: Size along each axis.
        in_channels: Channels of the input.
        filters: Number of filters.
        groups: Parts that the channels are cut into.
        bias: Whether each filter has a bias.

    Returns:
        Their number.

    Example:
        >>> convolution_parameters((3, 3), 3, 64)
        1792
    """
    weights = filters * (in_channels // groups)
    for size in kernel:
        weights *= size
    return weights + (filters if bias else 0)


def dense_parameters(inputs: int, units: int, bias: bool = True) -> int:
    """Weights and biases of a dense layer: ``inputs * units + units``.

    Args:
        inputs: Numbers that go in.
        units: Numbers that come out.
        bias: Whether each unit has a bias.

    Returns:
        Their number.

    Example:
        >>> dense_parameters(224 * 224 * 3, 1000)
        150529000
    """
    return inputs * units + (units if bias else 0)


@dataclass(frozen=True, slots=True)
class Window:
    """A window that slides over one or more axes: what convolution and pooling share.

    Args:
        kernel: Taps per axis.
        stride: Cells between two positions, per axis.
        padding: (before, after) per axis, or a rule that depends on the input's length.
        dilation: Cells between two taps, per axis.
        ceil_mode: Whether a last, partial position counts.

    Raises:
        ParameterError: A size is not positive or the lists have different lengths.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pads | AutoPad
    dilation: tuple[int, ...]
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        rank = len(self.kernel)
        for name, sizes in (("kernel", self.kernel), ("stride", self.stride), ("dilation", self.dilation)):
            if len(sizes) != rank:
                raise ParameterError(
                    f"{name} (={sizes}) has {len(sizes)} entries, expected {rank}, one per spatial axis"
                )
            if any(size < 1 for size in sizes):
                raise ParameterError(f"{name} (={sizes}) must be positive")
        if isinstance(self.padding, str):
            if self.padding not in ("same_upper", "same_lower", "valid"):
                raise ParameterError(
                    f'padding (="{self.padding}") must be "same_upper", "same_lower", "valid" or cells'
                )
            return
        if len(self.padding) != rank:
            raise ParameterError(
                f"padding (={self.padding}) has {len(self.padding)} entries, expected {rank}, one per spatial axis"
            )
        if any(cells < 0 for pair in self.padding for cells in pair):
            raise ParameterError(f"padding (={self.padding}) must not be negative; cut the input with Slice instead")

    def pads(self, lengths: Sequence[int]) -> Pads:
        """Padding in cells, (before, after) per axis, for an input of these lengths."""
        if not isinstance(self.padding, str):
            return self.padding
        if self.padding == "valid":
            return tuple((0, 0) for _ in lengths)
        upper = self.padding == "same_upper"
        sizes = zip(lengths, self.kernel, self.stride, self.dilation, strict=True)
        return tuple(same_padding(length, k, s, d, upper) for length, k, s, d in sizes)

    def output(self, lengths: Sequence[Dim]) -> tuple[Dim, ...]:
        """Number of positions per axis, for an input of these lengths (symbols allowed)."""
        if self.padding in ("same_upper", "same_lower"):
            return tuple((length + (s - 1)) // s for length, s in zip(lengths, self.stride, strict=True))
        pads = ((0, 0),) * len(self.kernel) if isinstance(self.padding, str) else self.padding
        sizes = zip(lengths, self.kernel, self.stride, pads, self.dilation, strict=True)
        return tuple(output_length(i, k, s, p, d, self.ceil_mode) for i, k, s, p, d in sizes)
