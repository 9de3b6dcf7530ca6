import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.call import Call
from striate.engine.kernels.convolution import PackedConvolution, call_convolution, needed_halo
from striate.engine.kernels.direct import DirectTile, emit_direct, pack_direct
from striate.engine.kernels.tiles import choose_tile, fits
from striate.engine.layout import Blocked
from tests.engine.assembly import spilled_vectors
from tests.engine.blocked import BlockedValue, each_target, run_call
from tests.engine.convolutions import Case, Output, cases

EPILOGUE = (("store", 0), ("add", 0), ("clip", -1.0, 3.0))


def blocked_input(case: Case, target: Isa) -> BlockedValue:
    halo = needed_halo(case.x.shape[2:], case.positions, case.window, case.pads)
    wider = tuple((before + case.margin, after + case.margin) for before, after in halo)
    return BlockedValue(Blocked(*case.x.shape[:2], case.x.shape[2:], wider, target.lanes), case.x)


def call_tile(case: Case, pixels: int, vectors: int, target: Isa, x: BlockedValue, output: Output) -> Call:
    flat = case.weight.reshape(*case.weight.shape[:2], -1)
    packed = PackedConvolution(pack_direct(flat, case.bias, case.conv.groups, vectors, target.lanes), pixels)
    return call_convolution(packed, case.window, case.pads, x.layout, x.address, output.y.layout, target, output.target)


@each_target
@settings(max_examples=25)
@given(case=cases())
def test_any_convolution(target: Isa, case: Case) -> None:
    x, output = blocked_input(case, target), Output(case, target)
    filters, depth = case.weight.shape[:2]
    pixels, vectors = choose_tile(case.positions[-1], filters, target, depth, case.conv.groups)
    run_call(call_tile(case, pixels, vectors, target, x, output), target)
    assert np.all(np.abs(output.y.result() - case.expected()) <= case.bound(target))


@each_target
@settings(max_examples=15)
@given(case=cases(channels=40, filters=90), data=st.data())
def test_any_tile_with_an_epilogue(target: Isa, case: Case, data: st.DataObject) -> None:
    tiles = [(p, v) for p in range(1, 29) for v in range(1, 9) if fits(p, v, target)]
    pixels, vectors = data.draw(st.sampled_from(tiles))
    x, output = blocked_input(case, target), Output(case, target, EPILOGUE)
    run_call(call_tile(case, pixels, vectors, target, x, output), target)
    expected, bound = case.expected(), case.bound(target)
    assert np.all(np.abs(output.before.result() - expected) <= bound)
    added = np.clip(expected + output.residual, -1.0, 3.0)
    assert np.all(np.abs(output.y.result() - added) <= bound + 2.0**-23 * (np.abs(expected) + np.abs(output.residual)))


@each_target
def test_spare_channels_are_not_walked(target: Isa) -> None:
    weights = pack_direct(np.ones((4, 20, 1), np.float32), None, 1, 1, target.lanes)
    assert len(weights.channel) == 5
    grouped = pack_direct(np.ones((256, 8, 9), np.float32), None, 4, 1, target.lanes)
    assert np.diff(grouped.ranges).max() == 2 * 9  # a vector of filters lies in one group of 8 channels


@each_target
def test_sums_stay_in_registers(target: Isa) -> None:
    chosen: set[DirectTile] = set()
    for width in (1, 7, 14, 28, 49, 112):
        for filters in (16, 32, 48, 64, 96, 256):
            pixels, vectors = choose_tile(width, filters, target)
            blocks = -(-filters // target.lanes)
            chosen.add(DirectTile(pixels, width % pixels, vectors, blocks % vectors, 1))
    for tile in chosen:
        assert spilled_vectors(emit_direct(tile, target)) == [], tile.name
