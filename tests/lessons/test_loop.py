"""The loop line by line: its values, and the one-line calls of three libraries that give the same numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as draws

import striate as st
from striate.errors import ParameterError, ShapeError

options = {
    "rank": draws.integers(1, 2),
    "taps": draws.integers(1, 3),
    "stride": draws.integers(1, 3),
    "padding": draws.integers(0, 2),
    "dilation": draws.integers(1, 2),
}


def arrays(rank, taps):
    rng = np.random.default_rng(taps)
    return rng.normal(size=(6, 7)[:rank]), rng.normal(size=(taps, 2)[:rank])


@settings(max_examples=25)
@given(**options)
def test_the_one_line_calls_give_the_loop_s_numbers(torch, keras, rank, taps, stride, padding, dilation):
    x, kernel = arrays(rank, taps)
    loop = st.sliding_sum(x, kernel, stride, padding, dilation)
    assert set(loop.calls) == {"striate", "pytorch", "keras"}
    for library, code in loop.calls.items():
        space = {"x": x, "kernel": kernel}
        exec(code, space)
        assert np.allclose(np.asarray(space["y"]), loop.output, atol=1e-12), library


@settings(max_examples=25)
@given(**options)
def test_every_step_shows_what_the_line_has_done(rank, taps, stride, padding, dilation):
    x, kernel = arrays(rank, taps)
    loop = st.sliding_sum(x, kernel, stride, padding, dilation)
    steps = list(loop)
    assert [step.number for step in steps] == list(range(len(steps)))
    assert np.array_equal(steps[-1].output, loop.output)
    assert loop.output.shape == loop.positions
    padded = np.pad(x, padding)
    for step in steps:
        text = loop.lines[step.line - 1].strip()
        if text.startswith("product"):
            term = step.terms[-1]
            assert term.product == step.variables["product"] == padded[term.cell] * kernel[term.tap]
        if text.startswith("total +="):
            assert step.variables["total"] == pytest.approx(sum(term.product for term in step.terms))
        if text.startswith("y["):
            assert step.output[step.position] == step.variables["total"]
            assert len(step.terms) == kernel.size
    assert sum(loop.lines[step.line - 1].strip().startswith("y[") for step in steps) == loop.output.size


def test_the_output_grows_and_earlier_steps_stay():
    steps = list(st.sliding_sum([1, 2, 3, 4, 5], [1, 0, -1]))
    seen = [step.output.tolist() for step in steps if step.line == 9]
    assert seen == [[-2, 0, 0], [-2, -2, 0], [-2, -2, -2]]
    assert str(steps[12]) == "line 8: 1×1 + 2×0 + 3×−1"


def test_mission_a3():
    image = [[9, 8, 7, 6], [5, 4, 3, 2], [1, 2, 3, 4], [5, 6, 7, 8]]
    loop = st.sliding_sum(image, [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert loop.output.tolist() == [[154, 157], [200, 233]]  # see tests/mission/test_a_operation.py on the first
    assert "    for i in range(rows):" in loop.lines
    assert "product = x[i + r, j + s] * kernel[r, s]" in loop.source


def test_the_source_shows_what_the_options_need():
    source = st.sliding_sum(np.ones(9), np.ones(3), stride=2, padding=1, dilation=2).source
    assert "x = np.pad(x, 1)" in source
    assert "positions = (len(x) - (2 * (len(kernel) - 1) + 1)) // 2 + 1" in source
    assert "x[2 * n + 2 * k]" in source


def test_what_cannot_be_walked():
    with pytest.raises(ShapeError, match="expected both 1-D or both 2-D"):
        st.sliding_sum(np.ones((2, 2)), np.ones(2))
    with pytest.raises(ShapeError, match="spans 3 cells"):
        st.sliding_sum([1, 2], [1, 1, 1])
    with pytest.raises(ParameterError, match=r"stride .=0. must be a whole number from 1 on"):
        st.sliding_sum([1, 2], [1], stride=0)
