"""Planes and rows of a kernel in the padding: left out, whatever lies there, unless a weight is infinite."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from striate.arithmetic import Window
from striate.engine.isa import Isa
from striate.engine.kernels.clip import clips
from striate.engine.kernels.convolution import PackedConvolution, call_convolution, needed_halo
from striate.engine.kernels.direct import pack_direct
from striate.engine.layout import Blocked
from striate.ops import Conv
from tests.engine.blocked import BlockedValue, each_target, run_call
from tests.engine.convolutions import Case, Output


@st.composite
def volumes(draw: st.DrawFn) -> Case:
    """Convolutions of one group in two or three dimensions, with padding; kernels reach over either side or both."""
    rank = draw(st.integers(2, 3))
    sizes = [draw(st.integers(1, 7)) for _ in range(rank - 1)] + [draw(st.integers(2, 12))]
    kernel = (*(draw(st.integers(2, 4)) for _ in range(rank - 1)), draw(st.integers(1, 4)))
    dilation = tuple(draw(st.integers(1, 2)) for _ in range(rank))
    reach = [d * (r - 1) for r, d in zip(kernel, dilation, strict=True)]
    pads = tuple((draw(st.integers(0, e + 1)), e + draw(st.integers(0, 1))) for e in reach)
    stride = tuple(draw(st.integers(1, 2)) for _ in range(rank))
    c, k = draw(st.integers(1, 20)), draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    x, weight, bias = (rng.standard_normal(size, np.float32) for size in ((2, c, *sizes), (k, c, *kernel), (k,)))
    return Case(Conv(stride, pads, dilation), x, weight, bias, draw(st.integers(0, 1)))


def computed(case: Case, target: Isa, x: BlockedValue) -> np.ndarray:
    flat = case.weight.reshape(*case.weight.shape[:2], -1)
    lines = int(np.prod(case.weight.shape[2:-1]))
    packed = PackedConvolution(pack_direct(flat, case.bias, 1, 2, target.lanes, lines), 3)
    output = Output(case, target)
    y = output.y.layout
    run_call(call_convolution(packed, case.window, case.pads, x.layout, x.address, y, target, output.target), target)
    return output.y.result()


def input_of(case: Case, target: Isa) -> BlockedValue:
    halo = needed_halo(case.x.shape[2:], case.positions, case.window, case.pads)
    # A column to the right keeps lines from being joined, so that each line has its own planes and rows.
    wider = (*halo[:-1], (halo[-1][0], halo[-1][1] + 1))
    return BlockedValue(Blocked(*case.x.shape[:2], case.x.shape[2:], wider, target.lanes), case.x)


@each_target
@settings(max_examples=60)
@given(case=volumes())
def test_what_lies_in_planes_and_rows_of_padding_is_not_read(target: Isa, case: Case) -> None:
    x = input_of(case, target)
    assume(1 not in case.positions[1:])  # lines would be along another axis
    outside = np.ones(tuple(x.memory.shape[2:-2]), bool)
    outside[tuple(slice(b, b + s) for (b, _), s in zip(x.layout.halo, x.layout.spatial[:-1], strict=False))] = False
    x.memory[:, :, outside] = np.nan
    assert np.all(np.abs(computed(case, target, x) - case.expected()) <= case.bound(target))


@each_target
@settings(max_examples=20)
@given(case=volumes())
def test_an_infinite_weight_meets_the_zeros_of_the_padding(target: Isa, case: Case) -> None:
    case.weight[0, 0, 0] = np.inf
    with np.errstate(invalid="ignore"):
        expected = case.expected()[:, :1]
        found = computed(case, target, input_of(case, target))[:, :1]
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))


def test_axes_without_padding_or_with_one_tap_are_whole() -> None:
    window = Window((3, 1, 3), (2, 1, 1), ((1, 1), (1, 1), (1, 1)), (1, 1, 1))
    plane, row = clips(window, ((1, 1), (1, 1), (1, 1)), (5, 6, 7), finite=True)
    assert (plane.taps, plane.before, plane.length, plane.steps.plane) == (3, 1, 5, 2)
    assert (row.taps, row.before, row.steps.row) == (1, 0, 0)
    whole, _ = clips(window, ((0, 0), (1, 1), (1, 1)), (5, 6, 7), finite=True)
    assert (whole.before, whole.steps.plane) == (0, 0)
    unsure, _ = clips(window, ((1, 1), (1, 1), (1, 1)), (5, 6, 7), finite=False)
    assert unsure == whole
