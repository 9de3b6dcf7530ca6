import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.convolution import needed_halo, tap_offsets
from striate.engine.kernels.few_outputs import (
    FewOutputsTile,
    call_few_outputs,
    emit_few_outputs,
    pack_few_outputs,
    suits,
)
from striate.engine.kernels.lines import every
from striate.engine.kernels.place import Place, extents
from striate.engine.layout import Blocked
from tests.engine.assembly import spilled_vectors
from tests.engine.blocked import BlockedValue, each_target, run_call
from tests.engine.convolutions import Case, Output, cases


@each_target
@settings(max_examples=25)
@given(data=st.data())
def test_any_convolution_with_few_filters(target: Isa, data: st.DataObject) -> None:
    case: Case = data.draw(cases(channels=70, filters=target.lanes // 2, grouped=False))
    halo = needed_halo(case.x.shape[2:], case.positions, case.window, case.pads)
    x = BlockedValue(Blocked(*case.x.shape[:2], case.x.shape[2:], halo, target.lanes), case.x)
    output = Output(case, target, (("add", 0),))
    weights = pack_few_outputs(case.weight.reshape(*case.weight.shape[:2], -1), case.bias, target.lanes)
    window, layout = case.window, x.layout
    seen = every(Place.of(layout, x.address), [-before for before, _ in case.pads], window.stride)
    taps = tap_offsets(window.kernel, window.dilation, layout.strides[2:])
    call = call_few_outputs(weights, layout.n, extents(case.positions), seen, taps, target, output.target)
    run_call(call, target)
    expected = case.expected()
    bound = case.bound(target) + 2.0**-23 * (np.abs(expected) + np.abs(output.residual))
    assert np.all(np.abs(output.y.result() - (expected + output.residual)) <= bound)


@each_target
@pytest.mark.parametrize("filters", [1, 2, 3, 5])
def test_sums_stay_in_registers(target: Isa, filters: int) -> None:
    if filters <= target.lanes // 2:
        pixels = max(p for p in range(1, 7) if p * filters + filters <= target.registers - 4)
        assert spilled_vectors(emit_few_outputs(FewOutputsTile(pixels, 1, filters), target)) == []


def test_it_suits_deep_inputs_only() -> None:
    wide = Isa("avx512", 16, 32, "", "")
    assert suits(1, 64, 9, 1, wide)
    assert not suits(1, 3, 1, 1, wide)
    assert not suits(9, 64, 9, 1, wide)
    assert not suits(2, 64, 9, 2, wide)
