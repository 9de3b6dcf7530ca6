"""The two orders are those in which PyTorch and Keras lay out maps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as draws

import striate as st
from striate.errors import ShapeError
from striate.lessons import flatten_orders

SHAPES = [(2, 2, 2), (3, 4, 2), (1, 3, 3), (5, 1, 1), (4, 6), (2, 2, 3, 2), (7,)]


def numbers(shape):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


@pytest.mark.parametrize("shape", SHAPES)
def test_pytorch(shape, torch):
    x = numbers(shape)
    line = torch.nn.Flatten()(torch.tensor(x)[None])[0].numpy()
    orders = flatten_orders(shape, x.size)
    assert np.array_equal([x[place] for place in orders.channels_first], line)
    assert flatten_orders(shape, 3).channels_first == orders.channels_first[:3]


@pytest.mark.parametrize("shape", SHAPES)
def test_keras(shape, keras):
    x = numbers(shape)
    last = np.moveaxis(x, 0, -1)[None]
    line = np.asarray(keras.layers.Flatten()(last))[0]
    orders = flatten_orders(shape, x.size)
    assert np.array_equal([x[place] for place in orders.channels_last], line)
    # And striate's own layer, which has Keras's name.
    model = st.Sequential([st.layers.Flatten(input_shape=last.shape[1:])])
    assert np.array_equal(model.predict(last)[0], line)
    assert orders.differ == (not np.array_equal(line, x.ravel()))


@given(draws.lists(draws.integers(1, 4), min_size=1, max_size=4), draws.integers(1, 100))
def test_both_name_every_number_once(shape, most):
    orders = flatten_orders(shape, most)
    count = min(most, int(np.prod(shape)))
    for places in (orders.channels_first, orders.channels_last):
        assert len(set(places)) == len(places) == count
        assert all(0 <= index < size for place in places for index, size in zip(place, shape, strict=True))
    assert orders.differ or orders.channels_first == orders.channels_last


@pytest.mark.parametrize("shape", [(), (0, 3), (2, -1)])
def test_what_is_no_shape(shape):
    with pytest.raises(ShapeError, match=r"must be \(channels, \*positions\)"):
        flatten_orders(shape)


def test_words():
    assert str(flatten_orders((1, 9))) == "one order: there is one map, or one number in each"
    assert str(flatten_orders((2, 3), 3)).splitlines() == [
        "PyTorch, ONNX: 0@0 0@1 0@2 ...",
        "Keras:         0@0 1@0 0@1 ...",
    ]
