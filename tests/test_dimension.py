"""A symbolic size obeys the integers: whatever is computed with it, its printed formula gives the same number."""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from striate.dimension import Dim, Symbol, element_count, is_concrete, quotient

H, W = Symbol("h"), Symbol("w")
Expression = tuple[Dim, int]  # the symbolic result, and the same steps done on plain integers

OPERATORS: dict[str, Callable[[Dim, Dim], Dim]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}


def value(size: Dim, **sizes: int) -> int:
    """What a size's printed formula amounts to."""
    return int(eval(str(size), {"__builtins__": {}}, sizes))


Step = tuple[str, int | str, bool]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from("+-*"), st.one_of(st.integers(-5, 5), st.sampled_from("hw")), st.booleans()),
        st.tuples(st.just("//"), st.integers(1, 5), st.just(False)),
    ),
    max_size=6,
)


@given(STEPS, st.integers(1, 40), st.integers(1, 40))
def test_a_formula_gives_the_number_that_plain_integers_give(steps: list[Step], h: int, w: int) -> None:
    sizes = {"h": h, "w": w}
    symbolic: Dim = H
    plain = h
    for name, operand, swapped in steps:
        left: Dim = Symbol(operand) if isinstance(operand, str) else operand
        right = sizes[operand] if isinstance(operand, str) else operand
        apply = OPERATORS.get(name, operator.floordiv)
        symbolic, plain = (
            (apply(left, symbolic), apply(right, plain)) if swapped else (apply(symbolic, left), apply(plain, right))
        )
    assert value(symbolic, **sizes) == plain


@given(st.integers(1, 40), st.integers(1, 40))
def test_symbols_divide_symbols(h: int, w: int) -> None:
    assert value(H // W, h=h, w=w) == h // w
    assert value((H + 3) // (W + 1), h=h, w=w) == (h + 3) // (w + 1)
    assert H // H == 1
    assert value(-(H + 2), h=h) == -(h + 2)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (H, "h"),
        (H + 2, "h + 2"),
        (2 + H - 5, "h - 3"),
        ((H - 1) // 2 + 1, "(h + 1)//2"),
        (2 * (H + 1), "2*h + 2"),
        (7 - H, "7 - h"),
        (-H, "-h"),
        (H * W, "h*w"),
        (W * H, "h*w"),
        (W + H, "h + w"),
        (W - H, "w - h"),
    ],
)
def test_formulas_read_well(size: Dim, text: str) -> None:
    assert str(size) == repr(size) == text


def test_what_cancels_is_plain_again() -> None:
    assert (H + 2) - 2 == H
    assert (H + 5) - H == 5
    assert (2 * H) // 2 == H
    assert (2 * H + 4) // 2 == H + 2
    assert H * 0 == 0
    assert H * 1 == H // 1 == H


def test_is_concrete() -> None:
    assert is_concrete((1, 2))
    assert is_concrete(())
    assert not is_concrete((1, H))


def test_element_count() -> None:
    assert element_count(()) == 1
    assert element_count((2, 0, 3)) == 0
    assert value(element_count((2, H, 3)), h=5) == 30


@given(st.lists(st.integers(1, 6), max_size=4), st.lists(st.integers(1, 6), max_size=3))
def test_quotient_of_numbers(total: list[int], known: list[int]) -> None:
    found = quotient(total, known)
    if prod(total) % prod(known):
        assert found is None
    else:
        assert found == prod(total) // prod(known)


@given(st.lists(st.integers(1, 6), max_size=3), st.lists(st.integers(1, 6), max_size=3), st.integers(1, 12))
def test_quotient_completes_the_product(others: list[int], known: list[int], h: int) -> None:
    found = quotient([*others, H], known)
    assert found is not None
    if prod([*others, h]) % prod(known) == 0:
        assert value(found, h=h) * prod(known) == h * prod(others)


def test_quotient_says_when_it_cannot_tell() -> None:
    assert quotient((4, 6), (H,)) is None
    assert quotient((4,), (0,)) is None
    assert quotient((H, 4, 6), (H, 3)) == 8
    assert quotient((H, 12), (3,)) == 4 * H
