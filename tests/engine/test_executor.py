"""Whole networks on emitted kernels: the reference's values, the same bits for any threads, memory that is shared."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import numpy as np
import pytest

from striate.engine import run_plan, set_threads, thread_count
from striate.engine.executor import Executor
from striate.engine.program import Segment
from striate.errors import LimitError, ParameterError
from striate.graph import Array

from .blocked import TARGETS
from .graphs import RandomNetwork

# Relative to the largest magnitude of a value; a few hundred additions, and networks that multiply what came before.
TOLERANCE = 1e-4
NETWORKS = 60


def reference(executor: Executor, x: Array) -> Mapping[str, Array]:
    return run_plan(executor.prepare({"x": x}).plan, {"x": x}, keep=True)


def compare(values: Mapping[str, Array], truth: Mapping[str, Array], names: list[str]) -> None:
    for name in names:
        assert values[name].shape == truth[name].shape
        scale = max(float(np.abs(truth[name]).max()), 1e-20)
        np.testing.assert_allclose(values[name], truth[name], rtol=0, atol=TOLERANCE * scale, err_msg=name)


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
@pytest.mark.parametrize("block", range(4))
def test_every_value_is_the_reference_s(monkeypatch: pytest.MonkeyPatch, target: object, block: int) -> None:
    monkeypatch.setenv("STRIATE_ISA", getattr(target, "name", ""))
    native = 0
    for seed in range(block, NETWORKS, 4):
        network = RandomNetwork(seed)
        graph = network.graph()
        executor = Executor(graph)
        truth = reference(executor, network.x)
        kept = executor.run({"x": network.x}, keep=True)
        made = [name for node in graph.nodes for name in node.outputs if name]
        compare(kept, truth, made)
        compare(executor.run({"x": network.x}), truth, list(graph.outputs))
        native += sum(len(p.nodes) for p in executor.prepare({"x": network.x}).program.parts if isinstance(p, Segment))
    assert native > NETWORKS  # most nodes did run on kernels


def test_the_same_bits_for_any_number_of_threads_and_on_every_run() -> None:
    before = thread_count()
    try:
        for seed in (3, 7, 11):
            network = RandomNetwork(seed)
            executor = Executor(network.graph())
            runs = []
            for threads in (1, 2, 3, 5, 2):
                set_threads(threads)
                runs.append(executor.run({"x": network.x}, keep=True))
            for name in runs[0]:
                for other in runs[1:]:
                    assert runs[0][name].tobytes() == other[name].tobytes(), name
    finally:
        set_threads(before)


def test_many_threads_at_once_and_values_that_outlive_their_run() -> None:
    networks = [RandomNetwork(seed) for seed in (1, 2, 5)]
    executors = [Executor(network.graph()) for network in networks]
    truths = [reference(e, n.x) for e, n in zip(executors, networks, strict=True)]
    failures: list[str] = []

    def work() -> None:
        for _ in range(20):
            for network, executor, truth in zip(networks, executors, truths, strict=True):
                outputs = list(executor.graph.outputs)
                kept = executor.run({"x": network.x}, keep=True)
                executor.run({"x": network.x * 2}, keep=True)
                try:
                    compare(kept, truth, outputs)
                except AssertionError as error:
                    failures.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_batch_of_another_size_has_its_own_program() -> None:
    network = RandomNetwork(4)
    executor = Executor(network.graph())
    first = executor.prepare({"x": network.x}).program
    assert executor.prepare({"x": network.x}).program is first
    assert executor.prepare({"x": network.x}, keep=True).program is not first


def test_more_memory_than_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    network = RandomNetwork(4)
    monkeypatch.setenv("STRIATE_MEMORY_LIMIT", "100")
    with pytest.raises(LimitError):
        Executor(network.graph()).run({"x": network.x})


def test_the_reference_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    network = RandomNetwork(4)
    executor = Executor(network.graph())
    truth = reference(executor, network.x)
    name = executor.graph.outputs[0]
    assert executor.run({"x": network.x}, native=False)[name].tobytes() == truth[name].tobytes()
    monkeypatch.setenv("STRIATE_ENGINE", "reference")
    assert executor.run({"x": network.x})[name].tobytes() == truth[name].tobytes()
    monkeypatch.setenv("STRIATE_ENGINE", "fast")
    with pytest.raises(ParameterError, match=r'STRIATE_ENGINE \(="fast"\) must be "native" or "reference"'):
        executor.run({"x": network.x})


def test_threads_must_be_positive() -> None:
    with pytest.raises(ParameterError, match=r"threads \(=0\) must be positive"):
        set_threads(0)
