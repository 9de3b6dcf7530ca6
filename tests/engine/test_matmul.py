from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.lines import Target
from striate.engine.kernels.matmul import MatMulTile, call_matmul, emit_matmul
from striate.engine.kernels.place import Place
from striate.engine.kernels.tiles import choose_tile
from striate.ops import MatMul
from tests.engine.blocked import BlockedValue, each_target, layout_of, run_call
from tests.engine.convolutions import UNIT
from tests.engine.hot_loops import spills

EPILOGUE = (("store", 0), ("add", 0), ("relu",))


def halo(rank: int, cells: int) -> tuple[tuple[int, int], ...]:
    return ((cells, 0), (0, cells), (cells, cells))[:rank]


def given_value(array: np.ndarray, lanes: int, cells: int, spare: float) -> BlockedValue:
    """An operand (n, c, *batch, q) in blocks, with NaN around it and a number in the lanes beyond its channels."""
    value = BlockedValue(layout_of(array.shape, lanes, halo(array.ndim - 2, cells)), array, halo=np.nan)
    beyond = array.shape[1] - (value.layout.blocks - 1) * lanes
    value.interior()[:, -1][..., beyond:] = spare
    return value


@each_target
@settings(max_examples=30)
@given(
    n=st.integers(1, 2),
    batch=st.lists(st.integers(1, 4), max_size=2),
    q=st.integers(1, 100),
    c=st.integers(1, 200),
    k=st.integers(1, 200),
    repeated=st.lists(st.booleans(), min_size=3, max_size=3),
    cells=st.integers(0, 2),
    threads=st.integers(1, 3),
    seed=st.integers(0, 2**32),
)
def test_any_product(
    target: Isa,
    n: int,
    batch: list[int],
    q: int,
    c: int,
    k: int,
    repeated: list[bool],
    cells: int,
    threads: int,
    seed: int,
) -> None:
    """Matrices side by side, one for all where b's are repeated; a's lanes beyond the last c are NaN and not read."""
    rng = np.random.default_rng(seed)
    size = (n, *batch)
    common = tuple(1 if once else length for once, length in zip(repeated, size, strict=False))
    a, b = rng.standard_normal((*size, q, c), np.float32), rng.standard_normal((*common, c, k), np.float32)
    residual = rng.standard_normal((*size, q, k), np.float32)
    # The last axis is the channels'.
    left = given_value(np.moveaxis(a, -1, 1), target.lanes, cells, np.nan)
    right = given_value(np.moveaxis(b, -1, 1), target.lanes, cells, 0.0)
    added = given_value(np.moveaxis(residual, -1, 1), target.lanes, cells, 0.0)
    shape = (n, k, *batch, q)
    made, before = (BlockedValue(layout_of(shape, target.lanes, halo(len(batch) + 1, cells))) for _ in range(2))
    x, w, r, y, stored = (Place.of(value.layout, value.address) for value in (left, right, added, made, before))
    axes = ("sample", *("plane", "row")[2 - len(batch) :])
    w = replace(w, **{axis: 0 for axis, length in zip(axes, common, strict=True) if length == 1})
    run_call(call_matmul(shape, c, x, w, Target(y, EPILOGUE, (r,), (stored,)), target), target, threads)
    wide = [array.astype(np.float64) for array in (a, b)]
    exact = MatMul().reference(*wide)[0]
    bound = (c + 2) * UNIT * (2 if target.name == "generic" else 1) * MatMul().reference(*map(np.abs, wide))[0]
    assert np.all(np.abs(np.moveaxis(before.result(), 1, -1) - exact) <= bound)
    off = np.abs(np.moveaxis(made.result(), 1, -1) - np.maximum(exact + residual, 0.0))
    assert np.all(off <= bound + 2 * UNIT * (np.abs(exact) + np.abs(residual)))


@each_target
@pytest.mark.parametrize("width", [1, 7, 49, 100])
def test_sums_stay_in_registers(target: Isa, width: int) -> None:
    for filters in (1, 17, 64, 100, 200):
        pixels, vectors = choose_tile(width, filters, target)
        tile = MatMulTile(pixels, width % pixels, vectors, -(-filters // target.lanes) % vectors, EPILOGUE)
        assert spills(emit_matmul(tile, target)) == [], tile
