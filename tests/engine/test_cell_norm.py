import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.cell_norm import KINDS, CellNorm, cell_norm_arguments, emit_cell_norm
from striate.engine.kernels.moments import Scaling
from striate.engine.kernels.place import Place
from striate.errors import ParameterError
from striate.ops import LayerNormalization, LpNormalization, RMSNormalization
from tests.engine.blocked import BlockedValue, each_target, layout_of, run
from tests.engine.test_norm import padded


def scaling(kind: str) -> Scaling | None:
    return Scaling(1e-5) if kind in ("mean", "rms") else None


@each_target
@settings(max_examples=60)
@given(
    kind=st.sampled_from(KINDS),
    n=st.integers(1, 3),
    c=st.integers(1, 200),
    spatial=st.lists(st.integers(1, 9), max_size=3),
    mean=st.sampled_from([0.0, 1000.0]),
    in_place=st.booleans(),
)
def test_over_channels(target: Isa, kind: str, n: int, c: int, spatial: list[int], mean: float, in_place: bool) -> None:
    rng = np.random.default_rng(c)
    x = (rng.standard_normal((n, c, *spatial)) + mean).astype(np.float32)
    if n == 3:
        x[1] = 0
    weight, bias = rng.standard_normal(c).astype(np.float32), rng.standard_normal(c).astype(np.float32)
    if kind == "rms":
        bias[:] = 0
    halo = ((1, 2), (0, 1), (2, 0))[: len(spatial)]
    source = BlockedValue(layout_of(x.shape, target.lanes, halo))
    source.interior()[:] = 0
    source.layout.pack(x, source.memory)
    made = source if in_place else BlockedValue(layout_of(x.shape, target.lanes, halo))
    places = Place.of(source.layout, source.address), Place.of(made.layout, made.address)
    spec = CellNorm(kind, scaling(kind))
    packed = padded(weight, target.lanes), padded(bias, target.lanes)
    addresses = (memory.address for memory in packed)
    arguments, chunks = cell_norm_arguments(spec, x.shape, target.lanes, *places, *addresses)
    run(emit_cell_norm(spec, target), arguments, chunks)
    wide = np.moveaxis(x, 1, -1).astype(np.float64)
    match kind:
        case "mean":
            op = LayerNormalization(-1, 1e-5)
        case "rms":
            op = RMSNormalization(-1, 1e-5)
        case _:
            op, weight = LpNormalization(-1, int(kind[1])), np.zeros(c)
            bias = np.zeros(c)
    expected = np.moveaxis(op.reference(wide, weight.astype(np.float64), bias.astype(np.float64))[0], -1, 1)
    roundings = -(-c // target.lanes) + np.log2(target.lanes) + 4
    along = (-1, *[1] * len(spatial))
    size = np.abs(expected - bias.reshape(along)) + np.abs(weight.reshape(along))
    limit = 2 * roundings * 2.0**-24 * size + 2.0**-24 * np.abs(expected)
    assert (np.abs(made.result() - expected) <= limit).all()


@each_target
def test_what_is_not_a_number_stays_in_its_cell(target: Isa) -> None:
    for kind in KINDS:
        x = np.ones((1, 21, 3), np.float32)
        x[0, 5, 1] = np.inf if kind == "l1" else np.nan
        made = BlockedValue(layout_of(x.shape, target.lanes), x)
        place, ones = Place.of(made.layout, made.address), padded(np.ones(21), target.lanes)
        spec = CellNorm(kind, scaling(kind), (("sigmoid",),))
        arguments, chunks = cell_norm_arguments(spec, x.shape, target.lanes, place, place, ones.address, ones.address)
        run(emit_cell_norm(spec, target), arguments, chunks)
        assert list(np.isnan(made.result()).any(axis=(0, 1))) == [False, True, False]


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(ParameterError, match='normalization \\(="batch"\\) must be one of mean, rms, l1, l2'):
        CellNorm("batch")


def test_a_scaling_must_be_where_one_is_used() -> None:
    with pytest.raises(ParameterError, match='normalization "mean" has scaling None'):
        CellNorm("mean")
