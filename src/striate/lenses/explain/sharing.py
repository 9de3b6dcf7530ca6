"""How a number that is no sum is shared out among its operands, so that a trace can go on through it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from striate.graph import Array, Op
from striate.lenses.explain.explanation import Finding, Numbers, Operand
from striate.lenses.explain.expression import substitute
from striate.lenses.explain.site import Site

RATIO = "not linear: traced in proportion, as the factor result/operand"
HALVES = "a product of two activations: each is given half of it"
POWERS = "a norm: shared out in proportion to each cell's part of the sum of powers"
GIVEN_STATISTICS = "mean and variance (or their like) are taken as given"
NO_NUMBER = "a choice, not an amount: not traced further"


def evaluate(site: Site, op: Op, *operands: float | None) -> float:
    """The op's own definition on single numbers, in float64 where they are no whole numbers."""
    arrays: list[Array | None] = []
    for position, number in enumerate(operands):
        if number is None:
            arrays.append(None)
            continue
        dtype = site.array(position).dtype
        arrays.append(np.array([number], np.float64 if dtype.kind == "f" else dtype))
    with np.errstate(all="ignore"):
        return float(op.reference(*arrays)[site.output].reshape(-1)[0])


def ratio(total: float, number: float) -> tuple[float, float]:
    """The factor that makes the total of a number, and what is left over where the number is 0."""
    return (total / number, 0.0) if number else (0.0, total)


def shared(total: float, numbers: Numbers, weights: Numbers) -> tuple[Numbers, float]:
    """Coefficients that give each number its part of the total, in proportion to weights, and what is left over."""
    whole = float(weights.sum())
    amounts = total * weights / whole if whole else np.zeros_like(numbers)
    usable = numbers != 0
    coefficients = np.where(usable, amounts / np.where(usable, numbers, 1.0), 0.0)
    return coefficients, total - float((coefficients * numbers).sum())


def function_of_one(
    site: Site,
    position: int,
    role: str,
    total: float,
    law: str,
    figures: Mapping[str, float],
    exact: bool,
    others: tuple[Operand, ...] = (),
) -> Finding:
    """A function of one traced number (and perhaps others that are given).

    Args:
        site: Where.
        position: Which operand is traced; it is broadcast to the result.
        role: What it is.
        total: The result.
        law: The function in symbols.
        figures: The number of each symbol.
        exact: Whether the result really is the number times the ratio of the two, as in a ReLU.
        others: The other operands.
    """
    index = site.broadcast_index(position)
    number = float(site.array(position)[index])
    factor, rest = ratio(total, number)
    return Finding(
        operands=(site.cell(position, index, role, factor), *others),
        total=total,
        expression=substitute(law, **figures),
        law=law,
        figures=tuple(figures.items()),
        rest=rest,
        rule="" if exact else RATIO,
    )
