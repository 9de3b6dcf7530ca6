import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.first_layer import (
    FirstLayerTile,
    call_first_layer,
    choose_first_layer_tile,
    emit_first_layer,
    pack_first_layer,
    whole_line,
)
from striate.engine.kernels.place import Place
from tests.engine.assembly import spilled_vectors
from tests.engine.blocked import Poisoned, each_target, run_call
from tests.engine.convolutions import Case, Output, cases


@each_target
@settings(max_examples=25)
@given(case=cases(channels=4, filters=80, grouped=False), channels_last=st.booleans())
def test_any_first_layer(target: Isa, case: Case, channels_last: bool) -> None:
    output = Output(case, target, (("relu",),))
    given_x = np.moveaxis(case.x, 1, -1) if channels_last else case.x
    memory = Poisoned(given_x.size)
    memory.inside[:] = given_x.ravel()
    seen = memory.inside.reshape(given_x.shape)
    seen = np.moveaxis(seen, -1, 1) if channels_last else seen
    sample, channel, *cells = (step // 4 for step in seen.strides)
    x = Place(memory.address, sample, channel, *([0, 0, *cells][-3:]))
    lengths, window = case.x.shape[2:], case.window
    left, right = whole_line(window, case.pads, lengths, case.positions)
    pixels, vectors = choose_first_layer_tile(right - left, case.weight.shape[0], target)
    weights = pack_first_layer(case.weight, case.bias, vectors, target.lanes)
    call = call_first_layer(
        weights, pixels, case.x.shape[0], window, case.pads, lengths, case.positions, x, output.target
    )
    run_call(call, target)
    expected = np.maximum(case.expected(), 0.0)
    assert np.all(np.abs(output.y.result() - expected) <= case.bound(target))


@each_target
def test_sums_stay_in_registers(target: Isa) -> None:
    for width, filters in ((111, 32), (109, 64), (222, 64), (5000, 16), (223, 96)):
        pixels, vectors = choose_first_layer_tile(width, filters, target)
        tile = FirstLayerTile(pixels, width % pixels, vectors, 2)
        assert spilled_vectors(emit_first_layer(tile, target)) == [], tile.name
