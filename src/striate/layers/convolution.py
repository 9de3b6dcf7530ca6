"""Convolution layers: Conv1D, Conv2D, Conv3D; depthwise and separable ones are in their own file."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from striate.arithmetic import AutoPad, Pads, dilated_extent
from striate.errors import ParameterError, ShapeError
from striate.graph import Array
from striate.layers.activation import activate, checked_activation
from striate.layers.arguments import DataFormat, Sizes, channel_axis, each, one_of, positive
from striate.layers.initializers import Initializer
from striate.layers.layer import Common, Layer
from striate.layers.lowering import Lowering, known
from striate.ops import Conv


class Convolution(Layer):
    """Base of Conv1D, Conv2D and Conv3D.

    Weights: kernel (*kernel_size, channels/groups, filters), bias (filters,).

    Args:
        filters: Number of filters, which is that of the feature maps.
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between two positions.
        padding: "valid" (none), "same" (output ``ceil(input/stride)`` long), in 1-D also "causal" (zeros before only).
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: Cells between two taps.
        groups: Parts that the channels are cut into; each filter sees one part.
        activation: Name of the activation behind it.
        use_bias: Whether a number is added to each map.
        kernel_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError, UnknownNameError: An argument is out of range.

    Example:
        >>> from striate.layers import Sequential
        >>> model = Sequential([Conv2D(32, 3, padding="same", input_shape=(28, 28, 1))])
        >>> [array.shape for array in model.get_weights()]
        [(3, 3, 1, 32), (32,)]
    """

    axes = 0

    def __init__(
        self,
        filters: int,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        data_format: DataFormat | None = None,
        dilation_rate: Sizes = 1,
        groups: int = 1,
        activation: str | None = None,
        use_bias: bool = True,
        kernel_initializer: Initializer = "glorot_uniform",
        bias_initializer: Initializer = "zeros",
        **common: Unpack[Common],
    ) -> None:
        super().__init__(**common)
        self.filters = positive(filters, f"{self.kind}: filters")
        self.kernel_size = each(kernel_size, self.axes, f"{self.kind}: kernel_size")
        self.strides = each(strides, self.axes, f"{self.kind}: strides")
        allowed = ("valid", "same", "causal") if self.axes == 1 else ("valid", "same")
        self.padding = one_of(padding, allowed, f"{self.kind}: padding")
        self.channel_axis = channel_axis(data_format)
        self.dilation_rate = each(dilation_rate, self.axes, f"{self.kind}: dilation_rate")
        self.groups = positive(groups, f"{self.kind}: groups")
        if self.filters % self.groups:
            raise ParameterError(f"{self.kind}: filters (={filters}) must be divisible by groups (={groups})")
        self.activation = checked_activation(activation)
        self.use_bias = use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer

    def lower(self, net: Lowering, x: str) -> str:
        """Adds Conv and the activation."""
        x = net.enter(x, self.channel_axis)
        channels = require_channels(net, x, self)
        if channels % self.groups:
            raise ShapeError(f'layer "{self.name}": {channels} channels cannot be cut into groups (={self.groups})')
        kernel = self.weight(
            net, "kernel", (*self.kernel_size, channels // self.groups, self.filters), self.kernel_initializer
        )
        weights = net.constant(out_in_first(kernel), "kernel")
        op = Conv(
            self.strides,
            graph_padding(self.padding, self.kernel_size, self.dilation_rate),
            self.dilation_rate,
            self.groups,
        )
        made = net.add(op, x, weights, *bias_of(self, net, self.filters, self.use_bias, self.bias_initializer))
        return activate(net, net.leave(made, self.channel_axis), self.activation)


def require_channels(net: Lowering, x: str, layer: Layer) -> int:
    """Number of channels of a channels-first value of the right rank.

    Raises:
        ShapeError: The rank is another, or the number is free.
    """
    axes = int(getattr(layer, "axes", 0))
    if net.rank(x) != axes + 2:
        spatial = ", ".join(("l",) if axes == 1 else ("h", "w") if axes == 2 else ("d", "h", "w"))
        raise ShapeError(
            f'layer "{layer.name}" ({layer.kind}) takes a batch of ({spatial}, channels) in its data_format, rank '
            f"{axes + 2}; its input has shape {tuple(str(size) for size in net.shape(x))}, rank {net.rank(x)}"
        )
    return known(net.graph_shape(x)[1], f'layer "{layer.name}": the number of channels')


def bias_of(layer: Layer, net: Lowering, filters: int, use_bias: bool, initializer: Initializer) -> tuple[str, ...]:
    """The bias operand, or none."""
    if not use_bias:
        return ()
    return (net.constant(layer.weight(net, "bias", (filters,), initializer), "bias"),)


def out_in_first(kernel: Array) -> Array:
    """A kernel (*cells, inputs, outputs) as (outputs, inputs, *cells)."""
    return np.moveaxis(kernel, (-1, -2), (0, 1))


def graph_padding(padding: str, kernel: tuple[int, ...], dilation: tuple[int, ...]) -> Pads | AutoPad:
    """Keras's padding in the graph's terms: "same" puts an odd cell at the end, "causal" everything before."""
    if padding == "same":
        return "same_upper"
    if padding == "causal":
        return tuple((dilated_extent(k, d) - 1, 0) for k, d in zip(kernel, dilation, strict=True))
    return tuple((0, 0) for _ in kernel)


class Conv1D(Convolution):
    """1-D convolution.

    Weights: kernel (*kernel_size, channels/groups, filters), bias (filters,).

    Args:
        filters: Number of filters, which is that of the feature maps.
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between two positions.
        padding: "valid" (none), "same" (output ``ceil(input/stride)`` long), "causal" (zeros before only).
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: Cells between two taps.
        groups: Parts that the channels are cut into; each filter sees one part.
        activation: Name of the activation behind it.
        use_bias: Whether a number is added to each map.
        kernel_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError, UnknownNameError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([Conv1D(4, 3, input_shape=(8, 2))]).predict(np.zeros((1, 8, 2))).shape
        (1, 6, 4)
    """

    axes = 1


class Conv2D(Convolution):
    """2-D convolution.

    Weights: kernel (*kernel_size, channels/groups, filters), bias (filters,).

    Args:
        filters: Number of filters, which is that of the feature maps.
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between two positions.
        padding: "valid" (none), "same" (output ``ceil(input/stride)`` long).
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: Cells between two taps.
        groups: Parts that the channels are cut into; each filter sees one part.
        activation: Name of the activation behind it.
        use_bias: Whether a number is added to each map.
        kernel_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError, UnknownNameError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([Conv2D(4, 3, input_shape=(8, 8, 2))]).predict(np.zeros((1, 8, 8, 2))).shape
        (1, 6, 6, 4)
    """

    axes = 2


class Conv3D(Convolution):
    """3-D convolution.

    Weights: kernel (*kernel_size, channels/groups, filters), bias (filters,).

    Args:
        filters: Number of filters, which is that of the feature maps.
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between two positions.
        padding: "valid" (none), "same" (output ``ceil(input/stride)`` long).
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: Cells between two taps.
        groups: Parts that the channels are cut into; each filter sees one part.
        activation: Name of the activation behind it.
        use_bias: Whether a number is added to each map.
        kernel_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError, UnknownNameError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([Conv3D(4, 3, input_shape=(6, 6, 6, 2))]).predict(np.zeros((1, 6, 6, 6, 2))).shape
        (1, 4, 4, 4, 4)
    """

    axes = 3
