import numpy as np
import pytest
from hypothesis import given, settings

from striate.arithmetic import Window
from striate.engine.isa import Isa
from striate.engine.kernels.convolution import call_convolution, line_width, needed_halo, pack_convolution
from striate.engine.kernels.depthwise import DepthwiseWeights
from striate.engine.kernels.direct import DirectWeights
from striate.engine.kernels.few_outputs import FewOutputsWeights
from striate.engine.layout import Blocked
from tests.engine.blocked import BlockedValue, each_target, layout_of, run_call
from tests.engine.convolutions import Case, Output, cases

POINTWISE = Window((1, 1), (1, 1), ((0, 0), (0, 0)), (1, 1))
NO_PADS = ((0, 0), (0, 0))


@each_target
@settings(max_examples=25)
@given(case=cases(channels=200, filters=200, size=20))
def test_any_convolution_by_the_kernel_chosen_for_it(target: Isa, case: Case) -> None:
    halo = needed_halo(case.x.shape[2:], case.positions, case.window, case.pads)
    x = BlockedValue(Blocked(*case.x.shape[:2], case.x.shape[2:], halo, target.lanes), case.x)
    output = Output(case, target, (("add", 0), ("sigmoid",)))
    width = line_width(case.window, case.pads, x.layout, output.y.layout)
    packed = pack_convolution(case.weight, case.bias, case.conv.groups, width, target)
    call = call_convolution(packed, case.window, case.pads, x.layout, x.address, output.y.layout, target, output.target)
    run_call(call, target)
    expected = case.expected()
    bound = case.bound(target) + 2.0**-23 * (np.abs(expected) + np.abs(output.residual))
    # The logistic function's slope is at most 1/4.
    logistic = 1 / (1 + np.exp(-(expected + output.residual)))
    assert np.all(np.abs(output.y.result() - logistic) <= bound / 4 + 2.0**-20)


@pytest.mark.parametrize(
    ("shape", "groups", "kind"),
    [
        ((64, 64, 3, 3), 1, DirectWeights),
        ((64, 1, 3, 3), 64, DepthwiseWeights),
        ((128, 4, 3, 3), 32, DepthwiseWeights),
        ((64, 1, 3, 3), 32, DirectWeights),
        ((1, 64, 3, 3), 1, FewOutputsWeights),
        ((3, 3, 1, 1), 1, DirectWeights),
    ],
)
def test_the_kernel_chosen(shape: tuple[int, ...], groups: int, kind: type) -> None:
    wide = Isa("avx512", 16, 32, "", "")
    assert isinstance(pack_convolution(np.ones(shape, np.float32), None, groups, 56, wide).weights, kind)


def test_a_pointwise_convolution_without_halos_is_one_long_line() -> None:
    bare, framed = layout_of((1, 8, 7, 5), 16), layout_of((1, 8, 7, 5), 16, ((1, 1), (1, 1)))
    assert line_width(POINTWISE, NO_PADS, bare, bare) == 35
    assert line_width(POINTWISE, NO_PADS, bare, framed) == 5
    assert line_width(POINTWISE, NO_PADS, bare, bare, [framed]) == 5
    strided = Window((1, 1), (2, 2), NO_PADS, (1, 1))
    assert line_width(strided, NO_PADS, layout_of((1, 8, 13, 9), 16), bare) == 5
