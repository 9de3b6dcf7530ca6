"""Pasted layers at work: their numbers against PyTorch's and Keras's own layers with the same weights."""

import numpy as np
import pytest

import striate as st
from striate.errors import DeclarationError, DtypeError, LimitError, ParameterError, ShapeError, UnsupportedError
from striate.importers.declaration import parse_declaration
from striate.lessons import animate_declaration, bank_filters, play_declaration, sample_input, usual_input_shape

TORCH = [
    ("nn.Conv1d(3, 6, 3, padding=1, stride=2)", (3, 11)),
    ("nn.Conv1d(2, 4, 4, padding='same')", (2, 9)),
    ("nn.Conv2d(4, 8, (3, 2), groups=2, dilation=2, padding=(1, 2), bias=False)", (4, 9, 9)),
    ("nn.Conv2d(6, 12, 3, groups=6)", (6, 8, 8)),
    ("nn.Conv3d(2, 3, 2, stride=2)", (2, 6, 6, 6)),
    ("nn.ConvTranspose1d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2)", (4, 7)),
    ("nn.ConvTranspose2d(4, 2, 3, stride=2, dilation=2)", (4, 5, 5)),
    ("nn.ConvTranspose2d(2, 3, 2, stride=4)", (2, 3, 3)),
    ("nn.ConvTranspose3d(2, 2, 2, stride=2)", (2, 3, 3, 3)),
    ("nn.MaxPool1d(2, dilation=3, stride=1)", (2, 9)),
    ("nn.MaxPool2d(3, 2, 1, ceil_mode=True)", (2, 9, 10)),
    ("nn.MaxPool3d(2)", (1, 4, 4, 4)),
    ("nn.AvgPool1d(2)", (2, 9)),
    ("nn.AvgPool2d(3, 2, 1)", (2, 9, 9)),
    ("nn.AvgPool2d(3, 2, 1, count_include_pad=False, ceil_mode=True)", (2, 8, 9)),
    ("nn.AdaptiveAvgPool1d(3)", (2, 9)),
    ("nn.AdaptiveAvgPool2d(1)", (2, 5, 7)),
    ("nn.AdaptiveMaxPool2d((2, None))", (2, 6, 7)),
]
KERAS = [
    ("layers.Conv2D(4, 3, padding='same', strides=2)", (8, 9, 3)),
    ("layers.Conv2D(4, 3, groups=2, activation='relu')", (8, 9, 4)),
    ("layers.Conv2D(4, 3, data_format='channels_first')", (3, 8, 9)),
    ("layers.Conv1D(4, 3, padding='causal', dilation_rate=2)", (9, 3)),
    ("layers.Conv3D(2, 2)", (4, 4, 4, 2)),
    ("layers.DepthwiseConv2D(3, depth_multiplier=2)", (7, 7, 3)),
    ("layers.DepthwiseConv1D(3, strides=2, padding='same')", (8, 3)),
    ("layers.Conv2DTranspose(3, 2, strides=2)", (4, 4, 2)),
    ("layers.Conv2DTranspose(3, 4, strides=2, padding='same')", (4, 4, 2)),
    # A window smaller than the stride, and Keras's own rule where output_padding is given.
    ("layers.Conv2DTranspose(3, 2, strides=4)", (3, 3, 2)),
    ("layers.Conv2DTranspose(3, 2, strides=4, padding='same')", (3, 3, 2)),
    ("layers.Conv2DTranspose(3, 3, strides=2, padding='same', output_padding=1)", (3, 3, 2)),
    ("layers.Conv1DTranspose(3, 3, strides=2, padding='same', output_padding=0)", (5, 2)),
    ("layers.Conv1DTranspose(3, 3, strides=2, output_padding=1)", (5, 2)),
    ("layers.Conv3DTranspose(2, 2, strides=2)", (3, 3, 3, 2)),
    ("layers.MaxPooling2D(3, strides=2, padding='same')", (8, 9, 2)),
    # Keras on PyTorch repeats edges where it pads one end more than the other, so both ends alike here.
    ("layers.AveragePooling2D(3, strides=2, padding='same')", (9, 7, 2)),
    ("layers.GlobalAveragePooling2D()", (5, 6, 3)),
    ("layers.GlobalMaxPooling1D(keepdims=True)", (5, 3)),
]


def numbers(shape):
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize(("text", "shape"), TORCH)
def test_the_numbers_of_torch(torch, text, shape):
    module, x = eval(text, {"nn": torch.nn}), numbers(shape)
    own = {name: value.detach().numpy() for name, value in module.named_parameters()}
    found = play_declaration(text, shape).workbench(x, own.get("weight"), own.get("bias")).output
    wanted = module(torch.from_numpy(x)[None])[0].detach().numpy()
    assert found.shape == wanted.shape
    assert np.allclose(found, wanted, atol=2e-6)


@pytest.mark.filterwarnings("ignore:You might experience inconsistencies")
@pytest.mark.parametrize(("text", "shape"), KERAS)
def test_the_numbers_of_keras(torch, keras, text, shape):
    layer, x = eval(text, {"layers": keras.layers}), numbers(shape)
    layer(x[None])
    own = [numbers(weight.shape) for weight in layer.get_weights()]
    layer.set_weights(own)
    wanted = keras.ops.convert_to_numpy(layer(x[None]))[0]
    played = play_declaration(text, shape)
    found = played.workbench(x, *own).output
    found = np.moveaxis(found, 0, -1) if played.layer.declaration.channels_last else found
    assert found.size == wanted.size
    assert np.allclose(found.reshape(wanted.shape), wanted, atol=2e-6)


def test_without_numbers_those_of_the_studio():
    played = play_declaration("Conv2D(6, 3, groups=2)", (8, 9, 4))
    bench = played.workbench()
    assert np.array_equal(bench.x, np.random.default_rng(0).normal(size=(4, 8, 9)).astype(np.float32))
    assert np.array_equal(bench.weight, bank_filters(["untrained"] * 6, 2, depth=2, taps=(3, 3))[0])
    assert np.array_equal(bench.bias, np.zeros(6))


def test_tensors_that_are_being_learned_are_numbers_too(torch):
    module, x = torch.nn.Conv2d(2, 3, 3), torch.ones(2, 5, 5)
    shown = animate_declaration("nn.Conv2d(2, 3, 3)", x, module.weight, module.bias, channel=2)
    assert np.allclose(shown.walk.output, module(x[None])[0, 2].detach().numpy(), atol=1e-6)


def test_one_kernel_stands_in_every_filter_and_channel():
    x, kernel = numbers((3, 6, 6)), np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    played = play_declaration("nn.Conv2d(3, 2, 3, bias=False)", (3, 6, 6))
    found = played.workbench(x, kernel).output
    assert np.allclose(found[0], st.conv2d(x.astype(np.float64), np.tile(kernel, (1, 3, 1, 1)))[0])
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(played.workbench(x, "sobel").output, played.workbench(x, -kernel).output)


def test_one_channel_needs_no_axis_of_its_own():
    x = numbers((5, 6))
    for text, whole in (("nn.Conv2d(1, 1, 3)", x[None]), ("Conv2D(1, 3)", x[..., None])):
        with_axis, without = animate_declaration(text, whole), animate_declaration(text, x)
        assert with_axis.walk.input_shape == without.walk.input_shape == (5, 6)
        assert np.array_equal(with_axis.walk.output, without.walk.output)


def test_an_animation_is_that_of_the_layer_and_says_where_its_numbers_come_from():
    shown = animate_declaration("nn.Conv2d(1, 2, 3, stride=2, padding=1)", input_shape=(1, 9, 9), channel=1)
    bench = play_declaration("nn.Conv2d(1, 2, 3, stride=2, padding=1)", (1, 9, 9)).workbench()
    assert shown.walk.output_shape == (5, 5)
    assert np.allclose(shown.walk.output, bench.output[1])
    assert shown.walk.title == "nn.Conv2d(1, 2, 3, stride=2, padding=1), filter 1 of 2"
    assert shown.walk.origin == "weights and input random, always the same; bias 0"
    assert shown.walk.origin in shown.svg(0)


@pytest.mark.parametrize(
    ("text", "given", "origin"),
    [
        ("nn.Conv1d(1, 1, 3)", {"input": [1, 2, 3]}, "weights random, always the same; bias 0"),
        ("nn.Conv1d(1, 1, 3)", {"kernel": [1, 0, 1]}, "input random, always the same; bias 0"),
        ("nn.Conv1d(1, 1, 3)", {"input": [1, 2, 3], "kernel": [1, 0, 1], "bias": 2}, ""),
        ("nn.Conv2d(1, 1, 3)", {"kernel": "sobel", "bias": [2]}, "input random, always the same; weights: sobel"),
        ("nn.MaxPool1d(2)", {}, "input random, always the same"),
        ("nn.MaxPool1d(2)", {"input": [[1, 2], [3, 4]]}, ""),
        ("Conv1D(1, 3, activation='tanh', use_bias=False)", {"input": [1, 2, 3], "kernel": [1, 0, 1]},
         "shown before its activation tanh"),
    ],
)  # fmt: skip
def test_the_origin_of_numbers(text, given, origin):
    assert animate_declaration(text, **given).walk.origin == origin


def test_what_follows_a_convolution():
    relu = animate_declaration("Conv1D(1, 3, activation='relu')", [1, 2, 3, 4], [1, 0, -1])
    assert [(step.total, step.value) for step in relu.steps] == [(-2, 0), (-2, 0)]
    assert [stage.kind for stage in relu.steps[0].stages] == ["Relu"]
    assert play_declaration("Conv1D(1, 3, activation='linear')").left_out == ""


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("nn.Conv1d(17, 64, 3)", (17, 30)),
        ("Conv2D(8, 3)", (16, 16, 3)),
        ("Conv2D(8, 3, groups=4)", (16, 16, 4)),
        ("Conv2D(8, 11, dilation_rate=2)", (44, 44, 3)),
        ("nn.MaxPool3d(2)", (1, 8, 8, 8)),
        ("Conv1D(8, 3, input_shape=(12, 2))", None),
        ("nn.Linear(3, 4)", None),
    ],
)
def test_a_usual_shape(text, shape):
    assert usual_input_shape(parse_declaration(text)) == shape
    if shape is not None:
        assert play_declaration(text).layer.input_shape == shape


@pytest.mark.parametrize(
    ("text", "shape", "kind", "message"),
    [
        ("nn.ReLU()", (3, 9, 9), UnsupportedError, "ReLU has no window that slides; convolutions, transposed and"),
        ("nn.Linear(3, 4)", (5,), UnsupportedError, "Linear has no window that slides"),
        ("nn.Conv2d(3, 8, 3, padding=1, padding_mode='circular')", None, UnsupportedError, "only zeros are"),
        ("nn.LPPool2d(2, 3)", None, UnsupportedError, "neither a maximum nor an average"),
        ("nn.AvgPool2d(2, divisor_override=3)", None, UnsupportedError, "a divisor of its own"),
        ("SeparableConv2D(8, 3)", None, UnsupportedError, "is two layers: one for each channel, and one of 1×1"),
        ("nn.AdaptiveAvgPool2d(2)", (1, 5, 4), UnsupportedError, "from 5×4 to 2×2 cells has windows of several sizes"),
        ("nn.AdaptiveAvgPool2d(2)", None, UnsupportedError, "the input of AdaptiveAvgPool2d is not known"),
        ("nn.Conv2d(3, 4, 3)", (1, 9, 9), DeclarationError, "in_channels (=3) but the input 1x9x9 has 1 channels"),
        (
            "nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2))", None, DeclarationError,
            "3 layers were given, only one can be played; take one with a window: nn.Conv2d(1, 2, 3); nn.MaxPool2d(2)",
        ),
        (
            "nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2))", (1, 28, 28), DeclarationError,
            "take one with a window: nn.Conv2d(1, 2, 3) on 1x28x28; nn.MaxPool2d(2) on 2x26x26",
        ),
        (None, None, DeclarationError, "a NoneType was given, expected text"),
        ("[nn.ReLU(), nn.Flatten()]", None, DeclarationError, "none has a window that slides; convolutions"),
    ],
)  # fmt: skip
def test_what_is_not_played_says_why(text, shape, kind, message):
    with pytest.raises(kind) as caught:
        play_declaration(text, shape)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "given", "kind", "message"),
    [
        ("nn.Conv2d(3, 4, 3)", {"input": [1, 2, 3]}, DeclarationError, "input 3 has 1 axes, expected 3: channels"),
        ("nn.Conv2d(3, 4, 3)", {"input": np.ones((3, 5, 5)), "input_shape": (3, 6, 6)}, ShapeError,
         "input has shape (3, 5, 5), Conv2d was declared for one sample 3×6×6, channels first"),
        ("nn.Conv2d(3, 4, 3)", {"kernel": [1, 2]}, ShapeError,
         "kernel has shape (2,); Conv2d here takes weights (4, 3, 3, 3), as PyTorch has them, or one kernel (3, 3)"),
        ("Conv2D(4, 3)", {"kernel": np.ones((4, 3, 3, 3))}, ShapeError, "weights (3, 3, 3, 4), as Keras has them"),
        ("nn.Conv2d(3, 4, 2)", {"kernel": "sobel"}, ShapeError, 'kernel "sobel" is larger than the window of Conv2d'),
        ("nn.Conv2d(3, 4, 3)", {"kernel": np.full((3, 3), "a")}, DtypeError, "kernel has type"),
        ("nn.MaxPool2d(2)", {"kernel": "sobel"}, ParameterError, "MaxPool2d is a pooling and has no weights"),
        ("nn.Conv2d(3, 4, 3, bias=False)", {"bias": 1}, ParameterError, "bias is given, but"),
        ("nn.Conv2d(3, 4, 3)", {"bias": [1, 2]}, ShapeError, "bias has shape (2,), expected (4,)"),
        ("nn.Conv2d(3, 4, 3)", {"channel": 4}, ParameterError, "channel (=4) must be from 0 to 3"),
        ("nn.Conv2d(3, 4, 3)", {"channel": None}, ParameterError, "channel (=None) must be a whole number"),
        ("nn.Conv2d(100000, 100000, 3)", {}, LimitError, "weights of shape (100000, 100000, 3, 3) would take"),
        ("nn.Conv2d(3, 4, 3)", {"input_shape": (3, 10**5, 10**5)}, LimitError, "sample values of shape"),
    ],
)  # fmt: skip
def test_numbers_that_do_not_fit(text, given, kind, message):
    with pytest.raises(kind) as caught:
        animate_declaration(text, **given)
    assert message in str(caught.value)


def test_no_shape_of_sample_values():
    for shape in ((), (0, 3), "ab"):
        with pytest.raises(ParameterError, match="must be positive whole numbers"):
            sample_input(shape)
