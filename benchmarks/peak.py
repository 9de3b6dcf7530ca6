"""What the processor can do at most: multiply-adds a second, and bytes read a second from memory.

Both are kernels of our own emitter on our own threads; a convolution cannot be faster than they are.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from striate.engine.compile import link, object_code
from striate.engine.emit import Emit
from striate.engine.isa import isa
from striate.engine.layout import aligned
from striate.engine.threads import run_steps, set_threads
from striate.engine.value import Value
from striate.graph import Array

# Sums in registers: enough to hide the latency of an FMA (4 cycles, 2 a cycle), few enough to leave registers.
SUMS = 12
ROUNDS = 1_000_000
CHUNKS = 16
# Floats read by each chunk; all together far more than any cache.
FLOATS = 2**22
TRIES = 10


@dataclass(frozen=True, slots=True)
class Peak:
    """The roofline of some threads together.

    Args:
        threads: How many.
        gflops: Billions of float32 operations a second; a multiply-add counts as two.
        gbytes: Billions of bytes a second read from memory.
    """

    threads: int
    gflops: float
    gbytes: float


def better(a: Peak, b: Peak) -> Peak:
    """Of two probes of as many threads the best of each number: nothing but others can make a probe slower."""
    return Peak(a.threads, max(a.gflops, b.gflops), max(a.gbytes, b.gbytes))


def probe(threads: int) -> Peak:
    """Measures the peak, as the best of some tries."""
    set_threads(threads)
    lanes = isa().lanes
    sink = aligned(CHUNKS * lanes)
    flops = 2 * SUMS * lanes * ROUNDS * CHUNKS
    multiply = _seconds(_multiply(), [sink], ROUNDS)
    data = aligned(CHUNKS * FLOATS)
    data[:] = 1.0  # written, so that it is memory and not the one page of zeros
    read = _seconds(_read(), [sink, data], FLOATS)
    return Peak(threads, flops / multiply / 1e9, data.nbytes / read / 1e9)


def _seconds(e: Emit, arrays: list[Array], size: int) -> float:
    """The shortest time of some runs of a kernel whose arguments are these arrays and this size."""
    # Not by way of the kernel cache, which does not know this file.
    address = link(object_code(e.finish(), e.target), e.name)
    arguments = np.array([*(array.ctypes.data for array in arrays), size], np.int64)
    steps = np.array([[address, arguments.ctypes.data, CHUNKS]], np.int64)
    times: list[float] = []
    for _ in range(TRIES):
        start = time.perf_counter()
        run_steps(steps)
        times.append(time.perf_counter() - start)
    return min(times)


def _multiply() -> Emit:
    """Chains of ``sum = sum*a + a`` that do not wait for each other; LLVM cannot know that a is 0."""
    e = Emit("benchmark_multiply", isa())
    sink, rounds = e.pointer("sink"), e.size("rounds")
    place = e.at(sink, e.chunk * e.lanes)
    a = e.load(place)
    sums = [e.variable(e.vector(float(index))) for index in range(SUMS)]
    with e.loop(0, rounds):
        for one in sums:
            one.set(e.fma(one(), a, a))
    e.store(_total([one() for one in sums]), place)
    return e


def _read() -> Emit:
    """Sums of everything in the chunk's part of the data."""
    e = Emit("benchmark_read", isa())
    sink, data, floats = e.pointer("sink"), e.pointer("data"), e.size("floats")
    start = e.at(data, e.chunk * floats)
    sums = [e.variable(e.vector(0.0)) for _ in range(SUMS)]
    step = SUMS * e.lanes
    with e.loop(0, floats - (step - 1), step) as place:
        for index, one in enumerate(sums):
            one.set(one() + e.load(start, place + index * e.lanes))
    e.store(_total([one() for one in sums]), e.at(sink, e.chunk * e.lanes))
    return e


def _total(values: list[Value]) -> Value:
    """One sum of all, so that none of them is dead code."""
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total
