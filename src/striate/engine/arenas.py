"""Memory that waits for its next run.

Memory that is new has to be brought in by the system, page by page, which takes longer than many a run: for
MobileNetV2, with every value kept, 55 MB take 20 to 90 ms and the run itself 5.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from striate.engine.layout import aligned
from striate.graph import Array

if TYPE_CHECKING:
    from striate.engine.program import Program

# Arenas that wait for one program, and for whoever can use them once their program is gone.
IDLE_KEPT = 2


@dataclass(frozen=True, eq=False, slots=True)
class Memory:
    """What one run at a time needs beside its program.

    Args:
        arena: Room for the values.
        arguments: The program's, with addresses in the arena.
        steps: The program's, with addresses of the arguments.
    """

    arena: Array
    arguments: Array
    steps: Array

    @classmethod
    def laid(cls, program: Program, arena: Array) -> Memory:
        """A program's memory in an arena that is large enough; what it holds does not matter."""
        arguments = program.arguments.copy()
        arguments[program.virtual] += arena.ctypes.data
        steps = program.steps.copy()
        steps[:, 1] += arguments.ctypes.data
        return cls(arena, arguments, steps)


class Arenas:
    """Idle memories of a network's programs, and of networks that differ from it in a few weights or nodes.

    Used by any thread and by finalizers, which come at any moment: so there is no lock, only steps that are atomic.
    """

    def __init__(self) -> None:
        # By address; the one that has come back last is the last one.
        self._idle: dict[int, tuple[weakref.ref[Program], Memory]] = {}

    def take(self, program: Program, allocate: Callable[[int], Array] = aligned) -> Memory:
        """Memory for a run: the program's own, else an arena that nobody's program or another one has left, else new.

        Args:
            program: What will run in it.
            allocate: Gives so many float32 numbers, aligned to 64 bytes.
        """
        waiting = list(self._idle.items())[::-1]
        for key, (owner, memory) in waiting:
            if owner() is program and self._idle.pop(key, None) is not None:
                return memory
        for key, (_, memory) in sorted(waiting, key=lambda each: each[1][0]() is not None):
            # Much too large a one would be held by a run that needs little.
            fits = program.nbytes <= memory.arena.nbytes <= 2 * program.nbytes
            if fits and self._idle.pop(key, None) is not None:
                return Memory.laid(program, memory.arena)
        return Memory.laid(program, allocate(program.nbytes // np.dtype(np.float32).itemsize))

    def give_back(self, program: Program, memory: Memory) -> None:
        """Lets another run use the memory."""
        waiting = list(self._idle.items())
        if sum(owner() is program for _, (owner, _) in waiting) < IDLE_KEPT:
            self._idle[memory.arena.ctypes.data] = weakref.ref(program), memory
        left = [key for key, (owner, _) in waiting if owner() is None]
        for key in left[: max(0, len(left) - IDLE_KEPT)]:
            self._idle.pop(key, None)

    @property
    def idle(self) -> int:
        """How many arenas wait."""
        return len(self._idle)
