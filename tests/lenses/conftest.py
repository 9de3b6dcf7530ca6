from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from striate.engine import Recording, make_plan, run_plan
from striate.graph import Array, GraphBuilder, Model, Op, type_of
from striate.lenses.explain import Explanation


def record_one(op: Op, operands: Sequence[Array | None], given: int = 1) -> Recording:
    """Runs one node "op" on operands "a0", "a1" ...; the first ``given`` of them are inputs, the others constants."""
    build = GraphBuilder("one")
    names: list[str | None] = []
    for i, array in enumerate(operands):
        if array is None:
            names.append(None)
        elif i < given:
            names.append(build.input(f"a{i}", array.dtype, array.shape))
        else:
            names.append(build.constant(array, f"a{i}"))
    outputs = build.add(op, names, name="op")
    graph = build.finish([name for name in outputs if name])
    feeds = {f"a{i}": array for i, array in enumerate(operands[:given]) if array is not None}
    return record_model(Model(graph, ()), feeds)


def record_model(model: Model, feeds: dict[str, Array]) -> Recording:
    plan = make_plan(model.graph, {name: type_of(array) for name, array in feeds.items()})
    return Recording(model, run_plan(plan, feeds, keep=True))


def check_explanation(recording: Recording, found: Explanation, tolerance: float = 1e-6) -> None:
    """What holds of every explanation, whatever it explains."""
    assert found.total == pytest.approx(found.held, rel=1e-12, abs=tolerance * max(found.scale, 1e-30))
    assert found.agrees
    if found.products is not None:
        assert found.window is not None
        assert found.kernel is not None
        assert found.window.shape == found.kernel.shape == found.products.shape
        assert math.fsum([*found.products.flat, found.bias]) == pytest.approx(found.total, rel=1e-14, abs=1e-300)
    traced = found.rest
    for operand in found.operands:
        array = recording.values[operand.value_name]
        for term in operand.terms():
            assert term.number == (0.0 if term.index is None else float(array[term.index]))
            traced += 0.0 if term.coefficient is None else term.coefficient * term.number
    assert traced == pytest.approx(found.total, rel=1e-9, abs=1e-9 * max(found.scale, 1e-30))
    check_formula(found)
    check_law(found)


def check_law(found: Explanation) -> None:
    """Every symbol of the law has its figure, and with the figures filled in it is the total."""
    functions = (abs, round, max, min, float, int, bool)
    symbols = {function.__name__: function for function in functions} | vars(math)
    if found.law:
        value = eval(found.law.replace("×", "*"), {"__builtins__": {}}, {**symbols, **dict(found.figures)})
        largest = max(abs(number) for _, number in found.figures)
        assert float(value) == pytest.approx(found.total, rel=1e-9, abs=1e-12 * max(largest, 1.0))


def check_formula(found: Explanation) -> None:
    left, right = found.formula().split(" = ")
    assert float(right) == found.total
    largest = max([abs(found.total), *(float(abs(o.numbers).max(initial=0)) for o in found.operands)])
    if found.products is not None:
        largest = max(largest, float(abs(found.products).max(initial=0)))
    assert eval(left.replace("×", "*"), vars(math)) == pytest.approx(found.total, rel=1e-12, abs=1e-12 * largest)
    assert " ≈ " in found.formula(3)
    assert str(found.unit) in str(found)


@pytest.fixture(scope="session")
def record() -> Callable[..., Recording]:
    return record_one


@pytest.fixture(scope="session")
def run_model() -> Callable[..., Recording]:
    return record_model


@pytest.fixture(scope="session")
def check() -> Callable[..., None]:
    return check_explanation


@pytest.fixture(scope="session")
def numbers() -> Callable[..., Array]:
    def draw(shape: Sequence[int], seed: int = 0) -> Array:
        return np.random.default_rng(seed).normal(size=shape).astype(np.float32)

    return draw
