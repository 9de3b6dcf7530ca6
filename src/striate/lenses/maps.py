"""The maps of a layer as they fit on a screen: fewer cells than there are, and nothing that stands out lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from striate.engine import Recording
from striate.errors import ParameterError
from striate.graph import Array
from striate.lenses.axes import require_drawable, sample_maps

Numbers = npt.NDArray[np.float32]
_SHORT = 16


@dataclass(frozen=True, eq=False)
class Maps:
    """Some maps of a layer.

    Where a drawn cell stands for several, it holds the one of the largest magnitude with its sign, so that a lone
    spike or a NaN is still seen.

    Args:
        layer: The layer's name.
        first: The first channel.
        channels: Channels of the whole layer.
        maps: Float32, (count, *drawn), with at most two drawn axes.
        shape: A map's own sizes, before slicing and reducing.
        cell: Cells that a drawn one stands for, along each drawn axis; all 1 where nothing is reduced.
        slice: Axis and index of the plane of a volume; None without.
        extents: Float64, (count, 2): least and greatest finite number of each whole map; NaN where there is none.
        extent: The same for the whole layer and sample.
        low: Of lines that are reduced: the least number in each drawn cell, float32 (count, l); else None.
        high: Likewise the greatest.
    """

    layer: str
    first: int
    channels: int
    maps: Numbers
    shape: tuple[int, ...]
    cell: tuple[int, ...]
    slice: tuple[int, int] | None
    extents: npt.NDArray[np.float64]
    extent: tuple[float, float]
    low: Numbers | None
    high: Numbers | None


def layer_maps(
    recording: Recording,
    layer: str,
    first: int = 0,
    count: int | None = None,
    size: tuple[int, int] | None = None,
    plane: tuple[int, int] | None = None,
    sample: int = 0,
    line: bool = False,
) -> Maps:
    """Maps of a layer, reduced to the cells that there is room for.

    Args:
        recording: A run.
        layer: Name of a layer, node, value or input.
        first: The first channel.
        count: How many channels from there on; as many as there are if None or more.
        size: The most (rows, columns) that a map may have; a line has columns only. None: nothing is reduced.
        plane: Spatial axis and index of the plane to cut from each volume; its middle along the depth if None.
        sample: Which sample of the batch.
        line: Take a layer that has channels and no maps, a signal without a channel axis, as one line over them.

    Raises:
        UnknownNameError: Nothing is called so.
        ParameterError: Channel, sample, size or plane do not exist, or the layer has maps and ``line`` is asked for.
        UnsupportedError: It holds no real numbers, or maps of more than three axes.
    """
    maps = as_line(layer, sample_maps(recording, layer, sample)) if line else sample_maps(recording, layer, sample)
    require_drawable(layer, maps)
    if not 0 <= first < len(maps):
        raise ParameterError(f'layer "{layer}" has {len(maps)} channels; first (={first}) must be below that')
    if size is not None and min(size) < 1:
        raise ParameterError(f"size (={size}) must be positive")
    shape = maps.shape[1:]
    chosen = maps[first:] if count is None else maps[first : first + count]
    extents = np.array([_extent(each) for each in chosen])
    if len(shape) == 3:
        plane = _checked_plane(layer, shape, plane)
        chosen = np.take(chosen, plane[1], axis=1 + plane[0])
    elif plane is not None:
        raise ParameterError(f'layer "{layer}" has maps of shape {shape}; only volumes have planes (={plane})')
    room = () if size is None else size[2 - (chosen.ndim - 1) :]
    cell = tuple(-(-length // most) for length, most in zip(chosen.shape[1:], room, strict=False))
    cell = cell or (1,) * (chosen.ndim - 1)
    drawn, low, high = reduced(chosen, cell)
    lines = chosen.ndim == 2 and any(step > 1 for step in cell)
    return Maps(
        layer,
        first,
        len(maps),
        drawn,
        shape,
        cell,
        plane,
        extents,
        _extent(maps),
        low if lines else None,
        high if lines else None,
    )


def as_line(name: str, maps: Array) -> Array:
    """A layer's channels, each a single number, as one line: shape (1, channels).

    Raises:
        ParameterError: Its channels are maps.
    """
    if maps.ndim != 1:
        raise ParameterError(f'layer "{name}" has maps of shape {maps.shape[1:]}; only one without maps is a line')
    return maps.reshape(1, -1)


def reduced(maps: Array, cell: tuple[int, ...]) -> tuple[Numbers, Numbers, Numbers]:
    """In place of each block of cells, the one of the largest magnitude, the least and the greatest.

    Args:
        maps: Shape (count, *spatial).
        cell: Sizes of a block along each spatial axis; the last block of an axis may be smaller.

    Returns:
        Three float32 arrays of shape (count, *blocks); a block with a NaN gives NaN.

    Example:
        >>> reduced(np.array([[1, -3, 2, 0, 5]]), (2,))[0]
        array([[-3.,  2.,  5.]], dtype=float32)
    """
    with np.errstate(over="ignore"):
        numbers = maps.astype(np.float32, copy=False)
    if all(step == 1 for step in cell):
        return numbers, numbers, numbers
    low = high = numbers
    for axis, step in enumerate(cell, start=1):
        if step > 1:
            low, high = _by_blocks(np.minimum, low, axis, step), _by_blocks(np.maximum, high, axis, step)
    return np.where(-low > high, low, high), low, high


def _by_blocks(best: np.ufunc, numbers: Numbers, axis: int, step: int) -> Numbers:
    """The best of each block of ``step`` cells along an axis; the last block may be smaller."""
    if step > _SHORT:
        return best.reduceat(numbers, list(range(0, numbers.shape[axis], step)), axis)
    # One cell of every block at a time: reduceat takes fifteen times as long for blocks of a few cells.
    moved = np.moveaxis(numbers, axis, 0)
    found = moved[::step].copy()
    for first in range(1, min(step, len(moved))):
        cells = moved[first::step]
        best(found[: len(cells)], cells, out=found[: len(cells)])
    return np.moveaxis(found, 0, axis)


def _checked_plane(layer: str, shape: tuple[int, ...], plane: tuple[int, int] | None) -> tuple[int, int]:
    if plane is None:
        return 0, shape[0] // 2
    axis, index = plane
    if not 0 <= axis < 3 or not 0 <= index < shape[axis]:
        raise ParameterError(f'layer "{layer}" has maps of shape {shape}; there is no plane {index} along axis {axis}')
    return axis, index


def _extent(numbers: Array) -> tuple[float, float]:
    low, high = numbers.min(), numbers.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        numbers = numbers[np.isfinite(numbers)]
        if numbers.size == 0:
            return float("nan"), float("nan")
        low, high = numbers.min(), numbers.max()
    return float(low), float(high)
