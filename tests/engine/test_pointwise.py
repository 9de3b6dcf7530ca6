"""Element-wise chains against NumPy, on blocked values whose halos differ."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.place import Place
from striate.engine.kernels.pointwise import BINARY, Pointwise, Step, emit_pointwise, pointwise_arguments
from striate.errors import ParameterError
from tests.engine.blocked import BlockedValue, each_target, layout_of, of, run

BY_NUMPY = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "max": np.maximum,
    "min": np.minimum,
    "prelu": lambda a, b: np.where(a >= 0, a, a * b),
    "relu": lambda a: np.maximum(a, 0),
    "abs": np.abs,
    "neg": np.negative,
    "leaky": lambda a: np.where(a >= 0, a, np.float32(0.5) * a),
    "reciprocal": lambda a: 1 / a,
}


@st.composite
def specs(draw: st.DrawFn) -> Pointwise:
    kinds = draw(st.lists(st.sampled_from(["cell", "channel", "position", "scalar"]), min_size=1, max_size=4))
    steps: list[Step] = []
    for number in range(len(kinds), len(kinds) + draw(st.integers(0, 5))):
        name = draw(st.sampled_from(sorted(BY_NUMPY)))
        count = 2 if name in BINARY else 1
        inputs = tuple(draw(st.integers(0, number - 1)) for _ in range(count))
        steps.append(Step(name, inputs, (0.5,) if name == "leaky" else ()))
    last = len(kinds) + len(steps) - 1
    results = {last, draw(st.integers(0, last))}
    return Pointwise(tuple(kinds), tuple(steps), tuple(sorted(results)))


shapes = st.tuples(st.integers(1, 3), st.integers(1, 70)).flatmap(
    lambda nc: st.lists(st.integers(1, 9), max_size=3).map(lambda spatial: (*nc, *spatial))
)


@each_target
@settings(max_examples=60)
@given(spec=specs(), shape=shapes, data=st.data())
def test_any_chain(target: Isa, spec: Pointwise, shape: tuple[int, ...], data: st.DataObject) -> None:
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    lanes, spatial = target.lanes, shape[2:]
    ones = (1,) * len(spatial)

    def halo() -> tuple[tuple[int, int], ...]:
        return tuple(data.draw(st.tuples(st.integers(0, 2), st.integers(0, 2))) for _ in spatial)

    arrays: list[np.ndarray] = []
    memory: list[object] = []
    places: list[Place] = []
    for kind in spec.operands:
        each_sample = data.draw(st.booleans())
        n = shape[0] if each_sample or kind == "cell" else 1
        sizes = {"cell": shape, "channel": (n, shape[1], *ones), "position": (n, 1, *spatial), "scalar": (1, 1, *ones)}
        array = random.standard_normal(sizes[kind]).astype(np.float32)
        array[array < -1.5] = np.nan
        value = of(array, lanes, halo() if kind in ("cell", "position") else None)
        place = Place.of(value.layout, value.address)
        arrays.append(array)
        memory.append(value)
        places.append(place if n == shape[0] else Place(place.address, 0, place.block, place.plane, place.row))
    results = [BlockedValue(layout_of(shape, lanes, halo())) for _ in spec.results]
    result_places = [Place.of(value.layout, value.address) for value in results]
    arguments, chunks = pointwise_arguments(spec, shape, lanes, places, result_places)
    run(emit_pointwise(spec, target), arguments, chunks)

    values = list(arrays)
    with np.errstate(all="ignore"):
        for step in spec.steps:
            values.append(BY_NUMPY[step.name](*(values[i] for i in step.inputs)).astype(np.float32))
    for number, value in zip(spec.results, results, strict=True):
        np.testing.assert_array_equal(value.result(), np.broadcast_to(values[number], shape))


@each_target
def test_long_rows_are_cut(target: Isa) -> None:
    shape = (1, 3, 5000)
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    given_value, made = of(x, target.lanes), BlockedValue(layout_of(shape, target.lanes))
    spec = Pointwise(("cell",), (Step("relu", (0,)),), (1,))
    places = Place.of(given_value.layout, given_value.address), Place.of(made.layout, made.address)
    arguments, chunks = pointwise_arguments(spec, shape, target.lanes, places[:1], places[1:])
    assert chunks > 1
    run(emit_pointwise(spec, target), arguments, chunks)
    np.testing.assert_array_equal(made.result(), np.maximum(x, 0))


def test_wrong_expressions_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"operand kind \(=row\) must be one of cell, channel, position, scalar"):
        Pointwise(("row",), (), (0,))
    with pytest.raises(ParameterError, match=r"step 1 \(add\) takes values \(=\(0,\)\), expected 2 of those before it"):
        Pointwise(("cell",), (Step("add", (0,)),), (1,))
    with pytest.raises(
        ParameterError, match=r"step 1 \(relu\) takes values \(=\(1,\)\), expected 1 of those before it"
    ):
        Pointwise(("cell",), (Step("relu", (1,)),), (1,))
    with pytest.raises(ParameterError, match=r"results \(=\(3,\)\) must be one or more of the values 0 to 0"):
        Pointwise(("cell",), (), (3,))
    with pytest.raises(ParameterError, match='function "swosh" with constants'):
        Pointwise(("cell",), (Step("swosh", (0,)),), (1,))
