"""Whether two arrays hold the same bits: what tells that packed weights still are those that the caller has.

Bits are subtracted, not floats, so that NaN equals itself and 0 differs from -0. A chunk leaves a vector of zeros where
its part is the same. Cost: two loads a vector.
"""

from __future__ import annotations

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.call import Call

NAME = "compare"
# Floats that a chunk compares.
SPAN = 16384


def emit_compare(target: Isa) -> Emit:
    """Writes the kernel."""
    k = Emit(NAME, target)
    first, second, differences = k.pointer("first"), k.pointer("second"), k.pointer("differences")
    count = k.size("count")
    start = k.chunk * SPAN
    stop = k.smaller(start + SPAN, count)
    whole = start + (stop - start) // k.lanes * k.lanes
    found = k.variable(k.bits(k.vector(0.0)))
    with k.loop(start, whole, k.lanes) as i:
        mine, other = (k.bits(k.load(pointer, i, aligned=False)) for pointer in (first, second))
        found.set(found() | (mine - other))
    rest = k.lanes_below(stop - whole)
    mine, other = (k.bits(k.load_some(rest, pointer, whole)) for pointer in (first, second))
    k.store(k.from_bits(found() | (mine - other)), differences, k.chunk * k.lanes)
    return k


def compare_chunks(count: int) -> int:
    """Chunks for so many floats."""
    return -(-count // SPAN)


def call_compare(first: int, second: int, count: int, differences: int) -> Call:
    """A comparison.

    Args:
        first: Address of floats.
        second: Address of as many.
        count: How many.
        differences: Address of a vector for each chunk.
    """
    arguments = {"first": first, "second": second, "differences": differences, "count": count}
    return Call(NAME, emit_compare, arguments, (), compare_chunks(count))
