"""The dense twins of a network's convolutions, counted out by hand."""

import numpy as np
import pytest

import striate as st
from striate.errors import ParameterError
from striate.lessons import Convolution, dense_layers


def test_every_convolution_is_counted():
    rng = np.random.default_rng(0)
    layers = st.layers
    h, w, k = (int(size) for size in rng.integers(8, 14, 3))
    model = st.Sequential(
        [
            layers.Conv2D(k, 3, strides=2, padding="same", input_shape=(h, w, 3), name="a"),
            layers.MaxPooling2D(2, name="p"),
            layers.DepthwiseConv2D(2, padding="same", use_bias=False, name="b"),
            layers.Flatten(name="f"),
            layers.Dense(2, name="d"),
        ],
        seed=0,
    )
    run = st.Network(model.to_model()).run(rng.normal(size=(1, h, w, 3)).astype(np.float32))
    first, second = dense_layers(run)
    rows, columns = run["a"].shape[1:3]
    assert (first.layer, first.input_shape, first.output_shape) == ("a", (3, h, w), (k, rows, columns))
    assert first.own.value == k * 3 * 9 + k
    assert first.dense.value == (3 * h * w + 1) * k * rows * columns
    assert second.own.value == k * 4
    assert second.dense.value == (k * (rows // 2) * (columns // 2)) ** 2
    assert second.ratio == second.dense.value / second.own.value
    assert str(second).endswith(f"{second.own.value:,} parameters, dense {second.dense.value:,}")


def test_signals_and_volumes():
    for axes, layer in ((1, st.layers.Conv1D), (3, st.layers.Conv3D)):
        shape = (*range(5, 5 + axes), 2)
        model = st.Sequential([layer(4, 3, input_shape=shape, name="c")], seed=0)
        (twin,) = dense_layers(st.Network(model.to_model()).run(np.ones((1, *shape), np.float32)))
        outputs = 4 * int(np.prod([size - 2 for size in shape[:-1]]))
        assert twin.dense.value == (int(np.prod(shape)) + 1) * outputs
        assert twin.own.value == 4 * 2 * 3**axes + 4


def test_a_network_without_convolutions():
    model = st.Sequential([st.layers.Dense(2, input_shape=(3,))], seed=0)
    with pytest.raises(ParameterError, match="no convolution with fixed weights, so there is nothing to compare"):
        dense_layers(st.Network(model.to_model()).run(np.ones((1, 3), np.float32)))


@pytest.mark.parametrize("size", [9, None])
def test_a_padding_that_depends_on_the_input_is_known_from_a_run(size):
    rng = np.random.default_rng(1)
    layer = st.layers.Conv2D(3, 4, strides=3, padding="same", input_shape=(size, size, 2), name="c")
    net = st.Network(st.Sequential([layer], seed=0).to_model())
    x = rng.normal(size=(1, 9, 9, 2)).astype(np.float32)
    run = net.run(x)
    one = Convolution.of(run, "c")
    assert np.allclose(one(np.moveaxis(x[0], -1, 0)), np.moveaxis(run["c"], -1, 1), atol=1e-5)
    if size is None:
        with pytest.raises(ParameterError, match="depends on the size of the input, and that is free; give a run"):
            Convolution.of(net, "c")
    else:
        assert Convolution.of(net, "c").padding == one.padding
