"""Pooling layers: the maximum or mean of windows, or of whole maps. They have no weights."""

from __future__ import annotations

from typing import Unpack

from striate.layers.arguments import DataFormat, Sizes, channel_axis, each, one_of
from striate.layers.convolution import graph_padding, require_channels
from striate.layers.layer import Common, Layer
from striate.layers.lowering import Lowering
from striate.ops import AveragePool, Flatten, GlobalAveragePool, GlobalMaxPool, MaxPool


class Pooling(Layer):
    """Base of max and average pooling.

    Args:
        pool_size: Cells of the window, one number or one for each axis.
        strides: Cells between two positions; the window's size if left out.
        padding: "valid" or "same"; padded cells never win and do not count in a mean.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: An argument is out of range.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([MaxPooling1D(2, input_shape=(4, 1))]).predict([[[1], [3], [2], [5]]]).ravel()
        array([3., 5.], dtype=float32)
    """

    axes = 0
    op: type[MaxPool] | type[AveragePool] = MaxPool

    def __init__(
        self,
        pool_size: Sizes = 2,
        strides: Sizes | None = None,
        padding: str = "valid",
        data_format: DataFormat | None = None,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(**common)
        self.pool_size = each(pool_size, self.axes, f"{self.kind}: pool_size")
        self.strides = self.pool_size if strides is None else each(strides, self.axes, f"{self.kind}: strides")
        self.padding = one_of(padding, ("valid", "same"), f"{self.kind}: padding")
        self.channel_axis = channel_axis(data_format)

    def lower(self, net: Lowering, x: str) -> str:
        """Adds the pooling op."""
        x = net.enter(x, self.channel_axis)
        require_channels(net, x, self)
        ones = (1,) * self.axes
        op = self.op(self.pool_size, self.strides, graph_padding(self.padding, self.pool_size, ones), ones)
        return net.leave(net.add(op, x), self.channel_axis)


class MaxPooling1D(Pooling):
    """Maximum of windows in 1-D.

    Args:
        pool_size: Cells of the window, one number or one for each axis.
        strides: Cells between two positions; the window's size if left out.
        padding: "valid" or "same"; padded cells never win and do not count in a mean.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([MaxPooling1D(2, input_shape=(8, 2))]).predict(np.zeros((1, 8, 2))).shape
        (1, 4, 2)
    """

    axes = 1


class MaxPooling2D(Pooling):
    """Maximum of windows in 2-D.

    Args:
        pool_size: Cells of the window, one number or one for each axis.
        strides: Cells between two positions; the window's size if left out.
        padding: "valid" or "same"; padded cells never win and do not count in a mean.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([MaxPooling2D(2, input_shape=(8, 8, 2))]).predict(np.zeros((1, 8, 8, 2))).shape
        (1, 4, 4, 2)
    """

    axes = 2


class MaxPooling3D(Pooling):
    """Maximum of windows in 3-D.

    Args:
        pool_size: Cells of the window, one number or one for each axis.
        strides: Cells between two positions; the window's size if left out.
        padding: "valid" or "same"; padded cells never win and do not count in a mean.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([MaxPooling3D(2, input_shape=(6, 6, 6, 2))]).predict(np.zeros((1, 6, 6, 6, 2))).shape
        (1, 3, 3, 3, 2)
    """

    axes = 3


class AveragePooling1D(Pooling):
    """Mean of windows in 1-D.

    Args:
        pool_size: Cells of the window, one number or one for each axis.
        strides: Cells between two positions; the window's size if left out.
        padding: "valid" or "same"; padded cells never win and do not count in a mean.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([AveragePooling1D(2, input_shape=(8, 2))]).predict(np.zeros((1, 8, 2))).shape
        (1, 4, 2)
    """

    axes = 1
    op = AveragePool


class AveragePooling2D(Pooling):
    """Mean of windows in 2-D.

    Args:
        pool_size: Cells of the window, one number or one for each axis.
        strides: Cells between two positions; the window's size if left out.
        padding: "valid" or "same"; padded cells never win and do not count in a mean.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([AveragePooling2D(2, input_shape=(8, 8, 2))]).predict(np.zeros((1, 8, 8, 2))).shape
        (1, 4, 4, 2)
    """

    axes = 2
    op = AveragePool


class AveragePooling3D(Pooling):
    """Mean of windows in 3-D.

    Args:
        pool_size: Cells of the window, one number or one for each axis.
        strides: Cells between two positions; the window's size if left out.
        padding: "valid" or "same"; padded cells never win and do not count in a mean.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([AveragePooling3D(2, input_shape=(6, 6, 6, 2))]).predict(np.zeros((1, 6, 6, 6, 2))).shape
        (1, 3, 3, 3, 2)
    """

    axes = 3
    op = AveragePool


class GlobalPooling(Layer):
    """Base of global pooling: one number for each map.

    Args:
        data_format: "channels_last" (default) or "channels_first".
        keepdims: Whether the spatial axes stay, with size 1.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.
    """

    axes = 0
    op: type[GlobalMaxPool] | type[GlobalAveragePool] = GlobalMaxPool

    def __init__(self, data_format: DataFormat | None = None, keepdims: bool = False, **common: Unpack[Common]) -> None:
        super().__init__(**common)
        self.channel_axis = channel_axis(data_format)
        self.keepdims = keepdims

    def lower(self, net: Lowering, x: str) -> str:
        """Adds the global pooling op, and Flatten unless the axes stay."""
        x = net.enter(x, self.channel_axis)
        require_channels(net, x, self)
        pooled = net.add(self.op(), x)
        return net.leave(pooled, self.channel_axis) if self.keepdims else net.add(Flatten(1), pooled)


class GlobalMaxPooling1D(GlobalPooling):
    """Maximum of each 1-D map.

    Args:
        data_format: "channels_last" (default) or "channels_first".
        keepdims: Whether the spatial axes stay, with size 1.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([GlobalMaxPooling1D(input_shape=(8, 2))]).predict(np.zeros((1, 8, 2))).shape
        (1, 2)
    """

    axes = 1


class GlobalMaxPooling2D(GlobalPooling):
    """Maximum of each 2-D map.

    Args:
        data_format: "channels_last" (default) or "channels_first".
        keepdims: Whether the spatial axes stay, with size 1.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([GlobalMaxPooling2D(input_shape=(8, 8, 2))]).predict(np.zeros((1, 8, 8, 2))).shape
        (1, 2)
    """

    axes = 2


class GlobalMaxPooling3D(GlobalPooling):
    """Maximum of each 3-D map.

    Args:
        data_format: "channels_last" (default) or "channels_first".
        keepdims: Whether the spatial axes stay, with size 1.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([GlobalMaxPooling3D(input_shape=(6, 6, 6, 2))]).predict(np.zeros((1, 6, 6, 6, 2))).shape
        (1, 2)
    """

    axes = 3


class GlobalAveragePooling1D(GlobalPooling):
    """Mean of each 1-D map.

    Args:
        data_format: "channels_last" (default) or "channels_first".
        keepdims: Whether the spatial axes stay, with size 1.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([GlobalAveragePooling1D(input_shape=(8, 2))]).predict(np.zeros((1, 8, 2))).shape
        (1, 2)
    """

    axes = 1
    op = GlobalAveragePool


class GlobalAveragePooling2D(GlobalPooling):
    """Mean of each 2-D map.

    Args:
        data_format: "channels_last" (default) or "channels_first".
        keepdims: Whether the spatial axes stay, with size 1.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([GlobalAveragePooling2D(input_shape=(8, 8, 2))]).predict(np.zeros((1, 8, 8, 2))).shape
        (1, 2)
    """

    axes = 2
    op = GlobalAveragePool


class GlobalAveragePooling3D(GlobalPooling):
    """Mean of each 3-D map.

    Args:
        data_format: "channels_last" (default) or "channels_first".
        keepdims: Whether the spatial axes stay, with size 1.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> model = Sequential([GlobalAveragePooling3D(input_shape=(6, 6, 6, 2))])
        >>> model.predict(np.zeros((1, 6, 6, 6, 2))).shape
        (1, 2)
    """

    axes = 3
    op = GlobalAveragePool
