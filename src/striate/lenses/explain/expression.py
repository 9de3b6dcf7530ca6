"""A formula as data: pieces of text and numbers in turn, so that it can be printed with any number of digits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import TypedDict

Expression = tuple[str | float, ...]

_PLACE = re.compile(r"\{(\w*)\}")
# A chain of additions longer than this is put in parentheses part by part: Python's own parser refuses a sum of a few
# thousand terms that is one chain.
_CHAIN = 100


def fill(template: str, *numbers: float, **named: float) -> Expression:
    """Puts numbers into a template with places ``{}`` or ``{name}``.

    Example:
        >>> written(fill("max(0.0, {x}) - {}", 2.0, x=-1.5))
        'max(0.0, -1.5) - 2.0'
    """
    parts: list[str | float] = []
    given = iter(numbers)
    for index, piece in enumerate(_PLACE.split(template)):
        if index % 2:
            parts.append(float(named[piece]) if piece else float(next(given)))
        elif piece:
            parts.append(piece)
    return tuple(parts)


def joined(terms: Sequence[Expression], separator: str) -> Expression:
    """The terms with the separator between them."""
    if not terms:
        return ()
    return tuple(chain(terms[0], *((separator, *term) for term in terms[1:])))


def sum_of(terms: Sequence[Expression]) -> Expression:
    """The terms added up; a long sum is a sum of sums in parentheses."""
    if not terms:
        return (0.0,)
    while len(terms) > _CHAIN:
        parts = [terms[start : start + _CHAIN] for start in range(0, len(terms), _CHAIN)]
        terms = [("(", *joined(part, " + "), ")") for part in parts]
    return joined(terms, " + ")


def listed(numbers: Sequence[float]) -> Expression:
    """The numbers with commas between them."""
    return joined([(number,) for number in numbers], ", ")


def extreme(name: str, numbers: Sequence[float]) -> Expression:
    """``max(a, b, ...)`` or ``min(a, b, ...)``; of a single number, that number."""
    return (numbers[0],) if len(numbers) == 1 else (f"{name}(", *listed(numbers), ")")


def written(expression: Expression, digits: int | None = None) -> str:
    """The expression as text, numbers at full precision or with so many significant digits."""
    return "".join(part if isinstance(part, str) else number(part, digits) for part in expression)


def number(value: float, digits: int | None = None) -> str:
    """A number as text: the shortest that reads back as the same float64, or rounded.

    Args:
        value: The number.
        digits: Significant digits; None for all.

    Example:
        >>> number(0.1), number(2 / 3, 2), number(12345.6, 2)
        ('0.1', '0.67', '12346')
    """
    value = float(value)
    if digits is None:
        return repr(value)
    if 10.0**digits <= abs(value) < 1e15:
        return f"{value:.0f}"
    return f"{value:.{digits}g}"


def substitute(formula: str, **numbers: float) -> Expression:
    """Puts numbers for names into a formula; a negative one in parentheses where Python would read it otherwise.

    Example:
        >>> written(substitute("x/(1 + exp(-x)) + x**3", x=-2.0))
        '-2.0/(1 + exp(-(-2.0))) + (-2.0)**3'
    """
    names = re.compile(r"\b(" + "|".join(numbers) + r")\b(\s*\*\*)?")
    parts: list[str | float] = []
    end = 0
    for match in names.finditer(formula):
        before = formula[end : match.start()]
        value = float(numbers[match[1]])
        bracketed = value < 0 and (bool(match[2]) or before.rstrip().endswith(("-", "**")))
        parts += [before + "(" if bracketed else before, value]
        parts.append((")" if bracketed else "") + (match[2] or ""))
        end = match.end()
    parts.append(formula[end:])
    return tuple(part for part in parts if part != "")


class Stated(TypedDict):
    """The fields of a finding that say what is computed."""

    expression: Expression
    law: str
    figures: tuple[tuple[str, float], ...]


def stated(law: str, **figures: float) -> Stated:
    """A law with few symbols, and the formula that it becomes with their numbers.

    Example:
        >>> found = stated("a/b", a=1.0, b=-2.0)
        >>> written(found["expression"]), found["figures"]
        ('1.0/-2.0', (('a', 1.0), ('b', -2.0)))
    """
    return Stated(expression=substitute(law, **figures), law=law, figures=tuple(figures.items()))
