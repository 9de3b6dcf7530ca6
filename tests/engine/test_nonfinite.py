"""NaN and infinity in a network: the engine leads them where the definitions of the ops lead them, nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine import run_plan
from striate.engine.executor import Executor
from striate.engine.isa import Isa
from striate.graph import Array, Graph, GraphBuilder
from striate.ops import Conv, ConvTranspose, Gemm, LeakyRelu

from .blocked import each_target
from .graphs import RandomNetwork

ODD = st.sampled_from([np.nan, np.inf, -np.inf])


def spoiled(array: Array, data: st.DataObject) -> Array:
    """A copy with one to three numbers NaN or infinite."""
    array = array.copy()
    places = st.lists(st.integers(0, array.size - 1), min_size=1, max_size=3)
    for place in data.draw(places):
        array.flat[place] = data.draw(ODD)
    return array


def check(graph: Graph, x: Array, target: Isa) -> None:
    """Every value is NaN, and infinite with a sign, where the reference's is."""
    executor = Executor(graph)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STRIATE_ISA", target.name)
        truth = run_plan(executor.prepare({"x": x}).plan, {"x": x}, keep=True)
        kept, plain = executor.run({"x": x}, keep=True), executor.run({"x": x})
    for node in graph.nodes:
        for name in filter(None, node.outputs):
            for made in (kept, plain) if name in graph.outputs else (kept,):
                np.testing.assert_array_equal(kinds(made[name]), kinds(truth[name]), err_msg=f"{node.op.kind} {name}")


def kinds(array: Array) -> Array:
    """2 for NaN, 1 and -1 for the infinities, 0 for other numbers."""
    return np.where(np.isnan(array), 2, np.isposinf(array).astype(int) - np.isneginf(array))


@each_target
@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_random_networks(target: Isa, seed: int, data: st.DataObject) -> None:
    network = RandomNetwork(seed)
    graph = network.graph()
    if data.draw(st.booleans()):
        weights = {node.inputs[1] for node in graph.nodes if isinstance(node.op, Conv | ConvTranspose | Gemm)}
        constants = {name: spoiled(v, data) if name in weights else v for name, v in graph.constants.items()}
        check(replace(graph, constants=constants), network.x, target)
    else:
        check(graph, spoiled(network.x, data), target)


@each_target
@settings(max_examples=40)
@given(
    groups=st.integers(1, 9),
    per_group=st.integers(1, 20),
    depth=st.integers(1, 6),
    transposed=st.booleans(),
    data=st.data(),
)
def test_groups(target: Isa, groups: int, per_group: int, depth: int, transposed: bool, data: st.DataObject) -> None:
    """A convolution, and one behind it that reads its spare lanes."""
    rng = np.random.default_rng(groups * 1000 + per_group * 10 + depth)
    build = GraphBuilder("groups")
    c, k = groups * depth, groups * per_group
    x = rng.standard_normal((2, c, 5, 6)).astype(np.float32)
    shape = (c, per_group, 3, 3) if transposed else (k, depth, 3, 3)
    op = (
        ConvTranspose((1, 1), ((0, 0), (0, 0)), (1, 1), groups=groups)
        if transposed
        else Conv((1, 1), ((1, 1), (1, 1)), (1, 1), groups)
    )
    weight, mixed = (build.constant(rng.standard_normal(s).astype(np.float32)) for s in (shape, (3, k, 1, 1)))
    (y,) = build.add(op, [build.input("x", np.float32, x.shape), weight])
    (z,) = build.add(LeakyRelu(0.0), [y])
    check(build.finish(build.add(Conv((1, 1), ((0, 0), (0, 0)), (1, 1)), [z, mixed])), spoiled(x, data), target)


def test_a_run_without_them_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("run on the reference")

    monkeypatch.setattr("striate.engine.executor.run_plan", refuse)
    for seed in range(20):
        network = RandomNetwork(seed)
        Executor(network.graph()).run({"x": network.x}, keep=True)
