"""The program while it is put together: which values live where, and the calls so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import prod
from typing import Protocol, TypeVar, cast

import numpy as np

from striate.arithmetic import Pads
from striate.engine.isa import Isa
from striate.engine.kernels.call import Call
from striate.engine.kernels.halo import Halo, emit_halo, halo_arguments
from striate.engine.kernels.pack import Plain, emit_pack, pack_arguments
from striate.engine.kernels.place import Place
from striate.engine.kernels.strided import call_strided
from striate.engine.layout import Blocked, aligned
from striate.engine.lowering.facts import FLOAT, Facts
from striate.engine.program import Fetch, Group, Part, Program, Reference, Segment
from striate.engine.regions import Home, Region, Regions
from striate.engine.run import Progress
from striate.graph import Array, Constants, Graph, Node, TensorType

Weights = dict[tuple[object, ...], object]
Packed = TypeVar("Packed")


Move = Callable[[Home], Home]


def _map_steps(steps: Sequence[int], last: bool) -> tuple[int, ...]:
    """Steps along a value's axes in the order (n, c, *spatial)."""
    return (steps[0], steps[-1], *steps[1:-1]) if last and len(steps) > 2 else tuple(steps)


class Fused(Protocol):
    """A group of nodes that one kernel computes."""

    value: str
    operands: list[str | Place]
    results: list[str]


class Lowering(Facts):
    """Collects the parts of a program.

    Args:
        graph: The network.
        types: Type of every value, for the present input shapes.
        target: Instruction set.
        keep: Whether every value must stay readable.
        direct: Whether only algorithms that form the textbook's sums may be chosen, see :func:`striate.exact`.
        halos: Zero cells around each value that its readers ask for.
        weights: Packed weights by what they were packed for; the graph's programs share them.

    Attributes:
        steps: Floats between neighbours along the axes of inputs whose plain arrays are not channels first.
    """

    def __init__(
        self,
        graph: Graph,
        types: Mapping[str, TensorType],
        target: Isa,
        keep: bool,
        direct: bool,
        halos: Mapping[str, Pads],
        weights: Weights,
    ) -> None:
        super().__init__(graph, types)
        self.target = target
        self.keep = keep
        self.direct = direct
        self.halos = halos
        self._weights = weights
        self.done: set[str] = set()
        self.calls: list[Call] = []
        self.regions = Regions()
        self.tables: list[Array] = []
        self.watched: Region | None = None
        self.steps: Mapping[str, tuple[int, ...]] = {}
        self._turned: dict[str, Region] = {}
        self._known: dict[str, Array] = {}
        self._parts: list[Part] = []
        self._blocked: dict[tuple[str, bool], Home] = {}
        self._views: dict[str, tuple[str, Move]] = {}
        self._plain: dict[str, Home] = {}
        self._outside: set[str] = {*graph.inputs, *graph.constants}
        self._derived: dict[str, Node] = {}
        self._fetches: list[Fetch] = []
        self._groups: list[Group] = []
        self._grouped = 0
        self._begin = 0

    def watch(self) -> None:
        """Has kernels that mix numbers which the op keeps apart note where that made a NaN, see ``Program.watched``."""
        self.watched = self.regions.new(4 * self.target.lanes, 0)

    # ---- constants

    def release(self, value: str | None, restore: Callable[[], Array]) -> None:
        """Lets the graph go of a weight's array, whose only reader has packed it as it is.

        Args:
            value: The weight.
            restore: Makes it again from what was packed.
        """
        constants = self.graph.constants
        if value and isinstance(constants, Constants) and not self.needed(value, self.graph.consumers[value][0].name):
            constants.release(value, restore)

    def release_again(self, value: str | None) -> None:
        """Lets the graph go of a weight's array that came back only to be packed in yet another way."""
        if value and isinstance(self.graph.constants, Constants):
            self.graph.constants.release_again(value)

    def weights(self, key: tuple[object, ...], pack: Callable[[], Packed]) -> Packed:
        """Packed weights, made once for all programs of the graph.

        Args:
            key: The node, and all else that the result depends on.
            pack: Packs them.
        """
        key = (self.target.name, *key)
        if key not in self._weights:
            self._weights[key] = pack()
        return cast("Packed", self._weights[key])

    def packed(self, vector: Array) -> Place:
        """A number for each channel, the same for every sample, as an operand of a kernel."""
        memory = aligned(-(-vector.size // self.target.lanes) * self.target.lanes)
        memory[: vector.size] = vector.reshape(-1)
        self.tables.append(memory)
        return Place(memory.ctypes.data, 0, self.target.lanes)

    def per_cell(self, value: str, shape: tuple[int, ...], last: bool) -> Place | None:
        """A constant that is repeated to values of that map shape, the same for every sample, in blocks; else None."""
        constant, rank = self.constant(value), len(shape)
        if constant is None or constant.dtype != FLOAT or constant.ndim > rank:
            return None
        whole = (1, *shape[2:], shape[1]) if last else (1, *shape[1:])
        sizes = (1,) * (rank - constant.ndim) + constant.shape
        if any(size not in (1, full) for size, full in zip(sizes, whole, strict=True)):
            return None
        array = np.broadcast_to(constant, whole)
        layout = Blocked(1, shape[1], shape[2:], ((0, 0),) * (rank - 2), self.target.lanes)
        memory = layout.allocate()
        layout.pack(np.moveaxis(array, -1, 1) if last else array, memory)
        self.tables.append(memory)
        return replace(Place.of(layout, memory.ctypes.data), sample=0)

    # ---- where values live

    def ready(self, value: str) -> bool:
        """Whether a value has been made already."""
        return self.made(value) or value in self._views or value in self._outside

    def derive(self, node: Node) -> None:
        """Leaves an element-wise node's value out of memory: whoever asks for it has it computed from what is kept."""
        self._derived[node.outputs[0]] = node

    def source(self, value: str, last: bool = False) -> tuple[Blocked, Place]:
        """Where a value lies in blocked layout; it is brought there when it lies elsewhere.

        Args:
            value: The value.
            last: Whether its channels shall be its last axis; else they are the second one.
        """
        home = self._blocked.get(self._key(value, last)) or self._bring(value, last)
        assert home.layout is not None
        home.region.last = len(self.calls)
        return home.layout, Place.of(home.layout, home.region.address)

    def outside(self, value: str) -> int | None:
        """Address of a value's plain array, channels first, if it comes from outside; else None."""
        if self.made(value) or value not in self._outside:
            return None
        return (self._channels_first(value) if value in self.steps else self._fetch(value)).address

    def plain(self, value: str) -> Home:
        """A plain array of a value in native memory: one that is there, another one seen differently, or a new one."""
        home = self._plain.get(value)
        if home is None:
            if self.made(value):
                home = self._unpack(value)
            elif value in self._views:
                source, move = self._views[value]
                home = move(self.plain(source))
            else:
                self._fetch(value)
                home = self._plain[value]
            self._plain[value] = home
        home.region.last = len(self.calls)
        return home

    def view(self, node: Node, value: str, source: str, move: Move) -> None:
        """Notes that a value is another one seen differently; nothing is done before somebody reads it."""
        self._views[value] = source, move
        if self.keep:
            self._derived[value] = node

    def native(self, value: str) -> bool:
        """Whether native code has the value, or will have it as an input of the graph."""
        return self.made(value) or value in self._views or value in self.graph.inputs

    def fetched(self, value: str) -> Region:
        """Memory of a value that comes from outside."""
        return self._plain[value].region

    def brought(self) -> tuple[str, ...]:
        """Values that were taken from outside."""
        return tuple(value for value in self._plain if value in self._outside)

    def make(self, value: str, last: bool = False) -> tuple[Blocked, Place]:
        """Room for a value that is about to be computed, its channels being its last axis or its second one."""
        shape = self.map_shape(value, last)
        assert shape is not None
        halo = self.halos.get(value, ((0, 0),) * (len(shape) - 2))
        layout = Blocked(shape[0], shape[1], shape[2:], halo, self.target.lanes)
        region = self.regions.new(4 * layout.size, len(self.calls))
        kind = self.shape(value)
        assert kind is not None
        self._blocked[self._key(value, last)] = Home(region, layout, kind, self._key(value, last)[1])
        if any(before or after for before, after in halo):
            arguments, chunks = halo_arguments(layout, region.address)
            self.call(Call(Halo().name, partial(emit_halo, Halo()), arguments, (), chunks, "halo"))
        region.last = len(self.calls)
        return layout, Place.of(layout, region.address)

    def scratch(self, floats: int) -> Region:
        """Room for numbers on the way, from the next call on; whoever asks says when it is last touched."""
        return self.regions.new(4 * floats, len(self.calls))

    def extend(self, value: str) -> None:
        """Notes that the last call touches a value."""
        for home in self._homes(value):
            home.region.last = max(home.region.last, len(self.calls) - 1)

    def touch(self, fused: Fused) -> None:
        """Notes that the last call touches all that a fused group reads and writes."""
        operands = [operand for operand in fused.operands if isinstance(operand, str)]
        for value in (fused.value, *fused.results, *operands):
            self.extend(value)

    def layout(self, value: str, last: bool = False) -> Blocked:
        """The layout of a value that native code has."""
        layout = self._blocked[self._key(value, last)].layout
        assert layout is not None
        return layout

    def made(self, value: str, last: bool | None = None) -> bool:
        """Whether native code has the value in blocks; with channels last, second, or either."""
        return any(self._key(value, each) in self._blocked for each in ((False, True) if last is None else (last,)))

    def share(self, value: str, source: str, layout: Blocked, last: bool = False, source_last: bool = False) -> None:
        """Lets a value live in another one's memory, seen through a layout of its own."""
        shape = self.shape(value)
        assert shape is not None
        region = self._blocked[self._key(source, source_last)].region
        self._blocked[self._key(value, last)] = Home(region, layout, shape, self._key(value, last)[1])

    def _key(self, value: str, last: bool) -> tuple[str, bool]:
        """Of two axes the second one is the last one."""
        return value, last and len(self.types[value].shape or ()) > 2

    def _homes(self, value: str) -> list[Home]:
        return [self._blocked[key] for key in ((value, False), (value, True)) if key in self._blocked]

    def _fetch(self, value: str) -> Region:
        home = self._plain.get(value)
        if home is None:
            sizes = self.shape(value)
            assert sizes is not None
            # It is copied in when the segment begins, so its memory is taken from there on.
            home = Home(self.regions.new(4 * prod(sizes), self._begin), None, sizes, strides=self.steps.get(value))
            self._plain[value] = home
            self._fetches.append(Fetch(value, home))
        home.region.last = len(self.calls)
        return home.region

    def _channels_first(self, value: str) -> Region:
        """A copy of what lies in another order, so that the same kernel reads it and adds in the same order."""
        region = self._turned.get(value)
        if region is None:
            sizes, given = self.shape(value), self._fetch(value)
            assert sizes is not None
            region = self._turned[value] = self.scratch(prod(sizes))
            self.call(call_strided(sizes, self.steps[value], given.address, region.address))
            self._group((), (value,))
        region.last = len(self.calls)
        return region

    def _bring(self, value: str, last: bool) -> Home:
        home = self.plain(value)
        shape = self.map_shape(value, last)
        assert shape is not None
        layout, place = self.make(value, last)
        plain = Plain.of(home.region.address + 4 * home.offset, _map_steps(home.steps, last))
        spec, arguments, chunks = pack_arguments(shape, layout.lanes, place, plain)
        home.region.last = len(self.calls)
        self.call(Call(spec.name, partial(emit_pack, spec), arguments, (), chunks, "pack"))
        self._group((), (value,))
        return self._blocked[self._key(value, last)]

    def _unpack(self, value: str) -> Home:
        """Copies a blocked value to a plain array."""
        (blocked, *_) = self._homes(value)
        shape, layout = self.map_shape(value, blocked.last), blocked.layout
        assert shape is not None and layout is not None
        home = Home(self.scratch(prod(shape)), None, blocked.shape)
        plain = Plain.of(home.region.address, _map_steps(home.steps, blocked.last))
        place = Place.of(layout, blocked.region.address)
        spec, arguments, chunks = pack_arguments(shape, layout.lanes, place, plain, backwards=True)
        blocked.region.last = home.region.last = len(self.calls)
        self.call(Call(spec.name, partial(emit_pack, spec), arguments, (), chunks, "unpack"))
        self._group((), (value,))
        return home

    # ---- what is done

    def call(self, call: Call) -> None:
        """Appends a call."""
        self.calls.append(call)

    def computed(self, *nodes: Node) -> None:
        """Notes that the calls so far compute these nodes."""
        made = [name for node in reversed(nodes) for name in node.outputs if name and self.made(name)]
        self._group(tuple(node.name for node in nodes), tuple(made))
        self.done.update(node.name for node in nodes)

    def known(self, node: Node) -> bool:
        """Whether a node's results follow from the shapes alone; they are then there before a run begins."""
        found = {name: self.types[name].value for name in node.outputs if name}
        arrays = {name: value for name, value in found.items() if value is not None and value.dtype != np.object_}
        if len(arrays) < len(found):
            return False
        self._known |= arrays
        self._outside |= arrays.keys()
        self.computed(node)
        return True

    def reference(self, node: Node, reason: str) -> None:
        """Leaves a node to its op's reference, and says why."""
        self._settle([value for value in node.inputs if value])
        self._close()
        self._stay([value for value in node.inputs if value])
        self._parts.append(Reference(node, reason))
        self._outside.update(name for name in node.outputs if name)
        self.done.add(node.name)

    def finish(self, progress: Progress | None = None) -> Program:
        """The program."""
        self._settle(self.graph.outputs)
        self._close()
        self._stay(self.graph.outputs)
        homes = {value: home for value, home in self._plain.items() if value not in self._outside}
        for last in (True, False):
            blocked = {value: home for (value, each), home in self._blocked.items() if each is last}
            homes |= {value: home for value, home in blocked.items() if value not in self._outside}
        if self.watched is not None:
            self.watched.last = len(self.calls)
        return Program(
            self._parts,
            homes,
            self._derived,
            self.calls,
            self.regions,
            self.tables,
            self.keep,
            self.watched,
            self._known,
            progress,
        )

    def _settle(self, values: Iterable[str]) -> None:
        """Gives those of the values a place of their own that were only seen in others so far."""
        for value in values:
            if not self.keep and value in self._views and not self.made(value):
                self.plain(value)

    def _stay(self, values: Iterable[str]) -> None:
        """Keeps what values hold until here."""
        for value in values:
            plain = self._plain.get(value)
            for home in (*self._homes(value), *([] if plain is None else [plain])):
                home.region.last = len(self.calls)

    def _close(self) -> None:
        if len(self.calls) > self._begin or self._fetches:
            segment = Segment(tuple(self._fetches), self._begin, len(self.calls), tuple(self._groups))
            self._parts.append(segment)
        self._fetches, self._groups, self._begin = [], [], len(self.calls)

    def _group(self, nodes: tuple[str, ...], values: tuple[str, ...]) -> None:
        self._groups.append(Group(nodes, values, self._grouped, len(self.calls)))
        self._grouped = len(self.calls)
