"""Layers of several nodes, addresses, given numbers, and what cannot be explained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from striate import ops
from striate.errors import ParameterError, UnknownNameError, UnsupportedOpError
from striate.graph import GraphBuilder, LayerView, Model, Op
from striate.lenses.explain import explain
from striate.lenses.receptive_field import receptive_field
from striate.lenses.trace import trace


@dataclass(frozen=True)
class Riddle(Op):
    """An op that no table knows."""

    def infer(self, operands):
        return (operands[0],)

    def reference(self, *operands):
        return (operands[0] * 2,)


def layered(run_model, riddle=False):
    build = GraphBuilder("layers")
    x = build.input("x", np.float32, (2, 2, 4))
    weight = build.constant(np.random.default_rng(0).normal(size=(3, 2, 3)).astype(np.float32), "weight")
    (y,) = build.add(ops.Conv((1,), ((1, 1),), (1,)), [x, weight], "conv/sum")
    (y,) = build.add(Riddle() if riddle else ops.Relu(), [y], "conv/relu")
    (y,) = build.add(ops.Sigmoid(), [y], "conv/sigmoid")
    (z,) = build.add(ops.Tanh(), [y], "tanh")
    layers = (
        LayerView("conv", "Conv1D", ("conv/sum", "conv/relu", "conv/sigmoid"), y),
        LayerView("act", "Activation", ("tanh",), z),
    )
    model = Model(build.finish([z]), layers, aliases={"first": "conv"})
    return run_model(model, {"x": np.random.default_rng(1).normal(size=(2, 2, 4)).astype(np.float32)})


@pytest.mark.parametrize("name", ["conv", "first"])
def test_a_layer_is_explained_at_its_sum_and_the_rest_are_stages(run_model, check, name):
    recording = layered(run_model)
    found = explain(recording, f"{name}:2@3#1")
    assert (found.kind, found.name, found.value_name) == ("Conv", "conv/sum", "conv/sum")
    assert found.total == pytest.approx(float(recording.values["conv/sum"][1, 2, 3]), rel=1e-5)
    assert found.held == recording.values["conv/sum"][1, 2, 3]
    assert [(s.name, s.kind) for s in found.stages] == [("conv/relu", "Relu"), ("conv/sigmoid", "Sigmoid")]
    assert [s.value for s in found.stages] == [recording.values[n][1, 2, 3] for n in ("conv/relu", "conv/sigmoid")]
    assert found.value == recording.values["conv/sigmoid"][1, 2, 3]
    assert 'then Sigmoid "conv/sigmoid"' in str(found)
    check(recording, found)


def test_the_address_of_a_node_means_just_that_node(run_model):
    found = explain(layered(run_model), "conv/sigmoid:2@3")
    assert found.kind == "Sigmoid"
    assert found.stages == ()
    assert found.value == found.held


def test_a_layer_that_is_only_an_activation_is_that_activation(run_model):
    assert explain(layered(run_model), "act:0@0").kind == "Tanh"


def test_given_numbers(run_model, check):
    recording = layered(run_model)
    for address, kind in (("x:1@2", "Input"), ("weight:1@2", "Constant")):
        found = explain(recording, address)
        assert found.kind == kind
        assert found.sources == ()
        assert found.facts[0].startswith("given")
        check(recording, found)


def test_addresses_that_are_none(run_model):
    recording = layered(run_model)
    with pytest.raises(UnknownNameError, match='did you mean "conv"'):
        explain(recording, "convo:1@2")
    with pytest.raises(ParameterError, match="channel 3 must be from 0 to 2"):
        explain(recording, "conv:3@0")


def test_an_op_without_an_explainer_says_so_by_name(run_model):
    recording = layered(run_model, riddle=True)
    message = r'Riddle "conv/relu" cannot be explained: .* operands instead: conv/sum'
    with pytest.raises(UnsupportedOpError, match=message):
        explain(recording, "conv/relu:0@0")
    # The layer's way to its sum leads through the riddle: its last node is explained by itself.
    assert explain(recording, "conv:0@0").kind == "Sigmoid"


def test_a_trace_ends_at_an_op_without_an_explainer(run_model):
    found = trace(layered(run_model, riddle=True), "act:0@0")
    assert 'Riddle "conv/relu" cannot be explained' in found.levels[-1].ended
    assert found.stopped == pytest.approx(found.value, rel=1e-6)
    assert "ends here: Riddle" in str(found)


def test_the_field_of_an_op_without_a_rule_is_an_upper_bound(run_model):
    found = receptive_field(layered(run_model, riddle=True), "act:0@0")
    assert not found.exact
    assert found.reason == 'Riddle "conv" has no rule: any element of its operands may influence any of its results'
    assert found.clipped == ((0, 4),)
