"""Constants that may be released: whoever asks gets the same numbers, and the memory is given up meanwhile."""

from __future__ import annotations

import copy
import pickle
import weakref

import numpy as np
import pytest

from striate.graph import Constants, GraphBuilder, with_releasable_constants
from striate.graph.constants import LARGE
from striate.ops import Add, MatMul


def large(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((LARGE // 256, 64)).astype(np.float32)


def test_a_released_array_is_made_again_once() -> None:
    made: list[int] = []

    def restore() -> np.ndarray:
        made.append(1)
        return large()

    constants = Constants({"a": large(), "b": np.arange(3)})
    constants.release("a", restore)
    assert (constants.held("a"), constants.held("b")) == (False, True)
    assert list(constants) == ["a", "b"]
    assert len(constants) == 2
    assert "a" in constants
    assert made == []
    assert constants["a"] is constants["a"]
    assert made == [1]
    assert not constants["a"].flags.writeable
    np.testing.assert_array_equal(constants["a"], large())


def test_what_came_back_can_go_again() -> None:
    constants = Constants({"a": large(), "b": large(1)})
    constants.release_again("a")  # it was never released: nobody could make it again
    assert constants.held("a")
    constants.release("a", large)
    np.testing.assert_array_equal(constants["a"], large())
    constants.release_again("a")
    assert (constants.held("a"), constants.held("b")) == (False, True)
    np.testing.assert_array_equal(constants["a"], large())


def test_its_memory_is_given_up() -> None:
    array = large()
    constants = Constants({"a": array})
    there = weakref.ref(array)
    del array
    constants.release("a", large)
    assert there() is None


def test_small_ones_stay() -> None:
    constants = Constants({"a": np.arange(3)})
    constants.release("a", lambda: np.arange(4))
    assert constants.held("a")
    assert constants["a"].size == 3


def test_what_there_is_not() -> None:
    constants = Constants({"a": large()})
    with pytest.raises(KeyError):
        constants["b"]
    constants.release("b", large)
    assert "b" not in constants
    assert constants.get("b") is None


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_holds_every_array(duplicate: object) -> None:
    constants = Constants({"a": large(), "b": np.arange(3)})
    constants.release("a", large)
    assert callable(duplicate)
    other = duplicate(constants)
    assert isinstance(other, Constants)
    assert other.held("a")
    assert list(other) == ["a", "b"]
    np.testing.assert_array_equal(other["a"], large())


def test_types_of_a_graph_hold_no_large_weights() -> None:
    build = GraphBuilder("g")
    x = build.input("x", np.float32, (1, LARGE // 256))
    weight, bias = build.constant(large(), "w"), build.constant(np.ones(64, np.float32), "b")
    sizes = build.constant(np.arange(LARGE), "indices")
    (y,) = build.add(MatMul(), [x, weight])
    (z,) = build.add(Add(), [y, bias])
    graph = build.finish([z])
    changed = with_releasable_constants(graph)
    assert changed.types["w"].value is None
    assert (changed.types["w"].shape, changed.types["w"].dtype) == (graph.types["w"].shape, np.float32)
    assert changed.types["b"].value is not None
    assert changed.types[sizes].value is not None
    assert isinstance(changed.constants, Constants)
    assert str(changed) == str(graph)
