"""Normalization of maps: pieces, maps, groups of channels, and what is made of their moments."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.chunks import CHUNK_VECTORS
from striate.engine.kernels.moments import (
    TRIPLE,
    GroupMerge,
    Merge,
    Moments,
    Pieces,
    Scaling,
    emit_group_merge,
    emit_merge,
    emit_moments,
    group_merge_arguments,
    merge_arguments,
    moments_arguments,
)
from striate.engine.kernels.norm import Norm, emit_norm, norm_arguments
from striate.engine.kernels.place import Place
from striate.ops import GroupNormalization, InstanceNormalization, MeanVarianceNormalization
from tests.engine.blocked import BlockedValue, Poisoned, each_target, layout_of, run


def padded(numbers: np.ndarray, lanes: int) -> Poisoned:
    memory = Poisoned(-(-numbers.size // lanes) * lanes)
    memory.inside[:] = 0
    memory.inside[: numbers.size] = numbers
    return memory


def normed(
    target: Isa,
    x: np.ndarray,
    groups: int,
    scaling: Scaling,
    weight: np.ndarray,
    bias: np.ndarray,
    whole_batch: bool = False,
    stages: tuple = (),
    halo: tuple | None = None,
) -> np.ndarray:
    lanes, (n, c) = target.lanes, x.shape[:2]
    halo = halo or ((1, 2), (0, 1), (2, 0))[: x.ndim - 2]
    source = BlockedValue(layout_of(x.shape, lanes, halo), x, halo=np.nan)
    made = BlockedValue(layout_of(x.shape, lanes, halo))
    places = Place.of(source.layout, source.address), Place.of(made.layout, made.address)
    cut, blocks = Pieces.of(x.shape, lanes, places[0]), source.layout.blocks
    parts = 1 if whole_batch else n
    pieces, triples = Poisoned(cut.floats(lanes)), Poisoned(parts * blocks * TRIPLE * lanes)
    packed = padded(weight, lanes), padded(bias, lanes)
    run(emit_moments(Moments(), target), *moments_arguments(cut, places[0], pieces.address))
    merge = Merge(scaling if groups == c else None)
    run(
        emit_merge(merge, target),
        *merge_arguments(cut, pieces.address, triples.address, packed[0].address, whole_batch),
    )
    if groups != c:
        group = GroupMerge(scaling)
        run(
            emit_group_merge(group, target),
            *group_merge_arguments(parts, blocks, c, groups, triples.address, packed[0].address),
        )
    where = triples.address, 0 if whole_batch else blocks * TRIPLE * lanes
    spec = Norm(stages)
    run(emit_norm(spec, target), *norm_arguments(spec, x.shape, lanes, *places, where, packed[1].address))
    for memory in (pieces, triples, *packed):
        memory.check()
    return made.result()


def bound(x: np.ndarray, per_group: int, y: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """What norm.py and moments.py state."""
    pieces = x.shape[0] * int(np.prod(x.shape[2:-1])) * (1 + x.shape[-1] // CHUNK_VECTORS)
    roundings = CHUNK_VECTORS / 8 + 8 + pieces + per_group
    shape = (-1, *[1] * (x.ndim - 2))
    size = np.abs(y - bias.reshape(shape)) + np.abs(weight.reshape(shape))
    return (2 * roundings + 4) * 2.0**-24 * size + 2.0**-24 * np.abs(y)


@each_target
@settings(max_examples=60)
@given(
    n=st.integers(1, 3),
    groups=st.integers(1, 20),
    per_group=st.integers(1, 20),
    spatial=st.lists(st.integers(1, 12), min_size=1, max_size=3),
    mean=st.sampled_from([0.0, 1000.0, -1e5]),
    tight=st.booleans(),
    seed=st.integers(0, 99),
)
def test_any_groups(
    target: Isa, n: int, groups: int, per_group: int, spatial: list[int], mean: float, tight: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    c = groups * per_group
    x = (rng.standard_normal((n, c, *spatial)) + mean).astype(np.float32)
    weight, bias = (rng.standard_normal(c).astype(np.float32) for _ in range(2))
    halo = ((0, 0),) * len(spatial) if tight else None
    got = normed(target, x, groups, Scaling(1e-5), weight, bias, halo=halo)
    (expected,) = GroupNormalization(groups, 1e-5).reference(*(a.astype(np.float64) for a in (x, weight, bias)))
    assert (np.abs(got - expected) <= bound(x, per_group, expected, weight, bias)).all()


@each_target
def test_large_maps_are_cut_into_pieces_that_count_by_their_size(target: Isa) -> None:
    rng = np.random.default_rng(1)
    for spatial in ((67, 81), (5000,), (3, 40, 41)):
        # The maps change from one end to the other, so pieces have means of their own.
        x = rng.standard_normal((2, 19, *spatial)).astype(np.float32)
        x += np.linspace(-50, 50, x[0, 0].size, dtype=np.float32).reshape(spatial)
        weight, bias = (rng.standard_normal(19).astype(np.float32) for _ in range(2))
        got = normed(target, x, 19, Scaling(1e-5), weight, bias, stages=(("relu",),))
        (expected,) = InstanceNormalization(1e-5).reference(*(a.astype(np.float64) for a in (x, weight, bias)))
        limit = bound(x, 1, expected, weight, bias)
        assert (np.abs(got - np.maximum(expected, 0)) <= limit).all()


@each_target
@settings(max_examples=20)
@given(n=st.integers(1, 3), c=st.integers(1, 40), spatial=st.lists(st.integers(1, 12), min_size=1, max_size=3))
def test_over_the_batch(target: Isa, n: int, c: int, spatial: list[int]) -> None:
    x = (np.random.default_rng(c).standard_normal((n, c, *spatial)) + 1000).astype(np.float32)
    got = normed(target, x, c, Scaling(1e-9, outside=True), np.ones(c), np.zeros(c), whole_batch=True)
    op = MeanVarianceNormalization((0, *range(2, x.ndim)))
    (expected,) = op.reference(x.astype(np.float64))
    if x[:, 0].size > 1:
        assert (np.abs(got - expected) <= bound(x, 1, expected, np.ones(c), np.zeros(c))).all()
    else:
        np.testing.assert_array_equal(got, 0)


@each_target
def test_a_map_that_is_the_same_everywhere_is_its_mean(target: Isa) -> None:
    x = np.full((2, 21, 37, 61), 1000.1, np.float32)
    weight, bias = np.ones(21), np.linspace(-1, 1, 21).astype(np.float32)
    for groups, scaling in ((21, Scaling(1e-9, outside=True)), (7, Scaling(1e-9, outside=True)), (1, Scaling(1e-5))):
        got = normed(target, x, groups, scaling, weight, bias)
        np.testing.assert_array_equal(got, np.broadcast_to(bias.reshape(-1, 1, 1), x.shape))


@each_target
def test_what_is_not_a_number_stays_in_its_group(target: Isa) -> None:
    x = np.random.default_rng(0).standard_normal((1, 20, 5, 5)).astype(np.float32)
    x[0, 6, 2, 2] = np.nan
    got = normed(target, x, 5, Scaling(1e-5), np.ones(20), np.zeros(20))
    assert np.isnan(got[0, 4:8]).all()
    assert not np.isnan(np.delete(got, range(4, 8), axis=1)).any()
