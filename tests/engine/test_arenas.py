"""Memory goes from run to run, also between networks that differ in a few weights, and never to two at once."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import striate as st
from striate.engine.arenas import IDLE_KEPT, Arenas
from striate.engine.values import RunValues
from striate.graph import Array


@pytest.fixture
def network() -> st.Network:
    layers = st.layers
    model = st.Sequential(
        [layers.Conv2D(8, 3, activation="relu", input_shape=(24, 24, 3), name="a"), layers.Conv2D(4, 3, name="b")],
        seed=0,
    )
    return st.load(model)


@pytest.fixture
def x() -> Array:
    return np.random.default_rng(0).normal(size=(1, 24, 24, 3)).astype(np.float32)


def arena(run: st.Run) -> int:
    values = run.recording.values
    assert isinstance(values, RunValues)
    return values.instance.arena.ctypes.data


def changed(network: st.Network, factor: float) -> st.Network:
    name = network.layers["a"].weights[0]
    return network.replace({name: factor * network.weights[name]})


def test_a_run_takes_the_memory_that_another_one_left(network: st.Network, x: Array) -> None:
    run = network.run(x)
    place = arena(run)
    del run
    assert arena(network.run(x)) == place


def test_runs_that_are_held_lie_apart(network: st.Network, x: Array) -> None:
    alone = [network.run(x + i).output for i in range(5)]
    runs = [network.run(x + i) for i in range(5)]
    assert len({arena(run) for run in runs}) == 5
    for i, run in enumerate(runs):
        np.testing.assert_array_equal(run.output, alone[i])


def test_what_a_run_gave_is_no_part_of_its_memory() -> None:
    """Four numbers of one sample lie in one block without a gap: nothing but a copy parts them from the arena."""
    layers = st.layers
    model = st.Sequential(
        [layers.Conv2D(8, 3, input_shape=(6, 6, 3)), layers.GlobalAveragePooling2D(), layers.Dense(4)], seed=0
    )
    rng, network = np.random.default_rng(1), st.load(model)
    given: list[tuple[Array, Array]] = []
    for _ in range(4):
        x = rng.normal(size=(1, 6, 6, 3)).astype(np.float32)
        run = network.run(x)
        given += [(value, value.copy()) for value in (network(x), *(run[name] for name in network.layers))]
        del run
    for value, at_first in given:
        np.testing.assert_array_equal(value, at_first)


def test_a_changed_network_takes_what_the_one_before_has_left(network: st.Network, x: Array) -> None:
    network.run(x)
    present, places = network, set[int]()
    for i in range(6):
        present = changed(network, 1 + i / 8)
        run = present.run(x)
        np.testing.assert_allclose(run.output, present(x), rtol=1e-4, atol=1e-5)
        places.add(arena(run))
        del run
    gc.collect()
    # One waits while the next one is made.
    assert len(places) <= 2


def test_no_more_waits_than_is_worth_it(network: st.Network, x: Array) -> None:
    arenas: Arenas = network._executor._arenas
    runs = [network.run(x) for _ in range(6)]
    assert arenas.idle == 0
    runs.clear()
    assert arenas.idle == IDLE_KEPT
    for i in range(6):
        present = [changed(network, 1 + j / 8).run(x) for j in range(1 + i)]
        del present
        gc.collect()
    assert arenas.idle <= 3 * IDLE_KEPT


def test_a_much_larger_arena_is_left_for_larger_runs(network: st.Network, x: Array) -> None:
    large = np.concatenate([x] * 8)
    run = network.run(large)
    place = arena(run)
    del run
    assert arena(network.run(x)) != place
    assert arena(network.run(large)) == place


def test_threads_never_share_memory(network: st.Network, x: Array) -> None:
    expected = [network.run(x + i).output for i in range(4)]

    def work(i: int) -> bool:
        return all(np.array_equal(network.run(x + i).output, expected[i]) for _ in range(30))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))
