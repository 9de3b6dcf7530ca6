"""Normalization layers, as they work at inference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import numpy as np

from striate.errors import ShapeError, UnsupportedError
from striate.graph import Array
from striate.layers.arguments import positive
from striate.layers.initializers import Initializer
from striate.layers.layer import Common, Layer
from striate.layers.lowering import Lowering, known
from striate.ops import BatchNormalization as BatchNormalizationOp
from striate.ops import GroupNormalization as GroupNormalizationOp
from striate.ops import LayerNormalization as LayerNormalizationOp


class BatchNormalization(Layer):
    """``gamma (x - moving_mean) / sqrt(moving_variance + epsilon) + beta`` for each channel.

    Weights: gamma, beta, moving_mean, moving_variance, each (channels,); gamma and beta only with scale and center.

    Args:
        axis: Channel axis, Keras's.
        momentum: How slowly training moves mean and variance; not used at inference.
        epsilon: Added to the variance.
        center: Whether there is a beta.
        scale: Whether there is a gamma.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([BatchNormalization(epsilon=0, input_shape=(2,))]).predict([[1, 3]])
        array([[1., 3.]], dtype=float32)
    """

    not_trained = ("moving_mean", "moving_variance")

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(**common)
        self.axis, self.momentum, self.epsilon = axis, momentum, epsilon
        self.center, self.scale = center, scale

    def lower(self, net: Lowering, x: str) -> str:
        """Adds BatchNormalization."""
        x = net.enter(x, self.axis)
        channels = known(net.graph_shape(x)[1], f'layer "{self.name}": the number of channels')
        gamma, beta = _scale_and_shift(self, net, (channels,), self.scale, self.center)
        mean = self.weight(net, "moving_mean", (channels,), "zeros")
        variance = self.weight(net, "moving_variance", (channels,), "ones")
        operands = (("gamma", gamma), ("beta", beta), ("moving_mean", mean), ("moving_variance", variance))
        constants = [net.constant(array, label) for label, array in operands]
        return net.leave(net.add(BatchNormalizationOp(self.epsilon), x, *constants), self.axis)


class LayerNormalization(Layer):
    """Each sample's numbers along the last axes shifted to mean 0 and scaled to variance 1, then ``gamma x + beta``.

    Weights: gamma and beta, each of the shape of those axes.

    Args:
        axis: The axes, Keras's; they must be the last ones.
        epsilon: Added to the variance.
        center: Whether there is a beta.
        scale: Whether there is a gamma.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([LayerNormalization(input_shape=(2,))]).predict([[1, 3]])
        array([[-0.9995004,  0.9995004]], dtype=float32)
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(**common)
        self.axis = (axis,) if isinstance(axis, int) else tuple(axis)
        self.epsilon, self.center, self.scale = epsilon, center, scale

    def lower(self, net: Lowering, x: str) -> str:
        """Adds LayerNormalization in Keras's order of axes."""
        rank = net.rank(x)
        places = sorted(axis % rank for axis in self.axis)
        first = rank - len(places)
        if places != list(range(first, rank)) or first < 1:
            raise UnsupportedError(f'layer "{self.name}": axis (={self.axis}) must name the last axes of rank {rank}')
        shape = [known(size, f'layer "{self.name}": a normalized axis') for size in net.shape(x)[first:]]
        gamma, beta = _scale_and_shift(self, net, tuple(shape), self.scale, self.center)
        op = LayerNormalizationOp(first - rank, self.epsilon)
        made = net.add(op, net.to_keras(x), net.constant(gamma, "gamma"), net.constant(beta, "beta"))
        return net.from_keras(made)


class GroupNormalization(Layer):
    """Each sample's channels cut into groups, each shifted to mean 0 and scaled to variance 1, then ``gamma x + beta``.

    Weights: gamma and beta, each (channels,).

    Args:
        groups: Number of groups; -1 for one for each channel.
        axis: Channel axis, Keras's.
        epsilon: Added to the variance.
        center: Whether there is a beta.
        scale: Whether there is a gamma.
        **common: Name and input shape, see :class:`striate.layers.layer.Common`.

    Raises:
        ParameterError: The number of groups is not positive.

    Example:
        >>> from striate.layers import Sequential
        >>> Sequential([GroupNormalization(1, input_shape=(2,))]).predict([[1, 3]])
        array([[-0.9995004,  0.9995004]], dtype=float32)
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(**common)
        self.groups = groups if groups == -1 else positive(groups, "GroupNormalization: groups")
        self.axis, self.epsilon, self.center, self.scale = axis, epsilon, center, scale

    def lower(self, net: Lowering, x: str) -> str:
        """Adds GroupNormalization."""
        x = net.enter(x, self.axis)
        channels = known(net.graph_shape(x)[1], f'layer "{self.name}": the number of channels')
        groups = channels if self.groups == -1 else self.groups
        if channels % groups:
            raise ShapeError(f'layer "{self.name}": {channels} channels cannot be cut into groups (={groups})')
        gamma, beta = _scale_and_shift(self, net, (channels,), self.scale, self.center)
        op = GroupNormalizationOp(groups, self.epsilon)
        made = net.add(op, x, net.constant(gamma, "gamma"), net.constant(beta, "beta"))
        return net.leave(made, self.axis)


def _scale_and_shift(
    layer: Layer, net: Lowering, shape: tuple[int, ...], scale: bool, center: bool
) -> tuple[Array, Array]:
    """Gamma and beta; ones and zeros where the layer has none."""

    def made(label: str, wanted: bool, initializer: Initializer, otherwise: float) -> Array:
        return layer.weight(net, label, shape, initializer) if wanted else np.full(shape, otherwise, np.float32)

    return made("gamma", scale, "ones", 1.0), made("beta", center, "zeros", 0.0)
