"""A blocked value as a plain array, by all threads: what a network's outputs, and values looked at, go through."""

from __future__ import annotations

from functools import lru_cache, partial
from math import prod

import numpy as np

from striate.engine.isa import isa
from striate.engine.kernel import kernel
from striate.engine.kernels.pack import Pack, Plain, emit_pack, pack_arguments
from striate.engine.kernels.place import Place
from striate.engine.layout import Blocked
from striate.engine.threads import run_steps
from striate.graph import Array

# Numbers from which it is worth waking anybody.
MANY = 16384


def to_plain(layout: Blocked, memory: Array) -> Array:
    """The channels-first array that blocked memory holds.

    Args:
        layout: Its layout.
        memory: float32, of the layout's shape, aligned to vectors.
    """
    # A value may be looked at after the instruction set was changed.
    if layout.size < MANY or layout.lanes != isa().lanes:
        return layout.unpack(memory)
    array = np.empty((layout.n, layout.c, *layout.spatial), np.float32)
    spec, known, chunks = _conversion(layout)
    code = kernel(spec.name, partial(emit_pack, spec))
    here = {**known, "blocked": known["blocked"] + memory.ctypes.data, "plain": array.ctypes.data}
    arguments = np.array([here[name] for name in code.parameters], np.int64)
    steps = np.array([[code.address, arguments.ctypes.data, chunks]], np.int64)
    run_steps(steps)
    return array


@lru_cache(maxsize=256)
def _conversion(layout: Blocked) -> tuple[Pack, dict[str, int], int]:
    """Kernel, arguments for memory at address 0, and chunks."""
    shape = (layout.n, layout.c, *layout.spatial)
    strides = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
    return pack_arguments(shape, layout.lanes, Place.of(layout, 0), Plain.of(0, strides), backwards=True)
