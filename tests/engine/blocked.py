"""Kernels by themselves: compiled for each instruction set of this machine, run chunk by chunk on poisoned memory."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from striate.engine import isa as instruction_sets
from striate.engine.compile import link, object_code
from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.layout import Blocked, aligned
from striate.errors import ParameterError

# Floats of poison on both sides of a buffer.
MARGIN = 256


def present(name: str) -> Isa | None:
    try:
        return instruction_sets._isa(name)
    except ParameterError:
        return None


TARGETS = tuple(target for name in ("avx512", "avx2", "generic") if (target := present(name)))
each_target = pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])

_linked: dict[tuple[str, str], Callable[[int, int], None]] = {}


def run(k: Emit, arguments: Mapping[str, int], chunks: int) -> None:
    """Runs every chunk, the last one first: chunks do not depend on one another."""
    text = k.finish()
    function = _linked.get((text, k.target.name))
    if function is None:
        address = link(object_code(text, k.target), k.name)
        function = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(address)
        _linked[text, k.target.name] = function
    assert set(arguments) == set(k.parameters)
    values = np.array([arguments[name] for name in k.parameters], np.int64)
    for chunk in reversed(range(chunks)):
        function(values.ctypes.data, chunk)


class Poisoned:
    """Memory between margins of NaN, itself NaN to begin with; `check` says whether the margins are untouched."""

    def __init__(self, count: int) -> None:
        self._all = aligned(count + 2 * MARGIN)
        self._all[:] = np.nan
        self.inside = self._all[MARGIN : MARGIN + count]

    @property
    def address(self) -> int:
        return self.inside.ctypes.data

    def check(self) -> None:
        assert np.isnan(self._all[:MARGIN]).all(), "written before the buffer"
        assert np.isnan(self._all[MARGIN + self.inside.size :]).all(), "written past the buffer"


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
