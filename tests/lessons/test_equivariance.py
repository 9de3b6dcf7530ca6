"""Equivariance where it must hold, and border, stride and pooling told apart."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as draws

import striate as st
from striate.errors import ParameterError, ShapeError
from striate.lessons import Convolution, Pooling

relu = st.functional.relu


def picture(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@settings(max_examples=40)
@given(
    axes=draws.integers(1, 3),
    kernel=draws.integers(1, 3),
    stride=draws.integers(1, 3),
    padding=draws.integers(0, 2),
    dilation=draws.integers(1, 2),
    times=draws.integers(-2, 2),
)
def test_a_shift_by_a_multiple_of_the_stride_only_moves_the_interior(
    torch, axes, kernel, stride, padding, dilation, times
):
    one = Convolution(picture(2, 1, *[kernel] * axes), [0.5, -1.0], stride, padding, dilation)
    x = picture(1, 1, *[12] * axes)
    seen = st.equivariance_error(one, x, [times * stride] * axes)
    conv = getattr(torch.nn.functional, f"conv{axes}d")
    moved = st.shift(x, (times * stride,) * axes, "zero")
    truth = conv(torch.tensor(moved), torch.tensor(one.weight), torch.tensor(one.bias), stride, padding, dilation)
    assert np.allclose(seen.of_shifted, truth.numpy(), atol=1e-12)
    assert seen.aligned
    assert seen.output_shift == (times,) * axes
    assert seen.interior_error == 0
    assert not (seen.differs & seen.interior).any()
    assert seen.border_cells + seen.interior.sum() == seen.differs.size


@settings(max_examples=25)
@given(stride=draws.integers(2, 4), shift=draws.integers(1, 7))
def test_other_shifts_break_it_in_the_interior(stride, shift):
    assume(shift % stride)
    seen = st.equivariance_error(Convolution(picture(1, 1, 3), stride=stride), picture(40), shift)
    assert not seen.aligned
    assert seen.output_shift[0] * stride + seen.remainder[0] == shift
    assert seen.interior_error > 0.01
    assert f"exact only for shifts by multiples of ({stride},)" in str(seen)


def test_the_border_is_counted():
    """A 3x3 kernel with padding 1 on 6x6, moved one down: the rows above and below, and both columns, see a border."""
    seen = st.equivariance_error(Convolution(np.ones((3, 3)), [1.0], padding=1), np.ones((6, 6)), (1, 0))
    assert seen.interior.tolist() == [[2 <= i <= 4 and 1 <= j <= 4 for j in range(6)] for i in range(6)]
    assert seen.border_cells == 36 - 12
    assert 0 < seen.border_differs <= 24
    assert seen.border_error > 0
    assert seen.interior_error == 0


def test_a_stack_with_relu_and_pooling_moves_by_its_strides_together():
    part = [Convolution(picture(4, 1, 3, 3), padding=1), relu, Pooling((2, 2)), Convolution(picture(3, 4, 3, 3)), relu]
    x = picture(1, 24, 24)
    even, odd = st.equivariance_error(part, x, (4, -2)), st.equivariance_error(part, x, (3, 0))
    assert (even.stride, even.output_shift) == ((2, 2), (2, -1))
    assert even.interior.sum() > 20
    assert even.interior_error < 1e-12
    assert odd.interior_error > 0.01


def test_a_layer_of_a_network():
    net = st.load(st.bundled.model_path())
    x = st.image(st.bundled.picture_path(), size=64, preprocess="unit")
    seen = st.equivariance_error(net, x, (5, -3), layer="edges/Relu")
    assert seen.stride == (1, 1)
    assert seen.interior.sum() == (62 - 5) * (62 - 3)
    assert seen.interior_error < 1e-5
    with pytest.raises(ParameterError, match="has no places that could move"):
        st.equivariance_error(net, x, (1, 1))
    assert st.invariance_error(net, x, (2, 0)).change < st.invariance_error(net, x, (2, 0), layer="edges/Relu").change


def test_a_channels_last_model():
    layers = [st.layers.Conv2D(2, 3, strides=2, input_shape=(17, 17, 1)), st.layers.MaxPooling2D(2)]
    net = st.load(st.Sequential(layers))
    seen = st.equivariance_error(net, picture(1, 17, 17, 1).astype(np.float32), (4, 0))
    assert (seen.stride, seen.output_shift) == ((4, 4), (1, 0))
    assert seen.interior.any()
    assert seen.interior_error < 1e-5


def test_pooling_makes_small_shifts_invisible():
    spots = np.zeros((16, 16))
    spots[1::8, 1::8] = 1
    fine, coarse = (st.invariance_error(Pooling((k, k)), spots, (1, 1)) for k in (1, 4))
    assert (fine.change, coarse.change) == (pytest.approx(2**0.5), 0)
    assert coarse.same == 1
    assert np.array_equal(coarse.before, coarse.after)
    assert st.invariance_error(Convolution(np.ones((3, 3))), spots, (1, 1)).change > 1


def test_average_pooling_is_a_convolution():
    x = picture(12)
    assert np.allclose(Pooling((3,), "average")(x[None]), Convolution(np.full(3, 1 / 3), stride=3)(x))


@pytest.mark.parametrize(
    ("part", "shift", "options", "message"),
    [
        ([1, 0, -1], (1, 1), {}, r"shift .=\(1, 1\). must be a whole number of cells for each of 1 axes"),
        ([1, 0, -1], 0.5, {}, "must be a whole number"),
        ([1, 0, -1], 1, {"layer": "conv"}, "is for a network; the part given is a list"),
        (relu, 1, {}, "at least one convolution or pooling"),
        ([Pooling((2,)), Pooling((2, 2))], 1, {}, "all parts must have 1 axes"),
        ([Pooling((2,)), lambda x: x[..., 1:]], 1, {}, "must keep the shape"),
    ],
)
def test_what_cannot_be_measured(part, shift, options, message):
    with pytest.raises((ParameterError, ShapeError), match=message):
        st.equivariance_error(part, np.ones(8), shift, **options)


def test_pooling_of_an_unknown_kind():
    with pytest.raises(ParameterError, match='must be "max" or "average"'):
        Pooling((2,), "median")
