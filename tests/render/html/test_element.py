"""Elements: everything that is no markup is escaped, in text and in attributes."""

from striate.render.html.element import Markup, element, joined
from tests.render.html.reading import Piece


def test_text_and_attributes_are_escaped():
    made = element("td", '<script>&"', title='"><script>', data_at=3, class_=None)
    assert made == '<td title="&quot;&gt;&lt;script&gt;" data-at="3">&lt;script&gt;&amp;"</td>'
    assert Piece(f"<table><tr>{made}</tr></table>").tables == [[['<script>&"']]]


def test_markup_stays_markup():
    assert joined("a<b", element("i", "x"), Markup("<br/>")) == "a&lt;b<i>x</i><br/>"
    assert element("img", src="x") == '<img src="x"/>'
