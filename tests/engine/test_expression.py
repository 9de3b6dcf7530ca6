"""Element-wise formulas behind a convolution, as exporters write activations out: one kernel, and every value right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine import run_plan
from striate.engine.executor import Executor
from striate.graph import Graph, GraphBuilder, Op
from striate.ops import (
    Add,
    Clip,
    Conv,
    Div,
    Erf,
    Exp,
    HardSigmoid,
    Mul,
    Neg,
    Pow,
    Relu,
    Sigmoid,
    Softplus,
    Sub,
    Tanh,
)

Make = Callable[..., str]
X = np.random.default_rng(1).standard_normal((2, 5, 6, 7)).astype(np.float32)

FORMULAS: dict[str, Callable[[Make, str], str]] = {
    "silu": lambda a, v: a(Mul(), v, a(Sigmoid(), v)),
    "silu, turned, and what follows": lambda a, v: a(Relu(), a(Mul(), a(Sigmoid(), v), v)),
    "quick gelu": lambda a, v: a(Mul(), v, a(Sigmoid(), a(Mul(), v, 1.702))),
    "silu as a division": lambda a, v: a(Div(), v, a(Add(), 1.0, a(Exp(), a(Neg(), v)))),
    "hard swish": lambda a, v: a(Mul(), v, a(HardSigmoid(1 / 6, 0.5), v)),
    "hard swish by a clip": lambda a, v: a(Div(), a(Mul(), v, a(Clip(), a(Add(), v, 3.0), 0.0, 6.0)), 6.0),
    "gelu": lambda a, v: a(Mul(), a(Mul(), v, a(Add(), a(Erf(), a(Div(), v, 2**0.5)), 1.0)), 0.5),
    "gelu, halved first": lambda a, v: a(Mul(), a(Mul(), v, 0.5), a(Add(), a(Erf(), a(Div(), v, 2**0.5)), 1.0)),
    "gelu by tanh": lambda a, v: a(
        Mul(),
        a(Mul(), 0.5, v),
        a(Add(), 1.0, a(Tanh(), a(Mul(), 0.7978845, a(Add(), v, a(Mul(), 0.044715, a(Pow(), v, 3.0)))))),
    ),
    "mish": lambda a, v: a(Mul(), v, a(Tanh(), a(Softplus(), v))),
    "a gate and a skip": lambda a, v: a(Add(), v, a(Mul(), v, a(Sigmoid(), v))),
    "differences": lambda a, v: a(Sub(), a(Sub(), 2.0, a(Tanh(), v)), v),
    "a power": lambda a, v: a(Pow(), a(Relu(), v), 2.5),
}


class Formula:
    """A convolution with something behind it; 21 filters leave spare lanes in every instruction set."""

    def __init__(self) -> None:
        rng = np.random.default_rng(2)
        self.build = GraphBuilder("formula")
        weight = self.build.constant(rng.standard_normal((21, 5, 3, 3)).astype(np.float32) * 0.3)
        window = Conv((1, 1), ((1, 1), (1, 1)), (1, 1))
        (self.start,) = self.build.add(window, [self.build.input("x", np.float32, X.shape), weight])

    def add(self, op: Op, *operands: str | float) -> str:
        names = [o if isinstance(o, str) else self.build.constant(np.array(o, np.float32)) for o in operands]
        return self.build.add(op, names)[0]

    def finish(self, value: str) -> Graph:
        """Ends in a convolution, to which spare lanes that are not zero would matter."""
        weight = self.build.constant(np.ones((3, 21, 1, 1), np.float32))
        return self.build.finish(self.build.add(Conv((1, 1), ((0, 0), (0, 0)), (1, 1)), [value, weight]))


def check(graph: Graph) -> list[str]:
    """Compares every value with the reference's; the kernels that compute, for plain and for kept runs."""
    executor = Executor(graph)
    truth = run_plan(executor.prepare({"x": X}).plan, {"x": X}, keep=True)
    labels: list[str] = []
    for keep in (False, True):
        made = executor.run({"x": X}, keep=keep)
        for name in (v for node in graph.nodes for v in node.outputs if v in made):
            scale = max(1.0, float(np.abs(truth[name]).max()))
            np.testing.assert_allclose(made[name], truth[name], rtol=0, atol=2e-6 * scale, err_msg=name)
        labels += [call.label for call in executor.prepare({"x": X}, keep).program.calls]
    return [label for label in labels if label not in ("pack", "halo")]


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_is_an_epilogue(name: str) -> None:
    formula = Formula()
    kernels = check(formula.finish(FORMULAS[name](formula.add, formula.start)))
    assert len(kernels) == 4  # two convolutions, two runs
    assert "pointwise" not in kernels


@settings(max_examples=60)
@given(data=st.data())
def test_any_formula_has_its_values(data: st.DataObject) -> None:
    formula = Formula()
    values = [formula.start]
    for _ in range(data.draw(st.integers(1, 9))):
        op: Any = data.draw(st.sampled_from([Sigmoid(), Tanh(), Relu(), Softplus(), Add(), Sub(), Mul(), Div()]))
        x = data.draw(st.sampled_from(values[-3:]))
        if isinstance(op, Div):
            values.append(formula.add(op, x, formula.add(Sigmoid(), x)) if data.draw(st.booleans()) else x)
        elif isinstance(op, Add | Sub | Mul):
            other = data.draw(st.sampled_from([*values, 0.5, -3.0]))
            values.append(formula.add(op, *((x, other) if data.draw(st.booleans()) else (other, x))))
        else:
            values.append(formula.add(op, x))
    last = formula.add(Tanh(), values[-1])  # products of products grow
    check(formula.finish(last))
