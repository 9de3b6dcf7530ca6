"""Small networks in one native call: the same values as by the long way, and the long way where something is amiss."""

from __future__ import annotations

import copy
import pickle
import threading

import numpy as np
import pytest

import striate
from striate import layers as L
from striate.dimension import Symbol
from striate.engine import Executor
from striate.engine.immediate import at_once
from striate.engine.immediate.at_once import AtOnce
from striate.engine.isa import Isa
from striate.errors import DtypeError, NonFiniteError, ParameterError, ShapeError
from striate.graph import GraphBuilder
from striate.network import Network
from striate.ops import Conv, Relu, Sigmoid

from .blocked import each_target
from .graphs import RandomNetwork
from .test_executor import compare, reference


def random(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def prepared_for(graph, x, layout="channels_first", shape=None):
    once = AtOnce(graph, layout)
    for _ in range(2):
        once.expect({graph.inputs[0]: x}, x.shape if shape is None else shape)
    return once


@each_target
def test_random_networks(target: Isa, monkeypatch):
    monkeypatch.setenv("STRIATE_ISA", target.name)
    met = 0
    for seed in range(200, 320):
        network = RandomNetwork(seed)
        graph, x = network.graph(), network.x
        once = prepared_for(graph, x)
        y = once.run(x)
        if y is None:
            continue
        met += 1
        executor = Executor(graph)
        truth = reference(executor, x)
        name = graph.outputs[0]
        compare({name: y}, truth, [name])
        np.testing.assert_array_equal(once.run(x), y)
        np.testing.assert_array_equal(y, executor.run({"x": x})[name])
    assert met > 15


@each_target
def test_random_networks_whose_source_has_channels_last(target: Isa, monkeypatch):
    monkeypatch.setenv("STRIATE_ISA", target.name)
    met = 0
    for seed in range(320, 400):
        network = RandomNetwork(seed)
        graph, x = network.graph(), network.x
        given = np.ascontiguousarray(np.moveaxis(x, 1, -1))
        y = prepared_for(graph, x, "channels_last", given.shape).run(given)
        if y is None:
            continue
        met += 1
        name = graph.outputs[0]
        compare({name: np.moveaxis(y, -1, 1) if y.ndim > 2 else y}, reference(Executor(graph), x), [name])
    assert met > 15


def tiny(**options):
    model = striate.Sequential(
        [
            L.Conv1D(6, 3, activation="relu", padding="same", input_shape=(20, 3), **options),
            L.MaxPooling1D(2),
            L.Conv1D(5, 3, activation="tanh"),
            L.GlobalAveragePooling1D(),
            L.Dense(4, activation="softmax"),
        ]
    )
    return striate.load(model)


@pytest.fixture
def careful(monkeypatch):
    """Networks that took the long way."""
    taken = []
    run = Executor.run
    monkeypatch.setattr(Executor, "run", lambda self, *given, **more: taken.append(given) or run(self, *given, **more))
    return taken


def test_a_network_of_the_builder_goes_the_short_way(careful):
    net, x = tiny(), random(1, 2, 20, 3)
    first = net(x)
    np.testing.assert_array_equal(net(x), first)
    assert len(careful) == 2
    again = net(x)
    assert len(careful) == 2
    assert again.shape == first.shape == (2, 4)
    np.testing.assert_array_equal(again, first)
    assert again is not net(x)
    np.testing.assert_array_equal(net.run(x).output, first)


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 5, 17])
def test_maps_come_out_in_the_order_of_the_source_and_with_the_same_bits(channels):
    net = striate.load(striate.Sequential([L.Conv2D(5, 3, input_shape=(6, 7, channels))]))
    x = random(1, 2, 6, 7, channels)
    first, second, again = net(x), net(x), net(x)
    assert again.shape == first.shape == (2, 4, 5, 5)
    np.testing.assert_array_equal(second, first)
    np.testing.assert_array_equal(again, first)


def test_inputs_of_any_kind(torch):
    net, x = tiny(), random(1, 1, 20, 3)
    net(x), net(x)
    expected = net(x)
    wide = random(2, 1, 40, 6)
    wide[:, ::2, ::2] = x
    frozen = x.copy()
    frozen.flags.writeable = False
    name = net.inputs[0].name
    for given in (x.astype(np.float64), x.tolist(), wide[:, ::2, ::2], frozen, torch.from_numpy(x), {name: x}):
        np.testing.assert_allclose(net(given), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(net(np.round(x).astype(np.int8)), net(np.round(x)), rtol=1e-5, atol=1e-6)


def test_what_is_amiss_is_told_as_ever():
    net, x = tiny(), random(1, 1, 20, 3)
    net(x), net(x), net(x)
    for place in range(x.size):
        bad = x.copy()
        bad.flat[place] = (np.nan, np.inf, -np.inf)[place % 3]
        with pytest.raises(NonFiniteError, match="holds 1 NaN or infinite"):
            net(bad)
    with pytest.raises(ShapeError, match="shape"):
        net(x[:, :, :2])
    with pytest.raises(DtypeError, match="complex"):
        net(x.astype(np.complex64))
    huge = x.astype(np.float64)
    huge[0, 0, 0] = 1e300
    with pytest.raises(NonFiniteError):
        net(huge)
    np.testing.assert_array_equal(net(x), net(x))


def test_settings_are_seen_at_once(monkeypatch, careful):
    net, x = tiny(), random(1, 1, 20, 3)
    net(x), net(x), net(x)
    seen = len(careful)
    for variable in ("STRIATE_ENGINE", "STRIATE_ISA"):
        monkeypatch.setenv(variable, "nonsense")
        with pytest.raises(ParameterError, match=variable):
            net(x)
        monkeypatch.delenv(variable)
    monkeypatch.setenv("STRIATE_ENGINE", "reference")
    net(x), net(x)
    assert len(careful) == seen + 4
    monkeypatch.delenv("STRIATE_ENGINE")
    with striate.exact():
        net(x), net(x), net(x)
    assert len(careful) == seen + 6


def test_a_network_that_spreads_a_nan_is_repeated_by_the_long_way(careful):
    """Two groups, of which one overflows to infinity and makes a NaN of it: the other must not see that."""
    build = GraphBuilder("overflow")
    x = build.input("x", np.float32, (1, 4, 6))
    weight = np.zeros((4, 1, 1), np.float32) + 3e38
    (huge,) = build.add(Conv((1,), ((0, 0),), (1,), 4), [x, build.constant(weight)])
    narrow = build.constant(random(2, 4, 2, 3))
    (y,) = build.add(Conv((1,), ((1, 1),), (1,), 2), [huge, narrow])
    graph = build.finish([y])
    once = prepared_for(graph, random(3, 1, 4, 6) * 0.1)
    assert once.run(random(3, 1, 4, 6) * 0) is not None
    given = np.ones((1, 4, 6), np.float32) * np.array([[[1e-9], [1e-9], [5], [5]]], np.float32)
    truth = Executor(graph).run({"x": given})[y]
    assert np.isfinite(truth[0, :2]).all()
    found = once.run(given)
    assert found is None or np.array_equal(np.isfinite(found), np.isfinite(truth))


def test_many_threads():
    net = tiny()
    inputs = [random(i, 1, 20, 3) for i in range(8)]
    net(inputs[0]), net(inputs[0])
    truth = [net(x) for x in inputs]
    bad = []

    def loop(first):
        for i in range(300):
            if not np.array_equal(net(inputs[(first + i) % 8]), truth[(first + i) % 8]):
                bad.append(i)

    threads = [threading.Thread(target=loop, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not bad


def test_only_small_networks():
    build = GraphBuilder("large")
    x = build.input("x", np.float32, (1, 64, 40, 40))
    (y,) = build.add(Conv((1, 1), ((0, 0), (0, 0)), (1, 1)), [x, build.constant(random(1, 64, 64, 3, 3))])
    graph = build.finish([y])
    assert prepared_for(graph, random(2, 1, 64, 40, 40)).run(random(2, 1, 64, 40, 40)) is None


def test_two_inputs_or_outputs_go_the_long_way():
    build = GraphBuilder("two")
    x = build.input("x", np.float32, (1, 4))
    (a,), (b,) = build.add(Relu(), [x]), build.add(Sigmoid(), [x])
    graph = build.finish([a, b])
    assert prepared_for(graph, random(1, 1, 4)).run(random(1, 1, 4)) is None


def test_what_is_kept_is_bounded():
    build = GraphBuilder("free")
    graph = build.finish(build.add(Relu(), [build.input("x", np.float32, (Symbol("n"), 4))]))
    once = AtOnce(graph, "channels_first")
    for size in range(1, 30):
        x = random(size, size, 4)
        once.expect({"x": x}, x.shape)
        once.expect({"x": x}, x.shape)
        np.testing.assert_array_equal(once.run(x), np.maximum(x, 0))
        assert len(once._ready) <= at_once.KEPT


def test_copies_prepare_by_themselves():
    net, x = tiny(), random(1, 1, 20, 3)
    net(x), net(x)
    expected = net(x)
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert isinstance(other, Network)
        for _ in range(3):
            np.testing.assert_allclose(other(x), expected, rtol=1e-5, atol=1e-6)


def test_pythons_whose_objects_look_otherwise(monkeypatch, careful):
    monkeypatch.setattr(at_once, "readable", lambda: False)
    net, x = tiny(), random(1, 1, 20, 3)
    np.testing.assert_array_equal(net(x), net(x))
    net(x)
    assert len(careful) == 3
