"""Plans and runs: concrete shapes, what is freed when, and errors that name the node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from striate.dimension import Symbol
from striate.engine import make_plan, run_plan
from striate.errors import GraphError, LimitError, ShapeError
from striate.graph import Array, Graph, GraphBuilder, Op, TensorType, tensor
from striate.ops import Add, Conv, Relu


def diamond() -> Graph:
    """x -> a -> (b, c) -> b + c, and a result that nobody reads."""
    build = GraphBuilder("diamond")
    x = build.input("x", np.float32, (Symbol("n"), 3))
    (a,) = build.add(Relu(), [x], "a")
    (b,) = build.add(Relu(), [a], "b")
    (c,) = build.add(Relu(), [a], "c")
    (d,) = build.add(Add(), [b, c], "d")
    build.add(Relu(), [d], "dead")
    return build.finish([d])


def test_a_plan_knows_shapes_and_last_uses() -> None:
    plan = make_plan(diamond(), {"x": tensor(np.float32, (5, 3))})
    assert plan.types["d"].shape == (5, 3)
    assert [(step.node.name, step.last_uses) for step in plan.steps] == [
        ("a", ()), ("b", ()), ("c", ("a",)), ("d", ("b", "c")), ("dead", ("dead",)),
    ]  # fmt: skip


def test_keep_keeps_everything_and_else_only_outputs_stay() -> None:
    plan = make_plan(diamond(), {"x": tensor(np.float32, (1, 3))})
    x = np.array([[1, -1, 2]], np.float32)
    assert set(run_plan(plan, {"x": x})) == {"d"}
    kept = run_plan(plan, {"x": x}, keep=True)
    assert set(kept) == {"x", "a", "b", "c", "d", "dead"}
    np.testing.assert_array_equal(kept["d"], [[2, 0, 4]])


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(ShapeError, match=r'input "x" expects shape \(n, 3\), got \(5, 4\)'):
        make_plan(diamond(), {"x": tensor(np.float32, (5, 4))})


def test_what_is_needed_on_the_way_counts() -> None:
    build = GraphBuilder("wide")
    x = build.input("x", np.float32, (1, 3, 5, 5))
    w = build.constant(np.zeros((2, 3, 3, 3), np.float32))
    far = 10**9
    graph = build.finish(build.add(Conv((far, far), ((far, far), (far, far)), (1, 1)), [x, w], "conv"))
    with pytest.raises(LimitError, match=r'running "wide" would take .* GiB, more than the limit of 8'):
        make_plan(graph, {"x": tensor(np.float32, (1, 3, 5, 5))})


@dataclass(frozen=True)
class Faulty(Op):
    """Raises, or gives another shape than it promised."""

    raises: bool

    def infer(self, operands: Sequence[TensorType | None]) -> tuple[TensorType, ...]:
        return (tensor(np.float32, (2,)),)

    def reference(self, *operands: Array | None) -> tuple[Array, ...]:
        if self.raises:
            raise ValueError("broken")
        return (np.zeros(3, np.float32),)


@pytest.mark.parametrize(
    ("raises", "message"),
    [
        (True, r'Faulty "odd" failed on x \(1,\): broken'),
        (False, r'Faulty "odd" made "odd" of shape \(3,\), expected \(2,\)'),
    ],
)
def test_a_failing_node_is_named(raises: bool, message: str) -> None:
    build = GraphBuilder("faulty")
    x = build.input("x", np.float32, (1,))
    graph = build.finish(build.add(Faulty(raises), [x], "odd"))
    with pytest.raises(GraphError, match=message):
        run_plan(make_plan(graph, {"x": tensor(np.float32, (1,))}), {"x": np.zeros(1, np.float32)})
