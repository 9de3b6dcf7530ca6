"""The windows of a convolution are what its sums are made of."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as draws

from striate.errors import ShapeError
from striate.lessons import Convolution


@settings(max_examples=40)
@given(
    axes=draws.integers(1, 3),
    groups=draws.integers(1, 2),
    kernel=draws.integers(1, 3),
    stride=draws.integers(1, 3),
    padding=draws.integers(0, 2),
    dilation=draws.integers(1, 2),
)
def test_windows_times_weights_are_the_maps(axes, groups, kernel, stride, padding, dilation):
    rng = np.random.default_rng(kernel)
    weight = rng.normal(size=(2 * groups, 2, *[kernel] * axes))
    one = Convolution(weight, None, stride, padding, dilation, groups)
    x = rng.normal(size=(2 * groups, *range(5, 5 + axes)))
    windows = one.windows(x)
    sums = np.stack([(windows * filter_).sum(axis=tuple(range(axes, 2 * axes + 1))) for filter_ in one.whole_weight()])
    assert np.allclose(sums, one(x))


def test_a_batch_has_no_single_window():
    with pytest.raises(ShapeError, match="2 samples"):
        Convolution([1, 2]).windows(np.ones((2, 1, 5)))


@given(seed=draws.integers(0, 2**16), groups=draws.sampled_from([1, 2]), padding=draws.integers(0, 2))
def test_channel_sums_add_up_to_the_maps(seed, groups, padding):
    rng = np.random.default_rng(seed)
    x, weight, bias = rng.normal(size=(4, 7, 6)), rng.normal(size=(2, 4 // groups, 3, 2)), rng.normal(size=2)
    one = Convolution(weight, bias, 2, padding, groups=groups)
    sums = one.channel_sums(x)
    assert np.allclose(sums.sum(axis=1) + bias[:, None, None], one(x))
    for channel in range(4):
        alone = np.zeros_like(x)
        alone[channel] = x[channel]
        assert np.allclose(sums[:, channel], one(alone) - bias[:, None, None])
