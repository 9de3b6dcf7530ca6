import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.dense import call_dense, pack_dense
from striate.engine.kernels.direct import DirectTile, emit_direct
from striate.engine.kernels.lines import Target
from striate.engine.kernels.place import Place
from striate.engine.kernels.tiles import choose_tile
from tests.engine.assembly import spilled_vectors
from tests.engine.blocked import BlockedValue, each_target, layout_of, run_call
from tests.engine.convolutions import UNIT


@each_target
@settings(max_examples=25)
@given(n=st.integers(1, 40), c=st.integers(1, 200), k=st.integers(1, 300), seed=st.integers(0, 2**32))
def test_any_dense_layer(target: Isa, n: int, c: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, weight, bias, residual = (rng.standard_normal(shape, np.float32) for shape in ((n, c), (k, c), (k,), (n, k)))
    given_x, added = (BlockedValue(layout_of(a.shape, target.lanes), a) for a in (x, residual))
    y = BlockedValue(layout_of((n, k), target.lanes))
    results = Target(Place.of(y.layout, y.address), (("add", 0), ("relu",)), (Place.of(added.layout, added.address),))
    weights, pixels = pack_dense(weight, bias, n, target)
    run_call(call_dense(weights, pixels, given_x.layout, given_x.address, results), target)
    wide = [a.astype(np.float64) for a in (x, weight, bias, residual)]
    expected = np.maximum(wide[0] @ wide[1].T + wide[2] + wide[3], 0.0)
    size = np.abs(wide[0]) @ np.abs(wide[1]).T + np.abs(wide[2]) + np.abs(wide[3])
    bound = (c + 3) * UNIT * (2 if target.name == "generic" else 1) * size
    assert np.all(np.abs(y.result() - expected) <= bound)


@each_target
@pytest.mark.parametrize("n", [1, 8])
def test_sums_stay_in_registers(target: Isa, n: int) -> None:
    pixels, vectors = choose_tile(n, 1000, target)
    tile = DirectTile(pixels, n % pixels, vectors, -(-1000 // target.lanes) % vectors, 0)
    assert spilled_vectors(emit_direct(tile, target)) == []
