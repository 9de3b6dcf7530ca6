"""Normalization: numbers shifted and scaled by statistics of a batch, a channel, a group, a sample or their neighbours.

Most are ``y = scale * (x - mean) / sqrt(variance + epsilon) + bias`` and differ in what mean and variance are taken
over; the variance divides by the count. Statistics are computed in two passes: the mean first, then the mean square of
the difference from it, so that nothing cancels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from striate.dimension import Dim, Shape, Symbol
from striate.errors import ParameterError, ShapeError
from striate.graph import Array, Cost, Op, TensorType, tensor
from striate.ops.broadcast import require_fits
from striate.ops.operands import FLOAT, optional, positive_axes, positive_axis, required, required_of, text
from striate.ops.pointwise import widened


@dataclass(frozen=True)
class Normalization(Op):
    """Base of the normalizations: the result has the input's type and shape."""

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required_of(FLOAT, operands, 0)
        return (tensor(x.dtype, x.shape),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x = required(operands, 0, "input")
        return (self.normalized(widened(x), operands).astype(x.dtype, copy=False),)

    def normalized(self, x: Array, operands: Sequence[Array | None]) -> Array:
        """The normalized input, before its type is restored."""
        raise NotImplementedError

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """For each element a sum, a difference, its square and their sum, a scaling, a factor and a bias."""
        return Cost(operations=7 * (results[0].nbytes // results[0].dtype.itemsize))


def _standardized(x: Array, axes: tuple[int, ...], epsilon: float) -> tuple[Array, Array, Array]:
    """``(x - mean)/sqrt(variance + epsilon)`` over some axes, the mean, and ``1/sqrt(variance + epsilon)``."""
    mean = x.mean(axis=axes, keepdims=True)
    centred = x - mean
    inverse = 1 / np.sqrt(np.square(centred).mean(axis=axes, keepdims=True) + epsilon)
    return centred * inverse, mean, inverse


def _per_channel(parameter: Array, x: Array) -> Array:
    """A number for each channel, aligned with axis 1 of x."""
    return widened(parameter).reshape(-1, *[1] * (x.ndim - 2))


def _channels(x: TensorType) -> Dim | None:
    if x.shape is None:
        return None
    if len(x.shape) < 2:
        raise ShapeError(f"input has shape {text(x.shape)}, expected (n, c, *spatial) with at least 2 axes")
    return x.shape[1]


def _check_per_channel(operands: Sequence[TensorType | None], names: Sequence[str]) -> None:
    """Each operand behind the input has one number for each channel."""
    x = required(operands, 0, "input")
    channels = _channels(x)
    for index, name in enumerate(names, start=1):
        parameter = required_of(FLOAT, operands, index, name)
        if parameter.shape is None or channels is None:
            continue
        fits = len(parameter.shape) == 1
        if fits and not isinstance(channels, Symbol) and not isinstance(parameter.shape[0], Symbol):
            fits = parameter.shape[0] == channels
        if not fits:
            raise ShapeError(
                f"{name} has shape {text(parameter.shape)}, expected ({channels},): one number for each channel of the "
                f"input, which has shape {text(x.shape)}"
            )


def _check_epsilon(epsilon: float) -> None:
    if epsilon < 0:
        raise ParameterError(f"epsilon (={epsilon}) must not be negative; it keeps the square root away from 0")


@dataclass(frozen=True)
class BatchNormalization(Normalization):
    """Each channel with a fixed mean and variance: operands x, scale, bias, mean and variance, the last four (c,).

    Args:
        epsilon: Added to the variance.
    """

    epsilon: float = 1e-5

    weight_operands: ClassVar[tuple[int, ...]] = (1, 2)

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        _check_epsilon(self.epsilon)
        _check_per_channel(operands, ("scale", "bias", "mean", "variance"))
        return super().infer(operands)

    def normalized(self, x: Array, operands: Sequence[Array | None]) -> Array:
        names = ("scale", "bias", "mean", "variance")
        scale, bias, mean, variance = (
            _per_channel(required(operands, index, name), x) for index, name in enumerate(names, start=1)
        )
        return scale * (x - mean) / np.sqrt(variance + self.epsilon) + bias

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """For each element a difference, a factor (scale and root in one) and a bias; the statistics are given."""
        return Cost(operations=3 * (results[0].nbytes // results[0].dtype.itemsize))


@dataclass(frozen=True)
class InstanceNormalization(Normalization):
    """Each channel of each sample over its spatial axes: operands x, scale and bias, the last two (c,).

    Args:
        epsilon: Added to the variance.
    """

    epsilon: float = 1e-5

    weight_operands: ClassVar[tuple[int, ...]] = (1, 2)

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        _check_epsilon(self.epsilon)
        _check_per_channel(operands, ("scale", "bias"))
        return super().infer(operands)

    def normalized(self, x: Array, operands: Sequence[Array | None]) -> Array:
        y, _, _ = _standardized(x, tuple(range(2, x.ndim)), self.epsilon)
        scale, bias = required(operands, 1, "scale"), required(operands, 2, "bias")
        return y * _per_channel(scale, x) + _per_channel(bias, x)


@dataclass(frozen=True)
class GroupNormalization(Normalization):
    """Groups of neighbouring channels of each sample: operands x, scale and bias, the last two (c,).

    Args:
        num_groups: Parts that the channels are cut into.
        epsilon: Added to the variance.
    """

    num_groups: int
    epsilon: float = 1e-5

    weight_operands: ClassVar[tuple[int, ...]] = (1, 2)

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        _check_epsilon(self.epsilon)
        _check_per_channel(operands, ("scale", "bias"))
        channels = _channels(required(operands, 0, "input"))
        if self.num_groups < 1 or (isinstance(channels, int) and channels % self.num_groups):
            raise ParameterError(
                f"{channels} channels cannot be cut into num_groups (={self.num_groups}) groups of equal size"
            )
        return super().infer(operands)

    def normalized(self, x: Array, operands: Sequence[Array | None]) -> Array:
        n, c = x.shape[:2]
        by_group = x.reshape(n, self.num_groups, c // self.num_groups, *x.shape[2:])
        y, _, _ = _standardized(by_group, tuple(range(2, by_group.ndim)), self.epsilon)
        scale, bias = required(operands, 1, "scale"), required(operands, 2, "bias")
        return y.reshape(x.shape) * _per_channel(scale, x) + _per_channel(bias, x)


@dataclass(frozen=True)
class LayerNormalization(Normalization):
    """The axes from ``axis`` on, together: operands x, scale and (optional) bias, which are repeated to x's shape.

    Results: y, the mean and ``1/sqrt(variance + epsilon)``, the last two in float32 with size 1 on the normalized axes.

    Args:
        axis: First of the axes that are normalized.
        epsilon: Added to the variance.
    """

    axis: int = -1
    epsilon: float = 1e-5

    weight_operands: ClassVar[tuple[int, ...]] = (1, 2)

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        _check_epsilon(self.epsilon)
        x, kept = required_of(FLOAT, operands, 0), _check_trailing(operands, self.axis)
        if optional(operands, 2) is not None:
            require_fits("bias", required_of(FLOAT, operands, 2, "bias"), x.shape)
        return tensor(x.dtype, x.shape), tensor(np.float32, kept), tensor(np.float32, kept)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        x, scale = required(operands, 0, "input"), required(operands, 1, "scale")
        y, mean, inverse = _standardized(widened(x), _trailing(x, self.axis), self.epsilon)
        y = y * widened(scale)
        bias = optional(operands, 2)
        if bias is not None:
            y = y + widened(bias)
        return y.astype(x.dtype, copy=False), mean.astype(np.float32), inverse.astype(np.float32)


@dataclass(frozen=True)
class RMSNormalization(Normalization):
    """The axes from ``axis`` on, by their root mean square: ``scale * x / sqrt(mean(x*x) + epsilon)``.

    Operands x and scale, which is repeated to x's shape.

    Args:
        axis: First of the axes that are normalized.
        epsilon: Added to the mean square.
    """

    axis: int = -1
    epsilon: float = 1e-5

    weight_operands: ClassVar[tuple[int, ...]] = (1,)

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        _check_epsilon(self.epsilon)
        _check_trailing(operands, self.axis)
        return super().infer(operands)

    def normalized(self, x: Array, operands: Sequence[Array | None]) -> Array:
        scale = widened(required(operands, 1, "scale"))
        return x / np.sqrt(np.square(x).mean(axis=_trailing(x, self.axis), keepdims=True) + self.epsilon) * scale

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """For each element a square and its sum, a scaling and a factor."""
        return Cost(operations=4 * (results[0].nbytes // results[0].dtype.itemsize))


def _trailing(x: Array, axis: int) -> tuple[int, ...]:
    return tuple(range(axis % x.ndim, x.ndim))


def _check_trailing(operands: Sequence[TensorType | None], axis: int) -> Shape | None:
    """Checks axis and scale; gives the shape of the statistics."""
    x, scale = required(operands, 0, "input"), required_of(FLOAT, operands, 1, "scale")
    require_fits("scale", scale, x.shape)
    if x.shape is None:
        return None
    first = positive_axis(axis, len(x.shape))
    return (*x.shape[:first], *[1] * (len(x.shape) - first))


@dataclass(frozen=True)
class MeanVarianceNormalization(Normalization):
    """``(x - mean)/(standard deviation + 1e-9)`` over some axes together.

    Args:
        axes: The axes that the statistics are taken over.
    """

    axes: tuple[int, ...] = (0, 2, 3)

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        x = required_of(FLOAT, operands, 0)
        if x.rank is not None:
            positive_axes(self.axes, x.rank)
        return super().infer(operands)

    def normalized(self, x: Array, operands: Sequence[Array | None]) -> Array:
        centred = x - x.mean(axis=self.axes, keepdims=True)
        return centred / (np.sqrt(np.square(centred).mean(axis=self.axes, keepdims=True)) + 1e-9)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """For each element an addition to the mean, a difference, its square and sum, and a division."""
        return Cost(operations=5 * (results[0].nbytes // results[0].dtype.itemsize))


@dataclass(frozen=True)
class LpNormalization(Normalization):
    """Each row along an axis divided by its norm ``(sum of |x|^p)^(1/p)``; a row of zeros stays.

    Args:
        axis: The axis.
        p: Order of the norm: 1 or 2.
    """

    axis: int = -1
    p: int = 2

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        if self.p not in (1, 2):
            raise ParameterError(f"p (={self.p}) must be 1 or 2")
        x = required_of(FLOAT, operands, 0)
        if x.rank is not None:
            positive_axis(self.axis, x.rank)
        return super().infer(operands)

    def normalized(self, x: Array, operands: Sequence[Array | None]) -> Array:
        total = (np.abs(x) ** self.p).sum(axis=self.axis, keepdims=True)
        norm = total if self.p == 1 else np.sqrt(total)
        return x / np.where(norm == 0, 1, norm)

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """For each element a power, its sum and a division."""
        return Cost(operations=3 * (results[0].nbytes // results[0].dtype.itemsize))


@dataclass(frozen=True)
class LRN(Normalization):
    """Local response normalization, across neighbouring channels (Krizhevsky et al., 2012)::

        y[n, c] = x[n, c] / (bias + alpha/size * sum of x[n, j]^2)^beta

    with j from ``c - floor((size - 1)/2)`` to ``c + ceil((size - 1)/2)``, as far as there are channels.

    Args:
        size: Channels that are added up.
        alpha: Weight of the sum.
        beta: Exponent.
        bias: What the sum is added to.
    """  # noqa: D415

    size: int
    alpha: float = 1e-4
    beta: float = 0.75
    bias: float = 1.0

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        _channels(required_of(FLOAT, operands, 0))
        if self.size < 1:
            raise ParameterError(f"size (={self.size}) must be positive: the number of channels that are added up")
        return super().infer(operands)

    def normalized(self, x: Array, operands: Sequence[Array | None]) -> Array:
        # Neighbours beyond the channels there are add nothing, however large the size.
        before, after = (min(count, x.shape[1]) for count in ((self.size - 1) // 2, self.size // 2))
        squares = np.pad(np.square(x), ((0, 0), (before, after), *[(0, 0)] * (x.ndim - 2)))
        total = np.zeros_like(x)
        for tap in range(before + 1 + after):
            total += squares[:, tap : tap + x.shape[1]]
        return x / (self.bias + self.alpha / self.size * total) ** self.beta

    def cost(self, operands: Sequence[TensorType | None], results: Sequence[TensorType]) -> Cost:
        """For each element a square, the sum over its neighbours, a factor, a bias, a power and a division."""
        return Cost(operations=(self.size + 5) * (results[0].nbytes // results[0].dtype.itemsize))
