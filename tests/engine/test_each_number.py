"""Functions of each number on plain arrays: any length, nothing outside is touched, the same numbers as in blocks."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.each_number import SPAN, EachNumber, call_each_number
from tests.engine.assembly import spilled_vectors
from tests.engine.blocked import Poisoned, each_target, run

FUNCTIONS = {
    EachNumber("relu"): lambda x: np.maximum(x, 0),
    EachNumber("leaky", (0.1,)): lambda x: np.where(x >= 0, x, x * 0.1),
    EachNumber("clip", (-1.0, 2.0)): lambda x: np.clip(x, -1, 2),
    EachNumber("sigmoid"): lambda x: 1 / (1 + np.exp(-x)),
    EachNumber("mish"): lambda x: x * np.tanh(np.log1p(np.exp(x))),
    EachNumber("shrink", (0.5, 0.5)): lambda x: np.sign(x) * np.maximum(abs(x) - 0.5, 0),
}


@each_target
@settings(max_examples=40)
@given(
    spec=st.sampled_from(list(FUNCTIONS)),
    count=st.one_of(st.integers(1, 100), st.integers(SPAN - 20, SPAN + 20), st.integers(2 * SPAN, 3 * SPAN)),
    shift=st.integers(0, 15),
)
def test_any_count_at_any_address(target: Isa, spec: EachNumber, count: int, shift: int) -> None:
    x, y = Poisoned(count + shift), Poisoned(count + shift)
    numbers = np.random.default_rng(count).standard_normal(count, np.float32) * 3
    x.inside[shift:] = numbers
    call = call_each_number(spec, x.address + 4 * shift, y.address + 4 * shift, count)
    run(call.emit(target), call.arguments, call.chunks)
    y.check()
    assert np.isnan(y.inside[:shift]).all()
    np.testing.assert_allclose(y.inside[shift:], FUNCTIONS[spec](numbers.astype(np.float64)), rtol=2e-6, atol=1e-7)


@each_target
def test_vectors_stay_in_registers(target: Isa) -> None:
    for spec in FUNCTIONS:
        assert spilled_vectors(call_each_number(spec, 0, 0, 1).emit(target)) == [], spec.name
