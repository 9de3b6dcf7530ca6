from __future__ import annotations

import numpy as np
import pytest

from striate.dimension import Symbol
from striate.engine import make_plan, run_plan
from striate.graph import GraphBuilder, tensor, verify
from striate.ops import Add, Concat, ConstantOfShape, Expand, Gather, Mul, Relu, Reshape, Shape, Sqrt
from striate.transforms import fold_constants as module
from striate.transforms.drop_dead import drop_dead
from striate.transforms.fold_constants import fold_constants

N = Symbol("n")


def run(graph, **arrays):
    return run_plan(make_plan(graph, {name: tensor(a.dtype, a.shape) for name, a in arrays.items()}), arrays)


def test_a_chain_of_constants_becomes_one():
    build = GraphBuilder("net")
    x = build.input("x", np.float32, (3,))
    (root,) = build.add(Sqrt(), [build.constant(np.arange(100, dtype=np.float32) + 4)], name="root")
    (scale,) = build.add(Gather(), [root, build.constant(np.array([0, 5, 12]))], name="scale")
    graph = build.finish(build.add(Mul(), [x, scale], name="y"))
    folded = drop_dead(fold_constants(graph))
    verify(folded)
    assert [node.name for node in folded.nodes] == ["y"]
    np.testing.assert_array_equal(folded.constants["scale"], [2, 3, 4])
    assert not folded.constants["scale"].flags.writeable
    ones = np.ones(3, np.float32)
    np.testing.assert_array_equal(run(folded, x=ones)["y"], run(graph, x=ones)["y"])


def test_sizes_that_are_known_are_folded_and_free_ones_are_not():
    build = GraphBuilder("net")
    x = build.input("x", np.float32, (N, 3, 4))
    (sizes,) = build.add(Shape(), [x], name="sizes")
    (batch,) = build.add(Gather(), [sizes, build.constant(np.array([0]))], name="batch")
    (rest,) = build.add(Gather(), [sizes, build.constant(np.array([1, 2]))], name="rest")
    (wanted,) = build.add(Concat(0), [batch, rest], name="wanted")
    graph = build.finish(build.add(Reshape(), [x, wanted], name="y"))
    folded = fold_constants(graph)
    assert [node.name for node in folded.nodes] == ["sizes", "batch", "wanted", "y"]
    np.testing.assert_array_equal(folded.constants["rest"], [3, 4])
    assert run(folded, x=np.zeros((2, 3, 4), np.float32))["y"].shape == (2, 3, 4)


def test_nothing_depends_on_the_values_of_an_input():
    build = GraphBuilder("net")
    x = build.input("x", np.float32, (2,))
    graph = build.finish(build.add(Relu(), [x]))
    assert fold_constants(graph).nodes == graph.nodes


def test_outputs_keep_their_nodes():
    build = GraphBuilder("net")
    one = build.constant(np.float32([1]))
    (two,) = build.add(Add(), [one, one], name="two")
    folded = fold_constants(build.finish([two]))
    assert [node.name for node in folded.nodes] == ["two"]
    np.testing.assert_array_equal(run(folded)["two"], [2])


def test_large_results_stay_nodes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "LARGEST_BYTES", 4 * 1000)
    build = GraphBuilder("net")
    x = build.input("x", np.float32, (1,))
    shapes = [build.constant(np.array([size])) for size in (1000, 1001)]
    filled = [build.add(ConstantOfShape(2.0, np.dtype(np.float32)), [shape])[0] for shape in shapes]
    sums = [build.add(Add(), [x, value])[0] for value in filled]
    folded = fold_constants(build.finish(sums))
    assert [node.op.kind for node in folded.nodes] == ["ConstantOfShape", "Add", "Add"]


def test_a_result_does_not_share_memory_with_its_operand():
    build = GraphBuilder("net")
    weight = np.arange(200, dtype=np.float32)
    (turned,) = build.add(Reshape(), [build.constant(weight, "w"), build.constant(np.array([2, 100]))], name="turned")
    x = build.input("x", np.float32, (2, 100))
    folded = fold_constants(build.finish(build.add(Add(), [x, turned])))
    assert not np.shares_memory(folded.constants["turned"], weight)


def test_an_expansion_to_a_known_size_is_folded():
    build = GraphBuilder("net")
    x = build.input("x", np.float32, (2, 3))
    (sizes,) = build.add(Shape(), [x])
    (row,) = build.add(Expand(), [build.constant(np.float32([5])), sizes], name="row")
    folded = drop_dead(fold_constants(build.finish(build.add(Add(), [x, row]))))
    assert [node.op.kind for node in folded.nodes] == ["Add"]
    np.testing.assert_array_equal(folded.constants["row"], np.full((2, 3), 5))
