"""The model: building, weights, summary, errors that name the layer."""

import numpy as np
import pytest

import striate as st
from striate.errors import (
    DtypeError,
    InvalidError,
    LimitError,
    ParameterError,
    ShapeError,
    UnknownNameError,
    UnsupportedError,
)
from striate.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Input,
    LayerNormalization,
    MaxPooling2D,
    ReLU,
    Reshape,
    Sequential,
    ZeroPadding2D,
)


def small():
    return Sequential(
        [
            Input((8, 8, 1)),
            Conv2D(4, 3, activation="relu"),
            MaxPooling2D(),
            BatchNormalization(),
            Flatten(),
            Dropout(0.5),
            Dense(2),
        ],
        seed=0,
    )


def test_summary_is_kerass(capsys):
    small().summary()
    out = capsys.readouterr().out
    assert 'Model: "sequential"' in out
    assert "│ conv2d (Conv2D)                          │ (None, 6, 6, 4) │      40 │" in out
    assert "│ batch_normalization (BatchNormalization) │ (None, 3, 3, 4) │      16 │" in out
    assert " Total params: 130 (520.00 B)" in out
    assert " Trainable params: 122 (488.00 B)" in out
    assert " Non-trainable params: 8 (32.00 B)" in out


def test_layers_without_weights_have_no_parameters():
    counts = {layer.name: layer.count_params() for layer in small().layers}
    assert counts["max_pooling2d"] == counts["flatten"] == counts["dropout"] == 0


def test_names_and_lookup():
    model = Sequential([Dense(2, input_dim=3), Dense(2), Dense(2, name="last")])
    assert [layer.name for layer in model.layers] == ["dense", "dense_1", "last"]
    assert model.get_layer("dense_1") is model.layers[1]
    assert model.get_layer(index=-1) is model.layers[2]
    with pytest.raises(UnknownNameError, match='no layer "dense_2"; did you mean "dense'):
        model.get_layer("dense_2")
    with pytest.raises(ParameterError, match="has 3 layers"):
        model.get_layer(index=3)
    with pytest.raises(ParameterError, match="a name or an index"):
        model.get_layer()


def test_the_same_seed_gives_the_same_weights():
    first, second, other = small(), small(), Sequential([Dense(5, input_dim=5)], seed=7)
    for mine, again in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, again)
    limit = np.sqrt(6 / 10)
    assert np.abs(other.get_weights()[0]).max() <= limit
    assert np.abs(other.get_weights()[0]).max() > limit / 2


def test_weights_of_a_layer_change_the_model():
    model = Sequential([Dense(1, input_dim=2)])
    x = np.array([[1.0, 2]])
    model.predict(x)
    model.layers[0].set_weights([[[3], [4]], [5]])
    np.testing.assert_array_equal(model.predict(x), [[16]])
    model.layers[0].get_weights()[0][:] = 0  # a copy
    np.testing.assert_array_equal(model.predict(x), [[16]])


def test_a_model_without_input_is_built_by_its_data():
    model = Sequential([Conv2D(2, 3), Flatten(), Dense(3)])
    with pytest.raises(InvalidError, match="does not know its input; give the first layer input_shape"):
        model.get_weights()
    assert model.predict(np.zeros((5, 6, 6, 1))).shape == (5, 3)
    assert len(model.get_weights()) == 4
    later = Sequential([Dense(2)])
    later.build((None, 4))
    assert later.count_params() == 10


def test_batches_are_cut_and_joined():
    model = small()
    x = np.random.default_rng(0).random((10, 8, 8, 1))
    np.testing.assert_allclose(model.predict(x, batch_size=3), model.predict(x), atol=1e-6)
    with pytest.raises(ParameterError, match="batch_size"):
        model.predict(x, batch_size=0)


def test_it_is_a_network_in_channels_last():
    net = st.load(small())
    assert net.inputs[0].shape == (None, 8, 8, 1)
    assert net.layers["conv2d"].output_shape == (None, 6, 6, 4)
    x = np.random.default_rng(0).random((1, 8, 8, 1), np.float32)
    run = net.run(x)
    assert run["conv2d"].shape == (1, 6, 6, 4)
    assert (run["conv2d"] >= 0).all()
    assert run["conv2d/Conv"].min() < 0


def test_free_spatial_sizes():
    model = Sequential([Conv2D(2, 3, padding="same", input_shape=(None, None, 3)), MaxPooling2D()])
    assert model.predict(np.zeros((1, 10, 12, 3))).shape == (1, 5, 6, 2)
    with pytest.raises(ShapeError, match="number of inputs"):
        Sequential([Conv2D(2, 3, input_shape=(None, None, 3)), Flatten(), Dense(2)])


def test_pop_and_add():
    model = small()
    model.pop()
    assert model.predict(np.zeros((1, 8, 8, 1))).shape == (1, 36)
    with pytest.raises(ShapeError):
        model.add(Conv2D(1, 3))
    assert len(model.layers) == 5  # what does not fit is not added
    with pytest.raises(InvalidError, match="has no layers to take away"):
        Sequential().pop()


def wrong_weights(weights):
    return lambda: Sequential([Conv2D(1, 3, input_shape=(8, 8, 1))]).set_weights(weights)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            wrong_weights([np.zeros((3, 3)), [0]]),
            ShapeError,
            'layer "conv2d": kernel expects shape (3, 3, 1, 1), got (3, 3)',
        ),
        (wrong_weights([np.zeros((3, 3, 1, 1))]), ShapeError, 'model "sequential" has 2 weights (conv2d 2), got 1'),
        (wrong_weights([np.full((3, 3, 1, 1), "a"), [0]]), DtypeError, 'layer "conv2d": kernel has type <U1'),
        (lambda: Dense(2).set_weights([[1]]), ShapeError, "has 0 weights (none), got (1,); a layer has weights once"),
        (lambda: Sequential([Dense]), InvalidError, "is not a layer; give instances such as Conv2D(8, 3)"),
        (lambda: Sequential([Dense(1, name="a"), Dense(1, name="a")]), InvalidError, 'two layers are called "a"'),
        (lambda: Sequential([Dense(1), Input((2,))]), InvalidError, "an Input must come first, and only once"),
        (lambda: Sequential().to_model(), InvalidError, 'model "sequential" has no layers; add one'),
        (lambda: Conv2D(1, 3, kernal=2), ParameterError, 'Conv2D has no argument "kernal"'),
        (lambda: Conv2D(3.5, 3), ParameterError, "Conv2D: filters (=3.5) must be a whole number from 1"),
        (lambda: Sequential([Dense(10**9, input_shape=(10**9,))]), LimitError, "a weight of shape (1000000000, 100000"),
        (lambda: Conv2D(0, 3), ParameterError, "Conv2D: filters (=0) must be a whole number from 1"),
        (lambda: Conv2D(1, (3, 3, 3)), ParameterError, "Conv2D: kernel_size (=(3, 3, 3)) must be a whole number"),
        (lambda: Conv2D(1, 3, padding="causal"), ParameterError, 'padding (="causal") must be one of valid, same'),
        (
            lambda: Conv2D(1, 3, data_format="nchw"),
            ParameterError,
            'data_format (="nchw") must be one of channels_last',
        ),
        (lambda: Conv2D(3, 3, groups=2), ParameterError, "filters (=3) must be divisible by groups (=2)"),
        (lambda: Conv2D(1, 3, activation="rellu"), UnknownNameError, 'no activation "rellu"; did you mean "relu"'),
        (
            lambda: Sequential([Dense(1, kernel_initializer="xavier", input_dim=2)]),
            UnknownNameError,
            'no initializer "xavier"',
        ),
        (lambda: Dense(1, input_shape=(0,)), ParameterError, "input_shape (=(0,)) must hold positive sizes"),
        (lambda: Dense(1, input_shape=()), ParameterError, "input_shape is empty"),
        (lambda: Dense(1, name=""), ParameterError, "must be a text that is not empty"),
        (lambda: Dropout(2), ParameterError, "Dropout: rate (=2) must be from 0 to 1"),
        (lambda: Reshape((-1, -1)), ParameterError, "at most one -1"),
        (lambda: ZeroPadding2D((1, 2, 3)), ParameterError, "padding (=(1, 2, 3)) must be a number, or for each of 2"),
        (lambda: ReLU(negative_slope=1, threshold=1), UnsupportedError, "threshold and negative_slope together"),
        (
            lambda: Sequential([Reshape((5,), input_shape=(2, 3))]),
            ShapeError,
            'layer "reshape": 6 numbers a sample do not fit into (5,)',
        ),
        (
            lambda: Sequential([Conv2D(1, 3, input_shape=(8, 8))]),
            ShapeError,
            "takes a batch of (h, w, channels) in its data_format, rank 4; its input has shape ('n', '8', '8'), rank 3",
        ),
        (
            lambda: Sequential([LayerNormalization(axis=1, input_shape=(2, 3))]),
            UnsupportedError,
            "must name the last axes of rank 3",
        ),
        (
            lambda: Sequential([Dense(1, input_dim=3)]).predict(np.zeros((2, 4))),
            ShapeError,
            'input "input" has shape (2, 4), expected (free, 3)',
        ),
        (lambda: Sequential([Dense(1)]).predict(3.0), ShapeError, "expected a batch of samples"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)


def test_half_a_change_is_no_change():
    model = Sequential([Dense(2, input_dim=2), Dense(2)], seed=0)
    before = model.get_weights()
    with pytest.raises(ShapeError):
        model.set_weights([np.ones((2, 2)), np.ones(2), np.ones((2, 3)), np.ones(2)])
    for old, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, now)


@pytest.mark.parametrize(
    "name", ["zeros", "ones", "random_normal", "random_uniform", "truncated_normal", "HeNormal", "lecun_uniform"]
)
def test_initializers(name):
    kernel = Sequential([Dense(400, kernel_initializer=name, input_dim=400)], seed=0).get_weights()[0]
    spread = {
        "zeros": 0,
        "ones": 0,
        "random_normal": 0.05,
        "random_uniform": 0.1 / np.sqrt(12),
        "truncated_normal": 0.05 * 0.8796,
        "HeNormal": np.sqrt(2 / 400),
        "lecun_uniform": np.sqrt(1 / 400),
    }[name]
    assert kernel.std() == pytest.approx(spread, rel=0.02)
    given = Sequential([Dense(2, kernel_initializer=lambda shape: np.full(shape, 7), input_dim=2)])
    np.testing.assert_array_equal(given.get_weights()[0], np.full((2, 2), 7))
