"""Convolutions that treat each channel by itself: depthwise, and separable (depthwise, then 1x1 over the channels)."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from striate.graph import Array
from striate.layers.activation import activate, checked_activation
from striate.layers.arguments import DataFormat, Sizes, channel_axis, each, one_of, positive
from striate.layers.convolution import bias_of, graph_padding, out_in_first, require_channels
from striate.layers.initializers import Initializer
from striate.layers.layer import Common, Layer
from striate.layers.lowering import Lowering
from striate.ops import Conv


class Depthwise(Layer):
    """Base of DepthwiseConv1D and DepthwiseConv2D: ``depth_multiplier`` filters for each channel.

    Weights: kernel (*kernel_size, channels, depth_multiplier), bias (channels * depth_multiplier,).

    Args:
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between two positions.
        padding: "valid" or "same", in 1-D also "causal".
        depth_multiplier: Filters for each channel.
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: Cells between two taps.
        activation: Name of the activation behind it.
        use_bias: Whether a number is added to each map.
        depthwise_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError, UnknownNameError: An argument is out of range.
    """

    axes = 0

    def __init__(
        self,
        kernel_size: Sizes,
        strides: Sizes = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: DataFormat | None = None,
        dilation_rate: Sizes = 1,
        activation: str | None = None,
        use_bias: bool = True,
        depthwise_initializer: Initializer = "glorot_uniform",
        bias_initializer: Initializer = "zeros",
        **common: Unpack[Common],
    ) -> None:
        super().__init__(**common)
        self.kernel_size = each(kernel_size, self.axes, f"{self.kind}: kernel_size")
        self.strides = each(strides, self.axes, f"{self.kind}: strides")
        allowed = ("valid", "same", "causal") if self.axes == 1 else ("valid", "same")
        self.padding = one_of(padding, allowed, f"{self.kind}: padding")
        self.depth_multiplier = positive(depth_multiplier, f"{self.kind}: depth_multiplier")
        self.channel_axis = channel_axis(data_format)
        self.dilation_rate = each(dilation_rate, self.axes, f"{self.kind}: dilation_rate")
        self.activation = checked_activation(activation)
        self.use_bias = use_bias
        self.depthwise_initializer, self.bias_initializer = depthwise_initializer, bias_initializer

    def depthwise_op(self, channels: int) -> Conv:
        """The convolution that sees one channel at a time."""
        padding = graph_padding(self.padding, self.kernel_size, self.dilation_rate)
        return Conv(self.strides, padding, self.dilation_rate, channels)

    def lower(self, net: Lowering, x: str) -> str:
        """Adds a grouped Conv and the activation."""
        x = net.enter(x, self.channel_axis)
        channels = require_channels(net, x, self)
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        weights = net.constant(
            one_channel_each(self.weight(net, "kernel", shape, self.depthwise_initializer)), "kernel"
        )
        bias = bias_of(self, net, channels * self.depth_multiplier, self.use_bias, self.bias_initializer)
        made = net.add(self.depthwise_op(channels), x, weights, *bias)
        return activate(net, net.leave(made, self.channel_axis), self.activation)


def one_channel_each(kernel: Array) -> Array:
    """A kernel (*cells, channels, multiplier) as (channels * multiplier, 1, *cells)."""
    channels, multiplier = kernel.shape[-2:]
    first = np.moveaxis(kernel, (-2, -1), (0, 1))
    return first.reshape(channels * multiplier, 1, *kernel.shape[:-2])


class DepthwiseConv1D(Depthwise):
    """1-D depthwise convolution.

    Weights: kernel (*kernel_size, channels, depth_multiplier), bias (channels * depth_multiplier,).

    Args:
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between two positions.
        padding: "valid" or "same", "causal".
        depth_multiplier: Filters for each channel.
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: Cells between two taps.
        activation: Name of the activation behind it.
        use_bias: Whether a number is added to each map.
        depthwise_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError, UnknownNameError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> model = Sequential([DepthwiseConv1D(3, depth_multiplier=2, input_shape=(8, 2))])
        >>> model.predict(np.zeros((1, 8, 2))).shape
        (1, 6, 4)
    """

    axes = 1


class DepthwiseConv2D(Depthwise):
    """2-D depthwise convolution.

    Weights: kernel (*kernel_size, channels, depth_multiplier), bias (channels * depth_multiplier,).

    Args:
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between two positions.
        padding: "valid" or "same", in 1-D also "causal".
        depth_multiplier: Filters for each channel.
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: Cells between two taps.
        activation: Name of the activation behind it.
        use_bias: Whether a number is added to each map.
        depthwise_initializer: First values of the kernel.
        bias_initializer: First values of the bias.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError, UnknownNameError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> model = Sequential([DepthwiseConv2D(3, depth_multiplier=2, input_shape=(8, 8, 2))])
        >>> model.predict(np.zeros((1, 8, 8, 2))).shape
        (1, 6, 6, 4)
    """

    axes = 2


class Separable(Layer):
    """Base of SeparableConv1D and SeparableConv2D: depthwise convolution, then 1x1 convolution over the channels.

    Weights: depthwise kernel (*kernel_size, channels, depth_multiplier), pointwise kernel (1 ..., channels *
    depth_multiplier, filters), bias (filters,).

    Args:
        filters: Number of filters of the second step.
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between two positions.
        padding: "valid" or "same", in 1-D also "causal".
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: Cells between two taps.
        depth_multiplier: Filters for each channel in the first step.
        activation: Name of the activation behind it.
        use_bias: Whether a number is added to each map.
        depthwise_initializer: First values of the first kernel.
        pointwise_initializer: First values of the second kernel.
        bias_initializer: First values of the bias.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError, UnknownNameError: An argument is out of range.
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
        depth_multiplier: int = 1,
        activation: str | None = None,
        use_bias: bool = True,
        depthwise_initializer: Initializer = "glorot_uniform",
        pointwise_initializer: Initializer = "glorot_uniform",
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
        self.depth_multiplier = positive(depth_multiplier, f"{self.kind}: depth_multiplier")
        self.activation = checked_activation(activation)
        self.use_bias = use_bias
        self.depthwise_initializer, self.pointwise_initializer = depthwise_initializer, pointwise_initializer
        self.bias_initializer = bias_initializer

    def lower(self, net: Lowering, x: str) -> str:
        """Adds both convolutions and the activation."""
        x = net.enter(x, self.channel_axis)
        channels = require_channels(net, x, self)
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        depthwise = self.weight(net, "depthwise_kernel", shape, self.depthwise_initializer)
        ones = (1,) * self.axes
        shape = (*ones, channels * self.depth_multiplier, self.filters)
        pointwise = self.weight(net, "pointwise_kernel", shape, self.pointwise_initializer)
        padding = graph_padding(self.padding, self.kernel_size, self.dilation_rate)
        first = Conv(self.strides, padding, self.dilation_rate, channels)
        x = net.add(first, x, net.constant(one_channel_each(depthwise), "depthwise_kernel"))
        second = Conv(ones, ((0, 0),) * self.axes, ones)
        bias = bias_of(self, net, self.filters, self.use_bias, self.bias_initializer)
        made = net.add(second, x, net.constant(out_in_first(pointwise), "pointwise_kernel"), *bias)
        return activate(net, net.leave(made, self.channel_axis), self.activation)


class SeparableConv1D(Separable):
    """1-D separable convolution.

    Weights: depthwise kernel (*kernel_size, channels, depth_multiplier), pointwise kernel (1 ..., channels *
    depth_multiplier, filters), bias (filters,).

    Args:
        filters: Number of filters of the second step.
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between two positions.
        padding: "valid" or "same", "causal".
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: Cells between two taps.
        depth_multiplier: Filters for each channel in the first step.
        activation: Name of the activation behind it.
        use_bias: Whether a number is added to each map.
        depthwise_initializer: First values of the first kernel.
        pointwise_initializer: First values of the second kernel.
        bias_initializer: First values of the bias.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError, UnknownNameError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([SeparableConv1D(4, 3, input_shape=(8, 2))]).predict(np.zeros((1, 8, 2))).shape
        (1, 6, 4)
    """

    axes = 1


class SeparableConv2D(Separable):
    """2-D separable convolution.

    Weights: depthwise kernel (*kernel_size, channels, depth_multiplier), pointwise kernel (1 ..., channels *
    depth_multiplier, filters), bias (filters,).

    Args:
        filters: Number of filters of the second step.
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between two positions.
        padding: "valid" or "same", in 1-D also "causal".
        data_format: "channels_last" (default) or "channels_first".
        dilation_rate: Cells between two taps.
        depth_multiplier: Filters for each channel in the first step.
        activation: Name of the activation behind it.
        use_bias: Whether a number is added to each map.
        depthwise_initializer: First values of the first kernel.
        pointwise_initializer: First values of the second kernel.
        bias_initializer: First values of the bias.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError, UnknownNameError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([SeparableConv2D(4, 3, input_shape=(8, 8, 2))]).predict(np.zeros((1, 8, 8, 2))).shape
        (1, 6, 6, 4)
    """

    axes = 2
