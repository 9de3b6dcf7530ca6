"""HTML elements as text, everything escaped."""

from __future__ import annotations

from html import escape

# Elements that have no end tag.
_VOID = ("br", "img", "path", "line", "rect", "col")


class Markup(str):
    """Text that already is HTML."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str | int | float | None) -> Markup:
    """One element.

    Args:
        tag: Its name.
        children: What is in it; text that is no Markup is escaped.
        attributes: By name; ``_`` stands for ``-``, a last one is dropped (``class_``). None: left out.

    Example:
        >>> element("td", "a < b", class_="figure")
        '<td class="figure">a &lt; b</td>'
    """
    names = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    given = "".join(f' {name}="{escape(str(value))}"' for name, value in names.items() if value is not None)
    if tag in _VOID:
        return Markup(f"<{tag}{given}/>")
    return Markup(f"<{tag}{given}>{joined(*children)}</{tag}>")


def joined(*children: str) -> Markup:
    """Pieces one behind the other; text that is no Markup is escaped."""
    return Markup("".join(child if isinstance(child, Markup) else escape(child, quote=False) for child in children))
