import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.convolution import needed_halo, tap_offsets
from striate.engine.kernels.depthwise import (
    MOST_WEIGHTS,
    DepthwiseTile,
    call_depthwise,
    choose_pixels,
    emit_depthwise,
    pack_depthwise,
    suits,
)
from striate.engine.kernels.lines import every
from striate.engine.kernels.place import Place, extents
from striate.engine.layout import Blocked
from tests.engine.assembly import spilled_vectors
from tests.engine.blocked import BlockedValue, each_target, run_call
from tests.engine.convolutions import Case, Output, cases


@each_target
@settings(max_examples=40)
@given(data=st.data())
def test_any_convolution_in_narrow_groups(target: Isa, data: st.DataObject) -> None:
    depths = tuple(depth for depth in (1, 2, 4, 8) if depth <= target.lanes // 2)
    case: Case = data.draw(cases(channels=100, size=60, narrow=depths))
    assert suits(case.weight.shape[0], case.weight.shape[1], case.conv.groups, target.lanes)
    halo = needed_halo(case.x.shape[2:], case.positions, case.window, case.pads)
    x = BlockedValue(Blocked(*case.x.shape[:2], case.x.shape[2:], halo, target.lanes), case.x)
    output = Output(case, target, (("keep", 0), ("add", 0), ("relu",)))
    window, layout = case.window, x.layout
    seen = every(Place.of(layout, x.address), [-before for before, _ in case.pads], window.stride)
    taps = tap_offsets(window.kernel, window.dilation, layout.strides[2:])
    weights = pack_depthwise(case.weight, case.bias, target.lanes)
    call = call_depthwise(
        weights,
        window.kernel,
        window.dilation,
        layout.n,
        extents(case.positions),
        seen,
        taps,
        target,
        output.target,
    )
    run_call(call, target)
    expected, bound = case.expected(), case.bound(target)
    assert np.all(np.abs(output.before.result() - expected) <= bound)
    added = np.maximum(expected + output.residual, 0.0)
    assert np.all(np.abs(output.y.result() - added) <= bound + 2.0**-23 * (np.abs(expected) + np.abs(output.residual)))


@each_target
@pytest.mark.parametrize(("columns", "stride"), [(1, 1), (3, 1), (3, 2), (5, 1), (5, 2), (7, 1)])
def test_sums_stay_in_registers(target: Isa, columns: int, stride: int) -> None:
    for width in (7, 14, 28, 56, 112):
        pixels = choose_pixels(width, columns, stride, 1, target)
        tile = DepthwiseTile(pixels, width % pixels, columns, stride)
        assert spilled_vectors(emit_depthwise(tile, target)) == [], tile.name


@each_target
@pytest.mark.parametrize("depth", [2, 4, 8])
def test_sums_of_narrow_groups_stay_in_registers(target: Isa, depth: int) -> None:
    if depth <= target.lanes // 2:
        columns = 3 if 3 * depth <= MOST_WEIGHTS[target.name] else 1
        for width in (14, 56):
            pixels = choose_pixels(width, columns, 1, depth, target)
            tile = DepthwiseTile(pixels, width % pixels, columns, 1, depth)
            assert spilled_vectors(emit_depthwise(tile, target)) == [], tile.name


def test_wide_or_uneven_groups_are_left_to_the_direct_kernel() -> None:
    assert suits(32, 1, 32, 16)
    assert suits(128, 4, 32, 16)
    assert not suits(64, 1, 32, 16)  # two filters a channel
    assert not suits(96, 3, 32, 16)  # a group would lie in two vectors
    assert not suits(32, 32, 1, 16)
