"""The processor's peak, probed: fused multiply-adds that need nothing but registers.

Chains of ``total = total * a + b`` that do not depend on one another, enough of them that no FMA waits for the one
before it. What this reaches is what a kernel could reach at best with the same instruction set and threads.
"""

from __future__ import annotations

import time
from functools import lru_cache

import numpy as np

from striate.engine.emit import Emit
from striate.engine.isa import Isa, isa
from striate.engine.kernel import kernel
from striate.engine.layout import aligned
from striate.engine.threads import run_steps, thread_count

SYMBOL = "peak"
# FMAs that one chunk carries out in each chain: some milliseconds, so that waking the threads does not count.
ROUNDS = 400_000
PROBES = 5


def chains(target: Isa) -> int:
    """Chains of FMAs: 2 a cycle times a latency of 4 or 5, with room for the two constants."""
    return 20 if target.registers == 32 else 12


def emit_peak(target: Isa) -> Emit:
    """Writes the probe. A chunk is one thread's share."""
    k = Emit(SYMBOL, target)
    y, rounds = k.pointer("y"), k.size("rounds")
    # No chain begins at 2, where it would stand still and LLVM would see it.
    totals = [k.variable(k.vector(3.0 + i)) for i in range(chains(target))]
    half, one = k.vector(0.5), k.vector(1.0)
    with k.loop(0, rounds):
        for total in totals:
            total.set(k.fma(total(), half, one))
    for total in totals:  # what nobody reads would not be computed
        k.store(total() + k.load(y, k.chunk * k.lanes), y, k.chunk * k.lanes)
    return k


def peak_flops() -> float:
    """Floating-point operations per second that the present threads reach together, a fused multiply-add being two.

    The best of a few probes of some milliseconds, taken once for each instruction set and number of threads.
    """
    return _peak_flops(isa(), thread_count())


@lru_cache(maxsize=16)
def _peak_flops(target: Isa, threads: int) -> float:
    probe = kernel(SYMBOL, emit_peak)
    y = aligned(threads * target.lanes)
    arguments = np.array([{"y": y.ctypes.data, "rounds": ROUNDS}[name] for name in probe.parameters], np.int64)
    steps = np.array([[probe.address, arguments.ctypes.data, threads]], np.int64)
    best = float("inf")
    for _ in range(PROBES):
        begin = time.perf_counter()
        run_steps(steps)
        best = min(best, time.perf_counter() - begin)
    return 2 * target.lanes * chains(target) * ROUNDS * threads / best
