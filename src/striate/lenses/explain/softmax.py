"""Softmax and its kin: a number compared with the others along some axes."""

from __future__ import annotations

import math

import numpy as np

from striate import ops
from striate.lenses.explain.explanation import Finding
from striate.lenses.explain.expression import fill, sum_of
from striate.lenses.explain.region import along
from striate.lenses.explain.sharing import NO_NUMBER, ratio
from striate.lenses.explain.site import Site
from striate.lenses.explain.table import explains

OWN_SCORE = "softmax: traced as its own score, in proportion; the other scores are taken as given"


@explains(ops.Softmax)
def explain_softmax(site: Site, op: ops.Softmax) -> Finding:
    """``exp(x - m) / sum of exp(x - m)`` with the largest number m; LogSoftmax is its logarithm."""
    x = float(site.array(0)[site.index])
    shape = site.array(0).shape
    others = site.cells(0, along(shape, site.index, tuple(axis % len(shape) for axis in op.axes)), "all scores")
    largest = float(others.numbers.max())
    whole = math.fsum(np.exp(others.numbers - largest).flat)
    terms = sum_of([fill("exp({} - ({}))", float(score), largest) for score in others.numbers.flat])
    if isinstance(op, ops.LogSoftmax):
        total = x - largest - math.log(whole)
        expression = (*fill("{} - ({}) - log(", x, largest), *terms, ")")
        law = "x - largest - log(sum)"
    else:
        total = math.exp(x - largest) / whole
        expression = (*fill("exp({} - ({}))/(", x, largest), *terms, ")")
        law = "exp(x - largest)/sum"
    factor, rest = ratio(total, x)
    return Finding(
        operands=(site.cell(0, site.index, "score", factor), others),
        total=total,
        expression=expression,
        rest=rest,
        rule=OWN_SCORE,
        facts=(f"one of {others.numbers.size} scores", "sum: over all scores s, of exp(s - largest)"),
        law=law,
        figures=(("x", x), ("largest", largest), ("sum", whole)),
    )


@explains(ops.Hardmax)
def explain_hardmax(site: Site, op: ops.Hardmax) -> Finding:
    """1 for the first largest number along the axis."""
    shape = site.array(0).shape
    row = site.cells(0, along(shape, site.index, (op.axis % len(shape),)), "all scores")
    held = site.held
    return Finding(operands=(row,), total=held, expression=fill("{}", held), rest=held, rule=NO_NUMBER)
