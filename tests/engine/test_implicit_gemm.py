from dataclasses import replace
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.emit import FLAG
from striate.engine.isa import Isa
from striate.engine.kernels.implicit_gemm import (
    MOST_FILTERS,
    ImplicitPlan,
    ImplicitTile,
    call_implicit,
    choose_implicit_tile,
    cut_implicit,
    emit_implicit,
    plan_implicit,
)
from striate.ops import Conv
from tests.engine.blocked import Poisoned, each_target, run_call
from tests.engine.convolutions import Case, cases
from tests.engine.hot_loops import innermost_loops, spills


def planned(case: Case, target: Isa) -> ImplicitPlan:
    assert isinstance(case.conv, Conv)
    return plan_implicit(case.window, case.pads, case.conv.groups, case.x.shape, case.weight.shape, target)


def computed(case: Case, plan: ImplicitPlan, target: Isa) -> np.ndarray:
    """The result, everything in poisoned memory."""
    slots = 2
    expected = case.x.shape[0], case.weight.shape[0], *case.positions
    given = {"x": case.x, "w": case.weight, "bias": case.bias}
    memory = {name: Poisoned(array.size) for name, array in given.items()}
    for name, array in given.items():
        memory[name].inside[:] = array.ravel()
    memory["y"], memory["panels"] = Poisoned(prod(expected)), Poisoned(slots * plan.slot)
    flags = np.zeros(slots * FLAG, np.int64)
    flags[0] = 1  # somebody is in the first slot
    places = {name: poisoned.address for name, poisoned in memory.items()}
    run_call(call_implicit(plan, places | {"flags": flags.ctypes.data}, slots), target)
    for poisoned in memory.values():
        poisoned.check()
    assert np.isnan(memory["panels"].inside[: plan.slot]).all(), "written into another's slot"
    assert flags[0] == 1
    assert not flags[1:].any()
    return memory["y"].inside.reshape(expected).copy()


@each_target
@settings(max_examples=30)
@given(case=cases())
def test_any_convolution(target: Isa, case: Case) -> None:
    y = computed(case, planned(case, target), target)
    assert np.all(np.abs(y - case.expected()) <= case.bound(target))


@each_target
@settings(max_examples=15)
@given(case=cases(channels=200, filters=20, size=12), data=st.data())
def test_any_cut(target: Isa, case: Case, data: st.DataObject) -> None:
    plan = planned(case, target)
    sizes = dict(plan.sizes)
    part = data.draw(st.integers(1, sizes["channels"]))
    sizes["part"], sizes["band"] = part, data.draw(st.integers(1, sizes["tiles"]))
    sizes["bands"] = -(-sizes["tiles"] // sizes["band"])
    sizes["run"] = data.draw(st.integers(1, sizes["maps"]))
    chunks = sizes["blocks"] * sizes["bands"] * -(-sizes["maps"] // sizes["run"])
    plan = ImplicitPlan(replace(plan.tile, split=part < sizes["channels"]), sizes, plan.slot, chunks)
    y = computed(case, plan, target)
    assert np.all(np.abs(y - case.expected()) <= case.bound(target))


@each_target
@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("where", ["x", "weight"])
def test_what_is_not_finite_spreads_as_in_the_reference(target: Isa, bad: float, where: str) -> None:
    rng = np.random.default_rng(3)
    conv = Conv((1, 2), ((1, 1), (0, 2)), (1, 1), 3)
    x, weight = rng.standard_normal((2, 9, 7, 21), np.float32), rng.standard_normal((30, 3, 3, 3), np.float32)
    (x if where == "x" else weight).reshape(-1)[100] = bad
    case = Case(conv, x, weight, np.zeros(30, np.float32), 0)
    y = computed(case, planned(case, target), target)
    with np.errstate(all="ignore"):
        expected = case.expected()
    np.testing.assert_array_equal(np.isnan(y), np.isnan(expected))
    np.testing.assert_allclose(y, expected, rtol=1e-3, atol=1e-4)


@each_target
def test_sums_stay_in_registers(target: Isa) -> None:
    chosen = {
        choose_implicit_tile(filters, positions, target)
        for filters in range(1, MOST_FILTERS + 1)
        for positions in (3, 49, 80, 96, 3136)
    }
    for filters, vectors in chosen:
        tile = ImplicitTile(filters, 0, vectors, 1, 1, True)
        assert spills(emit_implicit(tile, target)) == [], tile
    loops = innermost_loops(emit_implicit(tile, target))
    assert any("vfmadd" in line or "mulps" in line for loop in loops for line in loop)


def test_panels_and_chunks_are_of_a_sensible_size() -> None:
    wide = Isa("avx512", 16, 32, "", "")
    for channels, filters, taps, positions in (
        (64, 64, 9, 3136),
        (2048, 512, 1, 49),
        (512, 512, 9, 49),
        (3, 64, 49, 12544),
    ):
        tile = choose_implicit_tile(filters, positions, wide)
        cut = cut_implicit(1, channels, taps, filters, positions, tile, wide)
        assert 4 * cut.part * taps * cut.block <= 384 * 1024
        assert cut.block % (tile[1] * 16) == 0
