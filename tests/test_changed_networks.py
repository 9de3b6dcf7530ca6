"""Networks with other weights, and with channels switched off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import striate as st
from striate.engine import Executor
from striate.errors import DtypeError, NonFiniteError, ParameterError, ShapeError, UnknownNameError
from striate.graph import verify

RANDOM = np.random.default_rng(11)
IMAGE = RANDOM.uniform(size=(1, 3, 40, 48)).astype(np.float32)


@pytest.fixture
def net() -> st.Network:
    return st.load(st.bundled.model_path())


def residual() -> st.Network:
    layers = [
        st.layers.Conv2D(8, 3, padding="same", input_shape=(12, 12, 3)),
        st.layers.BatchNormalization(),
        st.layers.ReLU(),
        st.layers.Conv2D(6, 3, padding="same", activation="relu"),
        st.layers.GlobalAveragePooling2D(),
        st.layers.Dense(4),
    ]
    model = st.Sequential(layers)
    model.set_weights([RANDOM.uniform(0.1, 1, w.shape).astype(np.float32) for w in model.get_weights()])
    return st.Network(model.to_model())


def fresh(net: st.Network, x: Any) -> dict[str, Any]:
    """What a network made anew computes, nothing shared."""
    run = st.Network(net.model).run(x)
    return {name: run[name] for name in net.layers}


class TestReplace:
    def test_every_value_is_that_of_a_network_made_anew(self, net: st.Network) -> None:
        net.run(IMAGE)
        for name, present in net.weights.items():
            other = net.replace({name: RANDOM.normal(size=present.shape)})
            run = other.run(IMAGE)
            for layer, expected in fresh(other, IMAGE).items():
                np.testing.assert_array_equal(run[layer], expected, err_msg=f"{name}, {layer}")
            np.testing.assert_array_equal(other(IMAGE), st.Network(other.model)(IMAGE))

    def test_batch_norms_that_are_folded_into_weights_are_seen(self) -> None:
        net = residual()
        x = RANDOM.normal(size=(1, 12, 12, 3)).astype(np.float32)
        before = net(x)
        for name, present in net.weights.items():
            other = net.replace({name: present * 1.5 + 0.25})
            np.testing.assert_array_equal(other(x), st.Network(other.model)(x), err_msg=name)
            assert not np.array_equal(other(x), before), name
        np.testing.assert_array_equal(net(x), before)

    def test_the_network_itself_stays_as_it_is(self, net: st.Network) -> None:
        before = net.run(IMAGE)["edges/Conv"]
        name = net.layers["edges/Conv"].weights[0]
        kept = net.weights[name].copy()
        net.replace({name: np.zeros_like(kept)}).run(IMAGE)
        np.testing.assert_array_equal(net.weights[name], kept)
        np.testing.assert_array_equal(net.run(IMAGE)["edges/Conv"], before)

    def test_what_was_packed_for_other_layers_is_shared(self, net: st.Network, monkeypatch: pytest.MonkeyPatch) -> None:
        net.run(IMAGE)
        first = net.layers["edges/Conv"]
        other = net.replace({first.weights[0]: np.ones((12, 1, 3, 3))})
        kept: dict[Any, Any] = net._executor._weights
        shared: dict[Any, Any] = other._executor._weights
        assert shared
        assert all(kept[key] is packed for key, packed in shared.items())
        assert {key for key in kept if "edges/Conv" in key}.isdisjoint(shared)
        assert len(shared) == len([key for key in kept if "edges/Conv" not in key])
        others = [name for name in net.model.graph.constants if name != first.weights[0]]
        assert all(other.model.graph.constants[name] is net.model.graph.constants[name] for name in others)

    def test_replaced_again(self, net: st.Network) -> None:
        names = list(net.weights)[:2]
        first = net.replace({names[0]: net.weights[names[0]] * 2})
        both = first.replace({names[1]: net.weights[names[1]] * 3})
        np.testing.assert_array_equal(both.weights[names[0]], net.weights[names[0]] * 2)
        np.testing.assert_array_equal(both(IMAGE), st.Network(both.model)(IMAGE))

    def test_weights_cannot_be_written_to(self, net: st.Network) -> None:
        with pytest.raises(ValueError, match="read-only"):
            next(iter(net.weights.values()))[...] = 0
        with pytest.raises(TypeError):
            net.weights["new"] = np.zeros(1)  # type: ignore[index]

    def test_what_does_not_fit_is_refused(self, net: st.Network) -> None:
        name = net.layers["edges/Conv"].weights[0]
        with pytest.raises(UnknownNameError, match=r'no weights "nothing"; there are'):
            net.replace({"nothing": np.zeros(1)})
        with pytest.raises(ShapeError, match=r"have shape \(1, 1, 3, 3\), expected \(12, 1, 3, 3\)"):
            net.replace({name: np.zeros((1, 1, 3, 3))})
        with pytest.raises(DtypeError):
            net.replace({name: np.zeros((12, 1, 3, 3), complex)})
        with pytest.raises(NonFiniteError, match="hold NaN or infinity"):
            net.replace({name: np.full((12, 1, 3, 3), np.nan)})


class TestSwitchOff:
    @pytest.mark.parametrize("engine", ["native", "reference"])
    def test_readers_see_zeros(self, net: st.Network, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STRIATE_ENGINE", engine)
        plain = net.run(IMAGE)
        off = net.switch_off({"edges/Conv": [0, 3]})
        verify(off.model.graph)
        run = off.run(IMAGE)
        masked = plain["edges/Conv"].copy()
        masked[:, [0, 3]] = 0
        np.testing.assert_array_equal(run["edges/Conv"], masked)
        np.testing.assert_array_equal(run["edges/Relu"], np.maximum(masked, 0))
        for layer, expected in fresh(off, IMAGE).items():
            np.testing.assert_array_equal(run[layer], expected)

    def test_it_is_what_zero_weights_behind_it_give(self) -> None:
        net = residual()
        x = RANDOM.normal(size=(1, 12, 12, 3)).astype(np.float32)
        second = [layer for layer in net.layers.values() if layer.kind == "Conv2D"][1]
        relu = next(layer.name for layer in net.layers.values() if layer.kind == "ReLU")
        weight = net.weights[second.weights[0]].copy()
        weight[:, [1, 4]] = 0
        expected = net.replace({second.weights[0]: weight})(x)
        np.testing.assert_allclose(net.switch_off({relu: {1, 4}})(x), expected, rtol=1e-5)

    def test_one_channel_by_its_number_and_twice(self, net: st.Network) -> None:
        once = net.switch_off({"edges/Relu": 2})
        twice = once.switch_off({"edges/Relu": 5})
        found = twice.run(IMAGE)["edges/Relu"]
        assert not found[:, [2, 5]].any()
        assert found[:, 0].any()
        np.testing.assert_array_equal(once.switch_off({}).run(IMAGE)["edges/Relu"], once.run(IMAGE)["edges/Relu"])

    def test_a_unit_says_that_it_is_switched_off(self, net: st.Network) -> None:
        unit = net.switch_off({"edges/Conv": 0}).run(IMAGE).unit("edges/Conv:0@4,5")
        found = unit.explain()
        assert found.value == 0
        assert found.kind == "Conv"
        assert found.agrees
        assert [(stage.kind, stage.value) for stage in found.stages] == [("Mul", 0.0)]
        assert unit.receptive_field().clipped == net.run(IMAGE).unit("edges/Conv:0@4,5").receptive_field().clipped

    def test_layers_of_several_nodes(self) -> None:
        net = residual()
        x = RANDOM.normal(size=(1, 12, 12, 3)).astype(np.float32)
        last = [layer.name for layer in net.layers.values() if layer.kind == "Conv2D"][-1]
        run = net.switch_off({last: 0}).run(x)
        assert not run[last][..., 0].any()
        np.testing.assert_array_equal(run[last][..., 1:], net.run(x)[last][..., 1:])

    def test_what_has_no_such_channel_is_refused(self, net: st.Network) -> None:
        with pytest.raises(ParameterError, match='layer "edges/Conv" has 12 channels; channel 12 is not among them'):
            net.switch_off({"edges/Conv": 12})
        with pytest.raises(ParameterError, match='"image" is given, not computed'):
            net.switch_off({"image": 0})
        with pytest.raises(UnknownNameError):
            net.switch_off({"edge/Conv": 0})


def test_an_executor_hands_on_only_what_is_untouched() -> None:
    net = st.load(st.bundled.model_path())
    net(IMAGE)
    executor = net._executor
    assert isinstance(executor, Executor)
    assert executor.changed(net.model.graph, {node.name for node in net.model.graph.nodes})._weights == {}
    assert executor.changed(net.model.graph, set())._weights == executor._weights
