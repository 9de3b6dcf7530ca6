"""Layers that move numbers and change none: flatten, reshape, permute, drop out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Unpack

from striate.errors import ParameterError, ShapeError
from striate.layers.arguments import DataFormat, channel_axis
from striate.layers.layer import Common, Layer
from striate.layers.lowering import Lowering
from striate.ops import Flatten as FlattenOp
from striate.ops import Identity
from striate.ops import Reshape as ReshapeOp


class Flatten(Layer):
    """One row of numbers for each sample, in Keras's order: the channels of a position lie together.

    Args:
        data_format: "channels_last" (default), or "channels_first": channels are then moved behind first.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([Flatten(input_shape=(2, 2))]).predict([[[1, 2], [3, 4]]])
        array([[1., 2., 3., 4.]], dtype=float32)
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

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([Reshape((2, 2), input_shape=(4,))]).predict([[1, 2, 3, 4]])
        array([[[1., 2.],
                [3., 4.]]], dtype=float32)
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

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([Permute((2, 1), input_shape=(1, 3))]).predict([[[1, 2, 3]]])
        array([[[1.],
                [2.],
                [3.]]], dtype=float32)
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

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([Dropout(0.5, input_shape=(3,))]).predict([[-1, 0, 2]])
        array([[-1.,  0.,  2.]], dtype=float32)
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
    """Dropout of whole maps; the identity at inference.

    Args:
        rate: Part that training sets to zero.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The rate is not from 0 to 1.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([SpatialDropout1D(0.2, input_shape=(8, 2))]).predict(np.zeros((1, 8, 2))).shape
        (1, 8, 2)
    """


class SpatialDropout2D(Dropout):
    """Dropout of whole maps; the identity at inference.

    Args:
        rate: Part that training sets to zero.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The rate is not from 0 to 1.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> Sequential([SpatialDropout2D(0.2, input_shape=(8, 8, 2))]).predict(np.zeros((1, 8, 8, 2))).shape
        (1, 8, 8, 2)
    """


class SpatialDropout3D(Dropout):
    """Dropout of whole maps; the identity at inference.

    Args:
        rate: Part that training sets to zero.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The rate is not from 0 to 1.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Sequential
        >>> model = Sequential([SpatialDropout3D(0.2, input_shape=(6, 6, 6, 2))])
        >>> model.predict(np.zeros((1, 6, 6, 6, 2))).shape
        (1, 6, 6, 6, 2)
    """
