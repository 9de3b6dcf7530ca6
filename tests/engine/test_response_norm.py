import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.place import Place
from striate.engine.kernels.response_norm import ResponseNorm, emit_response_norm, response_norm_arguments
from striate.errors import ParameterError
from striate.ops import LRN
from tests.engine.blocked import BlockedValue, each_target, layout_of, run


@each_target
@settings(max_examples=50)
@given(
    n=st.integers(1, 2),
    c=st.integers(1, 70),
    spatial=st.lists(st.integers(1, 9), max_size=3),
    size=st.sampled_from([1, 2, 3, 5, 6, 9, 20, 37]),
    beta=st.sampled_from([0.5, 0.75, 1.0, 0.6]),
    bias=st.sampled_from([1.0, 2.0, 0.01]),
    seed=st.integers(0, 99),
)
def test_any_window(
    target: Isa, n: int, c: int, spatial: list[int], size: int, beta: float, bias: float, seed: int
) -> None:
    x = (np.random.default_rng(seed).standard_normal((n, c, *spatial)) * 10).astype(np.float32)
    if seed % 3 == 0:
        x[:, c // 2] = np.inf
    halo = ((1, 2), (0, 1), (2, 0))[: len(spatial)]
    source = BlockedValue(layout_of(x.shape, target.lanes, halo), x, halo=np.nan)
    made = BlockedValue(layout_of(x.shape, target.lanes, halo))
    places = Place.of(source.layout, source.address), Place.of(made.layout, made.address)
    stages = (("affine", 2.0, 1.0),) if seed % 2 else ()
    spec = ResponseNorm((size - 1) // 2, size // 2, 0.3 / size, beta, bias, stages)
    arguments, chunks = response_norm_arguments(spec, x.shape, target.lanes, *places)
    run(emit_response_norm(spec, target), arguments, chunks)
    with np.errstate(all="ignore"):
        (expected,) = LRN(size, 0.3, beta, bias).reference(x.astype(np.float64))
        power = np.abs(np.nan_to_num(np.log(np.abs(x / expected)), posinf=0, neginf=0))
    limit = ((size + 4) * beta + 6) * 2.0**-24
    if beta == 0.6:
        limit = limit + (power + 2 * beta + 2) * 2.0**-23
    limit = limit * np.abs(expected)
    if stages:
        expected, limit = 2 * expected + 1, 2 * limit + 2.0**-22 * (1 + np.abs(expected))
    got = made.result()
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    finite = np.isfinite(expected)
    assert (np.abs(got - expected)[finite] <= limit[finite] + 2.0**-126).all()


def test_more_neighbours_than_are_written_out_are_refused() -> None:
    with pytest.raises(ParameterError, match="channels \\(=101\\) must be at most 64"):
        ResponseNorm(50, 50, 1.0, 0.75, 1.0)
