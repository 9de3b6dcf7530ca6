from functools import reduce
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.arithmetic import Window
from striate.engine.emit import Emit
from striate.engine.isa import Isa
from striate.engine.kernels.panel import SPELLED_STRIDES, Panel, flattened, panel_arguments, pitch
from tests.engine.assembly import spilled_vectors
from tests.engine.blocked import Poisoned, each_target, run
from tests.engine.convolutions import Case, cases


def emit_panel(stride: int, target: Isa) -> Emit:
    """Chunk i fills panel i with the next ``block`` positions."""
    k = Emit(f"panel_{stride}", target)
    panels, x = k.pointer("panels"), k.pointer("x")
    size = {name: k.size(name) for name in ("channels", "block", "positions", "floats")}
    first = k.chunk * size["block"]
    last = k.smaller(first + size["block"], size["positions"])
    Panel(k, stride).fill(k.at(panels, k.chunk * size["floats"]), x, size["channels"], first, last)
    return k


def windows(case: Case, x: np.ndarray) -> np.ndarray:
    """What each position's window sees (channels, taps, positions): cell by cell, zeros in the padding."""
    window, lengths = case.window, x.shape[1:]
    seen = np.zeros((x.shape[0], prod(window.kernel), prod(case.positions)), np.float32)
    for t, tap in enumerate(product(*map(range, window.kernel))):
        cells, inside = [], []
        for axis, count in enumerate(case.positions):
            cell = np.arange(count) * window.stride[axis] + tap[axis] * window.dilation[axis] - case.pads[axis][0]
            inside.append((cell >= 0) & (cell < lengths[axis]))
            cells.append(np.clip(cell, 0, lengths[axis] - 1))
        there = reduce(np.logical_and.outer, inside)
        picked = x[(slice(None), *np.ix_(*cells))]
        seen[:, t] = np.where(there, picked, 0).reshape(len(x), -1)
    return seen


@each_target
@settings(max_examples=40)
@given(case=cases(channels=80, filters=1, size=30, grouped=False), data=st.data())
def test_any_panels(target: Isa, case: Case, data: st.DataObject) -> None:
    """The input begins or ends at a page that cannot be touched, so a window that is read past it ends the test."""
    x = case.x[0]
    count, taps = prod(case.positions), prod(case.window.kernel)
    block = data.draw(st.integers(max(1, count // 20), count + 3), label="block")
    spelled = case.window.stride[-1] in SPELLED_STRIDES and data.draw(st.booleans(), label="spelled")
    row, blocks = pitch(block, target), -(-count // block)
    given_x, panels = Poisoned.of(x), Poisoned(blocks * len(x) * taps * row)
    arguments = panel_arguments(case.window, case.pads, x.shape[1:], case.positions, block, target)
    own = {"panels": panels.address, "x": given_x.address, "channels": len(x)}
    own |= {"block": block, "positions": count, "floats": len(x) * taps * row}
    kernel = emit_panel(case.window.stride[-1] if spelled else 0, target)
    run(kernel, arguments | own, blocks, data.draw(st.integers(1, 3), label="threads"))
    panels.check()
    got = panels.inside.reshape(blocks, len(x), taps, row)
    expected = windows(case, x)
    for number in range(blocks):
        part = expected[..., number * block : (number + 1) * block]
        np.testing.assert_array_equal(got[number, ..., : part.shape[-1]], part)


def test_one_tap_for_each_cell_is_one_line() -> None:
    ones = Window((1, 1), (1, 1), "valid", (1, 1))
    flat = flattened(ones, ((0, 0), (0, 0)), (5, 7), (5, 7))
    assert flat == (Window((1,), (1,), "valid", (1,)), ((0, 0),), (35,), (35,))
    for window, pads, positions in (
        (Window((1, 2), (1, 1), "valid", (1, 1)), ((0, 0), (0, 0)), (5, 6)),
        (Window((1, 1), (1, 2), "valid", (1, 1)), ((0, 0), (0, 0)), (5, 4)),
        (ones, ((0, 0), (1, 0)), (5, 8)),
        (ones, ((0, 0), (0, 1)), (5, 8)),
    ):
        assert flattened(window, pads, (5, 7), positions) == (window, pads, (5, 7), positions)


@each_target
@pytest.mark.parametrize("stride", [0, *SPELLED_STRIDES])
def test_nothing_goes_to_the_stack(target: Isa, stride: int) -> None:
    assert spilled_vectors(emit_panel(stride, target)) == []
