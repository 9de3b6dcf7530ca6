from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine.isa import Isa
from striate.engine.kernels.lines import Target
from striate.engine.kernels.place import Place
from striate.engine.kernels.transposed import TransposedConvolution, axis_phases, call_transposed, pack_transposed
from striate.engine.layout import Blocked
from striate.ops import ConvTranspose
from tests.engine.blocked import BlockedValue, each_target, layout_of, run_call
from tests.engine.convolutions import UNIT


@dataclass(frozen=True)
class Case:
    op: ConvTranspose
    x: np.ndarray
    weight: np.ndarray
    bias: np.ndarray


@st.composite
def cases(draw: st.DrawFn) -> Case:
    rank, groups = draw(st.integers(1, 3)), draw(st.sampled_from([1, 1, 2, 5]))
    kernel, stride, dilation, lengths, pads, more = [], [], [], [], [], []
    for _ in range(rank):
        k, s, d, length = (draw(st.integers(1, most)) for most in (5, 4, 3, (60, 20, 6)[rank - 1]))
        extra = draw(st.integers(0, s - 1))
        full = (length - 1) * s + d * (k - 1) + 1 + extra
        before = draw(st.integers(0, min(3, full - 1)))
        kernel.append(k), stride.append(s), dilation.append(d), lengths.append(length), more.append(extra)
        pads.append((before, draw(st.integers(0, min(3, full - 1 - before)))))
    op = ConvTranspose(tuple(stride), tuple(pads), tuple(dilation), groups, tuple(more))
    depth, per_group, n = draw(st.integers(1, 20)), draw(st.integers(1, 30)), draw(st.integers(1, 2))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return Case(
        op,
        rng.standard_normal((n, groups * depth, *lengths), np.float32),
        rng.standard_normal((groups * depth, per_group, *kernel), np.float32),
        rng.standard_normal(groups * per_group, np.float32),
    )


@each_target
@settings(max_examples=25)
@given(case=cases())
def test_any_transposed_convolution(target: Isa, case: Case) -> None:
    op, wide = case.op, [a.astype(np.float64) for a in (case.x, case.weight, case.bias)]
    expected, size = op.reference(*wide)[0], op.reference(*map(np.abs, wide))[0]
    before = tuple(cut for cut, _ in op.pads(case.x.shape[2:], case.weight.shape[2:]))
    shape = TransposedConvolution(
        case.x.shape[2:], expected.shape[2:], case.weight.shape[2:], op.stride, op.dilation, before
    )
    layout = Blocked(*case.x.shape[:2], case.x.shape[2:], shape.needed_halo(), target.lanes)
    halo = ((1, 0),) * len(before)
    x, y = BlockedValue(layout, case.x), BlockedValue(layout_of(expected.shape, target.lanes, halo))
    residual = np.random.default_rng(1).standard_normal(expected.shape, np.float32)
    added = BlockedValue(layout_of(expected.shape, target.lanes), residual)
    results = Target(Place.of(y.layout, y.address), (("add", 0),), (Place.of(added.layout, added.address),))
    phases = pack_transposed(case.weight, case.bias, op.groups, shape, target)
    for call in call_transposed(phases, op.stride, layout, x.address, results):
        run_call(call, target)
    chain = case.weight[:, 0].size // op.groups + 2
    bound = chain * UNIT * (2 if target.name == "generic" else 1) * (size + np.abs(residual))
    assert np.all(np.abs(y.result() - (expected + residual)) <= bound)


def test_phases_of_an_axis() -> None:
    # Three taps, stride two: outputs meet one tap or two, in turn.
    even, odd = axis_phases(7, 3, 2, 1, 1)
    assert (even.first, even.count, even.taps) == (0, 4, ((1, 0),))
    assert (odd.first, odd.count, odd.taps) == (1, 3, ((0, 1), (2, 0)))
