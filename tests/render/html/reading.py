"""Reads a piece of HTML back: tables as rows of text, pictures as arrays."""

import base64
import io
from html.parser import HTMLParser

import numpy as np
from PIL import Image


class Piece(HTMLParser):
    """What is in a piece: rows of each table, pictures, all text, and every tag's attributes."""

    VOID = ("img", "path", "br", "line", "rect", "col")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.images: list[np.ndarray] = []
        self.text = ""
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open: list[str] = []
        self._table: list[int] = []
        self.feed(html)
        assert not self._open, f"not closed: {self._open}"

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "img":
            data = base64.b64decode(given["src"].removeprefix("data:image/png;base64,"))
            self.images.append(np.asarray(Image.open(io.BytesIO(data))))
        if tag not in self.VOID:
            self._open.append(tag)
        if tag == "table":
            self.tables.append([])
            self._table.append(len(self.tables) - 1)
        elif tag == "tr":
            self.tables[self._table[-1]].append([])
        elif tag in ("td", "th"):
            self.tables[self._table[-1]][-1].append("")

    def handle_endtag(self, tag):
        if tag in self.VOID:
            return
        assert self._open.pop() == tag
        if tag == "table":
            self._table.pop()

    def handle_data(self, data):
        if self._open and self._open[-1] == "style":
            return
        self.text += data
        if self._table and self.tables[self._table[-1]]:
            row = self.tables[self._table[-1]][-1]
            if row:
                row[-1] += data

    def numbers(self, table: int) -> np.ndarray:
        """A table of figures; padding is NaN, a gap between slices is left out."""
        rows = [row for row in self.tables[table] if row != [""]]
        return np.array([[np.nan if c == "·" else float(c.replace("−", "-")) for c in row] for row in rows])
