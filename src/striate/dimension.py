"""A size that may not be known yet: an integer, or a symbol such as the batch ``n``.

Shape rules are written once, in plain integer arithmetic; because a :class:`Symbol` answers ``+ - * //`` too, the
same rule gives ``14`` for a known height and ``(h - 1)//2 + 1`` for a free one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from striate.errors import ShapeError


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

    def _parts(self) -> tuple[int, list[str]]:
        """A product such as ``6*h*n`` taken apart: its number and its other factors."""
        factors = _factors([self])
        number = 1
        for size in factors:
            if isinstance(size, int):
                number *= size
        return number, [size._factor() for size in factors if isinstance(size, Symbol)]

    @property
    def never_negative(self) -> bool:
        """Whether it is surely zero or more, as every size of a tensor is; formulas with a minus may not be."""
        return self.offset >= 0 and "-" not in self.base

    def __floor__(self) -> Symbol:
        return self

    def __ceil__(self) -> Symbol:
        return self

    def __trunc__(self) -> Symbol:
        return self

    def __add__(self, other: Dim) -> Dim:
        if isinstance(other, Symbol):
            first, second = sorted((self.base, other.base))
            return Symbol(f"{first} + {second}", self.offset + other.offset)
        return Symbol(self.base, self.offset + _whole(other))

    __radd__ = __add__

    def __sub__(self, other: Dim) -> Dim:
        if isinstance(other, Symbol):
            if other.base == self.base:
                return self.offset - other.offset
            return Symbol(f"{self.base} - {other._factor()}", self.offset)
        return Symbol(self.base, self.offset - _whole(other))

    def __rsub__(self, other: int) -> Dim:
        return Symbol(f"{other} - {self._factor()}")

    def __neg__(self) -> Dim:
        return Symbol(f"-{self._factor()}")

    def __mul__(self, other: Dim) -> Dim:
        if isinstance(other, Symbol):
            (number, names), (more, others) = self._parts(), other._parts()
            return Symbol(_product(number * more, names + others))
        factor = _whole(other)
        if factor in (0, 1):
            return self if factor else 0
        number, names = Symbol(self.base)._parts()
        return Symbol(_product(number * factor, names), self.offset * factor)

    __rmul__ = __mul__

    def __floordiv__(self, other: Dim) -> Dim:
        if isinstance(other, Symbol):
            return 1 if other == self else Symbol(f"{self._factor()}//{other._factor()}")
        divisor = _whole(other)
        if divisor == 1:
            return self
        whole, rest = divmod(self.offset, divisor)
        number, names = Symbol(self.base)._parts()
        if rest == 0 and number % divisor == 0:
            return Symbol(_product(number // divisor, names), whole)
        return Symbol(f"{Symbol(self.base, rest)._factor()}//{divisor}", whole)


Dim = int | Symbol
Shape = tuple[Dim, ...]

# A size of which nothing is known. A shape rule only ever places it, as a whole size, and never computes with it;
# the graph gives each place its own name, so that two unknown sizes are never taken for the same one.
UNKNOWN = Symbol("?")


def _whole(number: float) -> int:
    """The number as an int; exporters compute sizes in floating point too, but only whole ones count."""
    whole = int(number)
    if whole != number:
        raise TypeError(f"a free size meets {number}, which is not a whole number")
    return whole


def _product(number: int, names: list[str]) -> str:
    return "*".join([str(number)] * (number != 1) + sorted(names))


def is_concrete(shape: Iterable[Dim]) -> bool:
    """Says whether every size is a plain integer."""
    return not any(isinstance(size, Symbol) for size in shape)


def known_size(size: Dim, what: str = "size") -> int:
    """The size as a number, where a free one cannot be used.

    Args:
        size: The size.
        what: What the message calls it.

    Raises:
        ShapeError: It is free.

    Example:
        >>> known_size(14)
        14
    """
    if isinstance(size, Symbol):
        raise ShapeError(
            f"{what} is {size}, which is free; it must be known here: give the network a fixed input shape"
        )
    return size


def known_shape(shape: Iterable[Dim], what: str = "size") -> tuple[int, ...]:
    """The sizes as numbers, where free ones cannot be used.

    Raises:
        ShapeError: One is free.
    """
    return tuple(known_size(size, what) for size in shape)


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
        >>> quotient((Symbol("n") * 64, 49), (Symbol("n"), 8))
        392
    """
    above, below = Counter(_factors(total)), Counter(_factors(known))
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


def _factors(sizes: Iterable[Dim]) -> list[Dim]:
    """The sizes with products such as ``64*n`` and ``h*w`` taken apart."""
    found: list[Dim] = []
    for size in sizes:
        parts = size.base.split("*") if isinstance(size, Symbol) and size.offset == 0 else []
        if len(parts) > 1 and all(part.isdigit() or part.isidentifier() for part in parts):
            found += [int(part) if part.isdigit() else Symbol(part) for part in parts]
        else:
            found.append(size)
    return found
