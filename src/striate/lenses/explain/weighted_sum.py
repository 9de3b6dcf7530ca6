"""The sum of products that convolution and dense layers are."""

from __future__ import annotations

import math

import numpy as np

from striate.lenses.explain.explanation import Finding, Operand
from striate.lenses.explain.site import Site

BOTH_HALVES = "a product of two activations: half of its amount is given to each"


def weighted_sum(
    site: Site,
    cells: Operand,
    weights: Operand,
    bias: tuple[Operand, ...] = (),
    alpha: float = 1.0,
    beta: float = 1.0,
    facts: tuple[str, ...] = (),
) -> Finding:
    """``alpha * sum of weights * cells + beta * bias``; products of two float32 numbers are exact in float64.

    What is a constant of the network counts as a coefficient. Where both factors are activations, each is given half
    of their product (``rule`` says so).
    """
    kernel = weights.numbers if alpha == 1.0 else alpha * weights.numbers
    products = kernel * cells.numbers
    added = [beta * float(operand.numbers) for operand in bias]
    share = 1.0 if site.reader.is_constant(weights.value_name) else 0.5
    traced = [_traced(cells, share * kernel)]
    traced.append(weights if share == 1.0 else _traced(weights, share * alpha * cells.numbers))
    rest = 0.0
    for operand, number in zip(bias, added, strict=True):
        fixed = site.reader.is_constant(operand.value_name)
        traced.append(operand if fixed else _traced(operand, np.array(beta)))
        rest += number if fixed else 0.0
    return Finding(
        operands=tuple(traced),
        total=math.fsum([*products.flat, *added]),
        window=cells.numbers,
        kernel=kernel,
        products=products,
        inside=cells.inside,
        bias=math.fsum(added),
        rest=rest,
        rule="" if share == 1.0 else BOTH_HALVES,
        facts=facts,
    )


def _traced(operand: Operand, coefficients: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Operand:
    return Operand(
        operand.role, operand.value_name, operand.numbers, operand.indices, operand.inside, np.asarray(coefficients)
    )
