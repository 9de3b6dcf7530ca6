"""What differs between two runs: another input, a changed kernel, a channel switched off."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from striate.engine import Recording
from striate.errors import ShapeError, UnknownNameError, UnsupportedError
from striate.graph import Array
from striate.lenses.axes import real_array

# Numbers that are looked at at once: their float64 copies stay in the cache.
_CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Change:
    """How far some numbers moved. What is NaN or infinite in either run counts in nothing but nonfinite.

    Args:
        largest: Largest magnitude of a difference; 0 where nothing can be compared.
        root: Root of the mean square of the differences.
        relative: The same divided by that of the numbers before; infinite where those are all 0 and these are not.
        nonfinite: How many numbers are NaN or infinite in either run.
    """

    largest: float
    root: float
    relative: float
    nonfinite: int


def change(after: Array, before: Array) -> Change:
    """How far numbers moved.

    Args:
        after: Real numbers of any shape.
        before: Those that they are compared with, of the same shape.

    Returns:
        The change, worked out in float64.

    Example:
        >>> change(np.array([1.0, 2.0, 6.0]), np.array([1.0, 2.0, 2.0]))
        Change(largest=4.0, root=2.309..., relative=1.333..., nonfinite=0)
    """
    if after is before:
        return Change(0.0, 0.0, 0.0, int(after.size - np.isfinite(after).sum()))
    largest, moved, held, nonfinite = 0.0, 0.0, 0.0, 0
    flat_after, flat_before = after.reshape(-1), before.reshape(-1)
    for start in range(0, flat_after.size, _CHUNK):
        base = flat_before[start : start + _CHUNK].astype(np.float64)
        with np.errstate(invalid="ignore"):
            delta = flat_after[start : start + _CHUNK].astype(np.float64) - base
        finite = np.isfinite(delta)
        if not finite.all():
            nonfinite += int(delta.size - finite.sum())
            delta, base = delta[finite], base[finite]
        if delta.size:
            largest = max(largest, float(delta.max()), -float(delta.min()))
            moved += float(delta @ delta)
            held += float(base @ base)
    count = flat_after.size - nonfinite
    root, whole = (math.sqrt(total / count) if count else 0.0 for total in (moved, held))
    return Change(largest, root, root / whole if whole else (math.inf if root else 0.0), nonfinite)


def layer_changes(after: Recording, before: Recording) -> dict[str, Change]:
    """How far each input and each layer moved, all samples together.

    Args:
        after: A run.
        before: The one that it is compared with, of the same network or of one made from it.

    Returns:
        Changes by name, inputs first; layers that hold no real numbers, or have other sizes, are left out.
    """
    found: dict[str, Change] = {}
    for name in (*after.model.graph.inputs, *(layer.name for layer in after.model.layers)):
        try:
            one, two = real_array(after, name), real_array(before, name)
        except (UnknownNameError, UnsupportedError):
            continue
        if one.shape == two.shape:
            found[name] = change(one, two)
    return found


def value_difference(after: Recording, before: Recording, name: str) -> Array:
    """What a layer holds, minus what it held before.

    Args:
        after: A run.
        before: The one that it is compared with.
        name: Name of a layer, node, value or input.

    Returns:
        Channels first; floating-point numbers as they are, whole numbers as float64.

    Raises:
        UnknownNameError: Nothing is called so, in one of the runs.
        UnsupportedError: It holds no real numbers.
        ShapeError: It has other sizes in the other run.
    """
    one, two = real_array(after, name), real_array(before, name)
    if one.shape != two.shape:
        raise ShapeError(f'layer "{name}" has shape {one.shape}, in the other run {two.shape}; they cannot be compared')
    with np.errstate(invalid="ignore", over="ignore"):
        return one - two if one.dtype.kind == "f" else one.astype(np.float64) - two


class _Values(Mapping[str, Array]):
    """The differences of all values of two runs, each computed when it is asked for."""

    def __init__(self, after: Recording, before: Recording) -> None:
        self._after, self._before = after, before

    def __getitem__(self, name: str) -> Array:
        return value_difference(self._after, self._before, name)

    def __contains__(self, name: object) -> bool:
        return name in self._after.values and name in self._before.values

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._after.values if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def differences(after: Recording, before: Recording) -> Recording:
    """What holds the differences of two runs, for lenses that look at values: maps, statistics, histograms.

    Args:
        after: A run.
        before: The one that it is compared with.
    """
    return Recording(after.model, _Values(after, before))
