"""Every layer against Keras itself, with the same weights and drawn arguments."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from striate import layers
from striate.arithmetic import same_padding
from striate.errors import ShapeError

RNG = np.random.default_rng(0)
FORMATS = st.sampled_from(["channels_last", "channels_first"])
ACTIVATIONS = st.sampled_from([None, "relu", "tanh", "softmax"])


def agree(keras, kind, arguments, shape, data_format=None):
    """One layer in both, the same random weights, the same random batch."""
    options = dict(arguments)
    if data_format:
        options["data_format"] = data_format
        if data_format == "channels_first":
            shape = (shape[-1], *shape[:-1])
    theirs = keras.Sequential([keras.Input(shape), getattr(keras.layers, kind)(**options)])
    ours = layers.Sequential([layers.Input(shape), getattr(layers, kind)(**options)])
    weights = [np.abs(RNG.standard_normal(w.shape)) + 0.1 for w in theirs.get_weights()]
    assert [w.shape for w in ours.get_weights()] == [w.shape for w in weights]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    x = RNG.standard_normal((2, *shape)).astype(np.float32)
    truth = np.asarray(theirs(x).detach().cpu())
    result = ours.predict(x)
    assert result.dtype == np.float32
    assert result.shape == truth.shape
    np.testing.assert_allclose(result, truth, atol=2e-5, rtol=2e-4)
    assert theirs.count_params() == ours.count_params()
    assert theirs.layers[-1].name.rstrip("_0123456789") == ours.layers[-1].name.rstrip("_0123456789")


@st.composite
def windows(draw, axes, causal=False):
    kernel = [draw(st.integers(1, 3)) for _ in range(axes)]
    strided = draw(st.booleans())
    stride = draw(st.integers(1, 3)) if strided else 1
    dilation = 1 if strided else draw(st.integers(1, 2))
    paddings = ["valid", "same", "causal"] if causal else ["valid", "same"]
    lengths = [draw(st.integers(dilation * (k - 1) + 1, dilation * (k - 1) + 5)) for k in kernel]
    return kernel, stride, dilation, draw(st.sampled_from(paddings)), lengths


@pytest.mark.parametrize("axes", [1, 2, 3])
@settings(max_examples=25)
@given(data=st.data())
def test_convolution(axes, data, keras):
    kernel, stride, dilation, padding, lengths = data.draw(windows(axes, causal=axes == 1))
    groups = data.draw(st.integers(1, 2))
    arguments = {
        "filters": 2 * groups,
        "kernel_size": kernel,
        "strides": stride,
        "dilation_rate": dilation,
        "padding": padding,
        "groups": groups,
        "use_bias": data.draw(st.booleans()),
        "activation": data.draw(ACTIVATIONS),
    }
    data_format = "channels_last" if padding == "causal" else data.draw(FORMATS)
    agree(keras, f"Conv{axes}D", arguments, (*lengths, 2 * groups), data_format)


@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("kind", ["DepthwiseConv", "SeparableConv"])
@settings(max_examples=15)
@given(data=st.data())
def test_depthwise_and_separable(kind, axes, data, keras):
    kernel, stride, dilation, padding, lengths = data.draw(windows(axes))
    arguments = {
        "kernel_size": kernel,
        "strides": stride,
        "dilation_rate": dilation,
        "padding": padding,
        "depth_multiplier": data.draw(st.integers(1, 2)),
        "activation": data.draw(ACTIVATIONS),
    }
    if kind == "SeparableConv":
        arguments["filters"] = 3
    agree(keras, f"{kind}{axes}D", arguments, (*lengths, 3), data.draw(FORMATS))


@pytest.mark.parametrize("axes", [1, 2, 3])
@settings(max_examples=25)
@given(data=st.data())
def test_transposed_convolution(axes, data, keras):
    kernel = [data.draw(st.integers(1, 4)) for _ in range(axes)]
    stride = data.draw(st.integers(1, 3))
    padding = data.draw(st.sampled_from(["valid", "same"]))
    # Keras on PyTorch warns and differs by its own account where the kernel is smaller than the stride.
    assume(all(k >= stride for k in kernel))
    arguments = {"filters": 3, "kernel_size": kernel, "strides": stride, "padding": padding}
    lengths = [data.draw(st.integers(1, 5)) for _ in range(axes)]
    agree(keras, f"Conv{axes}DTranspose", arguments, (*lengths, 2), data.draw(FORMATS))


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("kind", ["MaxPooling", "AveragePooling"])
@settings(max_examples=20)
@given(data=st.data())
def test_pooling(kind, axes, data, keras):
    pool = [data.draw(st.integers(1, 3)) for _ in range(axes)]
    arguments = {
        "pool_size": pool,
        "strides": data.draw(st.sampled_from([None, 1, 2, 3])),
        "padding": data.draw(st.sampled_from(["valid", "same"])),
    }
    lengths = [data.draw(st.integers(k, k + 5)) for k in pool]
    strides = pool if arguments["strides"] is None else [arguments["strides"]] * axes
    pads = [same_padding(n, k, s) for n, k, s in zip(lengths, pool, strides, strict=True)]
    # Keras on PyTorch repeats edge cells where the two ends differ, against its own documentation.
    assume(kind == "MaxPooling" or all(before == after for before, after in pads))
    agree(keras, f"{kind}{axes}D", arguments, (*lengths, 2), data.draw(FORMATS))


@pytest.mark.parametrize(("length", "pool", "stride"), [(5, 2, 2), (5, 3, 3), (6, 4, 1), (7, 2, 3)])
def test_average_with_uneven_padding_counts_cells_inside_only(length, pool, stride):
    x = RNG.standard_normal(length).astype(np.float32)
    before, _ = same_padding(length, pool, stride)
    starts = range(-before, -before + stride * -(-length // stride), stride)
    truth = [x[max(0, start) : start + pool].mean() for start in starts]
    model = layers.Sequential([layers.AveragePooling1D(pool, stride, "same", input_shape=(length, 1))])
    np.testing.assert_allclose(model.predict(x.reshape(1, -1, 1)).ravel(), truth, atol=1e-6)


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("kind", ["GlobalMaxPooling", "GlobalAveragePooling"])
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_global_pooling(kind, axes, keepdims, data_format, keras):
    agree(keras, f"{kind}{axes}D", {"keepdims": keepdims}, (*(4, 3, 5)[:axes], 2), data_format)


@pytest.mark.parametrize(
    ("kind", "arguments", "shape"),
    [
        ("Dense", {"units": 4, "activation": "relu"}, (5,)),
        ("Dense", {"units": 4, "use_bias": False}, (3, 5)),
        ("Dense", {"units": 4, "activation": "softmax"}, (2, 3, 5)),
        ("Flatten", {}, (2, 3, 4)),
        ("Flatten", {}, (6,)),
        ("Reshape", {"target_shape": (4, 3)}, (12,)),
        ("Reshape", {"target_shape": (6, -1)}, (3, 4, 2)),
        ("Reshape", {"target_shape": (-1,)}, (3, 4)),
        ("Permute", {"dims": (2, 1)}, (3, 4)),
        ("Permute", {"dims": (3, 1, 2)}, (3, 4, 5)),
        ("Rescaling", {"scale": 0.5, "offset": 2.0}, (3, 4)),
        ("Dropout", {"rate": 0.5}, (3, 4)),
        ("BatchNormalization", {}, (3, 4, 2)),
        ("BatchNormalization", {"axis": 1, "scale": False}, (3, 4, 2)),
        ("BatchNormalization", {"center": False, "epsilon": 0.1}, (5,)),
        ("LayerNormalization", {}, (3, 4, 5)),
        ("LayerNormalization", {"axis": [2, 3]}, (3, 4, 5)),
        ("LayerNormalization", {"axis": -1, "center": False}, (5,)),
        ("GroupNormalization", {"groups": 2}, (3, 4, 6)),
        ("GroupNormalization", {"groups": -1, "axis": 1}, (4, 3, 6)),
        ("ReLU", {"max_value": 1.0}, (3, 4)),
        ("ReLU", {"negative_slope": 0.1, "max_value": 1.0}, (3, 4)),
        ("ReLU", {"threshold": 0.5}, (3, 4)),
        ("LeakyReLU", {}, (3, 4)),
        ("ELU", {"alpha": 0.7}, (3, 4)),
        ("PReLU", {}, (3, 4, 2)),
        ("PReLU", {"shared_axes": [1, 2]}, (3, 4, 2)),
        ("Softmax", {}, (3, 4, 2)),
        ("Softmax", {"axis": 1}, (3, 4, 2)),
        ("ZeroPadding1D", {"padding": (1, 2)}, (4, 3)),
        ("Cropping1D", {"cropping": (1, 0)}, (4, 3)),
        ("UpSampling1D", {"size": 3}, (4, 3)),
    ],
)
def test_other_layers(kind, arguments, shape, keras):
    agree(keras, kind, arguments, shape)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize(
    ("kind", "arguments", "shape"),
    [
        ("ZeroPadding2D", {"padding": 2}, (3, 4, 2)),
        ("ZeroPadding2D", {"padding": ((1, 0), (2, 3))}, (3, 4, 2)),
        ("ZeroPadding3D", {"padding": (1, 0, 2)}, (3, 4, 5, 2)),
        ("Cropping2D", {"cropping": ((1, 0), (0, 2))}, (3, 4, 2)),
        ("Cropping3D", {"cropping": 1}, (3, 4, 5, 2)),
        ("UpSampling2D", {"size": (2, 3)}, (3, 4, 2)),
        ("UpSampling2D", {"size": 2, "interpolation": "bilinear"}, (3, 4, 2)),
        ("UpSampling3D", {"size": 2}, (3, 2, 1, 2)),
        ("Flatten", {}, (3, 4, 2)),
    ],
)
def test_layers_with_a_data_format(kind, arguments, shape, data_format, keras):
    agree(keras, kind, arguments, shape, data_format)


@pytest.mark.parametrize("name", sorted(layers.activation._ACTIVATIONS))
def test_activations(name, keras):
    x = RNG.standard_normal((4, 3, 5)).astype(np.float32) * 4
    truth = np.asarray(keras.activations.get(name)(keras.ops.convert_to_tensor(x)).detach().cpu())
    result = layers.Sequential([layers.Activation(name, input_shape=(3, 5))]).predict(x)
    np.testing.assert_allclose(result, truth, atol=2e-6, rtol=1e-5)


def test_mixed_data_formats(keras):
    def build(k):
        return k.Sequential(
            [
                k.layers.Input((6, 5, 3)) if k is keras else layers.Input((6, 5, 3)),
                k.layers.Conv2D(4, 3, padding="same", activation="relu"),
                k.layers.Conv2D(2, 3, data_format="channels_first", padding="same"),
                k.layers.Flatten(),
                k.layers.Dense(3),
            ]
        )

    class Ours:
        Sequential = layers.Sequential

    Ours.layers = layers
    theirs, ours = build(keras), build(Ours)
    ours.set_weights(theirs.get_weights())
    x = RNG.standard_normal((2, 6, 5, 3)).astype(np.float32)
    np.testing.assert_allclose(ours.predict(x), np.asarray(theirs(x).detach()), atol=1e-5)


def test_a_whole_network(keras):
    def build(sequential, module, give_input):
        return sequential(
            [
                give_input((20, 16, 3)),
                module.Conv2D(8, 3, activation="relu"),
                module.BatchNormalization(),
                module.MaxPooling2D(2),
                module.SeparableConv2D(6, 3, padding="same", activation="relu"),
                module.Dropout(0.5),
                module.Flatten(),
                module.Dense(5, activation="softmax"),
            ]
        )

    theirs = build(keras.Sequential, keras.layers, keras.Input)
    ours = build(layers.Sequential, layers, layers.Input)
    weights = [np.abs(RNG.standard_normal(w.shape)) / 4 for w in theirs.get_weights()]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    x = RNG.random((3, 20, 16, 3)).astype(np.float32)
    np.testing.assert_allclose(ours.predict(x), np.asarray(theirs(x).detach()), atol=1e-5)
    for mine, original in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, original)
    names = [layer.name for layer in ours.layers]
    assert names == [
        "conv2d",
        "batch_normalization",
        "max_pooling2d",
        "separable_conv2d",
        "dropout",
        "flatten",
        "dense",
    ]


def test_kernel_larger_than_the_input():
    with pytest.raises(ShapeError, match=r'layer "conv1d" \(Conv1D\) on an input of shape \(n, 2, 1\).*window spans 3'):
        layers.Sequential([layers.Conv1D(1, 3, input_shape=(2, 1))])
