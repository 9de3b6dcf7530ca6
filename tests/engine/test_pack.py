import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.concat import concat_arguments, emit_concat
from striate.engine.kernels.halo import Halo, emit_halo, halo_arguments
from striate.engine.kernels.pack import Plain, emit_pack, pack_arguments
from striate.engine.kernels.place import Place
from tests.engine.blocked import BlockedValue, Poisoned, each_target, layout_of, of, run

shapes = st.tuples(st.integers(1, 3), st.integers(1, 50)).flatmap(
    lambda nc: st.lists(st.integers(1, 40), max_size=3).filter(lambda s: np.prod(s) < 3000).map(lambda s: (*nc, *s))
)
halos = st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * 3)


class PlainValue:
    """A channels-first view of plain memory in another order of axes, with gaps, between margins of NaN."""

    def __init__(self, shape: tuple[int, ...], order: str) -> None:
        rank = len(shape)
        axes = {"first": [*range(rank)], "last": [0, *range(2, rank), 1], "reversed": [*range(rank)][::-1]}[
            order.removesuffix("_gaps")
        ]
        sizes = [shape[axis] for axis in axes]
        gap = 3 if order.endswith("_gaps") else 0
        wide = [*sizes[:-1], sizes[-1] + gap]
        self.poisoned = Poisoned(int(np.prod(wide)))
        self.memory = self.poisoned.inside.reshape(wide)
        self.view = self.memory[..., : sizes[-1]].transpose([axes.index(axis) for axis in range(rank)])
        self.gaps = self.memory[..., sizes[-1] :]
        steps = [stride // 4 for stride in self.view.strides]
        self.place = Plain.of(self.poisoned.address, steps)


orders = st.sampled_from(["first", "first_gaps", "last", "last_gaps", "reversed", "reversed_gaps"])


@each_target
@settings(max_examples=50)
@given(shape=shapes, order=orders, halo=halos, no_halo=st.booleans())
def test_plain_to_blocked(
    target: Isa, shape: tuple[int, ...], order: str, halo: tuple[tuple[int, int], ...], no_halo: bool
) -> None:
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    plain = PlainValue(shape, order)
    plain.view[:] = x
    made = BlockedValue(layout_of(shape, target.lanes, None if no_halo else halo[: len(shape) - 2]))
    spec, arguments, chunks = pack_arguments(shape, target.lanes, Place.of(made.layout, made.address), plain.place)
    run(emit_pack(spec, target), arguments, chunks)
    np.testing.assert_array_equal(made.result(), x)


@each_target
@settings(max_examples=50)
@given(shape=shapes, order=orders, halo=halos, no_halo=st.booleans())
def test_blocked_to_plain(
    target: Isa, shape: tuple[int, ...], order: str, halo: tuple[tuple[int, int], ...], no_halo: bool
) -> None:
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    layout = layout_of(shape, target.lanes, None if no_halo else halo[: len(shape) - 2])
    source = BlockedValue(layout, x, halo=np.nan)
    plain = PlainValue(shape, order)
    place = Place.of(source.layout, source.address)
    spec, arguments, chunks = pack_arguments(shape, target.lanes, place, plain.place, backwards=True)
    run(emit_pack(spec, target), arguments, chunks)
    plain.poisoned.check()
    assert np.isnan(plain.gaps).all(), "written between rows"
    np.testing.assert_array_equal(plain.view, x)


@pytest.mark.parametrize(("order", "neighbours"), [("first", "cells"), ("last", "channels"), ("reversed", "none")])
def test_what_lies_together_is_seen(order: str, neighbours: str) -> None:
    assert PlainValue((2, 5, 4, 3), order).place.neighbours == neighbours


@each_target
@settings(max_examples=40)
@given(shape=shapes, halo=halos)
def test_halo_becomes_zero(target: Isa, shape: tuple[int, ...], halo: tuple[tuple[int, int], ...]) -> None:
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    made = BlockedValue(layout_of(shape, target.lanes, halo[: len(shape) - 2]), x, halo=np.nan)
    expected = made.memory.copy()
    expected[np.isnan(expected)] = 0
    arguments, chunks = halo_arguments(made.layout, made.address)
    run(emit_halo(Halo(), target), arguments, chunks)
    made.poisoned.check()
    np.testing.assert_array_equal(made.memory, expected)


@each_target
@settings(max_examples=40)
@given(
    counts=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    n=st.integers(1, 2),
    spatial=st.lists(st.integers(1, 9), max_size=3),
    halo=halos,
)
def test_concat(target: Isa, counts: list[int], n: int, spatial: list[int], halo: tuple[tuple[int, int], ...]) -> None:
    random, lanes = np.random.default_rng(0), target.lanes
    arrays = [random.standard_normal((n, c, *spatial)).astype(np.float32) for c in counts]
    made = BlockedValue(layout_of((n, sum(counts), *spatial), lanes, halo[: len(spatial)]))
    first = 0
    for array in arrays:
        source = of(array, lanes, halo[::-1][: len(spatial)])
        places = Place.of(source.layout, source.address), Place.of(made.layout, made.address)
        spec, arguments, chunks = concat_arguments(array.shape, lanes, first, *places)
        run(emit_concat(spec, target), arguments, chunks)
        first += array.shape[1]
    np.testing.assert_array_equal(made.result(), np.concatenate(arrays, axis=1))
