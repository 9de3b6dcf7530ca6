"""A program: native steps for one set of input shapes, with reference ops between them where there is no kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from striate.engine.arenas import Arenas, Memory
from striate.engine.kernel import Kernel, kernel
from striate.engine.kernels.call import Call
from striate.engine.plain import to_plain
from striate.engine.regions import Home, Region, Regions, places_of, resolve
from striate.engine.run import Progress
from striate.engine.threads import run_steps
from striate.graph import Array, Node


@dataclass(frozen=True, slots=True)
class Fetch:
    """A value that native code needs from outside: copied into its home before a segment starts."""

    value: str
    home: Home


@dataclass(frozen=True, slots=True)
class Group:
    """Calls that belong together: those that compute a few nodes, or one that brings a value into blocks.

    Args:
        nodes: Names of the graph's nodes that they compute; none where a value is brought.
        values: The values made, the last one first; those stored on the way follow.
        begin: First call.
        end: One past the last; the first where no call is needed.
    """

    nodes: tuple[str, ...]
    values: tuple[str, ...]
    begin: int
    end: int


@dataclass(frozen=True)
class Segment:
    """Calls that run without going back to Python.

    Args:
        fetches: What they need from outside.
        begin: First call.
        end: One past the last.
        groups: The same calls, by what they do.
    """

    fetches: tuple[Fetch, ...]
    begin: int
    end: int
    groups: tuple[Group, ...]

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the graph's nodes that they compute."""
        return tuple(node for group in self.groups for node in group.nodes)


@dataclass(frozen=True, slots=True)
class Reference:
    """A node that its op's NumPy reference computes.

    Args:
        node: The node.
        reason: Why no kernel does.
    """

    node: Node
    reason: str


Part = Segment | Reference
# Bytes from which a value from outside is read where it lies.
LENT_BYTES = 16384


class Program:
    """What is run for one set of input shapes: code, packed weights and sizes, no values.

    Args:
        parts: Segments and reference nodes, in order.
        homes: Where each value lives that native code makes.
        derived: Values between the stages of a fused kernel that are not stored, each with the node that gives it.
        calls: All calls.
        regions: All regions.
        tables: Arrays whose addresses are among the calls' arguments.
        keep: Whether every value keeps its own memory.
        watched: One vector that is not zero after a run in which a kernel multiplied a NaN or an infinity with a zero
            weight, which the op itself does not do; the values are then wrong.
        known: Values that follow from the shapes.
        progress: Told (kernels ready, kernels in all, "compiling kernels") on the way.

    Attributes:
        arenas: Where it gets memory from; programs of one executor share theirs.
    """

    def __init__(
        self,
        parts: Sequence[Part],
        homes: Mapping[str, Home],
        derived: Mapping[str, Node],
        calls: Sequence[Call],
        regions: Regions,
        tables: Sequence[Array],
        keep: bool,
        watched: Region | None = None,
        known: Mapping[str, Array] | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.parts = tuple(parts)
        self.homes = homes
        self.derived = derived
        self.calls = tuple(calls)
        self.tables = tuple(tables)
        self.keep = keep
        self.watched = watched
        self.known = known or {}
        kernels: list[Kernel] = []
        for done, call in enumerate(calls):
            if progress is not None:
                progress(done, len(calls), "compiling kernels")
            kernels.append(kernel(call.name, call.emit))
        rows = [[call.arguments[name] for name in k.parameters] for call, k in zip(calls, kernels, strict=True)]
        starts = [0]
        for row in rows:
            starts.append(starts[-1] + len(row))
        self.offsets, self.nbytes = regions.arrange(reuse=not keep)
        flat = np.array([value for row in rows for value in row], np.int64)
        self.arguments, self.virtual = resolve(flat, self.offsets)
        fetches = [fetch for part in parts if isinstance(part, Segment) for fetch in part.fetches]
        self.places = {fetch.home.region.index: places_of(fetch.home.region, flat) for fetch in fetches}
        steps = [(k.address, 8 * start, c.chunks) for k, start, c in zip(kernels, starts, calls, strict=False)]
        self.steps = np.array(steps, np.int64).reshape(-1, 3)
        self.arenas = Arenas()

    def lends(self, fetch: Fetch, segment: Segment) -> bool:
        """Whether nobody asks for the value, or for one seen in it, after the segment's calls."""
        home = fetch.home
        return not self.keep and home.strides is None and home.region.last < segment.end

    def take(self) -> Instance:
        """Memory to run in, for one run at a time."""
        return Instance(self, self.arenas.take(self))

    def give_back(self, instance: Instance) -> None:
        """Lets another run use the memory."""
        self.arenas.give_back(self, instance.held)


class Instance:
    """A program in memory: one arena, and the steps with addresses in it.

    Args:
        program: What will run in it.
        held: The memory; what it holds does not matter.
    """

    def __init__(self, program: Program, held: Memory) -> None:
        self.program = program
        self.held = held
        self.arena, self.arguments, self.steps = held.arena, held.arguments, held.steps
        watched = program.watched
        start = 0 if watched is None else int(program.offsets[watched.index]) // 4
        self._watched = self.arena[start : start + (0 if watched is None else 1)]

    def run(self, segment: Segment, values: Mapping[str, Array]) -> bool:
        """Carries out a segment; whether all went well, see ``Program.watched``."""
        lent: list[Array] = []
        for fetch in segment.fetches:
            array = values[fetch.value]
            if _readable(array) and self.program.lends(fetch, segment):
                places, distances = self.program.places[fetch.home.region.index]
                self.arguments[places] = array.ctypes.data + distances
                lent.append(places)
            else:
                self.memory(fetch.home)[...] = array
        if segment.end == segment.begin:
            return True
        self._watched[...] = 0
        try:
            run_steps(self.steps[segment.begin : segment.end])
        finally:
            for places in lent:
                self.arguments[places] = self.program.arguments[places] + self.arena.ctypes.data
        return not self._watched.any()

    def memory(self, home: Home) -> Array:
        """A home's memory, in its layout's shape or the plain one."""
        start = int(self.program.offsets[home.region.index]) // 4
        if home.strides is not None:
            first = self.arena[start + home.offset :]
            return np.lib.stride_tricks.as_strided(first, home.shape, [4 * step for step in home.strides])
        shape = home.shape if home.layout is None else home.layout.shape
        start += home.offset
        return self.arena[start : start + prod(shape)].reshape(shape)

    def value(self, home: Home) -> Array:
        """What lives there, as a plain array of its own."""
        memory = self.memory(home)
        if home.layout is None:
            return memory.copy()
        array = to_plain(home.layout, memory)
        return (np.ascontiguousarray(np.moveaxis(array, 1, -1)) if home.last else array).reshape(home.shape)


def _readable(array: Array) -> bool:
    """Whether kernels may read a value where it lies, and copying it would cost more than telling them where."""
    flags = array.flags
    return array.nbytes >= LENT_BYTES and array.dtype == np.float32 and flags.c_contiguous and flags.aligned
