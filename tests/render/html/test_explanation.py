"""The sum behind a number as HTML: its figures are those of the explanation."""

import numpy as np
import pytest

import striate as st
from striate.render.explanation import by_strength
from striate.render.html.explanation import CHANNELS, INPUTS
from tests.render.html.reading import Piece


def run_of(*layers, seed=0):
    model = st.Sequential(list(layers))
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape).astype(np.float32) for w in model.get_weights()])
    net = st.load(model)
    shape = (1, *net.inputs[0].shape[1:])
    return net.run(rng.normal(size=shape).astype(np.float32))


def close(shown, true, whole):
    """Rounded to four digits of the largest number of its kind, over all channels."""
    largest = np.abs(whole).max()
    return np.abs(shown - true).max() <= 0.5001 * 10 ** (np.floor(np.log10(largest)) - 3)


@pytest.mark.parametrize(
    ("layer", "at"),
    [
        (st.layers.Conv2D(3, (3, 2), strides=2, padding="same", input_shape=(9, 8, 6)), (1, 2)),
        (st.layers.Conv2D(3, 3, dilation_rate=2, groups=3, input_shape=(9, 8, 6)), (1, 2)),
        (st.layers.Conv1D(4, 5, padding="same", input_shape=(20, 3)), (0,)),
        (st.layers.Conv3D(2, 2, input_shape=(4, 5, 6, 2)), (1, 2, 3)),
        (st.layers.Conv2DTranspose(2, 3, strides=2, input_shape=(5, 6, 7)), (4, 5)),
    ],
)
def test_windows_kernels_and_products(layer, at):
    run = run_of(layer)
    unit = run.unit(next(iter(run.model.layer_of)), channel=1, at=at)
    found = unit.explain()
    piece = Piece(unit._repr_html_())
    assert unit._repr_html_() == found._repr_html_()
    order = by_strength(found.products)
    for place, (channel, total) in enumerate(order[:CHANNELS]):
        window, kernel, products = (piece.numbers(3 * place + i) for i in range(3))
        inside = found.inside[channel].reshape(window.shape)
        assert np.array_equal(np.isnan(window), ~inside)
        assert close(np.where(inside, window, 0), found.window[channel].reshape(window.shape), found.window)
        assert close(kernel, found.kernel[channel].reshape(kernel.shape), found.kernel)
        assert close(products, found.products[channel].reshape(products.shape), found.products)
        assert f"{total:+.5g}".replace("-", "−") in piece.text
    rest = order[CHANNELS:]
    assert (f"{len(rest)} more channel" in piece.text) == bool(rest)
    ending = dict(piece.tables[-1])
    assert float(ending["total"].replace("−", "-")) == pytest.approx(found.total, rel=1e-8)
    assert float(ending["the run holds"].replace("−", "-")) == pytest.approx(found.value, rel=1e-8)
    assert found.formula() in piece.text


def test_dense_shows_the_heaviest_inputs():
    run = run_of(st.layers.Dense(4, activation="relu", input_shape=(50,)))
    found = run.unit("dense:2").explain()
    piece = Piece(found._repr_html_())
    head, *rows = piece.tables[0]
    assert head == ["", "holds", "× weight", "= product"]
    order = by_strength(found.products)
    assert [row[0] for row in rows] == [f"input {place}" for place, _ in order[:INPUTS]]
    shown = np.array([[float(text.replace("−", "-")) for text in row[1:]] for row in rows])
    places = [place for place, _ in order[:INPUTS]]
    for column, part in enumerate((found.window, found.kernel, found.products)):
        assert close(shown[:, column], part[places], part)
    assert f"{50 - INPUTS} more inputs" in piece.text
    assert [name for name, _ in piece.tables[-1]] == ["bias", "total", "then Relu", "the run holds"]


def test_the_winner_of_a_pooling_is_ringed():
    run = run_of(st.layers.MaxPooling2D(3, input_shape=(9, 9, 2)))
    found = run.unit("max_pooling2d:1@1,2").explain()
    piece = Piece(found._repr_html_())
    assert close(piece.numbers(0), found.window, found.window)
    cells = [given.get("class") for tag, given in piece.tags if tag == "td"][:9]
    assert cells.index("won") == np.ravel_multi_index(found.winner, found.window.shape)
    assert cells.count("won") == 1


def test_others_are_a_formula():
    run = run_of(st.layers.Dense(4, input_shape=(5,)), st.layers.Softmax())
    found = run.unit("softmax:2").explain()
    assert found.formula() in Piece(found._repr_html_()).text


def test_a_long_formula_is_left_out_and_said():
    run = run_of(st.layers.Dense(1, input_shape=(5000,)))
    html = run.unit("dense:0")._repr_html_()
    assert "5,000 terms; explain().formula() writes them all out." in html
    assert len(html) < 20_000


def test_large_kernels_are_said():
    run = run_of(st.layers.Conv1D(1, 99, input_shape=(120, 1)))
    html = run.unit("conv1d:0@3")._repr_html_()
    assert "The kernel has 99 taps" in html


def test_text_for_consoles():
    run = run_of(st.layers.Dense(4, input_shape=(5,)))
    unit = run.unit("dense:2")
    for found in (unit.explain(), unit.trace(), unit.receptive_field(), st.load(st.bundled.model_path()).summary()):
        assert found._repr_mimebundle_(include=None, exclude=None) == {"text/plain": str(found)}
