"""Kernels by themselves: compiled for each instruction set of this machine, run chunk by chunk on poisoned memory."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from zlib import crc32

import numpy as np
import pytest

from striate.engine import isa as instruction_sets
from striate.engine.compile import link, object_code
from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.call import Call
from striate.engine.layout import Blocked
from striate.engine.threads import run_steps, set_threads
from striate.errors import ParameterError

from .guarded import Guarded

# Floats of poison at the end of a buffer that does not lie at a guard page.
MARGIN = 256


def present(name: str) -> Isa | None:
    try:
        return instruction_sets._isa(name)
    except ParameterError:
        return None


TARGETS = tuple(target for name in ("avx512", "avx2", "generic") if (target := present(name)))
each_target = pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])

_linked: dict[tuple[str, str], int] = {}


def run(k: Emit, arguments: Mapping[str, int], chunks: int, threads: int | None = None) -> None:
    """Runs every chunk: by this thread, the last chunk first, or as a step of the engine's with several threads.

    Args:
        k: The kernel.
        arguments: By name.
        chunks: How many.
        threads: How many; None chooses one to three by the number of chunks, so that an example always runs the same.
    """
    text = k.finish()
    address = _linked.get((text, k.target.name))
    if address is None:
        address = _linked[text, k.target.name] = link(object_code(text, k.target), k.name)
    assert set(arguments) == set(k.parameters)
    values = np.array([arguments[name] for name in k.parameters], np.int64)
    threads = threads or 1 + chunks % 3
    if threads > 1:
        set_threads(threads)  # until the test's end
        run_steps(np.array([[address, values.ctypes.data, chunks]], np.int64))
        return
    function = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(address)
    for chunk in reversed(range(chunks)):
        function(values.ctypes.data, chunk)


def run_call(call: Call, target: Isa, threads: int | None = None) -> None:
    """Runs a call, whose weights and tables lie between guard pages."""
    arguments = dict(call.arguments)
    moved = [(array, Poisoned.of(array)) for array in call.kept if array.size]
    for array, memory in moved:
        begin = array.ctypes.data
        for name, value in arguments.items():
            if begin <= value < begin + array.nbytes:
                arguments[name] = memory.address + value - begin
    run(call.emit(target), arguments, call.chunks, threads)
    for _, memory in moved:
        memory.check()


class Poisoned:
    """Memory between guard pages and margins of NaN, itself NaN to begin with.

    At which end a guard page follows at once is a matter of the size, so that one example always lies the same way and
    many examples lie both ways.

    Args:
        count: Floats.
        at_end: Whether the upper page follows at once; otherwise the lower one goes before.
    """

    def __init__(self, count: int, at_end: bool | None = None) -> None:
        upper = crc32(b"%d" % count) % 2 == 1 if at_end is None else at_end
        self._memory = Guarded(4 * count, upper, 4 * MARGIN)
        self.inside: np.ndarray = self._memory.bytes.view(np.float32)
        self.inside[:] = np.nan

    @classmethod
    def of(cls, array: np.ndarray) -> Poisoned:
        """Memory that holds an array's bits."""
        flat = np.ascontiguousarray(array).reshape(-1).view(np.float32)
        memory = cls(flat.size)
        memory.inside[:] = flat
        return memory

    @property
    def address(self) -> int:
        return self.inside.ctypes.data

    def check(self) -> None:
        """Fails if the margins were written."""
        self._memory.check()


class BlockedValue:
    """A blocked value in poisoned memory: as an input packed with zero halo and spare lanes, as an output all NaN."""

    def __init__(self, layout: Blocked, array: np.ndarray | None = None, halo: float = 0.0) -> None:
        self.layout = layout
        self.poisoned = Poisoned(layout.size)
        self.memory = self.poisoned.inside.reshape(layout.shape)
        if array is not None:
            self.memory[:] = halo
            self.interior()[:] = 0
            layout.pack(array, self.memory)

    @property
    def address(self) -> int:
        return self.poisoned.address

    def interior(self) -> np.ndarray:
        inside = tuple(slice(b, b + s) for (b, _), s in zip(self.layout.halo, self.layout.spatial, strict=True))
        return self.memory[(slice(None), slice(None), *inside)]

    def result(self, spare: float | None = 0.0) -> np.ndarray:
        """The channels-first array that a kernel wrote; its surroundings are untouched and its spare lanes zero."""
        self.poisoned.check()
        around = self.memory.copy()
        inside = tuple(slice(b, b + s) for (b, _), s in zip(self.layout.halo, self.layout.spatial, strict=True))
        around[(slice(None), slice(None), *inside)] = np.nan
        assert np.isnan(around).all(), "written into the halo"
        last = self.layout.c - (self.layout.blocks - 1) * self.layout.lanes
        if spare is not None:
            np.testing.assert_array_equal(self.interior()[:, -1][..., last:], spare)
        return self.layout.unpack(self.memory)


def of(array: np.ndarray, lanes: int, halo: tuple[tuple[int, int], ...] | None = None) -> BlockedValue:
    """A blocked value that holds a channels-first array."""
    return BlockedValue(layout_of(array.shape, lanes, halo), array)


def layout_of(shape: tuple[int, ...], lanes: int, halo: tuple[tuple[int, int], ...] | None = None) -> Blocked:
    return Blocked(shape[0], shape[1], shape[2:], halo or ((0, 0),) * (len(shape) - 2), lanes)
