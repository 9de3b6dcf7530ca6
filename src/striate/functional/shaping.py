"""Dense layers, padding, interpolation and pixel shuffling, as torch.nn.functional has them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from striate.arithmetic import whole_numbers
from striate.errors import ParameterError, ShapeError
from striate.functional.adaptive import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from striate.functional.apply import apply, arrays, operands, real, whole
from striate.graph import Array
from striate.ops import DepthToSpace, Pad, Resize, SpaceToDepth
from striate.ops.padding import PadMode
from striate.ops.resize import Coordinates, Interpolation, Nearest

_PAD_MODES: dict[str, PadMode] = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def linear(input: npt.ArrayLike, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None) -> Array:
    """Dense layer over the last axis: ``input @ weight.T + bias``.

    Args:
        input: (..., inputs).
        weight: (outputs, inputs).
        bias: (outputs,), or None.

    Returns:
        (..., outputs).

    Raises:
        ShapeError, DtypeError: The operands do not fit; the message says what would.

    Example:
        >>> linear([1.0, 2.0], [[3.0, 4.0]], [5.0])
        array([16.])

    Source:
        torch.nn.functional.linear
    """
    x, kernel, shift = operands("linear", input, weight, bias)
    if kernel is None:
        raise ParameterError("linear: weight is None, expected (outputs, inputs)")
    if kernel.ndim != 2 or not x.ndim or x.shape[-1] != kernel.shape[1]:
        raise ShapeError(
            f"linear: weight has shape {kernel.shape} and input {x.shape}; expected (outputs, inputs) and (..., inputs)"
        )
    if shift is not None and shift.shape != kernel.shape[:1]:
        raise ShapeError(f"linear: bias has shape {shift.shape}, expected ({kernel.shape[0]},)")
    y = x @ kernel.T
    return y if shift is None else y + shift


def pad(input: npt.ArrayLike, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Array:
    """Adds cells around an array.

    Args:
        input: Any array.
        pad: Counts before and after the last axis, then those of the axis before it, and so on; a negative count cuts
            cells away ("constant" only).
        mode: What the new cells hold: "constant", "reflect" (mirror image without the edge cell), "replicate" (the edge
            cell) or "circular" (the other end).
        value: For "constant"; 0 if left out.

    Returns:
        The padded array.

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Example:
        >>> pad([1.0, 2.0], (1, 2))
        array([0., 1., 2., 0., 0.])

    Source:
        torch.nn.functional.pad
    """
    (x,) = arrays("pad", ("input", input))
    counts = whole_numbers(pad, f"pad: pad (={pad}) must hold whole numbers")
    if mode not in _PAD_MODES:
        raise ParameterError(f'pad: mode (="{mode}") must be one of {", ".join(_PAD_MODES)}')
    if len(counts) % 2 or len(counts) > 2 * x.ndim:
        raise ParameterError(f"pad: pad (={counts}) must hold pairs, at most one for each axis of {x.shape}")
    if mode != "constant" and (value is not None or any(count < 0 for count in counts)):
        raise ParameterError(f'pad: a value and negative counts go with mode "constant", not "{mode}"')
    axes = [x.ndim - 1 - place for place in range(len(counts) // 2)]
    ends = np.array([*counts[0::2], *counts[1::2]], np.int64)
    fill = np.array(0 if value is None else real(value, "pad", "value"), x.dtype) if mode == "constant" else None
    return apply(Pad(_PAD_MODES[mode]), "pad", x, ends, fill, np.array(axes, np.int64))[0]


# PyTorch's name -> number of spatial axes that it is for, the graph's interpolation.
_MODES: dict[str, tuple[tuple[int, ...], Interpolation]] = {
    "nearest": ((1, 2, 3), "nearest"),
    "nearest-exact": ((1, 2, 3), "nearest"),
    "linear": ((1,), "linear"),
    "bilinear": ((2,), "linear"),
    "trilinear": ((3,), "linear"),
    "bicubic": ((2,), "cubic"),
    "area": ((1, 2, 3), "nearest"),
}


def interpolate(
    input: npt.ArrayLike,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Array:
    """Samples maps at another size.

    Args:
        input: (n, c, *spatial).
        size: Sizes wanted, one number or one for each spatial axis; or
        scale_factor: how many times larger, the result rounded down.
        mode: "nearest", "nearest-exact", "linear" (1-D), "bilinear" (2-D), "trilinear" (3-D), "bicubic" (2-D), "area".
        align_corners: Whether the outermost cells' centres stay where they are; for the linear modes and bicubic.
        recompute_scale_factor: Whether the rounded sizes, instead of the given factors, say where cells lie.
        antialias: Whether shrinking averages over all cells that a new one covers; "bilinear" and "bicubic".

    Returns:
        (n, c, *sizes).

    Raises:
        ShapeError, DtypeError, ParameterError: The operands do not fit; the message says what would.
        LimitError: It would take more than the memory limit.

    Example:
        >>> interpolate([[[1.0, 2.0]]], scale_factor=2)
        array([[[1., 1., 2., 2.]]])

    Source:
        torch.nn.functional.interpolate
    """
    (x,) = arrays("interpolate", ("input", input))
    axes = x.ndim - 2
    _check_mode(mode, axes, align_corners, antialias)
    if (size is None) == (scale_factor is None):
        raise ParameterError("interpolate: exactly one of size and scale_factor must be given")
    scales, sizes = None, None
    if scale_factor is not None:
        factors = _factors(scale_factor, axes)
        if len(factors) != axes or not all(0 < factor < math.inf for factor in factors):
            raise ParameterError(f"interpolate: scale_factor (={scale_factor}) must hold {axes} positive numbers")
        scales = np.array([1, 1, *factors], np.float32)
        sizes = [int(length * factor) for length, factor in zip(x.shape[2:], factors, strict=True)]
    else:
        sizes = list(whole_numbers(size, f"interpolate: size (={size}) must hold {axes} positive numbers"))
        sizes = sizes * axes if len(sizes) == 1 else sizes
    if len(sizes) != axes or min(sizes) < 1 or max(sizes) >= 2**63:
        raise ParameterError(f"interpolate: size {tuple(sizes)} must hold {axes} positive numbers")
    if mode == "area":
        return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[axes - 1](x, sizes)
    op = _resize(mode, bool(align_corners), antialias)
    if scales is None or recompute_scale_factor or align_corners:
        return apply(op, "interpolate", x, None, None, np.array([*x.shape[:2], *sizes], np.int64))[0]
    return apply(op, "interpolate", x, None, scales)[0]


def _factors(given: float | Sequence[float], axes: int) -> list[float]:
    try:
        numbers = np.asarray(given, np.float64).reshape(-1).tolist()
    except (ValueError, TypeError):
        return []
    return numbers * axes if len(numbers) == 1 else numbers


def _check_mode(mode: str, axes: int, align_corners: bool | None, antialias: bool) -> None:
    if mode not in _MODES:
        raise ParameterError(f'interpolate: mode (="{mode}") must be one of {", ".join(_MODES)}')
    if axes not in _MODES[mode][0]:
        wanted = " or ".join(str(count) for count in _MODES[mode][0])
        raise ShapeError(f'interpolate: mode "{mode}" is for {wanted} spatial axes, the input has {axes}')
    if align_corners is not None and mode in ("nearest", "nearest-exact", "area"):
        raise ParameterError(f'interpolate: align_corners goes with the linear modes and bicubic, not with "{mode}"')
    if antialias and mode not in ("bilinear", "bicubic"):
        raise ParameterError(f'interpolate: antialias goes with bilinear and bicubic, not with "{mode}"')


def _resize(mode: str, align_corners: bool, antialias: bool) -> Resize:
    coordinates: Coordinates = "align_corners" if align_corners else "half_pixel"
    nearest: Nearest = "round_prefer_ceil"
    if mode == "nearest":
        coordinates, nearest = "asymmetric", "floor"
    # PyTorch's antialiased cubic is Pillow's, with slope -0.5.
    slope = -0.5 if antialias else -0.75
    return Resize(_MODES[mode][1], coordinates, nearest, slope, exclude_outside=antialias, antialias=antialias)


def pixel_shuffle(input: npt.ArrayLike, upscale_factor: int) -> Array:
    """Turns channels into pixels: (n, c r r, h, w) to (n, c, h r, w r).

    Args:
        input: (n, c r r, h, w).
        upscale_factor: r.

    Returns:
        (n, c, h r, w r).

    Raises:
        ShapeError, ParameterError: The channels cannot be cut so.

    Example:
        >>> import numpy as np
        >>> pixel_shuffle(np.arange(4).reshape(1, 4, 1, 1), 2)[0, 0]
        array([[0., 1.],
               [2., 3.]], dtype=float32)
    """
    (x,) = arrays("pixel_shuffle", ("input", input))
    return apply(DepthToSpace(whole(upscale_factor, "pixel_shuffle", "upscale_factor", 1), "CRD"), "pixel_shuffle", x)[
        0
    ]


def pixel_unshuffle(input: npt.ArrayLike, downscale_factor: int) -> Array:
    """Turns pixels into channels: (n, c, h r, w r) to (n, c r r, h, w).

    Args:
        input: (n, c, h r, w r).
        downscale_factor: r.

    Returns:
        (n, c r r, h, w).

    Raises:
        ShapeError, ParameterError: The image cannot be cut so.

    Example:
        >>> import numpy as np
        >>> pixel_unshuffle(np.arange(4).reshape(1, 1, 2, 2), 2).ravel()
        array([0., 1., 2., 3.], dtype=float32)
    """
    (x,) = arrays("pixel_unshuffle", ("input", input))
    r = whole(downscale_factor, "pixel_unshuffle", "downscale_factor", 1)
    (blocks,) = apply(SpaceToDepth(r), "pixel_unshuffle", x)
    # ONNX puts the place in the block before the channel, PyTorch after it.
    n, c, h, w = x.shape
    return blocks.reshape(n, r * r, c, h // r, w // r).swapaxes(1, 2).reshape(n, c * r * r, h // r, w // r)


def normalize(input: npt.ArrayLike, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Array:
    """Divides by the p-norm along an axis, or by ``eps`` where that is larger.

    Args:
        input: Any array with that axis.
        p: Exponent of the norm.
        dim: Axis.
        eps: Smallest divisor.

    Returns:
        Array of the input's shape.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> normalize([[3.0, 4.0]])
        array([[0.6, 0.8]])
    """
    (x,) = arrays("normalize", ("input", input))
    if real(p, "normalize", "p") == 0:
        raise ParameterError("normalize: p must not be 0")
    dim, eps = whole(dim, "normalize", "dim"), real(eps, "normalize", "eps")
    if not -x.ndim <= dim < x.ndim:
        raise ShapeError(f"normalize: dim (={dim}) is not an axis of the input's shape {x.shape}")
    norm = (np.abs(x) ** p).sum(dim, keepdims=True) ** (1 / p)
    return (x / np.maximum(norm, eps)).astype(x.dtype, copy=False)
