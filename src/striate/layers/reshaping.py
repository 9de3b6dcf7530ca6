"""Layers that move numbers and change none: flatten, reshape, permute, pad, crop, enlarge, drop out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Unpack

import numpy as np

from striate.errors import ParameterError, ShapeError
from striate.layers.arguments import DataFormat, Sizes, channel_axis, each, one_of
from striate.layers.convolution import require_channels
from striate.layers.layer import Common, Layer
from striate.layers.lowering import Lowering
from striate.ops import Flatten as FlattenOp
from striate.ops import Identity, Pad, Resize, Slice
from striate.ops import Reshape as ReshapeOp


class Flatten(Layer):
    """One row of numbers for each sample, in Keras's order: the channels of a position lie together.

    Args:
        data_format: "channels_last" (default), or "channels_first": channels are then moved behind first.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.
    """

    def __init__(self, data_format: DataFormat | None = None, **common: Unpack[Common]) -> None:
        super().__init__(**common)
        self.channel_axis = channel_axis(data_format)

    def lower(self, net: Lowering, x: str) -> str:
        """Adds a Transpose to Keras's order where it differs, and Flatten."""
        x = net.to_keras(x)
        if self.channel_axis == 1:
            x = net.permuted(x, (0, *range(2, net.rank(x)), 1))
        return net.add(FlattenOp(1), x)


class Reshape(Layer):
    """The same numbers in another shape.

    Args:
        target_shape: Shape of one sample; one size may be -1.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: A size is not positive, or more than one is -1.
    """

    def __init__(self, target_shape: Sequence[int], **common: Unpack[Common]) -> None:
        super().__init__(**common)
        self.target_shape = tuple(target_shape)
        if any(size < 1 and size != -1 for size in self.target_shape) or self.target_shape.count(-1) > 1:
            raise ParameterError(f"Reshape: target_shape (={target_shape}) must hold positive sizes and at most one -1")

    def lower(self, net: Lowering, x: str) -> str:
        """Adds Reshape, between Transposes where the graph's order differs from Keras's."""
        sizes = net.shape(x)[1:]
        if all(isinstance(size, int) for size in sizes):
            have = math.prod(size for size in sizes if isinstance(size, int))
            want = math.prod(size for size in self.target_shape if size != -1)
            if have % want if -1 in self.target_shape else have != want:
                raise ShapeError(f'layer "{self.name}": {have} numbers a sample do not fit into {self.target_shape}')
        shape = net.integers([0, *self.target_shape], "shape")
        return net.from_keras(net.add(ReshapeOp(), net.to_keras(x), shape))


class Permute(Layer):
    """The axes in another order.

    Args:
        dims: For each axis of the output which axis of the input it is, counted from 1; the batch stays.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: It is not a permutation of 1, 2, ...
    """

    def __init__(self, dims: Sequence[int], **common: Unpack[Common]) -> None:
        super().__init__(**common)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ParameterError(f"Permute: dims (={dims}) must hold each of 1 to {len(self.dims)} once")

    def lower(self, net: Lowering, x: str) -> str:
        """Adds Transposes."""
        if net.rank(x) != len(self.dims) + 1:
            raise ShapeError(f'layer "{self.name}": dims (={self.dims}) do not fit an input of rank {net.rank(x)}')
        return net.from_keras(net.permuted(net.to_keras(x), (0, *self.dims)))


class Dropout(Layer):
    """Leaves everything as it is: at inference nothing is dropped.

    Args:
        rate: Part that training sets to zero.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The rate is not from 0 to 1.
    """

    def __init__(self, rate: float, **common: Unpack[Common]) -> None:
        super().__init__(**common)
        if not 0 <= rate <= 1:
            raise ParameterError(f"{self.kind}: rate (={rate}) must be from 0 to 1")
        self.rate = rate

    def lower(self, net: Lowering, x: str) -> str:
        """Adds Identity, so that the layer has an output of its own."""
        return net.add(Identity(), x)


class SpatialDropout1D(Dropout):
    """Dropout of whole maps; the identity at inference."""


class SpatialDropout2D(Dropout):
    """Dropout of whole maps; the identity at inference."""


class SpatialDropout3D(Dropout):
    """Dropout of whole maps; the identity at inference."""


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
    """Zeros around 1-D maps; arguments as for :class:`ZeroPadding`."""

    axes = 1


class ZeroPadding2D(ZeroPadding):
    """Zeros around 2-D maps; arguments as for :class:`ZeroPadding`."""

    axes = 2


class ZeroPadding3D(ZeroPadding):
    """Zeros around 3-D maps; arguments as for :class:`ZeroPadding`."""

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
    """Cells cut from 1-D maps; arguments as for :class:`Cropping`."""

    axes = 1


class Cropping2D(Cropping):
    """Cells cut from 2-D maps; arguments as for :class:`Cropping`."""

    axes = 2


class Cropping3D(Cropping):
    """Cells cut from 3-D maps; arguments as for :class:`Cropping`."""

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
    """1-D maps enlarged; arguments as for :class:`UpSampling`."""

    axes = 1


class UpSampling2D(UpSampling):
    """2-D maps enlarged; arguments as for :class:`UpSampling`."""

    axes = 2


class UpSampling3D(UpSampling):
    """3-D maps enlarged; arguments as for :class:`UpSampling`."""

    axes = 3
