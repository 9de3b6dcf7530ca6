"""What one tab has changed about one network and one input; every state is immutable, so that taking back is easy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from striate.graph import Array
from striate.lenses.kernels import Filter
from striate.network import Network

FilterKey = tuple[str, int]


@dataclass(frozen=True, eq=False)
class EditedInput:
    """An input that is no longer what was opened.

    Args:
        array: Its numbers, channels first.
        how: What was done to it, in words, each once.
    """

    array: Array
    how: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class EditedFilter:
    """A filter with other numbers.

    Args:
        layer: The layer's name.
        channel: Its output channel.
        original: The filter as it was trained.
        weights: New weights, (inputs, *taps).
        bias: New bias; None where there is none.
    """

    layer: str
    channel: int
    original: Filter
    weights: Array
    bias: float | None

    @property
    def key(self) -> FilterKey:
        """Where its numbers are; the same for layers that share them."""
        return self.original.name, self.channel

    @property
    def cells(self) -> int:
        """How many numbers differ from the trained ones."""
        return int(np.count_nonzero(self.weights != self.original.weights)) + (self.bias != self.original.bias)


@dataclass(frozen=True, eq=False)
class NetworkEdits:
    """What is changed about the network, whatever its input is.

    Args:
        filters: Filters with other numbers.
        off: Channels that are off, by layer.
    """

    filters: Mapping[FilterKey, EditedFilter] = field(default_factory=dict[FilterKey, EditedFilter])
    off: Mapping[str, frozenset[int]] = field(default_factory=dict[str, frozenset[int]])

    @property
    def empty(self) -> bool:
        """Whether nothing is changed."""
        return not self.filters and not self.off

    def with_filter(self, filter: EditedFilter) -> NetworkEdits:
        """With a filter's numbers; without it where they are the trained ones."""
        filters = {**self.filters, filter.key: filter}
        if filter.cells == 0:
            del filters[filter.key]
        return replace(self, filters=filters)

    def switched(self, layer: str, channel: int, on: bool) -> NetworkEdits:
        """With a channel on or off."""
        present = self.off.get(layer, frozenset())
        channels = present - {channel} if on else present | {channel}
        off = {name: each for name, each in {**self.off, layer: channels}.items() if each}
        return replace(self, off=off)

    def applied(self, network: Network) -> Network:
        """The network with edited weights and switched-off channels."""
        weights: dict[str, Array] = {}
        for each in self.filters.values():
            name, bias_name = each.original.name, each.original.bias_name
            weights.setdefault(name, np.array(network.weights[name]))[each.original.index] = each.weights
            if bias_name is not None and each.bias != each.original.bias:
                weights.setdefault(bias_name, np.array(network.weights[bias_name])).reshape(-1)[each.channel] = (
                    each.bias
                )
        if weights:
            network = network.replace(weights)
        return network.switch_off(self.off) if self.off else network


@dataclass(frozen=True, eq=False)
class Edits:
    """One state.

    Args:
        inputs: Edited inputs by name.
        network: What is changed about the network.
    """

    inputs: Mapping[str, EditedInput] = field(default_factory=dict[str, EditedInput])
    network: NetworkEdits = field(default_factory=NetworkEdits)

    @property
    def empty(self) -> bool:
        """Whether nothing is changed."""
        return not self.inputs and self.network.empty

    @property
    def arrays(self) -> dict[str, Array]:
        """Edited inputs by name, channels first."""
        return {name: each.array for name, each in self.inputs.items()}

    def with_input(self, name: str, array: Array, how: str, *, fresh: bool = False) -> Edits:
        """With another input; a fresh one has nothing of what it was before."""
        before = self.inputs.get(name)
        said = () if fresh or before is None else tuple(word for word in before.how if word != how)
        return replace(self, inputs={**self.inputs, name: EditedInput(array, (*said, how))})

    def without(self, kind: str, name: str, channel: int | None = None) -> Edits:
        """Without one edit: of an "input", of the "kernel" of a layer's channel, or a layer's "channel" that is off."""
        if kind == "input":
            return replace(self, inputs={key: each for key, each in self.inputs.items() if key != name})
        if kind == "kernel":
            kept = {
                key: each for key, each in self.network.filters.items() if (each.layer, each.channel) != (name, channel)
            }
            return replace(self, network=replace(self.network, filters=kept))
        return self if channel is None else replace(self, network=self.network.switched(name, channel, True))


@dataclass(frozen=True)
class Point:
    """A place in a history that can be come back to."""

    present: tuple[Edits, int]
    past: tuple[Edits, ...]
    future: tuple[Edits, ...]
    stroke: int


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
        self._past: list[Edits] = []
        self._future: list[Edits] = []
        self._stroke = 0
        # No number is given twice, also not after one that failed: runs are kept by it.
        self._given = 0
        self.present: tuple[Edits, int] = (Edits(), 0)

    @property
    def now(self) -> Edits:
        """The present state."""
        return self.present[0]

    @property
    def version(self) -> int:
        """Its number; 0 as long as nothing was edited."""
        return self.present[1]

    @property
    def steps(self) -> tuple[int, int]:
        """How many steps can be taken back, and how many of those again."""
        return len(self._past), len(self._future)

    def base(self, stroke: int) -> Edits:
        """What an edit changes: the present state, or for a further edit of the same stroke, that before the stroke."""
        return self._past[-1] if self._goes_on(stroke) else self.now

    def change(self, state: Edits, stroke: int = 0) -> None:
        """Goes on to a new state; a further edit of the same stroke takes the place of the one before."""
        if not self._goes_on(stroke):
            self._past.append(self.now)
            while len(self._past) > 1 and (len(self._past) > self._most or self._bytes() > self._most_bytes):
                del self._past[0]
        self._future.clear()
        self._stroke = stroke
        self._show(state)

    def back(self) -> None:
        """Takes the last step back, if there is one."""
        self._step(self._past, self._future)

    def again(self) -> None:
        """Takes the step again that was taken back last, if there is one."""
        self._step(self._future, self._past)

    def point(self) -> Point:
        """Where the history is now."""
        return Point(self.present, tuple(self._past), tuple(self._future), self._stroke)

    def come_back(self, point: Point) -> None:
        """Returns to where it was, as if nothing had been done since."""
        self.present, self._stroke = point.present, point.stroke
        self._past, self._future = list(point.past), list(point.future)

    def _goes_on(self, stroke: int) -> bool:
        return stroke != 0 and stroke == self._stroke and bool(self._past)

    def _step(self, source: list[Edits], target: list[Edits]) -> None:
        if source:
            target.append(self.now)
            self._stroke = 0
            self._show(source.pop())

    def _show(self, state: Edits) -> None:
        self._given += 1
        self.present = (state, self._given)

    def _bytes(self) -> int:
        states = [*self._past, self.now]
        arrays = [each.array for state in states for each in state.inputs.values()]
        arrays += [each.weights for state in states for each in state.network.filters.values()]
        return sum({id(array): array.nbytes for array in arrays}.values())
