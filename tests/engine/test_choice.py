"""Which way a convolution of arrays goes, by what it reads, copies, compares and leaves out."""

from __future__ import annotations

import numpy as np
import pytest

from striate.arithmetic import Window
from striate.engine.immediate.choice import _inside, prefers_implicit
from striate.engine.kernels.implicit_gemm import plan_implicit
from striate.ops import Conv
from tests.engine.blocked import TARGETS


def implicit(c: int, k: int, kernel: int, size: tuple[int, ...], stride: int = 1) -> bool:
    rank, target = len(size), TARGETS[0]
    pad = (kernel // 2,) * 2
    op = Conv((stride,) * rank, (pad,) * rank, (1,) * rank)
    window, x, weight = op.window((kernel,) * rank), (1, c, *size), (k, c, *(kernel,) * rank)
    plan = plan_implicit(window, (pad,) * rank, 1, x, weight, target)
    return prefers_implicit(plan, window, (pad,) * rank, 1, x, weight, target)


@pytest.mark.skipif(TARGETS[0].name != "avx512", reason="where the two are level depends on the width of vectors")
def test_megabytes_of_weights_on_a_small_map_are_read_as_they_lie() -> None:
    assert implicit(512, 512, 3, (4, 4))
    assert implicit(512, 512, 3, (3, 3))
    assert not implicit(512, 512, 3, (28, 28))
    assert not implicit(64, 64, 3, (56, 56))


def test_few_channels_under_many_taps_go_into_blocks() -> None:
    assert not implicit(3, 64, 7, (16, 112, 112), 2)


@pytest.mark.parametrize("seed", range(10))
def test_the_part_of_planes_and_rows_inside(seed: int) -> None:
    rng = np.random.default_rng(seed)
    kernel, stride, dilation = ((*(int(n) for n in rng.integers(1, high, 2)), 1) for high in (4, 3, 3))
    lengths, pads = (5, 6, 9), (*((int(a), int(b)) for a, b in rng.integers(0, 3, (2, 2))), (0, 0))
    # Ones under a kernel of ones: each result counts the taps that met a cell.
    met = Conv(stride, pads, dilation).reference(np.ones((1, 1, *lengths)), np.ones((1, 1, *kernel)), None)[0]
    assert _inside(Window(kernel, stride, pads, dilation), pads, lengths) == pytest.approx(met.mean() / np.prod(kernel))
