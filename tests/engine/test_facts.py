"""What is known of values before a run: only what kernels can take counts as known."""

from __future__ import annotations

import numpy as np
import pytest

from striate.engine.lowering.facts import Facts
from striate.graph import GraphBuilder
from striate.ops import Relu

CONSTANT = np.arange(6, dtype=np.float32)


@pytest.fixture
def facts() -> Facts:
    """x is read by two nodes, one of whose results is the output."""
    build = GraphBuilder("facts")
    build.input("x", np.float32, (2, 6, 5, 4))
    build.input("double", np.float64, (2, 6, 5, 4))
    build.input("empty", np.float32, (0, 6))
    build.input("free", np.float32, ("n", 6))
    build.constant(CONSTANT.reshape(6, 1, 1), "numbers")
    build.add(Relu(), ["x"], "aside", ["aside"])
    graph = build.finish(build.add(Relu(), ["x"], "main", ["y"]))
    return Facts(graph, graph.types)


def test_sizes_that_kernels_take(facts: Facts) -> None:
    assert facts.map_shape("x") == (2, 6, 5, 4)
    assert facts.map_shape("x", last=True) == (2, 4, 6, 5)
    assert [facts.shape(name) for name in ("double", "empty", "free")] == [None] * 3
    assert (facts.map_shape("numbers"), facts.weight_shape("numbers"), facts.weight_shape("x")) == (
        (6, 1, 1),
        (6, 1, 1),
        None,
    )


def test_readers(facts: Facts) -> None:
    assert facts.needed("x", "main")
    assert not facts.needed("x", "main", "aside")
    assert facts.needed("y", "main")
    assert not facts.needed("aside")


def test_a_constant_for_each_channel(facts: Facts) -> None:
    numbers = facts.per_channel("numbers", (2, 6, 5, 4))
    assert numbers is not None
    assert numbers.tolist() == CONSTANT.tolist()
    assert facts.per_channel("numbers", (2, 5, 6, 4)) is None
    assert facts.per_channel("x", (2, 6, 5, 4)) is None
