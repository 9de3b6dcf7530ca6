import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.compare import SPAN, call_compare, compare_chunks, emit_compare
from tests.engine.blocked import Poisoned, each_target, run_call
from tests.engine.hot_loops import spills


def differing(target: Isa, first: np.ndarray, second: np.ndarray, threads: int) -> list[int]:
    """Chunks in which the kernel finds other bits."""
    memory = [Poisoned.of(first), Poisoned.of(second)]
    found = Poisoned(compare_chunks(first.size) * target.lanes)
    run_call(call_compare(memory[0].address, memory[1].address, first.size, found.address), target, threads)
    for poisoned in (*memory, found):
        poisoned.check()
    bits = found.inside.view(np.uint32).reshape(-1, target.lanes)
    return [int(chunk) for chunk in np.flatnonzero(bits.any(1))]


sizes = st.one_of(st.integers(1, 100), st.integers(SPAN - 20, SPAN + 20), st.integers(2 * SPAN, 3 * SPAN))


@each_target
@settings(max_examples=40)
@given(size=sizes, place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 31), threads=st.integers(1, 3))
def test_any_bit(target: Isa, size: int, place: float, bit: int, threads: int) -> None:
    first = np.random.default_rng(size).integers(0, 2**32, size, np.uint32)  # NaN, infinities and denormals among them
    second = first.copy()
    assert differing(target, first, second, threads) == []
    second[int(place * size)] ^= np.uint32(1 << bit)
    assert differing(target, first, second, threads) == [int(place * size) // SPAN]


@each_target
@pytest.mark.parametrize(("a", "b", "same"), [(np.nan, np.nan, True), (0.0, -0.0, False), (np.inf, np.inf, True)])
def test_bits_are_compared_not_numbers(target: Isa, a: float, b: float, same: bool) -> None:
    first, second = (np.full(37, number, np.float32) for number in (a, b))
    assert (differing(target, first, second, 1) == []) == same


@each_target
def test_nothing_goes_to_the_stack(target: Isa) -> None:
    assert spills(emit_compare(target)) == []
