import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.strided import Strided, call_strided, emit_strided, merged
from tests.engine.blocked import Poisoned, each_target, run_call
from tests.engine.hot_loops import spills


@st.composite
def views(draw: st.DrawFn) -> tuple[tuple[int, ...], np.ndarray]:
    """Sizes of an array whose numbers follow one another, and its numbers' places in another order, cut or repeated."""
    sizes = tuple(draw(st.lists(st.integers(1, 100), min_size=1, max_size=9).filter(lambda s: np.prod(s) <= 20_000)))
    seen = np.arange(np.prod(sizes)).reshape(sizes).transpose(draw(st.permutations(range(len(sizes)))))
    for axis, size in enumerate(seen.shape):
        first = draw(st.integers(0, size - 1))
        step = draw(st.sampled_from([1, 1, 1, 2, 3, -1, -2]))
        seen = seen[(slice(None),) * axis + (slice(first, None, step),)]
    if draw(st.booleans()):
        axis = draw(st.integers(0, seen.ndim))
        seen = np.broadcast_to(
            np.expand_dims(seen, axis), (*seen.shape[:axis], draw(st.integers(1, 20)), *seen.shape[axis:])
        )
    return sizes, seen


@each_target
@settings(max_examples=100)
@given(view=views(), threads=st.integers(1, 3))
def test_any_view(target: Isa, view: tuple[tuple[int, ...], np.ndarray], threads: int) -> None:
    """The reference is NumPy's own indexing; what lies outside the array cannot be touched."""
    sizes, seen = view
    x = np.random.default_rng(7).standard_normal(sizes, np.float32)
    given_x, made = Poisoned.of(x), Poisoned(seen.size)
    strides = [step // seen.itemsize for step in seen.strides]
    first = given_x.address + 4 * int(seen[(0,) * seen.ndim])
    call = call_strided(seen.shape, strides, first, made.address)
    run_call(call, target, threads)
    made.check()
    given_x.check()
    np.testing.assert_array_equal(made.inside, x.ravel()[seen.ravel()])


def test_axes_that_follow_one_another_are_one() -> None:
    assert merged((2, 3, 4), (12, 4, 1)) == [(24, 1)]
    assert merged((2, 1, 4), (4, 99, 1)) == [(8, 1)]
    assert merged((2, 3, 4), (1, 8, 2)) == [(2, 1), (12, 2)]
    assert merged((3, 5), (0, 0)) == [(15, 0)]
    assert merged((1, 1), (7, 7)) == [(1, 1)]


@each_target
def test_nine_axes_of_which_no_two_are_neighbours(target: Isa) -> None:
    x = np.random.default_rng(8).standard_normal((2,) * 9, np.float32)
    seen = x.T
    given_x, made = Poisoned.of(x), Poisoned(x.size)
    run_call(call_strided(seen.shape, [2**axis for axis in range(9)], given_x.address, made.address), target, 2)
    made.check()
    np.testing.assert_array_equal(made.inside, seen.ravel())


@each_target
def test_nothing_goes_to_the_stack(target: Isa) -> None:
    for neighbours in (False, True):
        assert spills(emit_strided(Strided(neighbours, outer=4), target)) == []
