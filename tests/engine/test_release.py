"""Weights that the engine has packed are held once: the graph's arrays are given up, and come back bit by bit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate import ops
from striate.engine import Executor
from striate.engine.isa import Isa
from striate.engine.kernels.direct import pack_direct, unpack_direct
from striate.graph import Array, Constants, Graph, GraphBuilder, with_releasable_constants
from tests.engine.blocked import each_target

RNG = np.random.default_rng(11)


def odd_numbers(shape: tuple[int, ...]) -> Array:
    """Any bits at all: NaN with contents, infinities, denormals, zeros of both signs."""
    return RNG.integers(0, 2**32, shape, np.uint32).view(np.float32)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(
    k=st.integers(1, 150),
    c=st.integers(1, 70),
    kernel=st.sampled_from([(), (1,), (3,), (2, 3), (1, 1), (3, 3), (2, 2, 2)]),
    vectors=st.integers(1, 8),
    lanes=st.sampled_from([4, 8, 16]),
)
def test_unpacking_undoes_packing_bit_by_bit(k: int, c: int, kernel: tuple[int, ...], vectors: int, lanes: int) -> None:
    weight = odd_numbers((k, c, *kernel))
    packed = pack_direct(weight.reshape(k, c, -1), None, 1, vectors, lanes)
    found = unpack_direct(packed, weight.shape)
    assert found.shape == weight.shape
    np.testing.assert_array_equal(found.view(np.uint32), weight.view(np.uint32))


def numbers(*shape: int) -> Array:
    return RNG.standard_normal(shape).astype(np.float32)


def convolution(build: GraphBuilder, groups: int = 1) -> str:
    x = build.input("x", np.float32, (2, 64, 6, 6))
    weight, bias = build.constant(numbers(128, 64 // groups, 3, 3), "w"), build.constant(numbers(128), "b")
    return build.add(ops.Conv((1, 1), ((1, 1), (1, 1)), (1, 1), groups), [x, weight, bias])[0]


def normed(build: GraphBuilder) -> str:
    y = convolution(build)
    operands = [build.constant(np.abs(numbers(128)) + 1, name) for name in ("scale", "shift", "mean", "variance")]
    return build.add(ops.BatchNormalization(), [y, *operands])[0]


def shared_weights(build: GraphBuilder) -> str:
    x = build.input("x", np.float32, (2, 256))
    weight = build.constant(numbers(256, 256), "w")
    (y,) = build.add(ops.Gemm(1.0, 1.0, False, True), [x, weight, None])
    return build.add(ops.Gemm(1.0, 1.0, False, True), [y, weight, None])[0]


def dense(op: ops.Gemm | ops.MatMul, shape: tuple[int, int]) -> Callable[[GraphBuilder], str]:
    def add(build: GraphBuilder) -> str:
        x = build.input("x", np.float32, (2, 300))
        weight = build.constant(numbers(*shape), "w")
        return build.add(op, [x, weight, None] if isinstance(op, ops.Gemm) else [x, weight])[0]

    return add


def linear(build: GraphBuilder) -> str:
    x = build.input("x", np.float32, (2, 5, 300))
    return build.add(ops.MatMul(), [x, build.constant(numbers(300, 250), "w")])[0]


def an_output(build: GraphBuilder) -> str:
    dense(ops.MatMul(), (300, 250))(build)
    return "w"


# What is built, and whether its weight "w" is given up.
CASES: dict[str, tuple[Callable[[GraphBuilder], str], bool]] = {
    "convolution": (convolution, True),
    "groups": (lambda build: convolution(build, 2), False),
    "batch norm folded": (normed, False),
    "read twice": (shared_weights, False),
    "Gemm, (k, c)": (dense(ops.Gemm(1.0, 1.0, False, True), (250, 300)), True),
    "Gemm, (c, k)": (dense(ops.Gemm(1.0, 1.0, False, False), (300, 250)), True),
    "Gemm with a factor": (dense(ops.Gemm(0.7, 1.0, False, True), (250, 300)), False),
    "MatMul": (dense(ops.MatMul(), (300, 250)), True),
    "MatMul of the last axis": (linear, True),
    "an output itself": (an_output, False),
}


def built(name: str) -> Graph:
    build = GraphBuilder("g")
    return build.finish([CASES[name][0](build)])


@pytest.mark.parametrize("keep", [False, True], ids=["plain", "kept"])
@pytest.mark.parametrize("name", CASES)
def test_packed_weights_are_given_up_and_nothing_changes(name: str, keep: bool) -> None:
    graph = built(name)
    changed = with_releasable_constants(graph)
    assert isinstance(changed.constants, Constants)
    x = {"x": numbers(*graph.types["x"].shape)}  # type: ignore[arg-type]
    expected, found = Executor(graph).run(x, keep), Executor(changed).run(x, keep)
    released = CASES[name][1]
    if not keep and name != "batch norm folded":
        assert changed.constants.held("w") == (not released)
    for value in expected:
        assert found[value].tobytes() == expected[value].tobytes()
    assert changed.constants["w"].tobytes() == graph.constants["w"].tobytes()
    assert changed.constants["w"].shape == graph.constants["w"].shape
    assert changed.constants["w"].flags.c_contiguous


def test_a_batch_norm_folded_after_a_kept_run() -> None:
    graph = built("batch norm folded")
    changed = with_releasable_constants(graph)
    assert isinstance(changed.constants, Constants)
    plain, giving, x = Executor(graph), Executor(changed), {"x": numbers(2, 64, 6, 6)}
    for keep in (True, False):
        expected, found = plain.run(x, keep), giving.run(x, keep)
        assert not changed.constants.held("w")
        assert all(found[name].tobytes() == expected[name].tobytes() for name in graph.outputs)
    assert changed.constants["w"].tobytes() == graph.constants["w"].tobytes()


@each_target
@pytest.mark.parametrize("name", [name for name, (_, released) in CASES.items() if released])
def test_other_shapes_and_instruction_sets_pack_anew(name: str, target: Isa, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = built(name)
    original = graph.constants["w"]
    free = replace(graph, types={**graph.types, "x": replace(graph.types["x"], shape=None)})
    plain, giving = Executor(free), Executor(with_releasable_constants(free))
    constants = giving.graph.constants
    assert isinstance(constants, Constants)
    sizes = graph.types["x"].shape
    assert sizes is not None
    for isa in ("", target.name):
        monkeypatch.setenv("STRIATE_ISA", isa)
        for n in (1, 2, 7, 40):
            x = {"x": numbers(n, *(int(str(size)) for size in sizes[1:]))}
            (output,) = graph.outputs
            assert giving.run(x)[output].tobytes() == plain.run(x)[output].tobytes()
            assert not constants.held("w")
    assert constants["w"].tobytes() == original.tobytes()


def test_the_reference_runs_on_what_comes_back() -> None:
    graph = built("convolution")
    giving = Executor(with_releasable_constants(graph))
    x = {"x": numbers(2, 64, 6, 6)}
    giving.run(x)
    expected = Executor(graph).run(x, native=False)
    found = giving.run(x, native=False)
    assert all(found[name].tobytes() == expected[name].tobytes() for name in expected)


def test_threads_that_ask_at_once() -> None:
    graph = built("convolution")
    changed = with_releasable_constants(graph)
    executor = Executor(changed)
    original, wrong = graph.constants["w"].tobytes(), []

    def ask() -> None:
        for _ in range(50):
            if changed.constants["w"].tobytes() != original:
                wrong.append(1)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for n in (1, 2, 3):
        executor.run({"x": numbers(2, 64, 6, 6)}, keep=n == 2)
    for asker in askers:
        asker.join()
    assert wrong == []
