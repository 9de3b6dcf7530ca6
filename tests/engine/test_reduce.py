import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.place import Place
from striate.engine.kernels.reduce import KINDS, Reduce, emit_reduce, reduce_arguments
from striate.errors import ParameterError
from tests.engine.blocked import BlockedValue, each_target, layout_of, run

EXACT = {
    "mean": lambda x, axes: x.mean(axis=axes),
    "sum": lambda x, axes: x.sum(axis=axes),
    "max": lambda x, axes: x.max(axis=axes),
    "min": lambda x, axes: x.min(axis=axes),
    "l1": lambda x, axes: np.abs(x).sum(axis=axes),
    "l2": lambda x, axes: np.sqrt((x * x).sum(axis=axes)),
    "sum_square": lambda x, axes: (x * x).sum(axis=axes),
}


@each_target
@settings(max_examples=60)
@given(
    kind=st.sampled_from(KINDS),
    n=st.integers(1, 3),
    c=st.integers(1, 70),
    spatial=st.lists(st.integers(1, 20), max_size=3),
    seed=st.integers(0, 99),
)
def test_any_map(target: Isa, kind: str, n: int, c: int, spatial: list[int], seed: int) -> None:
    x = np.random.default_rng(seed).standard_normal((n, c, *spatial)).astype(np.float32)
    if kind in ("max", "min"):
        x[x > 3] = np.nan
    halo = ((1, 2), (0, 1), (2, 0))[: len(spatial)]
    source = BlockedValue(layout_of(x.shape, target.lanes, halo), x, halo=np.nan)
    made = BlockedValue(layout_of((n, c, *[1] * len(spatial)), target.lanes, halo))
    stages = (("affine", 2.0, 1.0),) if seed % 2 else ()
    spec = Reduce(kind, stages)
    places = Place.of(source.layout, source.address), Place.of(made.layout, made.address)
    arguments, chunks = reduce_arguments(spec, x.shape, target.lanes, *places)
    run(emit_reduce(spec, target), arguments, chunks)
    axes = tuple(range(2, x.ndim))
    wide = x.astype(np.float64)
    expected = EXACT[kind](wide, axes)
    rows = int(np.prod(spatial[:-1]))
    roundings = 2 + (spatial or [1])[-1] / 8 + 8 + rows
    size = np.abs(wide).sum(axis=axes).max() if kind != "sum_square" else (wide * wide).sum(axis=axes).max()
    atol = 0 if kind in ("max", "min") else roundings * 2.0**-24 * size
    if stages:
        expected, atol = 2 * expected + 1, 2 * atol + 2.0**-22 * (1 + np.nan_to_num(np.abs(expected)).max())
    np.testing.assert_allclose(made.result().reshape(n, c), expected, rtol=2.0**-22, atol=atol)


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(ParameterError, match='reduction \\(="median"\\) must be one of mean, sum, max'):
        Reduce("median")
