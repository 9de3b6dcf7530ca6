"""Transposed convolution layers: Conv1DTranspose, Conv2DTranspose, Conv3DTranspose."""

from __future__ import annotations

from typing import Unpack

import numpy as np

from striate.arithmetic import dilated_extent
from striate.errors import ParameterError
from striate.layers.activation import activate, checked_activation
from striate.layers.arguments import DataFormat, Sizes, channel_axis, each, one_of, positive
from striate.layers.convolution import bias_of, require_channels
from striate.layers.initializers import Initializer
from striate.layers.layer import Common, Layer
from striate.layers.lowering import Lowering
from striate.ops import ConvTranspose


class TransposedConvolution(Layer):
    """Base of the transposed convolutions; the output is ``input * stride`` long, or more with "valid".

    Weights: kernel (*kernel_size, filters, channels), bias (filters,).

    Args:
        filters: Number of feature maps.
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between the places that two neighbouring inputs are sent to.
        padding: "valid" (length ``input * stride + max(kernel - stride, 0)``) or "same" (``input * stride``).
        data_format: "channels_last" (default) or "channels_first".
        output_padding: Cells at the end, less than the stride; the length is then ``(input - 1) * stride + kernel -
            2 * pad + output_padding`` with pad ``kernel // 2`` for "same".
        dilation_rate: Cells between two taps.
        activation: Name of the activation behind it.
        use_bias: Whether a number is added to each map.
        kernel_initializer: First values of the kernel.
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
        output_padding: Sizes | None = None,
        dilation_rate: Sizes = 1,
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
        self.padding = one_of(padding, ("valid", "same"), f"{self.kind}: padding")
        self.channel_axis = channel_axis(data_format)
        self.dilation_rate = each(dilation_rate, self.axes, f"{self.kind}: dilation_rate")
        self.output_padding: tuple[int, ...] | None = None
        if output_padding is not None:
            self.output_padding = each(output_padding, self.axes, f"{self.kind}: output_padding", 0)
            if any(more >= stride for more, stride in zip(self.output_padding, self.strides, strict=True)):
                raise ParameterError(
                    f"{self.kind}: output_padding (={output_padding}) must be less than strides (={strides})"
                )
        self.activation = checked_activation(activation)
        self.use_bias = use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer

    def lower(self, net: Lowering, x: str) -> str:
        """Adds ConvTranspose and the activation."""
        x = net.enter(x, self.channel_axis)
        channels = require_channels(net, x, self)
        kernel = self.weight(net, "kernel", (*self.kernel_size, self.filters, channels), self.kernel_initializer)
        weights = net.constant(np.moveaxis(kernel, (-1, -2), (0, 1)), "kernel")
        cut = [self._cut(axis) for axis in range(self.axes)]
        op = ConvTranspose(
            self.strides,
            tuple((before, after) for before, after, _ in cut),
            self.dilation_rate,
            1,
            tuple(more for *_, more in cut),
        )
        made = net.add(op, x, weights, *bias_of(self, net, self.filters, self.use_bias, self.bias_initializer))
        return activate(net, net.leave(made, self.channel_axis), self.activation)

    def _cut(self, axis: int) -> tuple[int, int, int]:
        """Cells cut from the beginning and the end, and cells added there."""
        span, stride = dilated_extent(self.kernel_size[axis], self.dilation_rate[axis]), self.strides[axis]
        if self.output_padding is not None:
            pad = span // 2 if self.padding == "same" else 0
            return pad, pad, self.output_padding[axis]
        # Without padding the result is (input - 1) * stride + span long: too short where the kernel is the smaller.
        excess = span - stride
        if excess < 0:
            return 0, 0, -excess
        return (excess // 2, excess - excess // 2, 0) if self.padding == "same" else (0, 0, 0)


class Conv1DTranspose(TransposedConvolution):
    """1-D transposed convolution.

    Weights: kernel (*kernel_size, filters, channels), bias (filters,).

    Args:
        filters: Number of feature maps.
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between the places that two neighbouring inputs are sent to.
        padding: "valid" (length ``input * stride + max(kernel - stride, 0)``) or "same" (``input * stride``).
        data_format: "channels_last" (default) or "channels_first".
        output_padding: Cells at the end, less than the stride; the length is then ``(input - 1) * stride + kernel -
            2 * pad + output_padding`` with pad ``kernel // 2`` for "same".
        dilation_rate: Cells between two taps.
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
        >>> model = Sequential([Conv1DTranspose(4, 3, strides=2, input_shape=(8, 2))])
        >>> model.predict(np.zeros((1, 8, 2))).shape
        (1, 17, 4)
    """

    axes = 1


class Conv2DTranspose(TransposedConvolution):
    """2-D transposed convolution.

    Weights: kernel (*kernel_size, filters, channels), bias (filters,).

    Args:
        filters: Number of feature maps.
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between the places that two neighbouring inputs are sent to.
        padding: "valid" (length ``input * stride + max(kernel - stride, 0)``) or "same" (``input * stride``).
        data_format: "channels_last" (default) or "channels_first".
        output_padding: Cells at the end, less than the stride; the length is then ``(input - 1) * stride + kernel -
            2 * pad + output_padding`` with pad ``kernel // 2`` for "same".
        dilation_rate: Cells between two taps.
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
        >>> model = Sequential([Conv2DTranspose(4, 3, strides=2, input_shape=(8, 8, 2))])
        >>> model.predict(np.zeros((1, 8, 8, 2))).shape
        (1, 17, 17, 4)
    """

    axes = 2


class Conv3DTranspose(TransposedConvolution):
    """3-D transposed convolution.

    Weights: kernel (*kernel_size, filters, channels), bias (filters,).

    Args:
        filters: Number of feature maps.
        kernel_size: Cells of the kernel, one number or one for each axis.
        strides: Cells between the places that two neighbouring inputs are sent to.
        padding: "valid" (length ``input * stride + max(kernel - stride, 0)``) or "same" (``input * stride``).
        data_format: "channels_last" (default) or "channels_first".
        output_padding: Cells at the end, less than the stride; the length is then ``(input - 1) * stride + kernel -
            2 * pad + output_padding`` with pad ``kernel // 2`` for "same".
        dilation_rate: Cells between two taps.
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
        >>> model = Sequential([Conv3DTranspose(4, 3, strides=2, input_shape=(6, 6, 6, 2))])
        >>> model.predict(np.zeros((1, 6, 6, 6, 2))).shape
        (1, 13, 13, 13, 4)
    """

    axes = 3
