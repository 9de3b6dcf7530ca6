"""How the numbers of a layer, and of each of its channels, are spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from striate.engine import Recording
from striate.errors import ParameterError
from striate.graph import Array
from striate.lenses.axes import checked_channel, real_array, sample_maps

# Numbers that are looked at at once: their float64 copies stay in the cache.
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Statistics:
    """What there is to say about some numbers. NaN and infinities are counted, and count in nothing else.

    Args:
        count: Numbers in all.
        least: The least finite one; NaN where there is none, as in all that follow.
        greatest: The greatest finite one.
        mean: Mean of the finite ones.
        deviation: Their standard deviation (of the whole, divided by n).
        zeros: Share of exact zeros in all numbers, from 0 to 1.
        nonfinite: How many are NaN or infinite.
    """

    count: int
    least: float
    greatest: float
    mean: float
    deviation: float
    zeros: float
    nonfinite: int

    def row(self) -> tuple[float, ...]:
        """Least, greatest, mean, deviation, zeros and nonfinite, in this order."""
        return tuple(float(number) for number in astuple(self)[1:])


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many numbers lie between which edges; the last interval includes its upper edge.

    Args:
        edges: Float64, rising, one more than intervals.
        counts: Whole numbers, one for each interval.
        total: Numbers in all.
        outside: Finite numbers beyond the edges.
        nonfinite: NaN and infinities.
    """

    edges: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    total: int
    outside: int
    nonfinite: int


def statistics(array: Array) -> Statistics:
    """Statistics of the numbers in an array.

    Args:
        array: Real numbers of any shape.

    Returns:
        The statistics, worked out in float64.

    Exactness: the mean is a sum of float64 sums of up to 262,144 numbers each; the deviation takes a second pass.

    Example:
        >>> statistics(np.array([0.0, 1.0, 2.0, np.nan]))
        Statistics(count=4, least=0.0, greatest=2.0, mean=1.0, deviation=0.816496580927726, zeros=0.25, nonfinite=1)
    """
    flat = array.reshape(-1)
    finite = flat[np.isfinite(flat)] if flat.dtype.kind == "f" else flat
    if finite.size == 0:
        zeros = 0.0 if flat.size else math.nan
        return Statistics(int(flat.size), math.nan, math.nan, math.nan, math.nan, zeros, int(flat.size))
    parts = [finite[start : start + _CHUNK].astype(np.float64) for start in range(0, finite.size, _CHUNK)]
    mean = math.fsum(float(part.sum()) for part in parts) / finite.size
    variance = math.fsum(float(np.square(part - mean).sum()) for part in parts) / finite.size
    return Statistics(
        int(flat.size),
        float(finite.min()),
        float(finite.max()),
        mean,
        math.sqrt(variance),
        1.0 - int(np.count_nonzero(flat)) / int(flat.size),
        int(flat.size - finite.size),
    )


def layer_statistics(recording: Recording, layers: Sequence[str] | None = None) -> dict[str, Statistics]:
    """Statistics of whole layers, all samples together.

    Args:
        recording: A run.
        layers: Names of layers, nodes, values or inputs; all layers if left out.

    Returns:
        Statistics by name; layers that hold no real numbers are left out when no names are given.

    Raises:
        UnknownNameError: Nothing is called so.
        UnsupportedError: One that was named holds no real numbers.
    """
    if layers is not None:
        return {name: statistics(real_array(recording, name)) for name in layers}
    found: dict[str, Statistics] = {}
    for layer in recording.model.layers:
        array = recording.values.get(layer.output)
        if array is not None and array.dtype.kind in "biuf":
            found[layer.name] = statistics(array)
    return found


def channel_statistics(recording: Recording, layer: str, sample: int = 0) -> tuple[Statistics, ...]:
    """Statistics of each channel of a layer, for one sample.

    Args:
        recording: A run.
        layer: Name of a layer, node, value or input.
        sample: Which sample of the batch.

    Raises:
        UnknownNameError: Nothing is called so.
        ParameterError: There is no such sample.
        UnsupportedError: It holds no real numbers.
    """
    return tuple(statistics(plane) for plane in sample_maps(recording, layer, sample))


def histogram(
    recording: Recording,
    layer: str,
    channel: int | None = None,
    bins: int = 48,
    span: tuple[float, float] | None = None,
    sample: int = 0,
) -> Histogram:
    """How the numbers of a layer, or of one of its maps, are spread, for one sample.

    Args:
        recording: A run.
        layer: Name of a layer, node, value or input.
        channel: Which map; all if None.
        bins: How many intervals, all of the same width.
        span: Where they begin and end; from the least to the greatest finite number if None.
        sample: Which sample of the batch.

    Raises:
        UnknownNameError: Nothing is called so.
        ParameterError: Channel, sample, bins or span are impossible.
        UnsupportedError: It holds no real numbers.
    """
    maps = sample_maps(recording, layer, sample)
    numbers = maps if channel is None else maps[checked_channel(layer, maps, channel)]
    flat = np.asarray(numbers, np.float64).reshape(-1)
    finite = flat[np.isfinite(flat)]
    if bins < 1:
        raise ParameterError(f"bins (={bins}) must be positive")
    if span is None:
        span = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        span = _widened(*span)
    if not (math.isfinite(span[0]) and math.isfinite(span[1]) and span[0] < span[1]):
        raise ParameterError(f"span (={span}) must be two finite numbers, the first one less")
    counts, edges = np.histogram(finite, bins, span)
    return Histogram(edges, counts, int(flat.size), int(finite.size - counts.sum()), int(flat.size - finite.size))


def _widened(low: float, high: float) -> tuple[float, float]:
    """The span itself; around a single number, one that the number lies in the middle of."""
    if low < high and math.isfinite(high - low):
        return low, high
    return (low - max(abs(low), 1.0) / 2, high + max(abs(high), 1.0) / 2) if low == high else (low / 2, high / 2)
