"""How a network is run, as a table: every node in one row, what is fused, what it costs, and times on request."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from rich.console import Console

import striate as st
from striate.engine.executor import Executor
from striate.errors import ShapeError
from striate.graph import GraphBuilder, LayerView, Model
from striate.lenses.plan import NetworkPlan, plan
from striate.ops import Add, Conv, Flatten, Relu, Sin
from striate.render.plain import to_json
from striate.render.plan import print_plan
from tests.engine.graphs import RandomNetwork

SHAPE = (2, 3, 6, 5)


def model() -> Model:
    """x -> conv 3x3 (20) -> relu -> + conv 1x1 of it -> sine -> flatten; the relu belongs to the layer "first"."""
    rng = np.random.default_rng(0)
    build = GraphBuilder("net")
    x = build.input("x", np.float32, SHAPE)
    weights = [
        build.constant(rng.standard_normal(shape).astype(np.float32)) for shape in ((20, 3, 3, 3), (20, 20, 1, 1))
    ]
    (a,) = build.add(Conv((1, 1), ((1, 1), (1, 1)), (1, 1)), [x, weights[0]], "conv1")
    (b,) = build.add(Relu(), [a], "relu1")
    (c,) = build.add(Conv((1, 1), ((0, 0), (0, 0)), (1, 1)), [b, weights[1]], "conv2")
    (d,) = build.add(Add(), [c, b], "add")
    (e,) = build.add(Sin(), [d], "turn")
    (f,) = build.add(Flatten(1), [e], "flat")
    layers = (
        LayerView("first", "Conv2D", ("conv1", "relu1"), b),
        *(LayerView(node, node, (node,), node) for node in ("conv2", "add", "turn", "flat")),
    )
    return Model(build.finish([d, f]), layers)


def planned(profiled: bool = False, keep: bool = False) -> NetworkPlan:
    made = model()
    return plan(made, Executor(made.graph), {"x": SHAPE}, profiled, keep)


def test_rows_are_what_is_done_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIATE_ISA", "generic")
    found = planned()
    rows = [(step.kind, step.layers) for step in found.steps]
    assert rows[:5] == [
        ("copy in", ("x",)),
        ("kernel", ("first",)),
        ("kernel", ("conv2", "add")),
        ("reference", ("turn",)),
        ("reference", ("flat",)),
    ]
    assert found.steps[1].nodes == ("conv1", "relu1")
    assert found.steps[3].reason == "no kernel for Sin"
    assert rows[5:] == [("copy out", ("add",))]
    assert [step.layout for step in found.steps] == ["NCHW", "NCHW4c", "NCHW4c", "NCHW", "NC", "NCHW"]
    assert found.steps[1].kernel.startswith("first_layer ")
    assert found.steps[2].kernel.startswith("direct ")
    assert found.steps[2].symbols[0].endswith("_add0")
    assert (found.isa, found.lanes, found.inputs) == ("generic", 4, {"x": SHAPE})


def test_flop_and_bytes() -> None:
    found = planned()
    cells = 2 * 6 * 5
    lanes = found.lanes
    blocked = cells * -(-20 // lanes) * lanes * 4
    assert found.steps[1].flop == cells * 20 * (2 * 27 + 1)
    assert found.steps[2].flop == cells * 20 * (2 * 20 + 1)
    assert found.steps[0].nbytes == 2 * cells * 3 * 4  # read and written
    assert found.steps[1].nbytes == cells * 3 * 4 + 20 * 27 * 4 + blocked
    assert found.steps[2].nbytes == blocked + 20 * 20 * 4 + blocked  # the residual is the input itself
    assert found.flop == sum(step.flop or 0 for step in found.steps)


def test_a_profile_has_times() -> None:
    found = planned(profiled=True)
    assert (found.seconds or 0) > 0
    assert (found.peak_flops or 0) > 0
    for step in found.steps:
        assert (step.seconds or 0) > 0
        assert (step.peak_fraction is None) == (not step.flop)
    assert "µs" in str(found)
    assert "probed peak" in str(found)


def test_the_run_that_keeps_values_is_another_program() -> None:
    assert planned(keep=True).arena > planned().arena
    assert sum(step.kind == "copy out" for step in planned(keep=True).steps) == 1


def test_every_node_is_in_one_row() -> None:
    for seed in range(20):
        network = RandomNetwork(seed)
        graph = network.graph()
        made = Model(graph, tuple(LayerView(n.name, n.op.kind, (n.name,), n.outputs[0]) for n in graph.nodes))
        for keep in (False, True):
            found = plan(made, Executor(graph), {"x": network.x.shape}, False, keep)
            assert sorted(name for step in found.steps for name in step.nodes) == sorted(n.name for n in graph.nodes)
            assert "?" not in str(found)


def test_the_reference_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIATE_ENGINE", "reference")
    found = planned(profiled=True)
    assert {step.reason for step in found.steps} == {'STRIATE_ENGINE is "reference"'}
    assert "6 of 6 steps on the NumPy reference" in str(found)


def test_text_json_and_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIATE_THREADS", "3")
    found = planned()
    lines = str(found).splitlines()
    assert lines[0].split() == ["computes", "kernel", "layout", "FLOP", "bytes"]
    assert lines[3].startswith("conv2 + add ")
    assert "reference: no kernel for Sin" in lines[4]
    assert "3 threads; 116 kFLOP" in lines[-1]
    facts = json.loads(to_json(found))
    assert [step["kind"] for step in facts["steps"]] == [step.kind for step in found.steps]
    assert facts["steps"][3]["reason"] == "no kernel for Sin"
    text = io.StringIO()
    print_plan(found, Console(file=text, width=40, color_system=None))
    assert "reference: no kernel for Sin" in text.getvalue()


def test_channels_last_and_free_sizes() -> None:
    net = st.Network(st.Sequential([st.layers.Conv2D(4, 3, input_shape=(8, 7, 2))]).to_model())
    assert net.plan().inputs == net.plan((1, 8, 7, 2)).inputs == {next(iter(net.plan().inputs)): (1, 2, 8, 7)}
    with pytest.raises(ShapeError, match="give input_shape"):
        st.load(st.bundled.model_path()).plan()
