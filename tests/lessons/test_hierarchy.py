"""Levels of a run, and pairs of stacked convolutions, against what the run and the network say."""

import numpy as np
import pytest

import striate as st
from striate.errors import ParameterError
from striate.lessons import hierarchy, merge_convolutions, stacked_convolutions


def test_each_level_is_the_layers_largest_number():
    run = st.load(st.bundled.model_path()).run(st.image(st.bundled.picture_path(), size=64, preprocess="unit"))
    levels = hierarchy(run, 3)
    assert [level.layer for level in levels] == ["grey/Conv", "shapes/Relu", "parts/Relu"]
    for level in levels:
        maps = run[level.layer][0]
        assert level.value == maps.max() == run.unit(level.unit).value
        assert level.shape == maps.shape[1:]
        assert list(maps.reshape(len(maps), -1).max(1)[list(level.order)]) == sorted(
            maps.reshape(len(maps), -1).max(1), reverse=True
        )
        assert level.box == run.unit(level.unit).receptive_field().clipped
    assert [level.field for level in levels] == [(1, 1), (8, 8), (18, 18)]


def test_what_has_no_levels():
    layers = st.layers
    run = st.Network(st.Sequential([layers.Dense(2, input_shape=(3,))], seed=0).to_model()).run(np.ones((1, 3)))
    with pytest.raises(ParameterError, match="no convolution with maps"):
        hierarchy(run)
    run = st.load(st.bundled.model_path()).run(st.image(st.bundled.picture_path(), size=64, preprocess="unit"))
    with pytest.raises(ParameterError, match=r"levels .=0. must be at least 1"):
        hierarchy(run, 0)


def test_pairs_with_and_without_an_activation():
    layers = st.layers
    net = st.Network(
        st.Sequential(
            [
                layers.Conv2D(3, 3, input_shape=(12, 12, 1), name="a"),
                layers.Conv2D(2, 3, activation="relu", name="b"),
                layers.Conv2D(2, 1, name="c"),
                layers.MaxPooling2D(2, name="p"),
                layers.Conv2D(2, 1, name="d"),
            ],
            seed=0,
        ).to_model()
    )
    pairs = stacked_convolutions(net)
    assert [(pair.first, pair.second, len(pair.between)) for pair in pairs] == [("a", "b", 0), ("b", "c", 1)]
    x = np.random.default_rng(0).normal(size=(1, 12, 12, 1)).astype(np.float32)
    run = net.run(x)
    assert np.array_equal(run.recording.values[pairs[0].reads], np.moveaxis(x, -1, 1))
    one = merge_convolutions(*(st.lessons.Convolution.of(net, name) for name in ("a", "b")))
    sums = np.maximum(one.convolution(np.moveaxis(x, -1, 1)), 0)
    assert np.allclose(np.moveaxis(sums, 1, -1), run["b"], atol=1e-4)
