"""Output size, parameters and cost of pasted layers, against PyTorch and Keras modules built from the same line."""

import contextlib
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from striate.errors import DeclarationError, ParameterError
from striate.importers.declaration import parse_declaration
from striate.lenses.declared_layer import declared_layer


def work_out(text, shape=None, units=None):
    return declared_layer(parse_declaration(text), shape, units)


def value_of(formula):
    return eval(formula.text, {"floor": math.floor, "ceil": math.ceil})


def test_mission_e3_c4_conv1d():
    layer = work_out("nn.Conv1d(17, 64, kernel_size=3, padding=1)", (17, 30))
    assert layer.output_shape == (64, 30)
    assert str(layer.parameters) == "64*17*3 + 64 = 3,328"
    assert str(layer.sizes[0].formula) == "floor((30 + 2*1 - 1*(3 - 1) - 1)/1) + 1 = 30"
    assert str(layer.macs) == "30*64*17*3 = 97,920"
    assert [(w.name, w.shape) for w in layer.weights] == [("weight", (64, 17, 3)), ("bias", (64,))]


def test_mission_d1_parameter_explosion():
    assert work_out("nn.Linear(224*224*3, 1000)").parameters.value == 150_529_000
    layer = work_out("nn.Conv2d(3, 64, 3)", (3, 224, 224), units=1000)
    assert layer.parameters.value == 1792
    assert layer.against.parameters.value == 150_529_000
    assert round(layer.against.ratio, -3) == 84_000
    assert layer.dense.outputs == 64 * 222 * 222
    small = work_out("Conv2D(8, 3)", (32, 32, 3), units=512)
    assert small.against.weights == 1_572_864


def test_without_an_input_only_what_the_line_says():
    assert work_out("Conv2D(32, 3)").parameters is None
    assert work_out("nn.Conv2d(3, 64, 3)").output_shape is None
    assert work_out("nn.Conv2d(3, 64, 3)").macs is None
    assert work_out("Conv2D(32, (3,3), input_shape=(28,28,1))").output_shape == (26, 26, 32)


@pytest.mark.parametrize(
    ("text", "shape", "message"),
    [
        ("nn.Conv2d(3, 8, 3)", (4, 9, 9), "Conv2d: in_channels (=3) but the input 4x9x9 has 4 channels"),
        ("nn.Conv2d(3, 8, 3)", (9, 9, 3), "PyTorch's order is channels first"),
        ("nn.Conv2d(3, 8, 3)", (1, 3, 9, 9), "expected 3: channels, height, width; leave the batch out"),
        ("Conv1D(8, 3)", (9,), "input 9 has 1 axes, expected 2: length, channels"),
        ("nn.Conv2d(3, 8, 7)", (3, 4, 9), "kernel_size 7 with dilation 1 spans 7 cells, but the padded height"),
        ("nn.MaxPool1d(5)", (3, 4), "spans 5 cells, but the padded length has only 4"),
        ("Conv2D(8, 3, groups=2)", (9, 9, 3), "the input's 3 channels cannot be cut into groups (=2)"),
        ("nn.Linear(12, 3)", (3, 4), "in_features (=12) but the input 3x4 ends in 4; flatten it first"),
        ("nn.BatchNorm2d(3)", (4, 5, 5), "num_features (=3) but the input 4x5x5 has 4 channels"),
        ("nn.LayerNorm((3, 4))", (4, 3), "normalized_shape (=(3, 4)) but the input is (4, 3)"),
        ("nn.ConvTranspose1d(1, 1, 1, padding=3)", (1, 2), "cuts all"),
        ("nn.Flatten(start_dim=3)", (2, 2), "start_dim (=3) to end_dim (=-1) must lie within the 2 axes"),
        ("BatchNormalization(axis=4)", (4, 4, 3), "axis (=4) is not an axis of the input"),
        ("nn.Conv1d(1, 1, 1)", (1, 0), "must have positive sizes"),
        ("nn.Upsample(scale_factor=0.1)", (1, 4), "leaves nothing of the input"),
        ("nn.Linear(10, 5)", (11,), "in_features (=10) but the input has 11 numbers"),
        (
            "nn.Conv2d(3, 8, 3, padding=9, padding_mode='reflect')",
            (3, 8, 8),
            "add at most 7 cells to a height of 8, not 9",
        ),
        ("nn.CircularPad1d((0, 9))", (3, 8), 'mode "circular" can add at most 8 cells to a length of 8, not 9'),
        ("nn.ZeroPad1d(-4)", (3, 8), "cutting ((-4, -4),) off leaves nothing of the input"),
        ("nn.PixelShuffle(3)", (8, 4, 4), "channels 8 must be multiples of 9"),
        ("nn.PixelUnshuffle(3)", (8, 4, 6), "height and width 4x6 must be multiples of 3"),
        ("nn.ChannelShuffle(3)", (8, 4, 6), "8 channels cannot be cut into groups (=3)"),
        ("nn.LazyConvTranspose1d(4, 3, groups=2)", (3, 6), "the input's 3 channels cannot be cut into groups (=2)"),
        ("nn.Softmax(dim=5)", (3, 4, 4), "dim (=5) is no axis of an input with 3 axes after the batch"),
        ("GroupNormalization(groups=3)", (4, 4, 8), "8 channels cannot be cut into groups (=3)"),
        ("Reshape((5, -1))", (7, 7, 64), "target_shape (=(5, -1)) does not hold the input's 3136 numbers"),
        ("Permute((2, 1))", (7, 7, 64), "dims (=(2, 1)) name 2 axes, the input has 3"),
        ("nn.FractionalMaxPool2d(3, output_ratio=0.01)", (4, 12, 12), "output_ratio (=(0.01,)) leaves nothing of the"),
        ("RepeatVector(3)", (7, 7), "input (7, 7) has 2 axes, expected 1: a vector"),
    ],
)
def test_an_input_that_does_not_fit(text, shape, message):
    with pytest.raises(DeclarationError) as caught:
        work_out(text, shape)
    assert message in str(caught.value)


def test_the_dense_layer_beside_it_needs_an_input():
    with pytest.raises(ParameterError, match="needs an input shape"):
        work_out("Conv2D(32, 3)", units=10)
    with pytest.raises(ParameterError, match=r"units .=0. of the dense layer must be positive"):
        work_out("Conv2D(32, 3)", (9, 9, 3), units=0)


# ------------------------------------------------------------------------------------------------ against PyTorch


def torch_truth(torch, text, shape):
    module = eval(text, {"nn": torch.nn}).eval()
    with torch.no_grad():
        output = tuple(module(torch.zeros(1, *shape)).shape[1:])
    learned = sum(p.numel() for p in module.parameters())
    kept = sum(b.numel() for name, b in module.named_buffers() if name.startswith("running"))
    return output, learned, kept, {name: tuple(p.shape) for name, p in module.named_parameters()}


def check_against_torch(torch, text, shape):
    try:
        output, learned, kept, shapes = torch_truth(torch, text, shape)
    except (RuntimeError, ValueError):
        with pytest.raises(DeclarationError):
            work_out(text, shape)
        return
    layer = work_out(text, shape)
    assert layer.output_shape == output
    assert layer.parameters.value == learned == value_of(layer.parameters)
    assert layer.statistics == kept
    assert sum(math.prod(w.shape) for w in layer.weights) == learned
    if "weight" in shapes and layer.weights[0].name == "weight":
        assert layer.weights[0].shape == shapes["weight"]
    assert all(value_of(size.formula) == size.value for size in layer.sizes)
    assert value_of(layer.macs) == layer.macs.value


def per_axis(draw, rank, low, high):
    one = st.integers(low, high)
    value = draw(st.one_of(one, st.tuples(*[one] * rank)))
    return value


@st.composite
def torch_lines(draw):
    rank, groups = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    family = draw(st.sampled_from(["Conv", "ConvTranspose", "MaxPool", "AvgPool"]))
    channels = groups * draw(st.integers(1, 3))
    sizes = {name: per_axis(draw, rank, low, high) for name, low, high in
             (("kernel_size", 1, 4), ("stride", 1, 3), ("padding", 0, 2), ("dilation", 1, 2))}  # fmt: skip
    shape = (channels, *(draw(st.integers(1, 9)) for _ in range(rank)))
    if family == "Conv":
        padding = draw(st.sampled_from([sizes["padding"], "same", "valid"]))
        sizes["padding"] = padding
    if family in ("Conv", "ConvTranspose"):
        head = f"{channels}, {groups * draw(st.integers(1, 3))}"
        sizes.update(groups=groups, bias=draw(st.booleans()))
        if family == "ConvTranspose":
            sizes["output_padding"] = draw(st.integers(0, 1))
    else:
        head = ""
        sizes["ceil_mode"] = draw(st.booleans())
        if family == "AvgPool":
            del sizes["dilation"]
            assume(rank > 1 or all(not isinstance(v, tuple) for v in sizes.values()))
    arguments = ", ".join(([head] if head else []) + [f"{name}={value!r}" for name, value in sizes.items()])
    return f"nn.{family}{rank}d({arguments})", shape


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@settings(derandomize=True, deadline=None, max_examples=300)
@given(line=torch_lines())
def test_windows_agree_with_torch(torch, line):
    check_against_torch(torch, *line)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("nn.Linear(12, 5)", (12,)),
        ("nn.Linear(12, 5, bias=False)", (3, 12)),
        ("nn.BatchNorm1d(4)", (4, 6)),
        ("nn.BatchNorm2d(4, affine=False)", (4, 6, 5)),
        ("nn.BatchNorm3d(4, track_running_stats=False)", (4, 3, 3, 3)),
        ("nn.BatchNorm2d(4, bias=False)", (4, 6, 5)),
        ("nn.InstanceNorm2d(4)", (4, 6, 5)),
        ("nn.InstanceNorm2d(4, affine=True)", (4, 6, 5)),
        ("nn.GroupNorm(2, 4)", (4, 6, 5)),
        ("nn.LayerNorm(5)", (4, 6, 5)),
        ("nn.LayerNorm((6, 5), bias=False)", (4, 6, 5)),
        ("nn.Flatten()", (4, 6, 5)),
        ("nn.Flatten(2)", (4, 6, 5)),
        ("nn.Flatten(1, 2)", (4, 6, 5)),
        ("nn.Flatten(-2)", (4, 6, 5)),
        ("nn.Dropout(0.2)", (4, 6)),
        ("nn.PReLU()", (4, 6)),
        ("nn.PReLU(4)", (4, 6)),
        ("nn.Softmax(dim=1)", (4, 6)),
        ("nn.GELU('tanh')", (4,)),
        ("nn.AdaptiveAvgPool2d(7)", (4, 9, 9)),
        ("nn.AdaptiveMaxPool2d((None, 3))", (4, 9, 9)),
        ("nn.AdaptiveAvgPool1d(1)", (4, 9)),
        ("nn.LPPool2d(2, 3, stride=2)", (4, 9, 9)),
        ("nn.Upsample(scale_factor=2)", (4, 3, 3)),
        ("nn.Upsample(scale_factor=1.5, mode='bilinear')", (4, 3, 3)),
        ("nn.Upsample(size=(7, 8))", (4, 3, 3)),
        ("nn.ZeroPad2d((1, 2, 3, 4))", (4, 3, 3)),
        ("nn.ZeroPad1d(2)", (4, 3)),
    ],
)
def test_other_layers_agree_with_torch(torch, text, shape):
    check_against_torch(torch, text, shape)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(data=st.data())
def test_an_unpooling_agrees_with_torch(torch, data):
    """Its shape needs no places, so any do for PyTorch's."""
    rank, channels = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
    kernel, stride = (per_axis(data.draw, rank, 1, 4) for _ in range(2))
    padding = per_axis(data.draw, rank, 0, 2)
    shape = (channels, *(data.draw(st.integers(1, 6)) for _ in range(rank)))
    given_stride = data.draw(st.booleans())
    text = f"nn.MaxUnpool{rank}d({kernel!r}, {f'stride={stride!r}, ' if given_stride else ''}padding={padding!r})"
    try:
        module = eval(text, {"nn": torch.nn})
        x = torch.zeros(1, *shape)
        output = tuple(module(x, torch.zeros_like(x, dtype=torch.int64)).shape[1:])
    except (RuntimeError, ValueError):
        output = (0,)
    if not all(output):  # PyTorch gives maps without a cell, too
        with pytest.raises(DeclarationError):
            work_out(text, shape)
        return
    layer = work_out(text, shape)
    assert layer.output_shape == output
    assert layer.parameters.value == 0
    assert all(value_of(size.formula) == size.value for size in layer.sizes)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(data=st.data())
def test_patches_agree_with_torch(torch, data):
    sizes = {name: per_axis(data.draw, 2, low, high) for name, low, high in
             (("kernel_size", 1, 3), ("dilation", 1, 2), ("padding", 0, 2), ("stride", 1, 3))}  # fmt: skip
    arguments = ", ".join(f"{name}={value!r}" for name, value in sizes.items())
    shape = (data.draw(st.integers(1, 3)), *(data.draw(st.integers(1, 9)) for _ in range(2)))
    unfolded = f"nn.Unfold({arguments})"
    check_against_torch(torch, unfolded, shape)
    with contextlib.suppress(DeclarationError):
        columns = work_out(unfolded, shape).output_shape
        folded = f"nn.Fold({shape[1:]!r}, {arguments})"
        check_against_torch(torch, folded, columns)
        check_against_torch(torch, folded, (columns[0], columns[1] + 1))


# ------------------------------------------------------------------------------------------------ against Keras


def check_against_keras(keras, text, shape):
    module = eval(text, {"layers": keras.layers})
    module.build((1, *shape))
    output = tuple(module.compute_output_shape((1, *shape)))[1:]
    layer = work_out(text, shape)
    assert layer.output_shape == output
    learned = sum(int(np.prod(w.shape)) for w in module.trainable_weights)
    assert layer.parameters.value == learned == value_of(layer.parameters)
    assert layer.statistics == module.count_params() - learned
    assert [w.shape for w in layer.weights] == [tuple(w.shape) for w in module.trainable_weights]
    assert all(value_of(size.formula) == size.value for size in layer.sizes)


@st.composite
def keras_lines(draw):
    rank, groups = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    kinds = ["Conv{}D", "Conv{}DTranspose", "MaxPooling{}D", "DepthwiseConv{}D", "SeparableConv{}D"]
    family = draw(st.sampled_from(kinds))
    if family.startswith(("Depth", "Sep")):
        rank = min(rank, 2)
    shape = (*(draw(st.integers(4, 9)) for _ in range(rank)), groups * draw(st.integers(1, 2)))
    sizes = {"padding": draw(st.sampled_from(["valid", "same"])), "strides": draw(st.integers(1, 3))}
    if rank == 1 and family in ("Conv{}D", "SeparableConv{}D"):
        sizes["padding"] = draw(st.sampled_from(["valid", "same", "causal"]))
    kernel = per_axis(draw, rank, 1, 3)
    if "Pooling" in family:
        head = f"pool_size={kernel!r}"
        sizes["strides"] = draw(st.sampled_from([None, 1, 2]))
    else:
        filters = "" if "Depth" in family else f"{groups * draw(st.integers(1, 3))}, "
        head = f"{filters}{kernel!r}"
        sizes["use_bias"] = draw(st.booleans())
        if sizes["strides"] == 1 and "Transpose" not in family:
            sizes["dilation_rate"] = draw(st.integers(1, 2))
            assume(max(np.atleast_1d(kernel)) * sizes["dilation_rate"] <= min(shape[:-1]) + 1)
        if family == "Conv{}D":
            sizes["groups"] = groups
        if family.startswith(("Depth", "Sep")):
            sizes["depth_multiplier"] = draw(st.integers(1, 2))
    arguments = ", ".join([head] + [f"{name}={value!r}" for name, value in sizes.items()])
    return f"layers.{family.format(rank)}({arguments})", shape


@settings(derandomize=True, deadline=None, max_examples=120)
@given(line=keras_lines())
def test_windows_agree_with_keras(keras, line):
    check_against_keras(keras, *line)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("layers.Dense(5)", (12,)),
        ("layers.Dense(5, use_bias=False)", (3, 12)),
        ("layers.BatchNormalization()", (6, 5, 4)),
        ("layers.BatchNormalization(scale=False, axis=1)", (6, 5, 4)),
        ("layers.LayerNormalization()", (6, 4)),
        ("layers.Flatten()", (6, 5, 4)),
        ("layers.Activation('relu')", (6, 5)),
        ("layers.Dropout(0.5)", (6, 5)),
        ("layers.GlobalAveragePooling2D()", (6, 5, 4)),
        ("layers.GlobalMaxPooling1D(keepdims=True)", (6, 4)),
        ("layers.ZeroPadding1D((1, 2))", (6, 4)),
        ("layers.ZeroPadding2D(((1, 2), (3, 4)))", (6, 5, 4)),
        ("layers.ZeroPadding2D((1, 2))", (6, 5, 4)),
        ("layers.UpSampling2D((2, 3))", (6, 5, 4)),
        ("layers.UpSampling1D()", (6, 4)),
        ("layers.Conv2DTranspose(3, 3, strides=2, padding='same', output_padding=1)", (6, 5, 4)),
        ("layers.Conv1DTranspose(3, 3, strides=2, output_padding=0)", (6, 4)),
        ("layers.SpatialDropout2D(0.5)", (6, 5, 4)),
    ],
)
def test_other_layers_agree_with_keras(keras, text, shape):
    check_against_keras(keras, text, shape)
