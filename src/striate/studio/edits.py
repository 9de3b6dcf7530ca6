"""What one tab has changed about one network and one input; every state is immutable, so that taking back is easy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from striate.errors import ParameterError, ShapeError
from striate.graph import Array
from striate.network import Network


@dataclass(frozen=True, eq=False)
class Edits:
    """One state.

    Args:
        arrays: Edited inputs by name, channels first.
        weights: Edited weights by name.
        off: Channels that are off, by layer.
    """

    arrays: Mapping[str, Array] = field(default_factory=dict[str, Array])
    weights: Mapping[str, Array] = field(default_factory=dict[str, Array])
    off: Mapping[str, frozenset[int]] = field(default_factory=dict[str, frozenset[int]])

    @property
    def network_key(self) -> tuple[object, ...]:
        """What distinguishes the edited network."""
        return (
            tuple((name, id(array)) for name, array in self.weights.items()),
            tuple(sorted(self.off.items(), key=str)),
        )

    def words(self) -> tuple[str, ...]:
        """What differs from the original, for people."""
        said = [f"input {name} edited" for name in self.arrays]
        said += [f"weights {name} edited" for name in self.weights]
        said += [
            f"{layer}: channel{'s' if len(channels) > 1 else ''} {', '.join(map(str, sorted(channels)))} off"
            for layer, channels in self.off.items()
        ]
        return tuple(said)

    def with_array(self, name: str, array: Array) -> Edits:
        """With another input."""
        return replace(self, arrays={**self.arrays, name: array})

    def with_weights(self, name: str, array: Array) -> Edits:
        """With other weights."""
        return replace(self, weights={**self.weights, name: array})

    def switched(self, layer: str, channel: int, on: bool) -> Edits:
        """With a channel on or off."""
        present = self.off.get(layer, frozenset())
        channels = present - {channel} if on else present | {channel}
        off = {name: each for name, each in {**self.off, layer: channels}.items() if each}
        return replace(self, off=off)

    def applied(self, network: Network) -> Network:
        """The network with edited weights and switched-off channels."""
        if self.weights:
            network = network.replace(self.weights)
        return network.switch_off(self.off) if self.off else network


class History:
    """The states of one network and input in one tab.

    Args:
        most: How many states can be gone back.
        most_bytes: What the states may hold; the oldest are forgotten.

    Attributes:
        present: The present state and its number, which rises with each change.
    """

    def __init__(self, most: int, most_bytes: int = 2**28) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._states = [Edits()]
        self._network: tuple[tuple[object, ...], Network] | None = None
        self.present: tuple[Edits, int] = (self._states[0], 0)

    @property
    def now(self) -> Edits:
        """The present state."""
        return self.present[0]

    @property
    def version(self) -> int:
        """Its number; 0 as long as nothing was edited."""
        return self.present[1]

    def change(self, state: Edits) -> None:
        """Goes on to a new state."""
        self._states.append(state)
        while len(self._states) > 2 and (len(self._states) > self._most or self._bytes() > self._most_bytes):
            del self._states[1]
        self.present = (state, self.version + 1)

    def reset(self, what: str) -> None:
        """Takes edits back: "all", "input", "kernels", "channels" or the "last" one."""
        if what == "last":
            if len(self._states) > 1:
                self._states.pop()
                self.present = (self._states[-1], self.version + 1)
            return
        kept = {
            "all": Edits(),
            "input": replace(self.now, arrays={}),
            "kernels": replace(self.now, weights={}),
            "channels": replace(self.now, off={}),
        }[what]
        if self.now.words() != kept.words():
            self.change(kept)

    def _bytes(self) -> int:
        arrays = [a for state in self._states for a in (*state.arrays.values(), *state.weights.values())]
        return sum({id(array): array.nbytes for array in arrays}.values())

    def network(self, original: Network, state: Edits) -> Network:
        """The network of a state; made once for the same edits of it."""
        key = state.network_key
        if key == Edits().network_key:
            return original
        if self._network is None or self._network[0] != key:
            self._network = (key, state.applied(original))
        return self._network[1]


def painted(array: Array, at: tuple[int, ...], patch: Array, mask: Array | None) -> Array:
    """An input with a patch on it; what is beyond the edge is cut off.

    Args:
        array: The input, (n, c, *spatial); of fewer axes (n, l): the last is spatial.
        at: Where the patch's first cell goes, one index for each spatial axis.
        patch: In the network's numbers, (c, *window), or (*window) for all channels.
        mask: How much of it counts, 0 to 1, (*window); None for all.

    Raises:
        ShapeError: Patch, mask and place do not fit the input.

    Example:
        >>> painted(np.zeros((1, 1, 4)), (2,), np.ones((1, 3)), None)
        array([[[0., 0., 1., 1.]]])
    """
    axes = spatial_axes(array)
    if len(at) != len(axes):
        raise ShapeError(f"a place in an input of shape {array.shape} has {len(axes)} indices, got {at}")
    window = patch.shape[-len(at) :] if at else ()
    channels = array.shape[1] if array.ndim > 2 else 1
    if patch.ndim not in (len(at), len(at) + 1) or (patch.ndim > len(at) and patch.shape[0] != channels):
        raise ShapeError(f"patch has shape {patch.shape}, expected ({channels}, *window) for an input {array.shape}")
    if mask is not None and mask.shape != window:
        raise ShapeError(f"mask has shape {mask.shape}, expected {window} as the patch")
    to: list[slice] = []
    of: list[slice] = []
    for place, length, axis in zip(at, window, axes, strict=True):
        first, last = max(place, 0), min(place + length, array.shape[axis])
        to.append(slice(first, max(first, last)))
        of.append(slice(first - place, max(first, last) - place))
    made = array.copy()
    if not np.isfinite(patch).all():
        raise ParameterError("patch holds NaN or infinity, expected finite numbers")
    cells, new = made[(..., *to)], patch[(..., *of)]
    if patch.ndim == len(at) + 1 and array.ndim <= 2:
        new = new[0]
    if mask is None:
        cells[...] = new
    else:
        share = mask[tuple(of)]
        cells[...] = cells + share * (new - cells)
    return made


def shifted(array: Array, by: tuple[int, ...], fill: str) -> Array:
    """An input moved along its spatial axes.

    Args:
        array: (n, c, *spatial).
        by: Cells for each spatial axis, positive towards larger indices.
        fill: What comes in: "edge", "zero" or "wrap".

    Raises:
        ShapeError: There are more or fewer numbers than spatial axes.

    Example:
        >>> shifted(np.array([[[1, 2, 3]]]), (1,), "edge")
        array([[[1, 1, 2]]])
    """
    axes = spatial_axes(array)
    if len(by) != len(axes):
        raise ShapeError(f"an input of shape {array.shape} moves along {len(axes)} axes, got {by}")
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


def flipped(array: Array, axis: int) -> Array:
    """An input mirrored along a spatial axis.

    Raises:
        ParameterError: It has no such axis.
    """
    axes = spatial_axes(array)
    if not 0 <= axis < len(axes):
        raise ParameterError(f"axis (={axis}) must be one of the {len(axes)} spatial axes of an input {array.shape}")
    return np.ascontiguousarray(np.flip(array, axes[axis]))


def spatial_axes(array: Array) -> tuple[int, ...]:
    """Axes of an input that are places: those behind samples and channels; the last one where there are two or one."""
    return tuple(range(2, array.ndim)) if array.ndim > 2 else tuple(range(array.ndim))[-1:]
