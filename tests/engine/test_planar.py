from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.planar import (
    MOST_FILTERS,
    MOST_SUMS,
    PlanarTile,
    call_planar,
    emit_planar,
    pack_planar,
    suits,
)
from striate.ops import Conv
from tests.engine.assembly import spilled_vectors
from tests.engine.blocked import Poisoned, each_target, run_call
from tests.engine.convolutions import Case, cases


@each_target
@settings(max_examples=40)
@given(data=st.data())
def test_any_convolution_of_neighbouring_columns(target: Isa, data: st.DataObject) -> None:
    case: Case = data.draw(cases(channels=9, filters=9, grouped=False))
    assert isinstance(case.conv, Conv)
    case = replace(case, conv=replace(case.conv, stride=(*case.conv.stride[:-1], 1)))
    padded = np.pad(case.x, ((0, 0), (0, 0), *case.pads))
    x, y = Poisoned(padded.size), Poisoned(case.expected().size)
    x.inside[:] = padded.ravel()
    call = call_planar(
        pack_planar(case.weight, case.bias), case.window, padded.shape, x.address, case.positions, y.address, target
    )
    run_call(call, target)
    y.check()
    expected = case.expected()
    assert np.all(np.abs(y.inside.reshape(expected.shape) - expected) <= case.bound(target))


@each_target
@pytest.mark.parametrize("filters", range(1, MOST_FILTERS + 1))
def test_sums_stay_in_registers(target: Isa, filters: int) -> None:
    vectors = MOST_SUMS[target.registers] // filters
    for rest in (0, 1, vectors - 1):
        spilled = spilled_vectors(emit_planar(PlanarTile(vectors, rest, filters), target))
        # Without masked loads in the processor, the vector at the end of a row is put together number by number.
        assert spilled == [] or (target.name == "generic" and rest)


def test_it_suits_few_channels_and_filters_only() -> None:
    wide = Isa("avx512", 16, 32, "", "")
    assert suits(1, 1, 1000, wide)
    assert suits(8, 3, 32, wide)
    assert not suits(9, 3, 32, wide)
    assert not suits(8, 17, 32, wide)
    assert not suits(8, 3, 15, wide)
