"""An op prepared for operands of one shape: kernels and sizes, memory to run in, and where addresses are put."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import prod
from types import EllipsisType

import numpy as np

from striate.engine.immediate.packing import KeptWeights, Packing
from striate.engine.kernel import kernel
from striate.engine.kernels import entry
from striate.engine.kernels.call import Call
from striate.engine.layout import aligned
from striate.engine.objects import FLOAT, readable
from striate.engine.regions import FIRST, MIDDLE, RANGE_BITS, Region, Regions, resolve
from striate.engine.scheduler import STATE_SIZE, STEP_CELLS
from striate.engine.threads import run_alone, run_steps
from striate.graph import Array

# Memories of one prepared op that wait for the next call: one for each of the weights that it is called with in turn.
IDLE_KEPT = 4
# Work, in multiplications, from which other threads are woken: about what a core does while one wakes up.
SHARED_WORK = 3_000_000
# ... and up to which Python's lock is kept: letting it go and taking it again costs 40 ns, more where others want it.
HELD_WORK = 200_000


@dataclass(frozen=True, slots=True)
class Check:
    """A comparison of weights.

    Args:
        weight: Region of the caller's.
        copy: Region of the copy of those that were packed.
        differences: Region of what differs.
        count: Numbers in that.
    """

    weight: Region
    copy: Region
    differences: Region
    count: int


@dataclass(frozen=True)
class Recipe:
    """How an op is computed for operands of one shape.

    Args:
        calls: The kernels' calls, in order.
        kept: Arrays that their arguments point to, beside the weights.
        regions: All memory in their arguments.
        x: The input's region.
        y: The result's region.
        shape: The result's shape.
        packing: How the weights are packed; None without weights, or where kernels read the caller's.
        tables: Addresses of the packed weights that the calls were made with.
        check: The comparison of the weights with their copy, where there is one.
        mixes: Whether NaN and infinity can come from other groups.
        work: Multiplications, with what reading and writing costs counted as such.
        padded: Shape of the input with its padding, where it is copied; it has its region in the arena then.
        inside: Where the input is in that.
        filling: What the padding holds where nothing is copied to.
        rows: Which rows of the input are copied, and where to: pairs of distances in floats, from the first cell inside
            and from the input's; None for each row to its place.
        edges: What each row is continued with: pairs of distances from a row's first cell.
        weight_shape: In which weights are packed, if callers leave out axes of length 1.
        weight: Region of the caller's weights, where kernels read those.
        bias: Region of the caller's bias then, if there is one.
        finite: Numbers of the input, if they must be finite; else 0.
        watched: A vector that is not zero after a run in which kernels spread NaN or infinity, if they tell.
    """

    calls: Sequence[Call]
    kept: Sequence[Array]
    regions: Regions
    x: Region
    y: Region
    shape: tuple[int, ...]
    packing: Packing | None
    tables: tuple[int, ...]
    check: Check | None
    mixes: bool
    work: int
    padded: tuple[int, ...] = ()
    inside: tuple[slice | EllipsisType | int, ...] = ()
    filling: float = 0.0
    rows: Array | None = None
    edges: Array | None = None
    weight_shape: tuple[int, ...] | None = None
    weight: Region | None = None
    bias: Region | None = None
    finite: int = 0
    watched: Region | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """Arguments that hold an address from outside, each so many bytes behind it."""

    places: tuple[tuple[int, int], ...]

    def put(self, arguments: Array, address: int) -> None:
        """Writes the address."""
        for place, distance in self.places:
            arguments[place] = address + distance


class Prepared:
    """A recipe with its kernels linked.

    Args:
        recipe: What to do.

    Attributes:
        enter: What carries it out in one native call (see :mod:`striate.engine.kernels.entry`); None where other
            threads help, or where the weights are compared during the run.
        idle: Memories that nobody runs in, by the identity of the weights that they were used with last: a guess at
            which of them has the right ones packed, no more.
        touched: Whether it was used since somebody looked for what can go.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.shape, self.packing, self.mixes, self.check = recipe.shape, recipe.packing, recipe.mixes, recipe.check
        self.touched = True
        kernels = [kernel(call.name, call.emit) for call in recipe.calls]
        rows = [[c.arguments[name] for name in k.parameters] for c, k in zip(recipe.calls, kernels, strict=True)]
        starts = [0]
        for row in rows:
            starts.append(starts[-1] + len(row))
        flat = np.array([value for row in rows for value in row], np.int64)
        self.offsets, self.nbytes = recipe.regions.arrange(reuse=True)
        self.arguments, self.inside = resolve(flat, self.offsets)
        self.x = Slot(()) if recipe.padded else self._outside(flat, recipe.x)
        self.y = self._outside(flat, recipe.y)
        # Weights and bias as they are given, where kernels read those.
        self.given = [Slot(()) if r is None else self._outside(flat, r) for r in (recipe.weight, recipe.bias)]
        self.tables = [Slot(tuple((int(i), 0) for i in np.flatnonzero(flat == table))) for table in recipe.tables]
        if recipe.check is not None:
            self.weight, self.copy = (self._outside(flat, r) for r in (recipe.check.weight, recipe.check.copy))
        steps = [(k.address, 8 * start, c.chunks) for k, start, c in zip(kernels, starts, recipe.calls, strict=False)]
        self.steps = np.array(steps, np.int64).reshape(-1, STEP_CELLS)
        alone = recipe.work <= SHARED_WORK and recipe.check is None
        self.enter = _entry(recipe.work <= HELD_WORK) if alone and readable() else None
        self.idle: dict[int, Memory] = {}

    def _outside(self, flat: Array, region: Region) -> Slot:
        """Where the arguments hold addresses in memory that is not the arena's."""
        low = FIRST + (region.index << RANGE_BITS)
        places = np.flatnonzero((flat >= low) & (flat < low + (1 << RANGE_BITS)))
        self.inside[places] = False
        return Slot(tuple((int(place), int(flat[place]) - low - MIDDLE) for place in places))

    def take(self, weight: Array | None) -> Memory:
        """Memory for one run at a time, if possible the one that these weights were used with last."""
        found = self.idle.pop(id(weight), None)
        if found is None and len(self.idle) >= IDLE_KEPT:
            with suppress(KeyError):  # another thread took it meanwhile
                found = self.idle.popitem()[1]
        return found or Memory(self)

    def give_back(self, memory: Memory, weight: Array | None) -> None:
        """Lets another run use the memory."""
        self.touched = True
        self.idle[id(weight)] = memory


def _entry(held: bool) -> Callable[[tuple[object, ...]], None]:
    kind = ctypes.PYFUNCTYPE if held else ctypes.CFUNCTYPE
    return kind(None, ctypes.py_object)(kernel(entry.NAME, entry.emit_entry).address)


class Memory:
    """What one run at a time works in: an arena, and the steps with addresses in it."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.shared = prepared.recipe.work > SHARED_WORK
        self.weights: KeptWeights | None = None
        self.arena = aligned(prepared.nbytes // 4)
        self.arguments = prepared.arguments.copy()
        self.arguments[prepared.inside] += self.arena.ctypes.data
        self.steps = prepared.steps.copy()
        self.steps[:, 1] += self.arguments.ctypes.data
        self.state = np.zeros(STATE_SIZE, np.int64)
        # The padding around it stays as it is: nobody else writes to this part of the arena.
        self.padded: Array | None = None
        if prepared.recipe.padded:
            start = int(prepared.offsets[prepared.recipe.x.index]) // 4
            every = self.arena[start : start + prod(prepared.recipe.padded)].reshape(prepared.recipe.padded)
            every[...] = prepared.recipe.filling
            self.padded = every[prepared.recipe.inside]
        self.differences: Array | None = None
        if prepared.check is not None:
            start = int(prepared.offsets[prepared.check.differences.index]) // 4
            self.differences = self.arena[start : start + prepared.check.count].view(np.int32)
        self.places = self.steps.ctypes.data, len(self.steps), self.state.ctypes.data
        self.ending = ctypes.c_int64()
        self.control = np.zeros(len(entry.CELLS), np.int64)
        if prepared.enter is not None:
            self._tables = self._fill()

    def _fill(self) -> tuple[Array, ...]:
        """Writes all that is known into the control; gives the tables that it points to."""
        prepared, cells = self.prepared, entry.CELLS
        argument = self.arguments.ctypes.data
        slots = (
            (entry.INPUT, prepared.x),
            (entry.RESULT, prepared.y),
            *zip((entry.WEIGHT, entry.BIAS), prepared.given, strict=True),
        )
        places = [(argument + 8 * at, item, distance) for item, slot in slots for at, distance in slot.places]
        known = {
            "ending": ctypes.addressof(self.ending),
            "array_type": id(np.ndarray),
            "descriptor": id(FLOAT),
            "operands": 1 + sum(bool(slot.places) for slot in prepared.given),
            "steps": self.steps.ctypes.data,
            "step_count": len(self.steps),
            "result_count": prod(prepared.shape) if prepared.mixes else 0,
            "finite_count": prepared.recipe.finite,
        }
        if prepared.recipe.watched is not None:
            known["watched"] = self.arena.ctypes.data + int(prepared.offsets[prepared.recipe.watched.index])
        nothing = np.zeros((0, 2), np.int64)
        rows = edges = nothing
        if self.padded is not None:
            given = prepared.recipe.rows
            rows = _rows(self.padded) if given is None else given
            edges = nothing if prepared.recipe.edges is None else prepared.recipe.edges
            known |= {"padded": self.padded.ctypes.data, "row_length": self.padded.shape[-1]}
        tables = {"place": np.array(places, np.int64), "row": rows, "edge": edges}
        for name, table in tables.items():
            known |= {f"{name}s": table.ctypes.data, f"{name}_count": len(table)}
        for name, value in known.items():
            self.control[cells[name]] = value
        return tuple(tables.values())

    def use(self, weights: KeptWeights) -> None:
        """Lets the kernels read these packed weights."""
        if weights is self.weights:
            return
        assert weights.addresses is not None
        for slot, address in zip(self.prepared.tables, weights.addresses, strict=True):
            slot.put(self.arguments, address)
        if self.differences is not None:
            self.prepared.copy.put(self.arguments, weights.copy.ctypes.data)
        for name, copy in (("weight", weights.copy), ("bias", weights.bias)):
            if copy is not None:
                self.control[entry.CELLS[name]] = copy.ctypes.data
                self.control[entry.CELLS[f"{name}_count"]] = copy.size
        self.control[entry.CELLS["operands"]] = 2 if weights.bias is None else 3
        self.weights = weights

    def holds(self, weight: Array, bias: Array | None) -> bool:
        """Whether the packed weights are made from these."""
        assert self.weights is not None
        kept = self.weights
        if bias is None or kept.bias is None:
            return kept.copy.tobytes() == weight.tobytes()
        return kept.copy.tobytes() == weight.tobytes() and kept.bias.tobytes() == bias.tobytes()

    def run(self) -> None:
        """Carries out the steps."""
        if self.shared:
            run_steps(self.steps)
        else:
            self.state[0] = 0
            run_alone(*self.places)


def _rows(inside: Array) -> Array:
    """Where each row of an array lies in a padded one, of which it is the inside, and in itself; in floats."""
    *outer, length = inside.shape
    steps = np.array(inside.strides[:-1], np.int64) // inside.itemsize
    cells = np.indices(outer).reshape(len(outer), prod(outer))
    there = (cells * steps[:, None]).sum(0)
    return np.stack([there, np.arange(len(there)) * length], axis=1).astype(np.int64)
