"""Sums, means, extremes and norms over a region of one operand: what pooling and reductions share."""

from __future__ import annotations

import math

import numpy as np

from striate.lenses.explain.explanation import Finding, Indices, Inside, Numbers
from striate.lenses.explain.expression import Expression, extreme, fill, sum_of
from striate.lenses.explain.sharing import POWERS, shared
from striate.lenses.explain.site import Site


def mean_of(site: Site, cells: Indices, inside: Inside, divisor: float, facts: tuple[str, ...] = ()) -> Finding:
    """``sum of x / divisor``; a divisor of 1 makes it a plain sum."""
    factors = np.full(inside.shape, 1.0 / divisor)
    operand = site.cells(0, cells, "input", inside, factors)
    products = operand.numbers / divisor
    terms: list[Expression] = [(float(x),) for x in operand.numbers[inside]]
    return Finding(
        operands=(operand,),
        total=math.fsum(products.flat),
        window=operand.numbers,
        kernel=factors,
        products=products,
        inside=inside,
        divisor=None if divisor == 1.0 else divisor,
        expression=sum_of(terms) if divisor == 1.0 else None,
        facts=facts,
    )


def extreme_of(site: Site, cells: Indices, inside: Inside, largest: bool) -> Finding:
    """The largest or smallest cell; of equals the first, as in the op itself."""
    seen = site.cells(0, cells, "input", inside)
    if not inside.any():
        held = site.held
        return Finding(operands=(), total=held, expression=fill("{}", held), rest=held, facts=("meets no cell",))
    numbers = np.where(inside, seen.numbers, -np.inf if largest else np.inf)
    # The first of equals, but never a cell that is not there.
    ranked = np.where(inside, numbers if largest else -numbers, -np.inf)
    place = int(np.argmax(ranked))
    if not inside.flat[place]:
        place = int(np.flatnonzero(inside)[0])
    winner = tuple(int(i) for i in np.unravel_index(place, inside.shape))
    chosen = np.zeros(inside.shape)
    chosen[winner] = 1.0
    at = ", ".join(str(int(i)) for i in cells[winner])
    return Finding(
        operands=(site.cells(0, cells, "input", inside, chosen),),
        total=float(seen.numbers[winner]),
        window=seen.numbers,
        inside=inside,
        winner=winner,
        expression=extreme("max" if largest else "min", seen.numbers[inside].tolist()),
        facts=(f"passes on {seen.value_name}[{at}], one of {int(inside.sum())} cells",),
    )


def norm_of(site: Site, cells: Indices, inside: Inside, p: int) -> Finding:
    """``(sum of |x|^p)^(1/p)``."""
    operand = site.cells(0, cells, "input", inside)
    powers = np.abs(operand.numbers) ** p
    total = math.fsum(powers.flat) ** (1 / p)
    terms = [fill(f"abs({{}})**{p}", float(x)) for x in operand.numbers[inside]]
    expression: Expression = ("(", *sum_of(terms), f")**(1/{p})")
    return shared_out(site, cells, inside, total, powers, expression, POWERS)


def shared_out(
    site: Site, cells: Indices, inside: Inside, total: float, weights: Numbers, expression: Expression, rule: str
) -> Finding:
    """A function of a region that is no sum of products: traced by sharing the total out in proportion to weights."""
    operand = site.cells(0, cells, "input", inside)
    coefficients, rest = shared(total, operand.numbers, weights)
    return Finding(
        operands=(site.cells(0, cells, "input", inside, coefficients),),
        total=total,
        window=operand.numbers,
        inside=inside,
        expression=expression,
        rest=rest,
        rule=rule,
    )


def along(shape: tuple[int, ...], index: tuple[int, ...], axes: tuple[int, ...]) -> Indices:
    """The indices of all cells along some axes, the others as in ``index``: shape (*sizes of the axes, rank)."""
    ranges = np.indices([shape[axis] for axis in axes])
    cells = np.zeros((*ranges.shape[1:], len(shape)), np.int64) + np.array(index, np.int64)
    for place, axis in enumerate(axes):
        cells[..., axis] = ranges[place]
    return cells


def everywhere(cells: Indices) -> Inside:
    """All cells inside."""
    return np.ones(cells.shape[:-1], bool)
