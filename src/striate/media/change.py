"""Changes to an input: paint on it, move it, mirror it; arrays are channels first, (n, c, *spatial)."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from striate.arithmetic import whole_numbers
from striate.errors import ParameterError, ShapeError
from striate.graph import Array

Fill = Literal["edge", "zero", "wrap"]


def paint(
    array: Array, at: tuple[int, ...], patch: Array, mask: Array | None = None, channel: int | None = None
) -> Array:
    """An input with a patch on it; what is beyond the edge is cut off.

    Args:
        array: The input, (n, c, *spatial); of fewer axes (n, l): the last is spatial. All samples get the patch.
        at: Where the patch's first cell goes, one index for each spatial axis; may lie outside.
        patch: Finite numbers as the network takes them, (c, *window), or (*window) for all channels alike.
        mask: How much of it counts, 0 to 1, (*window); None for all.
        channel: The one channel that is painted, with a patch (*window); all if None.

    Returns:
        A new array of the same shape and type.

    Raises:
        ShapeError, ParameterError: Patch, mask, place and channel do not fit the input.

    Example:
        >>> paint(np.zeros((1, 1, 4)), (2,), np.ones((1, 3)))
        array([[[0., 0., 1., 1.]]])
    """
    axes = spatial_axes(array)
    if len(at) != len(axes):
        raise ShapeError(f"a place in an input of shape {array.shape} has {len(axes)} indices, got {at}")
    channels = array.shape[1] if array.ndim > 2 else 1
    whole = patch.ndim == len(at) + 1
    if patch.ndim < len(at) or patch.ndim > len(at) + 1 or (whole and patch.shape[0] != channels):
        raise ShapeError(f"patch has shape {patch.shape}, expected ({channels}, *window) for an input {array.shape}")
    if channel is not None and (whole or not 0 <= channel < channels):
        raise ParameterError(
            f"channel (={channel}) must be one of {channels}, with a patch (*window); its shape is {patch.shape}"
        )
    window = patch.shape[1:] if whole else patch.shape
    if mask is not None and mask.shape != window:
        raise ShapeError(f"mask has shape {mask.shape}, expected {window} as the patch")
    if not np.isfinite(patch).all():
        raise ParameterError("patch holds NaN or infinity, expected finite numbers")
    to: list[slice] = []
    of: list[slice] = []
    for place, length, axis in zip(at, window, axes, strict=True):
        first, last = max(place, 0), min(place + length, array.shape[axis])
        to.append(slice(first, max(first, last)))
        of.append(slice(first - place, max(first, last) - place))
    made = array.copy()
    one = slice(None) if channel is None else slice(channel, channel + 1)
    cells = made[(slice(None), one, *to)] if array.ndim > 2 else made[(..., *to)]
    new = patch[(..., *of)]
    if whole and array.ndim <= 2:
        new = new[0]
    share = 1 if mask is None else mask[tuple(of)]
    # Not cells + share * (new - cells): a share of 1 gives exactly what was painted.
    cells[...] = np.where(share == 1, new, cells + share * (new - cells))
    return made


def shift(array: Array, by: tuple[int, ...], fill: Fill = "edge") -> Array:
    """An input moved along its spatial axes.

    Args:
        array: (n, c, *spatial).
        by: Cells for each spatial axis, positive towards larger indices.
        fill: What comes in: the "edge" repeated, "zero" (the number 0), or what went out at the other side ("wrap").

    Returns:
        A new array of the same shape and type.

    Raises:
        ShapeError: There are more or fewer numbers than spatial axes.
        ParameterError: The fill is none of these.

    Example:
        >>> shift(np.array([[[1, 2, 3]]]), (1,), "edge")
        array([[[1, 1, 2]]])
    """
    axes = spatial_axes(array)
    if len(by) != len(axes):
        raise ShapeError(f"an input of shape {array.shape} moves along {len(axes)} axes, got {by}")
    if fill not in get_args(Fill):
        raise ParameterError(f'fill (={fill!r}) must be "edge", "zero" or "wrap"')
    for axis, cells in zip(axes, by, strict=True):
        length = array.shape[axis]
        places = np.arange(length, dtype=np.int64) - cells
        if fill == "wrap":
            array = np.take(array, places % length, axis)
            continue
        moved = np.take(array, np.clip(places, 0, length - 1), axis)
        if fill == "zero":
            outside = (places < 0) | (places >= length)
            moved[(slice(None),) * axis + (outside,)] = 0
        array = moved
    return np.ascontiguousarray(array)


def flip(array: Array, axis: int) -> Array:
    """An input mirrored along a spatial axis.

    Args:
        array: (n, c, *spatial).
        axis: Which spatial axis, from 0; negative from the end: -1 exchanges left and right.

    Returns:
        A new array of the same shape and type.

    Raises:
        ParameterError: It has no such axis.

    Example:
        >>> flip(np.array([[[1, 2, 3]]]), -1)
        array([[[3, 2, 1]]])
    """
    axes = spatial_axes(array)
    wanted = f"axis (={axis}) must be one of the {len(axes)} spatial axes of an input {array.shape}"
    (which, *more) = whole_numbers(axis, wanted) or (len(axes),)
    if more or not -len(axes) <= which < len(axes):
        raise ParameterError(wanted)
    return np.ascontiguousarray(np.flip(array, axes[which]))


def spatial_axes(array: Array) -> tuple[int, ...]:
    """Axes of an input that are places: those behind samples and channels; the last one where there are two or one."""
    return tuple(range(2, array.ndim)) if array.ndim > 2 else tuple(range(array.ndim))[-1:]
