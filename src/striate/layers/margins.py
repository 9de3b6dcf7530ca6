"""Layers that make maps larger or smaller at their edges, or enlarge them: padding, cropping, upsampling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import numpy as np

from striate.errors import ParameterError, ShapeError
from striate.layers.arguments import DataFormat, Sizes, channel_axis, each, one_of
from striate.layers.convolution import require_channels
from striate.layers.layer import Common, Layer
from striate.layers.lowering import Lowering
from striate.ops import Pad, Resize, Slice

Margins = int | Sequence[int | Sequence[int]]


def margins(given: Margins, axes: int, what: str) -> tuple[tuple[int, int], ...]:
    """(before, after) for each axis, from one number, one for each axis, or a pair for each axis.

    Raises:
        ParameterError: It is none of these.
    """
    if isinstance(given, int):
        pairs: list[tuple[int, ...]] = [(given, given)] * axes
    elif axes == 1 and len(given) == 2 and all(isinstance(size, int) for size in given):
        pairs = [tuple(size for size in given if isinstance(size, int))]
    else:
        pairs = [(size, size) if isinstance(size, int) else tuple(size) for size in given]
    if len(pairs) != axes or any(len(pair) != 2 or min(pair) < 0 for pair in pairs):
        raise ParameterError(f"{what} (={given}) must be a number, or for each of {axes} axes a number or a pair")
    return tuple((pair[0], pair[1]) for pair in pairs)


class ZeroPadding(Layer):
    """Base of the padding layers: zeros around the maps.

    Args:
        padding: A number, one for each axis, or (before, after) for each axis.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The padding is none of these.
    """

    axes = 0

    def __init__(self, padding: Margins = 1, data_format: DataFormat | None = None, **common: Unpack[Common]) -> None:
        super().__init__(**common)
        self.padding = margins(padding, self.axes, f"{self.kind}: padding")
        self.channel_axis = channel_axis(data_format)

    def lower(self, net: Lowering, x: str) -> str:
        """Adds Pad."""
        x = net.enter(x, self.channel_axis)
        require_channels(net, x, self)
        before, after = zip(*self.padding, strict=True)
        made = net.add(Pad("constant"), x, net.integers([0, 0, *before, 0, 0, *after], "pads"))
        return net.leave(made, self.channel_axis)


class ZeroPadding1D(ZeroPadding):
    """Zeros around 1-D maps.

    Args:
        padding: A number, one for each axis, or (before, after) for each axis.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The padding is none of these.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([ZeroPadding1D(1, input_shape=(8, 2))]).predict(np.zeros((1, 8, 2))).shape
        (1, 10, 2)
    """

    axes = 1


class ZeroPadding2D(ZeroPadding):
    """Zeros around 2-D maps.

    Args:
        padding: A number, one for each axis, or (before, after) for each axis.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The padding is none of these.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([ZeroPadding2D(1, input_shape=(8, 8, 2))]).predict(np.zeros((1, 8, 8, 2))).shape
        (1, 10, 10, 2)
    """

    axes = 2


class ZeroPadding3D(ZeroPadding):
    """Zeros around 3-D maps.

    Args:
        padding: A number, one for each axis, or (before, after) for each axis.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The padding is none of these.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([ZeroPadding3D(1, input_shape=(6, 6, 6, 2))]).predict(np.zeros((1, 6, 6, 6, 2))).shape
        (1, 8, 8, 8, 2)
    """

    axes = 3


class Cropping(Layer):
    """Base of the cropping layers: cells cut from the edges.

    Args:
        cropping: A number, one for each axis, or (before, after) for each axis.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The cropping is none of these.
    """

    axes = 0

    def __init__(self, cropping: Margins = 1, data_format: DataFormat | None = None, **common: Unpack[Common]) -> None:
        super().__init__(**common)
        self.cropping = margins(cropping, self.axes, f"{self.kind}: cropping")
        self.channel_axis = channel_axis(data_format)

    def lower(self, net: Lowering, x: str) -> str:
        """Adds Slice."""
        x = net.enter(x, self.channel_axis)
        require_channels(net, x, self)
        for size, (before, after) in zip(net.graph_shape(x)[2:], self.cropping, strict=True):
            if isinstance(size, int) and before + after >= size:
                raise ShapeError(f'layer "{self.name}": cropping {before}+{after} leaves nothing of {size} cells')
        starts = [before for before, _ in self.cropping]
        # an end of -0 would cut everything away: the largest index leaves all
        ends = [-after if after else np.iinfo(np.int64).max for _, after in self.cropping]
        places = net.integers(list(range(2, 2 + self.axes)), "axes")
        made = net.add(Slice(), x, net.integers(starts, "starts"), net.integers(ends, "ends"), places)
        return net.leave(made, self.channel_axis)


class Cropping1D(Cropping):
    """Cells cut from 1-D maps.

    Args:
        cropping: A number, one for each axis, or (before, after) for each axis.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The cropping is none of these.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([Cropping1D(1, input_shape=(8, 2))]).predict(np.zeros((1, 8, 2))).shape
        (1, 6, 2)
    """

    axes = 1


class Cropping2D(Cropping):
    """Cells cut from 2-D maps.

    Args:
        cropping: A number, one for each axis, or (before, after) for each axis.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The cropping is none of these.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([Cropping2D(1, input_shape=(8, 8, 2))]).predict(np.zeros((1, 8, 8, 2))).shape
        (1, 6, 6, 2)
    """

    axes = 2


class Cropping3D(Cropping):
    """Cells cut from 3-D maps.

    Args:
        cropping: A number, one for each axis, or (before, after) for each axis.
        data_format: "channels_last" (default) or "channels_first".
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The cropping is none of these.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([Cropping3D(1, input_shape=(6, 6, 6, 2))]).predict(np.zeros((1, 6, 6, 6, 2))).shape
        (1, 4, 4, 4, 2)
    """

    axes = 3


class UpSampling(Layer):
    """Base of the enlarging layers.

    Args:
        size: How many times larger, one number or one for each axis.
        data_format: "channels_last" (default) or "channels_first".
        interpolation: "nearest" repeats cells, "bilinear" (2-D only) interpolates.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: An argument is out of range.
    """

    axes = 0

    def __init__(
        self,
        size: Sizes = 2,
        data_format: DataFormat | None = None,
        interpolation: str = "nearest",
        **common: Unpack[Common],
    ) -> None:
        super().__init__(**common)
        self.size = each(size, self.axes, f"{self.kind}: size")
        self.channel_axis = channel_axis(data_format)
        allowed = ("nearest", "bilinear") if self.axes == 2 else ("nearest",)
        self.interpolation = one_of(interpolation, allowed, f"{self.kind}: interpolation")

    def lower(self, net: Lowering, x: str) -> str:
        """Adds Resize."""
        x = net.enter(x, self.channel_axis)
        require_channels(net, x, self)
        scales = net.constant(np.array((1, 1, *self.size), np.float32), "scales")
        if self.interpolation == "nearest":
            op = Resize("nearest", "asymmetric", "floor")
        else:
            op = Resize("linear", "half_pixel")
        return net.leave(net.add(op, x, None, scales), self.channel_axis)


class UpSampling1D(UpSampling):
    """1-D maps enlarged.

    Args:
        size: How many times larger, one number or one for each axis.
        data_format: "channels_last" (default) or "channels_first".
        interpolation: "nearest" repeats cells, "bilinear" (2-D only) interpolates.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([UpSampling1D(2, input_shape=(8, 2))]).predict(np.zeros((1, 8, 2))).shape
        (1, 16, 2)
    """

    axes = 1


class UpSampling2D(UpSampling):
    """2-D maps enlarged.

    Args:
        size: How many times larger, one number or one for each axis.
        data_format: "channels_last" (default) or "channels_first".
        interpolation: "nearest" repeats cells, "bilinear" (2-D only) interpolates.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([UpSampling2D(2, input_shape=(8, 8, 2))]).predict(np.zeros((1, 8, 8, 2))).shape
        (1, 16, 16, 2)
    """

    axes = 2


class UpSampling3D(UpSampling):
    """3-D maps enlarged.

    Args:
        size: How many times larger, one number or one for each axis.
        data_format: "channels_last" (default) or "channels_first".
        interpolation: "nearest" repeats cells, "bilinear" (2-D only) interpolates.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: An argument is out of range.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([UpSampling3D(2, input_shape=(6, 6, 6, 2))]).predict(np.zeros((1, 6, 6, 6, 2))).shape
        (1, 12, 12, 12, 2)
    """

    axes = 3
