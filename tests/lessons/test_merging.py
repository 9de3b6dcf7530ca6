"""Merged convolutions against PyTorch running the stack."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as draws

import striate as st
from striate.errors import ParameterError, ShapeError
from striate.lessons import Convolution

sizes = draws.integers(1, 3)


@draws.composite
def convolutions(draw, axes, channels, padded):
    """A convolution that reads as many channels, and whole numbers as weights, so that sums are exact."""
    groups = draw(draws.sampled_from([g for g in (1, 2, 4) if channels % g == 0]))
    filters = groups * draw(draws.integers(1, 2))
    rng = np.random.default_rng(draw(draws.integers(0, 99)))
    kernel = [draw(sizes) for _ in range(axes)]
    bias = rng.integers(-5, 6, filters) if draw(draws.booleans()) else None
    pads = [draw(draws.integers(0, 2)) for _ in range(axes)] if padded else 0
    steps, gaps = [draw(sizes) for _ in range(axes)], [draw(sizes) for _ in range(axes)]
    return Convolution(rng.integers(-4, 5, (filters, channels // groups, *kernel)), bias, steps, pads, gaps, groups)


def by_torch(torch, one, x):
    conv = {1: torch.nn.functional.conv1d, 2: torch.nn.functional.conv2d, 3: torch.nn.functional.conv3d}
    bias = None if one.bias is None else torch.tensor(one.bias)
    pads = [before for before, _ in one.padding]
    return conv[len(one.kernel)](x, torch.tensor(one.weight), bias, one.stride, pads, one.dilation, one.groups)


@settings(max_examples=25)
@given(data=draws.data(), axes=draws.integers(1, 3), length=draws.integers(6, 14))
def test_one_kernel_equals_the_stack_whatever_stride_dilation_and_groups(torch, data, axes, length):
    first = data.draw(convolutions(axes, 4, padded=True))
    second = data.draw(convolutions(axes, first.filters, padded=False))
    x = np.random.default_rng(1).integers(-9, 10, (2, 4, *[length] * axes)).astype(float)
    try:
        second.output_shape(first.output_shape(x.shape[2:])[1:])
    except ShapeError:
        assume(False)
    merged = st.merge_convolutions(first, second)
    truth = by_torch(torch, second, by_torch(torch, first, torch.tensor(x))).numpy()
    one = merged.convolution
    assert np.array_equal(by_torch(torch, one, torch.tensor(x)).numpy(), truth)
    assert merged.exact
    assert merged.inside(x.shape[2:]).all()
    assert one.groups == np.gcd(first.groups, second.groups)
    assert one.span == tuple((a + s * (b - 1)) for a, b, s in zip(first.span, second.span, first.stride, strict=True))
    measured = merged.measure(x)
    assert measured.error == 0
    relu = by_torch(torch, second, torch.relu(by_torch(torch, first, torch.tensor(x)))).numpy()
    assert np.array_equal(measured.relu, relu)
    assert np.array_equal(measured.relu_difference, relu - truth)


@settings(max_examples=25)
@given(data=draws.data(), axes=draws.integers(1, 2), length=draws.integers(6, 14))
def test_with_padding_between_it_holds_in_the_interior(torch, data, axes, length):
    first = data.draw(convolutions(axes, 2, padded=True))
    second = data.draw(convolutions(axes, first.filters, padded=True))
    third = data.draw(convolutions(axes, second.filters, padded=True))
    x = np.random.default_rng(1).integers(-9, 10, (1, 2, *[length] * axes)).astype(float)
    try:
        third.output_shape(second.output_shape(first.output_shape(x.shape[2:])[1:])[1:])
    except ShapeError:
        assume(False)
    merged = st.merge_convolutions(first, second, third, interior=True)
    truth = torch.tensor(x)
    for one in (first, second, third):
        truth = by_torch(torch, one, truth)
    measured = merged.measure(x)
    assert np.array_equal(measured.stack, truth.numpy())
    assert measured.error == 0
    if merged.exact:
        assert measured.inside.all()
        assert measured.error_outside == 0
    else:
        with pytest.raises(ParameterError, match="padding between"):
            st.merge_convolutions(first, second, third)


def test_the_border_is_what_padding_between_changes():
    first, second = Convolution(np.ones((3, 3)), [1.0]), Convolution(np.ones((3, 3)), padding=1)
    merged = st.merge_convolutions(first, second, interior=True)
    measured = merged.measure(np.ones((8, 8)))
    assert not merged.exact
    assert measured.inside.tolist() == [[0 < i < 5 and 0 < j < 5 for j in range(6)] for i in range(6)]
    assert measured.error == 0
    assert measured.error_outside == 33  # at a corner, 5 numbers beyond the map: 4 + 1 and four times 6 + 1
    assert "border: 20 of 36 positions differ by up to 33" in str(measured)
    assert "equal in the interior: padding lies between" in str(merged)


def test_padding_behind_a_pointwise_layer_without_bias_is_exact():
    pointwise, after = np.full((2, 1, 1, 1), 3.0), Convolution(np.ones((1, 2, 3, 3)), padding=1)
    merged = st.merge_convolutions(pointwise, after)
    assert merged.exact
    assert merged.measure(np.arange(16.0).reshape(4, 4)).error_outside == 0


def test_two_small_kernels_have_fewer_parameters_than_the_large_one():
    """The reason to stack 3x3 filters (VGG): 18 weights see what 25 would."""
    merged = st.merge_convolutions(np.ones((3, 3)), np.ones((3, 3)))
    assert merged.receptive_field == (5, 5)
    assert (merged.parameters_stack.value, merged.parameters.value) == (18, 25)
    assert merged.convolution.weight[0, 0, 2].tolist() == [3, 6, 9, 6, 3]


def test_where_no_number_between_is_negative_relu_changes_nothing():
    merged = st.merge_convolutions([1, 2, 1], [1, 0, -1])
    measured = merged.measure(np.arange(12.0))
    assert (measured.relu_error, measured.clipped, measured.relu_differs.any()) == (0, 0, False)
    signed = merged.measure([0, -9, 1, 2, 3, 4, 5, 6])
    assert signed.relu_differs[0, 0].tolist() == [True, True, False, False]
    assert "with ReLU between: 2 of 4 numbers differ" in str(signed)


def test_layers_and_units_of_a_network():
    model = st.Sequential(
        [
            st.layers.Conv2D(3, 3, activation="relu", groups=1, name="a", input_shape=(9, 9, 2)),
            st.layers.Conv2D(6, 3, groups=3, name="b"),
        ]
    )
    model.set_weights([np.random.default_rng(0).normal(size=w.shape) for w in model.get_weights()])
    run = st.load(model).run(np.random.default_rng(1).normal(size=(1, 9, 9, 2)).astype(np.float32))
    x = np.moveaxis(run["input"] if "input" in run.model.graph.inputs else run[run.model.graph.inputs[0]], -1, 1)
    merged = st.merge_convolutions(Convolution.of(run, "a"), Convolution.of(model, "b"))
    assert np.abs(merged.measure(x).relu - np.moveaxis(run["b"], -1, 1)).max() < 1e-4
    unit = run.unit("b:4@2,3")
    one = st.merge_convolutions(Convolution.of(run, "a"), unit).measure(x)
    assert one.relu[0, 0, 2, 3] == pytest.approx(unit.value, rel=1e-4)


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (np.ones((2, 1, 3)), np.ones((1, 3, 3)), "expects 3 channels .* the one before makes 2 maps"),
        (np.ones(3), np.ones((3, 3)), "1 axes cannot be followed by one of 2"),
        (np.ones((1, 1, 1, 1, 1, 1)), np.ones(3), r"weight has shape \(1, 1, 1, 1, 1, 1\)"),
        ([[1, 2], [3]], np.ones(3), "not rectangular"),
        (["a"], np.ones(3), "expected real numbers"),
        ([np.nan], np.ones(3), "NaN or infinity"),
    ],
)
def test_what_does_not_fit(first, second, message):
    with pytest.raises(ValueError, match=message):
        st.merge_convolutions(first, second)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stride": 0}, "stride .=0. must be a positive"),
        ({"padding": -1}, "padding .=-1. must be cells from 0 on"),
        ({"padding": "full"}, '"valid" or "same"'),
        ({"padding": "same", "stride": 2}, "depends on the input; give the cells"),
        ({"padding": [1, 2, 3]}, "one number or one for each of 2 axes"),
        ({"groups": 2}, "divides the 1 filters"),
        ({"bias": [1, 2]}, r"bias has shape \(2,\), expected \(1,\)"),
    ],
)
def test_options_that_are_no_convolution(options, message):
    with pytest.raises(ValueError, match=message):
        Convolution(np.ones((3, 3)), **options)


@pytest.mark.parametrize("kernel", [(3,), (4, 2), (3, 1, 2)])
def test_same_padding_keeps_the_size(kernel):
    one = Convolution(np.ones((1, 1, *kernel)), padding="same", dilation=2)
    assert one.output_shape([9] * len(kernel)) == (1, *[9] * len(kernel))


def test_an_input_that_does_not_fit():
    with pytest.raises(ShapeError, match=r"expected \(n, 2, l\) or \(2, l\)"):
        Convolution(np.ones((1, 2, 3)))(np.ones(9))
    with pytest.raises(ParameterError, match="no kernels"):
        Convolution.of(st.load(st.bundled.model_path()), "edges/Relu")
