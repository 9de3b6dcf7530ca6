"""What a pasted layer is, whichever framework it comes from: one dataclass a family of layers, channels first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from striate.arithmetic import AutoPad, Pads

Causal = Literal["causal"]


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
        axis: Axis that has the learned numbers, as the source counts (Keras).
    """

    rank: int | None
    channels: int | None
    learned: tuple[str, ...]
    statistics: bool = False
    shape: tuple[int, ...] = ()
    groups: int = 1
    axis: int | None = None


@dataclass(frozen=True, slots=True)
class Flatten:
    """Axes ``start`` to ``end`` (0 is the batch) become one."""

    start: int = 1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Elementwise:
    """A function of each number, or a dropout; ``learned`` parameters (PReLU)."""

    learned: int = 0


@dataclass(frozen=True, slots=True)
class Padding:
    """Zeros (before, after) per axis."""

    rank: int
    pads: Pads


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
    | Padding
    | Upsampling
)
