"""Errors of the functional operations begin with the function's name and hold the shapes."""

import tracemalloc

import numpy as np
import pytest

from striate import functional as F
from striate.errors import DtypeError, LimitError, ParameterError, ShapeError, UnsupportedError

X = np.ones((1, 3, 8, 8))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: F.conv2d(X, np.ones((4, 2, 3, 3))),
            ShapeError,
            "conv2d: weight expects 2 input channels, input has shape (1, 3, 8, 8); check groups (=1)",
        ),
        (lambda: F.conv2d(X[0, 0], np.ones((1, 1, 3, 3))), ShapeError, "expected (n, c, h, w) or (c, h, w)"),
        (lambda: F.conv1d([[1, 2]], [[[1, 2, 3]]]), ShapeError, "conv1d: window spans 3 cells"),
        (lambda: F.conv1d([[1, 2]], [[[1]]], bias=[1, 2]), ShapeError, "conv1d: bias has shape (2,), expected (1,)"),
        (lambda: F.conv1d([["a"]], [[[1]]]), DtypeError, "conv1d: input has type <U1, expected real numbers"),
        (lambda: F.conv1d([[1], [1, 2]], [[[1]]]), ShapeError, "conv1d: input is not rectangular"),
        (
            lambda: F.conv1d([[1, 2]], [[[1]]], stride=0),
            ParameterError,
            "conv1d: stride (=0) must be a whole number from 1",
        ),
        (
            lambda: F.conv1d([[1, 2]], [[[1]]], stride=1.5),
            ParameterError,
            "stride (=1.5) must be a whole number from 1",
        ),
        (lambda: F.conv1d([[1, 2]], [[[1]]], padding=None), ParameterError, "padding (=None) must be a whole number"),
        (lambda: F.conv1d([[1, 2]], [[[1]]], groups="2"), ParameterError, "conv1d: groups (=2) must be a whole number"),
        (lambda: F.conv1d([[1, 2]], [[[1]]], dilation=2**70), ParameterError, "dilation (="),
        (lambda: F.conv1d(None, [[[1]]]), DtypeError, "conv1d: input has type object, expected real numbers"),
        (lambda: F.linear([1, 2], None), ParameterError, "linear: weight is None"),
        (lambda: F.max_pool2d(X, "2"), ParameterError, "kernel_size (=2) must be a whole number from 1 on"),
        (lambda: F.adaptive_avg_pool2d(X, 1.5), ParameterError, "adaptive_avg_pool2d: output_size (=1.5)"),
        (lambda: F.lp_pool1d(X[0], "a", 2), ParameterError, "lp_pool1d: norm_type (=a) must be a number"),
        (lambda: F.avg_pool2d(X, 2, divisor_override="a"), ParameterError, "divisor_override (=a) must be a number"),
        (lambda: F.pad(X, (1.5, 1)), ParameterError, "pad: pad (=(1.5, 1)) must hold whole numbers"),
        (lambda: F.pad(X, (1, 1), value="a"), ParameterError, "pad: value (=a) must be a number"),
        (lambda: F.interpolate(X, scale_factor=float("inf")), ParameterError, "scale_factor (=inf) must hold"),
        (lambda: F.interpolate(X, "4"), ParameterError, "interpolate: size (=4) must hold"),
        (lambda: F.pixel_shuffle(X, 0), ParameterError, "upscale_factor (=0) must be a whole number from 1 on"),
        (lambda: F.softmax(X, 0.5), ParameterError, "softmax: dim (=0.5) must be a whole number"),
        (lambda: F.group_norm(X, "3"), ParameterError, "num_groups (=3) must be a whole number"),
        (lambda: F.layer_norm(X, None), ParameterError, "normalized_shape (=None) must be the last sizes"),
        (lambda: F.normalize(X, 0), ParameterError, "normalize: p must not be 0"),
        (lambda: F.leaky_relu(X, "a"), ParameterError, "negative_slope (=a) must be a number"),
        (lambda: F.conv1d([[1, 2]], [[[1]]], padding="full"), ParameterError, 'padding (="full") must be "valid"'),
        (
            lambda: F.conv1d([[1, 2]], [[[1]]], padding="same", stride=2),
            ParameterError,
            'conv1d: padding "same" needs stride 1, got (2,)',
        ),
        (
            lambda: F.conv_transpose1d([[1, 2]], [[[1]]], output_padding=1),
            ParameterError,
            "must be less than stride (=1)",
        ),
        (
            lambda: F.max_pool2d(X, 2, padding=2),
            ParameterError,
            "padding (=2) must be at most half of kernel_size (=2)",
        ),
        (lambda: F.avg_pool2d(X, 2, divisor_override=0), ParameterError, "divisor_override must not be 0"),
        (lambda: F.lp_pool1d(X[0], -1, 2), ParameterError, "lp_pool1d: norm_type (=-1) must be positive"),
        (lambda: F.adaptive_avg_pool2d(X, 0), ParameterError, "adaptive_avg_pool2d: output_size (=0)"),
        (lambda: F.batch_norm(X, [0, 0], [1, 1]), ShapeError, "batch_norm: mean has shape (2,), expected (3,)"),
        (lambda: F.batch_norm(X, [0] * 3, [1] * 3, training=True), UnsupportedError, "training=True is not there"),
        (lambda: F.instance_norm(X, use_input_stats=False), ParameterError, "needs running_mean and running_var"),
        (lambda: F.group_norm(X, 2), ParameterError, "group_norm: 3 channels cannot be cut into num_groups (=2)"),
        (lambda: F.layer_norm(X, 7), ShapeError, "normalized_shape (=7) must be the last sizes of (1, 3, 8, 8)"),
        (lambda: F.linear(X, np.ones((2, 7))), ShapeError, "linear: weight has shape (2, 7) and input (1, 3, 8, 8)"),
        (lambda: F.prelu(X, [1, 2]), ShapeError, "prelu: weight has shape (2,), expected one number or one for each"),
        (lambda: F.pad(X, (1,)), ParameterError, "pad: pad (=(1,)) must hold pairs"),
        (lambda: F.pad(X, (1, 1), "mirror"), ParameterError, 'pad: mode (="mirror") must be one of constant, reflect'),
        (lambda: F.interpolate(X), ParameterError, "exactly one of size and scale_factor must be given"),
        (
            lambda: F.interpolate(X, 4, mode="linear"),
            ShapeError,
            'mode "linear" is for 1 spatial axes, the input has 2',
        ),
        (lambda: F.interpolate(X, 4, align_corners=True), ParameterError, "align_corners goes with the linear modes"),
        (lambda: F.glu(X, 1), ShapeError, "glu: axis dim (=1) of the input's shape (1, 3, 8, 8)"),
        (lambda: F.hardtanh(X, 1, 0), ParameterError, "max_val (=0) must not be less than min_val (=1)"),
        (lambda: F.softplus(X, 0), ParameterError, "softplus: beta must not be 0"),
        (lambda: F.gelu(X, "fast"), ParameterError, 'gelu: approximate (="fast")'),
        (lambda: F.normalize(X, dim=4), ShapeError, "normalize: dim (=4) is not an axis"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)


def test_memory_is_checked_first():
    with pytest.raises(LimitError, match="pad would take"):
        F.pad([1.0], (0, 10**10))
    with pytest.raises(LimitError, match="interpolate would take"):
        F.interpolate(np.ones((1, 1, 4, 4)), 10**5)


def test_whole_numbers_count_as_float32():
    assert F.conv1d([[1, 2, 3]], [[[1, 0, -1]]]).dtype == np.float32
    assert F.conv1d(np.ones((1, 3), np.float16), np.ones((1, 1, 2), np.float16)).dtype == np.float16
    assert F.conv1d(np.ones((1, 3), np.float32), np.ones((1, 1, 2))).dtype == np.float64


HUGE = 10**12
SIGNAL, TAPS = np.ones((1, 1, 5), np.float32), np.ones((1, 1, 3), np.float32)


@pytest.mark.parametrize(
    "call",
    [
        lambda: F.conv1d(SIGNAL, TAPS, padding=HUGE),
        lambda: F.conv1d(SIGNAL, TAPS, padding=HUGE, stride=HUGE),
        lambda: F.conv1d(SIGNAL, TAPS, padding="same", dilation=HUGE),
        lambda: F.conv2d(SIGNAL[None], TAPS[None], padding=10**6, stride=10**6),
        lambda: F.conv1d(np.broadcast_to(np.float32(1), (1, 1, HUGE)), TAPS, stride=HUGE),
        lambda: F.conv1d(np.broadcast_to(np.int32(1), (1, 1, HUGE)), TAPS, stride=HUGE),
        lambda: F.conv_transpose1d(SIGNAL, TAPS, stride=HUGE),
        lambda: F.conv_transpose1d(SIGNAL, TAPS, stride=HUGE, padding=2 * HUGE),
        lambda: F.conv_transpose1d(SIGNAL, TAPS, dilation=HUGE, padding=HUGE),
        lambda: F.max_pool1d(SIGNAL, 2 * HUGE, padding=HUGE, stride=HUGE),
        lambda: F.avg_pool1d(SIGNAL, 2 * HUGE, padding=HUGE, stride=HUGE),
        lambda: F.adaptive_avg_pool1d(SIGNAL, HUGE),
        lambda: F.adaptive_max_pool1d(SIGNAL, 10**8),
        lambda: F.pad(SIGNAL, (HUGE, HUGE)),
        lambda: F.interpolate(SIGNAL, HUGE),
        lambda: F.interpolate(np.broadcast_to(np.float32(1), (1, 1, 100, 10**5)), (10**6, 1), mode="bilinear"),
    ],
)
def test_nothing_is_allocated_beyond_the_limit(call):
    """The result may be small: what is needed on the way to it counts."""
    tracemalloc.start()
    try:
        with pytest.raises(LimitError, match="more than the limit of 8"):
            call()
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_any_type_of_whole_number_will_do():
    expected = F.conv1d(SIGNAL, TAPS, stride=2, padding=1)
    assert np.array_equal(F.conv1d(SIGNAL, TAPS, stride=np.int64(2), padding=np.array([1])), expected)
