"""Normalizations at inference, as torch.nn.functional has them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from striate.arithmetic import whole_numbers
from striate.errors import ParameterError, ShapeError, UnsupportedError
from striate.functional.apply import apply, arrays, operands, whole
from striate.graph import Array
from striate.ops import (
    LRN,
    BatchNormalization,
    GroupNormalization,
    InstanceNormalization,
    LayerNormalization,
    RMSNormalization,
)


def batch_norm(
    input: npt.ArrayLike,
    running_mean: npt.ArrayLike,
    running_var: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    bias: npt.ArrayLike | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Array:
    """``weight (x - running_mean) / sqrt(running_var + eps) + bias`` for each channel (axis 1).

    Args:
        input: (n, c, ...).
        running_mean: (c,).
        running_var: (c,).
        weight: (c,), 1 if left out.
        bias: (c,), 0 if left out.
        training: Must be False: statistics of the batch belong to training.
        momentum: Not used at inference.
        eps: Added to the variance.

    Returns:
        Array of the input's shape.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        UnsupportedError: Training is True.

    Example:
        >>> batch_norm([[[1.0, 3.0]]], [1.0], [4.0], eps=0.0)
        array([[[0., 1.]]])

    Source:
        torch.nn.functional.batch_norm
    """
    del momentum
    if training:
        raise UnsupportedError("batch_norm: training=True is not there; pass the statistics and training=False")
    x, mean, variance = arrays(
        "batch_norm", ("input", input), ("running_mean", running_mean), ("running_var", running_var)
    )
    scale, shift = _per_channel("batch_norm", x, weight, bias)
    return apply(BatchNormalization(eps), "batch_norm", x, scale, shift, mean, variance)[0]


def instance_norm(
    input: npt.ArrayLike,
    running_mean: npt.ArrayLike | None = None,
    running_var: npt.ArrayLike | None = None,
    weight: npt.ArrayLike | None = None,
    bias: npt.ArrayLike | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Array:
    """Each map of each sample shifted to mean 0 and scaled to variance 1, then ``weight x + bias`` for each channel.

    Args:
        input: (n, c, *spatial).
        running_mean: (c,); used only when ``use_input_stats`` is False.
        running_var: (c,); used only when ``use_input_stats`` is False.
        weight: (c,), 1 if left out.
        bias: (c,), 0 if left out.
        use_input_stats: Whether mean and variance are those of each map; otherwise the running ones are taken.
        momentum: Not used at inference.
        eps: Added to the variance.

    Returns:
        Array of the input's shape.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.

    Example:
        >>> instance_norm([[[1.0, 3.0]]], eps=0.0)
        array([[[-1.,  1.]]])

    Source:
        torch.nn.functional.instance_norm
    """
    if not use_input_stats:
        if running_mean is None or running_var is None:
            raise ParameterError("instance_norm: use_input_stats=False needs running_mean and running_var")
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    (x,) = arrays("instance_norm", ("input", input))
    if x.ndim < 3:
        raise ShapeError(f"instance_norm: input has shape {x.shape}, expected (n, c, *spatial)")
    scale, shift = _per_channel("instance_norm", x, weight, bias)
    return apply(InstanceNormalization(eps), "instance_norm", x, scale, shift)[0]


def layer_norm(
    input: npt.ArrayLike,
    normalized_shape: int | Sequence[int],
    weight: npt.ArrayLike | None = None,
    bias: npt.ArrayLike | None = None,
    eps: float = 1e-5,
) -> Array:
    """The last axes shifted to mean 0 and scaled to variance 1, then ``weight x + bias``.

    Args:
        input: Array whose last axes have the normalized shape.
        normalized_shape: Sizes of those axes.
        weight: Array of that shape, 1 if left out.
        bias: Array of that shape, 0 if left out.
        eps: Added to the variance.

    Returns:
        Array of the input's shape.

    Raises:
        ShapeError, DtypeError: The operands do not fit; the message says what would.

    Example:
        >>> layer_norm([[1.0, 3.0], [5.0, 9.0]], 2, eps=0.0)
        array([[-1.,  1.],
               [-1.,  1.]])

    Source:
        torch.nn.functional.layer_norm
    """
    x, scale, shift = operands("layer_norm", input, weight, bias)
    sizes = _last_axes("layer_norm", x, normalized_shape)
    if scale is None:
        scale = np.ones(sizes, x.dtype)
    return apply(LayerNormalization(-len(sizes), eps), "layer_norm", x, scale, shift)[0]


def rms_norm(
    input: npt.ArrayLike,
    normalized_shape: int | Sequence[int],
    weight: npt.ArrayLike | None = None,
    eps: float | None = None,
) -> Array:
    """The last axes divided by the root of their mean square, times ``weight``.

    Args:
        input: Array whose last axes have the normalized shape.
        normalized_shape: Sizes of those axes.
        weight: Array of that shape, 1 if left out.
        eps: Added to the mean square; the type's own epsilon if left out.

    Returns:
        Array of the input's shape.

    Raises:
        ShapeError, DtypeError: The operands do not fit; the message says what would.

    Example:
        >>> rms_norm([3.0, 4.0], 2, eps=0.0).round(3)
        array([0.849, 1.131])
    """
    x, scale, _ = operands("rms_norm", input, weight)
    sizes = _last_axes("rms_norm", x, normalized_shape)
    if scale is None:
        scale = np.ones(sizes, x.dtype)
    small = float(np.finfo(x.dtype).eps) if eps is None else eps
    return apply(RMSNormalization(-len(sizes), small), "rms_norm", x, scale)[0]


def group_norm(
    input: npt.ArrayLike,
    num_groups: int,
    weight: npt.ArrayLike | None = None,
    bias: npt.ArrayLike | None = None,
    eps: float = 1e-5,
) -> Array:
    """Groups of channels of each sample shifted to mean 0 and scaled to variance 1, then ``weight x + bias``.

    Args:
        input: (n, c, ...).
        num_groups: Number of groups.
        weight: (c,), 1 if left out.
        bias: (c,), 0 if left out.
        eps: Added to the variance.

    Returns:
        Array of the input's shape.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.

    Example:
        >>> group_norm([[1.0, 3.0, 5.0, 9.0]], 2, eps=0.0)
        array([[-1.,  1., -1.,  1.]])

    Source:
        torch.nn.functional.group_norm
    """
    (x,) = arrays("group_norm", ("input", input))
    scale, shift = _per_channel("group_norm", x, weight, bias)
    return apply(
        GroupNormalization(whole(num_groups, "group_norm", "num_groups", 1), eps), "group_norm", x, scale, shift
    )[0]


def local_response_norm(
    input: npt.ArrayLike, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Array:
    """Divides each number by ``(k + alpha/size * sum of squares over size neighbouring channels) ** beta``.

    Args:
        input: (n, c, ...).
        size: Number of channels.
        alpha: Weight of the sum.
        beta: Exponent.
        k: What the sum is added to.

    Returns:
        Array of the input's shape.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.

    Example:
        >>> local_response_norm([[[1.0], [2.0]]], 3, alpha=3.0, beta=1.0).round(3)
        array([[[0.167],
                [0.333]]])

    Source:
        torch.nn.functional.local_response_norm; Krizhevsky et al., 2012
    """
    (x,) = arrays("local_response_norm", ("input", input))
    op = LRN(whole(size, "local_response_norm", "size", 1), alpha, beta, k)
    if size % 2:
        return apply(op, "local_response_norm", x)[0]
    # With an even size PyTorch takes one channel more before, ONNX one more after.
    return np.flip(apply(op, "local_response_norm", np.flip(x, 1))[0], 1)


def _per_channel(name: str, x: Array, weight: npt.ArrayLike | None, bias: npt.ArrayLike | None) -> tuple[Array, Array]:
    if x.ndim < 2:
        raise ShapeError(f"{name}: input has shape {x.shape}, expected (n, c, ...)")
    channels = x.shape[1]
    scale = np.ones(channels, x.dtype) if weight is None else arrays(name, ("weight", weight))[0].astype(x.dtype)
    shift = np.zeros(channels, x.dtype) if bias is None else arrays(name, ("bias", bias))[0].astype(x.dtype)
    return scale, shift


def _last_axes(name: str, x: Array, normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    message = f"{name}: normalized_shape (={normalized_shape}) must be the last sizes of {x.shape}"
    sizes = whole_numbers(normalized_shape, message)
    if not sizes or x.shape[-len(sizes) :] != sizes:
        raise ShapeError(message)
    return sizes
