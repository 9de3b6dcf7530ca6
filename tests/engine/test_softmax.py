import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.place import Place
from striate.engine.kernels.softmax import Softmax, emit_softmax, softmax_arguments
from striate.ops import LogSoftmax
from striate.ops import Softmax as SoftmaxOp
from tests.engine.blocked import BlockedValue, each_target, layout_of, run


@each_target
@settings(max_examples=40)
@given(
    logarithm=st.booleans(),
    n=st.integers(1, 3),
    c=st.integers(1, 200),
    spatial=st.lists(st.integers(1, 9), max_size=3),
    scale=st.sampled_from([0.1, 1.0, 50.0]),
    in_place=st.booleans(),
)
def test_over_channels(
    target: Isa, logarithm: bool, n: int, c: int, spatial: list[int], scale: float, in_place: bool
) -> None:
    x = (np.random.default_rng(c).standard_normal((n, c, *spatial)) * scale).astype(np.float32)
    x[x > 2.5 * scale] = np.nan
    x[x < -2.5 * scale] = -np.inf
    halo = ((1, 2), (0, 1), (2, 0))[: len(spatial)]
    source = BlockedValue(layout_of(x.shape, target.lanes, halo))
    source.interior()[:] = 0
    source.layout.pack(x, source.memory)
    made = source if in_place else BlockedValue(layout_of(x.shape, target.lanes, halo))
    places = Place.of(source.layout, source.address), Place.of(made.layout, made.address)
    arguments, chunks = softmax_arguments(x.shape, target.lanes, *places)
    run(emit_softmax(Softmax(logarithm), target), arguments, chunks)
    op = LogSoftmax((1,)) if logarithm else SoftmaxOp((1,))
    with np.errstate(all="ignore"):
        (expected,) = op.reference(x.astype(np.float64))
    got = made.result()
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(got[~finite], expected[~finite])
    roundings = -(-c // target.lanes) + np.log2(target.lanes) + 4
    below = np.nan_to_num(x.max(axis=1, keepdims=True), posinf=0, neginf=0) - np.nan_to_num(x, posinf=0, neginf=0)
    size = roundings * (1 + np.abs(expected)) if logarithm else (roundings + below) * expected
    assert (np.abs(got[finite] - expected[finite]) <= size[finite] * 2.0**-23 + 2.0**-126).all()
