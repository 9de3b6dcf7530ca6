"""A network's table."""

from __future__ import annotations

from striate.lenses.summary import Summary, shape_text
from striate.render.html.element import Markup, element
from striate.render.html.style import piece

# Columns of words; all others hold numbers.
_WORDS = 3


def summary_html(found: Summary) -> Markup:
    """The table of a network's layers, all of them, with what is counted of each."""
    ports = [f"{name} {shape_text(shape)}" for name, shape in found.inputs.items()]
    results = [f"{name} {shape_text(shape)}" for name, shape in found.outputs.items()]
    head = element("tr", *(_cell("th", i, text) for i, text in enumerate(found.HEADINGS)))
    rows = [element("tr", *(_cell("td", i, text) for i, text in enumerate(row.texts()))) for row in found.rows]
    return piece(
        element("p", found.name, class_="title"),
        element("p", f"{', '.join(ports)} → {', '.join(results)} · {found.totals()}", class_="muted"),
        element("div", element("table", element("thead", head), element("tbody", *rows)), class_="rows"),
    )


def _cell(tag: str, column: int, text: str) -> Markup:
    return element(tag, text, class_="n" if column >= _WORDS else None)
