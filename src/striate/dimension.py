"""A size that may not be known yet: an integer, or a symbol such as the batch ``n``.

Shape rules are written once, in plain integer arithmetic; because a :class:`Symbol` answers ``+ - * //`` too, the
same rule gives ``14`` for a known height and ``(h - 1)//2 + 1`` for a free one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Symbol:
    """A free size plus a constant: ``base + offset``.

    Args:
        base: Name or formula of the free part.
        offset: Whole number added to it.

    Example:
        >>> h = Symbol("h")
        >>> str((h + 2 - 3) // 2 + 1)
        '(h + 1)//2'
        >>> (h + 2) - 2 == h
        True
    """

    base: str
    offset: int = 0

    def __str__(self) -> str:
        if self.offset == 0:
            return self.base
        return f"{self.base} {'+' if self.offset > 0 else '-'} {abs(self.offset)}"

    def __repr__(self) -> str:
        return str(self)

    def _factor(self) -> str:
        text = str(self)
        return text if text.isidentifier() else f"({text})"

    def __add__(self, other: Dim) -> Dim:
        if isinstance(other, Symbol):
            first, second = sorted((self.base, other.base))
            return Symbol(f"{first} + {second}", self.offset + other.offset)
        return Symbol(self.base, self.offset + int(other))

    __radd__ = __add__

    def __sub__(self, other: Dim) -> Dim:
        if isinstance(other, Symbol):
            if other.base == self.base:
                return self.offset - other.offset
            return Symbol(f"{self.base} - {other._factor()}", self.offset)
        return Symbol(self.base, self.offset - int(other))

    def __rsub__(self, other: int) -> Dim:
        return Symbol(f"{other} - {self._factor()}")

    def __neg__(self) -> Dim:
        return Symbol(f"-{self._factor()}")

    def __mul__(self, other: Dim) -> Dim:
        if isinstance(other, Symbol):
            first, second = sorted((self._factor(), other._factor()))
            return Symbol(f"{first}*{second}")
        factor = int(other)
        if factor in (0, 1):
            return self if factor else 0
        return Symbol(f"{factor}*{Symbol(self.base)._factor()}", self.offset * factor)

    __rmul__ = __mul__

    def __floordiv__(self, other: Dim) -> Dim:
        if isinstance(other, Symbol):
            return 1 if other == self else Symbol(f"{self._factor()}//{other._factor()}")
        divisor = int(other)
        if divisor == 1:
            return self
        whole, rest = divmod(self.offset, divisor)
        prefix = f"{divisor}*"
        if rest == 0 and self.base.startswith(prefix) and self.base[len(prefix) :].isidentifier():
            return Symbol(self.base[len(prefix) :], whole)
        return Symbol(f"{Symbol(self.base, rest)._factor()}//{divisor}", whole)


Dim = int | Symbol
Shape = tuple[Dim, ...]


def is_concrete(shape: Iterable[Dim]) -> bool:
    """Says whether every size is a plain integer."""
    return not any(isinstance(size, Symbol) for size in shape)


def element_count(shape: Iterable[Dim]) -> Dim:
    """Product of the sizes.

    Example:
        >>> element_count((2, 3, 4))
        24
    """
    total: Dim = 1
    for size in shape:
        total = total * size
    return total


def quotient(total: Iterable[Dim], known: Iterable[Dim]) -> Dim | None:
    """The one size that makes the product of ``known`` equal that of ``total``; None where it cannot be told.

    Example:
        >>> quotient((Symbol("n"), 4, 6), (Symbol("n"), 3))
        8
    """
    above, below = Counter(total), Counter(known)
    shared = above & below
    above, below = above - shared, below - shared
    if any(isinstance(size, Symbol) for size in below):
        return None
    divisor = element_count(below.elements())
    dividend = element_count(above.elements())
    if divisor == 0 or isinstance(divisor, Symbol):
        return None
    if isinstance(dividend, Symbol):
        symbols = [size for size in above.elements() if isinstance(size, Symbol)]
        numbers = element_count(size for size in above.elements() if isinstance(size, int))
        if len(symbols) == 1 and isinstance(numbers, int) and numbers % divisor == 0:
            return symbols[0] * (numbers // divisor)
        return dividend // divisor
    return dividend // divisor if dividend % divisor == 0 else None
