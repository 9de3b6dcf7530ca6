"""A network's table as HTML."""

import striate as st
from tests.render.html.reading import Piece


def test_every_layer_and_every_fact():
    net = st.load(st.bundled.model_path())
    found = net.summary()
    piece = Piece(net._repr_html_())
    assert [tuple(row) for row in piece.tables[0]] == [found.HEADINGS, *(row.texts() for row in found.rows)]
    assert found.totals() in piece.text
    assert found._repr_html_() == net._repr_html_()


def test_names_are_escaped():
    dense = st.layers.Dense(1, input_shape=(3,), name="<b>x</b>&")
    html = st.load(st.Sequential([dense]))._repr_html_()
    assert "<b>" not in html
    assert Piece(html).tables[0][1][0] == "<b>x</b>&"
