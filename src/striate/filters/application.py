"""Applies a kernel of the bank, or one's own, to an image, a signal or a volume."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from striate.arguments import real_array, shown
from striate.arithmetic import whole_number
from striate.engine.limits import require_memory
from striate.errors import ParameterError, ShapeError
from striate.filters.correlation import Boundary, Mode, correlate
from striate.filters.registry import get
from striate.graph import Array

# Channels that a picture has: grey, grey with alpha, colour, colour with alpha.
_CHANNELS = (1, 2, 3, 4)
_WITH_ALPHA = (2, 4)


def filter(
    data: npt.ArrayLike,
    kernel: str | npt.ArrayLike,
    axis: int | None = None,
    boundary: Boundary = "reflect",
    mode: Mode = "same",
    spatial: int | None = None,
    **options: float | str | bool,
) -> Array:
    """Applies a kernel, by name or by its weights, to a signal, an image or a volume; each colour by itself.

    Args:
        data: Signal (l,), grey image (h, w), image (h, w, c) with 1 to 4 channels, or volume (d, h, w) or
            (d, h, w, c). A PIL image will do.
        kernel: Name of a kernel (see :func:`striate.filters.names`), or weights with an axis for each spatial axis.
        axis: Spatial axis for a directional kernel such as sobel; left out, all of them are combined to the gradient's
            magnitude, ``sqrt(gx**2 + gy**2)``; a signal has only one, and its derivative keeps the sign.
        boundary: What lies outside, as for :func:`correlate`.
        mode: "same" keeps the size, "valid" and "full" as for :func:`correlate`.
        spatial: Number of spatial axes, where the shape could be read two ways: three axes are an image when the last
            has at most 4 cells, and a volume otherwise.
        **options: Options of the named kernel, such as ``size`` and ``sigma``.

    Returns:
        Float32 (float64 for float64 data), in the units of the data: 0 to 255 for 8-bit pictures. Nothing is clipped or
        scaled, so edges are signed and a sharpened picture can leave the range. An alpha channel (the last of 2 or 4)
        stays as it is, or is left out when the size changes.

    Raises:
        UnknownNameError: No kernel has that name.
        ShapeError, DtypeError, ParameterError: Data, kernel or options do not fit.
        LimitError: It would take more than the memory limit.

    Example:
        >>> image = np.zeros((4, 4))
        >>> image[:, 2:] = 1
        >>> filter(image, "sobel")[1]
        array([0., 4., 4., 0.])
    """
    array = real_array(data, "data")
    if array.size == 0:
        raise ShapeError(f"data of shape {array.shape} are empty")
    rank = _spatial_axes(array, spatial)
    dtype = np.dtype(np.float64 if array.dtype == np.float64 else np.float32)
    kernels = _kernels(kernel, rank, axis, dtype, options)
    require_memory(6 * dtype.itemsize * array.size, f"filtering an array of shape {array.shape}")
    if array.ndim == rank:
        return _response(array.astype(dtype, copy=False), kernels, mode, boundary)
    channels = [np.ascontiguousarray(array[..., c], dtype) for c in range(array.shape[-1])]
    alpha = channels.pop() if len(channels) in _WITH_ALPHA else None
    results = [_response(channel, kernels, mode, boundary) for channel in channels]
    if alpha is not None and alpha.shape == results[0].shape:
        results.append(alpha)
    return np.stack(results, axis=-1)


def _spatial_axes(array: Array, spatial: int | None) -> int:
    if spatial is None:
        image = array.ndim == 4 or (array.ndim == 3 and array.shape[-1] in _CHANNELS)
        spatial = array.ndim - 1 if image else array.ndim
    else:
        spatial = whole_number(spatial, f"spatial (={shown(spatial)}) must be 1, 2 or 3")
    if spatial not in (1, 2, 3) or array.ndim not in (spatial, spatial + 1):
        raise ShapeError(
            f"data of shape {array.shape} with {spatial} spatial axes; expected (l,), (h, w), (h, w, c), (d, h, w) or "
            "(d, h, w, c)"
        )
    if array.ndim > spatial and spatial > 1 and array.shape[-1] not in _CHANNELS:
        raise ShapeError(
            f"data of shape {array.shape} have {array.shape[-1]} channels in the last axis, expected 1 to 4"
        )
    return spatial


def _kernels(
    kernel: str | npt.ArrayLike,
    rank: int,
    axis: int | None,
    dtype: np.dtype[np.floating],
    options: dict[str, float | str | bool],
) -> Sequence[Array]:
    if isinstance(kernel, str):
        try:
            return _named(kernel, rank, axis, dtype, *(part for option in sorted(options.items()) for part in option))
        except TypeError:  # an option without a hash: let it say itself what is wrong with that
            return _built(kernel, rank, axis, options)
    if axis is not None or options:
        given = ", ".join(["axis"] * (axis is not None) + sorted(options))
        raise ParameterError(f"{given}: options are for kernels given by name, this one is given by its weights")
    weights = real_array(kernel, "kernel")
    require_memory(dtype.itemsize * weights.size, "the kernel")
    return [weights.astype(dtype)]


@lru_cache(maxsize=256, typed=True)
def _named(
    kernel: str, rank: int, axis: int | None, dtype: np.dtype[np.floating], *options: float | str | bool
) -> Sequence[Array]:
    """A kernel of the bank, made once for the same arguments: that takes longer than to filter a small picture.

    The options are names and values in turn, so that each value counts with its type.
    """
    named = {str(name): value for name, value in zip(options[::2], options[1::2], strict=True)}
    return tuple(weights.astype(dtype) for weights in _built(kernel, rank, axis, named))


def _built(kernel: str, rank: int, axis: int | None, options: dict[str, float | str | bool]) -> list[Array]:
    found = get(kernel)
    if rank not in found.ranks:
        wanted = " or ".join(str(r) for r in found.ranks)
        raise ParameterError(f'filter "{kernel}" is for data with {wanted} spatial axes, these have {rank}')
    if axis is not None and not found.directional:
        raise ParameterError(f'filter "{kernel}" has no direction; leave axis (={axis}) out')
    if len(found.ranks) > 1:
        options = {**options, "ndim": rank}
    try:
        if not found.directional:
            return [found(**options)]
        return [found(axis=a, **options) for a in ([axis] if axis is not None else range(rank))]
    except TypeError as error:
        raise ParameterError(f'filter "{kernel}": {str(error).partition("() ")[2] or error}') from error


def _response(channel: Array, kernels: Sequence[Array], mode: Mode, boundary: Boundary) -> Array:
    responses = [correlate(channel, weights.astype(channel.dtype, copy=False), mode, boundary) for weights in kernels]
    if len(responses) == 1:
        return responses[0]
    if any(response.shape != responses[0].shape for response in responses):
        # derivative is three cells along its axis only: in other modes than "same" its results differ in size
        raise ParameterError(
            f'mode (="{mode}") gives results of different sizes along different axes; use "same" or an axis'
        )
    total = responses[0] * responses[0]
    for response in responses[1:]:
        total += response * response
    return np.sqrt(total, out=total)
