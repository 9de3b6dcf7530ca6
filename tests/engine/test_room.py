"""Sizes that only the data tell: checked when they are known, before anything is allocated."""

from __future__ import annotations

import numpy as np
import pytest

from striate.engine import make_plan, run_plan
from striate.errors import LimitError, ShapeError
from striate.graph import GraphBuilder, tensor
from striate.ops import Expand, Range, Reshape


def run(op, x, *operands):
    """Runs the op with the last operand given at run time, so that no plan can know its contents."""
    build = GraphBuilder("net")
    names = [build.constant(np.asarray(operand)) for operand in operands]
    last = build.input("x", x.dtype, x.shape)
    graph = build.finish(build.add(op, [*names, last], name="op"))
    return run_plan(make_plan(graph, {"x": tensor(x.dtype, x.shape)}), {"x": x})["op"]


def test_sizes_given_at_run_time():
    assert run(Expand(), np.array([2, 3]), np.float32([1])).shape == (2, 3)
    assert run(Reshape(), np.array([2, -1]), np.zeros((4, 3), np.float32)).shape == (2, 6)


def test_more_than_the_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STRIATE_MEMORY_LIMIT", str(2**20))
    with pytest.raises(LimitError, match=r'Expand "op" would take 37252\.90 GiB, more than the limit of 0\.00 GiB'):
        run(Expand(), np.array([10**7, 10**6]), np.float32([1]))
    with pytest.raises(LimitError, match='Range "op" would take'):
        run(Range(), np.array(1e-9), np.array(0.0), np.array(1e3))


def test_sizes_that_do_not_fit():
    with pytest.raises(ShapeError, match=r'Reshape "op": shape .* does not divide'):
        run(Reshape(), np.array([5, -1]), np.zeros((4, 3), np.float32))
