"""An op prepared for operands of one shape: kernels and sizes, memory to run in, and where addresses are put."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from types import EllipsisType

import numpy as np

from striate.engine.immediate.packing import KeptWeights, Packing
from striate.engine.kernel import kernel
from striate.engine.kernels.call import Call
from striate.engine.layout import aligned
from striate.engine.regions import FIRST, MIDDLE, RANGE_BITS, Region, Regions, resolve
from striate.engine.scheduler import STATE_SIZE, STEP_CELLS
from striate.engine.threads import run_alone, run_steps
from striate.graph import Array

# Arenas of one prepared op that wait for the next call.
IDLE_KEPT = 2


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
        packing: How the weights are packed; None without weights.
        tables: Addresses of the packed weights that the calls were made with.
        check: The comparison of the weights with their copy, where there is one.
        mixes: Whether NaN and infinity can come from other groups.
        shared: Whether there is enough to do to wake other threads.
        padded: Shape of the input with its padding, where it is copied; it has its region in the arena then.
        inside: Where the input is in that.
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
    shared: bool
    padded: tuple[int, ...] = ()
    inside: tuple[slice | EllipsisType, ...] = ()


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
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.shape, self.packing, self.mixes, self.check = recipe.shape, recipe.packing, recipe.mixes, recipe.check
        self.used = 0
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
        self.tables = [Slot(tuple((int(i), 0) for i in np.flatnonzero(flat == table))) for table in recipe.tables]
        if recipe.check is not None:
            self.weight, self.copy = (self._outside(flat, r) for r in (recipe.check.weight, recipe.check.copy))
        steps = [(k.address, 8 * start, c.chunks) for k, start, c in zip(kernels, starts, recipe.calls, strict=False)]
        self.steps = np.array(steps, np.int64).reshape(-1, STEP_CELLS)
        self._idle: deque[Memory] = deque(maxlen=IDLE_KEPT)

    def _outside(self, flat: Array, region: Region) -> Slot:
        """Where the arguments hold addresses in memory that is not the arena's."""
        low = FIRST + (region.index << RANGE_BITS)
        places = np.flatnonzero((flat >= low) & (flat < low + (1 << RANGE_BITS)))
        self.inside[places] = False
        return Slot(tuple((int(place), int(flat[place]) - low - MIDDLE) for place in places))

    def take(self) -> Memory:
        """Memory for one run at a time."""
        try:
            return self._idle.pop()
        except IndexError:
            return Memory(self)

    def give_back(self, memory: Memory) -> None:
        """Lets another run use the memory."""
        self._idle.append(memory)


class Memory:
    """What one run at a time works in: an arena, and the steps with addresses in it."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.shared = prepared.recipe.shared
        self.weights: KeptWeights | None = None
        self.arena = aligned(prepared.nbytes // 4)
        self.arguments = prepared.arguments.copy()
        self.arguments[prepared.inside] += self.arena.ctypes.data
        self.steps = prepared.steps.copy()
        self.steps[:, 1] += self.arguments.ctypes.data
        self.state = np.zeros(STATE_SIZE, np.int64)
        # The padding around it is zero from the beginning: nobody else writes to this part of the arena.
        self.padded: Array | None = None
        if prepared.recipe.padded:
            start = int(prepared.offsets[prepared.recipe.x.index]) // 4
            every = self.arena[start : start + prod(prepared.recipe.padded)].reshape(prepared.recipe.padded)
            self.padded = every[prepared.recipe.inside]
        self.differences: Array | None = None
        if prepared.check is not None:
            start = int(prepared.offsets[prepared.check.differences.index]) // 4
            self.differences = self.arena[start : start + prepared.check.count].view(np.int32)
        self.places = self.steps.ctypes.data, len(self.steps), self.state.ctypes.data

    def use(self, weights: KeptWeights) -> None:
        """Lets the kernels read these packed weights."""
        if weights is not self.weights:
            assert weights.addresses is not None
            for slot, address in zip(self.prepared.tables, weights.addresses, strict=True):
                slot.put(self.arguments, address)
            if self.differences is not None:
                self.prepared.copy.put(self.arguments, weights.copy_address)
            self.weights = weights

    def changed(self) -> bool:
        """Whether the weights that the caller gave are others than those of the run."""
        return self.differences is not None and bool(self.differences.any())

    def run(self) -> None:
        """Carries out the steps."""
        if self.shared:
            run_steps(self.steps, self)
        else:
            self.state[0] = 0
            run_alone(*self.places)
