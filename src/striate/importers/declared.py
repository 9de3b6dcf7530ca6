"""What a pasted layer is, whichever framework it comes from: one dataclass a family of layers, channels first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from striate.arithmetic import AutoPad, Pads

PaddingMode = Literal["zeros", "reflect", "replicate", "circular"]


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution; ``in_channels`` None where the input says it, ``filters`` None for a multiple of it (depthwise).

    Args:
        rank: Number of spatial axes.
        in_channels: Channels of the input.
        filters: Output channels.
        kernel: Taps per axis.
        stride: Cells per step and axis.
        padding: Zeros (before, after) per axis, or a rule.
        dilation: Cells between taps, per axis.
        groups: Parts of the channels; 0 for as many as input channels (depthwise).
        bias: Whether each output channel has one.
        multiplier: Filters for each input channel, of a depthwise convolution.
        pointwise: Filters of the 1×1 convolution that follows in a separable one.
        padding_mode: What is added at the edges.
    """

    rank: int
    in_channels: int | None
    filters: int | None
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pads | AutoPad
    dilation: tuple[int, ...]
    groups: int = 1
    bias: bool = True
    multiplier: int = 1
    pointwise: int | None = None
    padding_mode: PaddingMode = "zeros"


@dataclass(frozen=True, slots=True)
class TransposedConvolution:
    """A transposed convolution; ``output_padding`` None for Keras's rule: "same" gives the input times the stride."""

    rank: int
    in_channels: int | None
    filters: int
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pads | Literal["same", "valid"]
    dilation: tuple[int, ...]
    output_padding: tuple[int, ...] | None
    groups: int = 1
    bias: bool = True


@dataclass(frozen=True, slots=True)
class Pooling:
    """Pooling with a sliding window."""

    rank: int
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pads | AutoPad
    dilation: tuple[int, ...]
    ceil_mode: bool = False


@dataclass(frozen=True, slots=True)
class FixedSizePooling:
    """Pooling to a size that does not depend on the input's; ``size`` None keeps an axis, () drops the axes."""

    rank: int
    size: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Dense:
    """Every output sums every input; ``inputs`` None where the input says it."""

    inputs: int | None
    units: int
    bias: bool


@dataclass(frozen=True, slots=True)
class Normalization:
    """Normalisation with learned scale and shift.

    Args:
        rank: Number of spatial axes that the input has; None for any.
        channels: Channels that it was declared for; None where the input says it.
        learned: Names of the learned vectors.
        statistics: Whether mean and variance are kept for each channel.
        shape: Shape of the last axes that it was declared for (layer norm); () for one number a channel.
        groups: Groups of channels, for the check that they divide.
        axes: Axes that have the learned numbers, as Keras counts; () for the channels.
    """

    rank: int | None
    channels: int | None
    learned: tuple[str, ...]
    statistics: bool = False
    shape: tuple[int, ...] = ()
    groups: int = 1
    axes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Flatten:
    """Axes ``start`` to ``end`` (0 is the batch) become one."""

    start: int = 1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Elementwise:
    """A result of the input's own shape: a function of each number, a dropout, a softmax.

    Args:
        learned: Learned numbers, one a channel or one for all (PReLU).
        axis: Axis that it needs, as the source counts with the batch (softmax); None for no particular one.
        groups: Groups that must divide the channels.
    """

    learned: int = 0
    axis: int | None = None
    groups: int = 1


@dataclass(frozen=True, slots=True)
class Slopes:
    """A learned slope for each place, or one for all places along the ``shared`` axes (0 is the batch)."""

    shared: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Embedding:
    """A learned row of ``width`` numbers for each of ``rows`` whole numbers."""

    rows: int
    width: int


@dataclass(frozen=True, slots=True)
class Padding:
    """Cells (before, after) per axis; negative numbers cut off."""

    rank: int
    pads: Pads
    mode: PaddingMode = "zeros"


@dataclass(frozen=True, slots=True)
class PixelShuffle:
    """Channels become cells: ``factor`` times as long along both axes; ``back`` is the other way round."""

    factor: int
    back: bool = False


@dataclass(frozen=True, slots=True)
class Reshape:
    """The same numbers in another shape, in the source's order of axes; one entry may be -1: what is left."""

    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Permute:
    """The axes in another order, counted from 1 in the source's order (0 is the batch)."""

    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A vector, so many times."""

    times: int


@dataclass(frozen=True, slots=True)
class Gate:
    """One half of an axis (0 is the batch) decides how much of the other half passes: the axis is half as long."""

    axis: int


@dataclass(frozen=True, slots=True)
class Unflatten:
    """One axis (0 is the batch) becomes several; one size may be -1: what is left."""

    axis: int
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Patches:
    """What lies under each window becomes a column of numbers, (c·taps, positions).

    Args:
        rank: Number of spatial axes.
        kernel: Taps per axis.
        stride: Cells per step and axis.
        padding: Zeros (before, after) per axis.
        dilation: Cells between taps, per axis.
        size: The other way round, columns back to places of this size, where they are added up; () for patches.
    """

    rank: int
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pads
    dilation: tuple[int, ...]
    size: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unpooling:
    """A max pooling undone: each number goes back to its place, zeros elsewhere; where that is takes no part here."""

    rank: int
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FractionalPooling:
    """Maxima of windows that lie at random places, as many as ``size`` says or ``ratio`` times the cells."""

    rank: int
    kernel: tuple[int, ...]
    size: tuple[int, ...] = ()
    ratio: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of so many cells, whatever the input's size; a smaller input is enlarged."""

    rank: int
    size: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Upsampling:
    """Each axis becomes ``factor`` times as long, or ``size`` cells."""

    rank: int | None
    factor: tuple[float, ...] = ()
    size: tuple[int, ...] = ()


Meaning = (
    Convolution
    | TransposedConvolution
    | Pooling
    | FixedSizePooling
    | Dense
    | Normalization
    | Flatten
    | Elementwise
    | Slopes
    | Embedding
    | Padding
    | PixelShuffle
    | Reshape
    | Permute
    | Repeat
    | Gate
    | Unflatten
    | Patches
    | Unpooling
    | FractionalPooling
    | Crop
    | Upsampling
)
