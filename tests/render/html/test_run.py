"""A run as HTML: prediction, input, first maps."""

import numpy as np

import striate as st
from striate.lenses.glance import glance
from striate.lenses.prediction import predict
from striate.render.colour import scale_of
from striate.render.html.picture import pixels
from tests.render.html.reading import Piece


def bundled_run():
    net = st.load(st.bundled.model_path())
    return net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))


def test_prediction_and_counts():
    run = bundled_run()
    piece = Piece(run._repr_html_())
    ranks = predict(run.output).ranks
    assert [(row[0], row[1]) for row in piece.tables[0]] == [
        (f"class {r.index}", f"{r.probability:.2%}") for r in ranks
    ]
    shown = glance(run.recording)
    for kind, maps in shown.layers:
        assert f"{maps.layer} · {kind}" in piece.text
        if maps.channels > 1:
            assert f"1–{len(maps.maps)} of {maps.channels} channels" in piece.text
    assert f"{len(run.model.layers) - len(shown.layers)} more layers" in piece.text


def test_pictures_are_the_maps():
    run = bundled_run()
    piece = Piece(run._repr_html_())
    input_picture, *images = piece.images
    assert input_picture.shape[-1] == 3
    for _, maps in glance(run.recording).layers:
        scale = scale_of([np.array(maps.extent)])
        images.pop(0)  # the legend's
        for numbers in maps.maps:
            assert np.array_equal(images.pop(0), pixels(numbers, scale))
    assert not images


def test_cells_stay_square():
    for _, maps in glance(bundled_run().recording).layers:
        assert len(set(maps.cell)) == 1


def test_signed_maps_let_the_page_through_where_they_are_zero():
    numbers = np.array([[-2.0, 0.0, 1.0, np.nan]])
    made = pixels(numbers, scale_of([numbers]))[0]
    assert made[:, 3].tolist() == [255, 0, 128, 255]
    assert made[0, :3].tolist() == [0x21, 0x66, 0xAC]
    assert made[2, :3].tolist() == [0xB2, 0x18, 0x2B]
    assert made[3, :3].tolist() == [255, 0, 255]


def test_signals_are_lines_and_volumes_planes():
    line = st.load(st.Sequential([st.layers.Conv1D(3, 5, input_shape=(900, 2))]))
    run = line.run(np.random.default_rng(0).normal(size=(1, 900, 2)).astype(np.float32))
    piece = Piece(run._repr_html_())
    labels = [given["aria-label"] for tag, given in piece.tags if tag == "svg"]
    assert labels == ["input:0", "input:1", "conv1d:0", "conv1d:1", "conv1d:2"]
    assert "4 cells in one: the largest magnitude" in piece.text
    volume = st.load(st.Sequential([st.layers.Conv3D(3, 2, input_shape=(7, 8, 9, 1))]))
    run = volume.run(np.zeros((1, 7, 8, 9, 1), np.float32))
    assert "plane 3 along axis 0" in Piece(run._repr_html_()).text


def test_what_cannot_be_drawn_is_left_out():
    net = st.load(st.Sequential([st.layers.Dense(1, input_shape=(3,))]))
    piece = Piece(net.run(np.zeros((1, 3), np.float32))._repr_html_())
    assert "output dense" in piece.text
    assert "1 more layer;" in piece.text
