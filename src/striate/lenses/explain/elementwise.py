"""Arithmetic on the elements of several tensors: sums, products, quotients, extremes, choices."""

from __future__ import annotations

import math
import re

import numpy as np

from striate import ops
from striate.lenses.explain.explanation import Finding, Operand
from striate.lenses.explain.expression import extreme, joined, stated, substitute
from striate.lenses.explain.sharing import HALVES, NO_NUMBER, RATIO, evaluate, ratio
from striate.lenses.explain.site import Site
from striate.lenses.explain.table import explains


@explains(ops.Add, ops.Sub, ops.Sum)
def explain_sum(site: Site, op: ops.Add | ops.Sub | ops.Sum) -> Finding:
    """Each operand with its sign."""
    count = len(site.node.inputs)
    signs = [1.0] * count if not isinstance(op, ops.Sub) else [1.0, -1.0]
    cells = _cells(site, signs)
    window = np.array([float(cell.numbers) for cell in cells])
    kernel = np.array(signs)
    products = kernel * window
    terms = [(number,) for number in window.tolist()]
    return Finding(
        operands=cells,
        total=math.fsum(products),
        window=window,
        kernel=kernel,
        products=products,
        inside=np.ones(count, bool),
        expression=joined(terms, " - " if isinstance(op, ops.Sub) else " + "),
    )


@explains(ops.Mean)
def explain_mean(site: Site, op: ops.Mean) -> Finding:
    """The operands' sum over their count."""
    count = len(site.node.inputs)
    cells = _cells(site, [1 / count] * count)
    window = np.array([float(cell.numbers) for cell in cells])
    products = window / count
    return Finding(
        operands=cells,
        total=math.fsum(products),
        window=window,
        kernel=np.full(count, 1 / count),
        products=products,
        inside=np.ones(count, bool),
        divisor=float(count),
    )


@explains(ops.Max, ops.Min)
def explain_extreme(site: Site, op: ops.Max | ops.Min) -> Finding:
    """The largest or smallest operand."""
    cells = _cells(site, [0.0] * len(site.node.inputs))
    window = np.array([float(cell.numbers) for cell in cells])
    largest = isinstance(op, ops.Max)
    winner = int(np.argmax(window) if largest else np.argmin(window))
    operands = tuple(
        Operand(c.role, c.value_name, c.numbers, c.indices, c.inside, np.array(float(i == winner)))
        for i, c in enumerate(cells)
    )
    return Finding(
        operands=operands,
        total=float(window[winner]),
        window=window,
        inside=np.ones(len(window), bool),
        winner=(winner,),
        expression=extreme("max" if largest else "min", window.tolist()),
        facts=(f"operand {winner + 1} of {len(window)} is passed on",),
    )


@explains(ops.Mul)
def explain_product(site: Site, op: ops.Mul) -> Finding:
    """A product: a constant factor is a coefficient, two activations are given half of it each."""
    a, b = _numbers(site)
    share = 1.0 if site.is_constant(0) or site.is_constant(1) else 0.5
    factors = (None if site.is_constant(0) else share * b, None if site.is_constant(1) else share * a)
    operands = tuple(site.cell(i, site.broadcast_index(i), "factor", factors[i]) for i in (0, 1))
    total = evaluate(site, op, a, b)
    fixed = total if factors == (None, None) else 0.0
    rule = "" if share == 1.0 else HALVES
    return Finding(operands=operands, total=total, **stated("a × b", a=a, b=b), rest=fixed, rule=rule)


@explains(ops.Div)
def explain_quotient(site: Site, op: ops.Div) -> Finding:
    """A quotient; the divisor is taken as given."""
    a, b = _numbers(site)
    total = evaluate(site, op, a, b)
    whole = site.array(0).dtype.kind != "f"
    factor, rest = ratio(total, a) if whole or not b else (1 / b, 0.0)
    operands = (site.cell(0, site.broadcast_index(0), "dividend", factor), _given(site, 1, "divisor"))
    return Finding(
        operands=operands,
        total=total,
        **stated("trunc(a/b)" if whole else "a/b", a=a, b=b),
        rest=rest,
        rule="" if site.is_constant(1) and not whole else "a quotient: the divisor is taken as given",
    )


@explains(ops.Pow)
def explain_power(site: Site, op: ops.Pow) -> Finding:
    """A power; the exponent is taken as given."""
    a, b = _numbers(site)
    total = evaluate(site, op, a, b)
    factor, rest = ratio(total, a)
    operands = (site.cell(0, site.broadcast_index(0), "base", factor), _given(site, 1, "exponent"))
    return Finding(operands=operands, total=total, **stated(op.formula, a=a, b=b), rest=rest, rule=RATIO)


@explains(ops.Broadcasting)
def explain_pair(site: Site, op: ops.Broadcasting) -> Finding:
    """A remainder, a comparison, a logical or bitwise function: the operands are shown, nothing is traced."""
    a, b = _numbers(site)
    total = evaluate(site, op, a, b)
    operands = (_given(site, 0, "a"), _given(site, 1, "b"))
    bits = isinstance(op, (ops.BitwiseAnd, ops.BitwiseOr, ops.BitwiseXor, ops.BitShift))
    template = re.sub(r"\b([ab])\b", r"int(\1)", op.formula) if bits else op.formula
    return Finding(operands=operands, total=total, **stated(template, a=a, b=b), rest=total, rule=NO_NUMBER)


TESTS: dict[type[ops.OfEach], str] = {
    ops.Not: "not x",
    ops.BitwiseNot: "~int(x)",
    ops.IsNaN: "isnan(x)",
    ops.IsInf: "isinf(x)",
}


@explains(ops.OfEach)
def explain_test(site: Site, op: ops.OfEach) -> Finding:
    """A test or a bit operation on one element: nothing is traced."""
    x = float(site.array(0)[site.index])
    total = evaluate(site, op, x)
    text = TESTS.get(type(op), "x")
    if isinstance(op, ops.IsInf) and not (op.detect_negative and op.detect_positive):
        text = "x == inf" if op.detect_positive else "x == -inf" if op.detect_negative else "False"
    operands = (site.cell(0, site.index, "x"),)
    return Finding(operands=operands, total=total, **stated(text, x=x), rest=total, rule=NO_NUMBER)


@explains(ops.Where)
def explain_choice(site: Site, op: ops.Where) -> Finding:
    """One of two numbers, as the condition says."""
    condition = bool(site.array(0)[site.broadcast_index(0)])
    a, b = (float(site.array(i)[site.broadcast_index(i)]) for i in (1, 2))
    operands = (
        _given(site, 0, "condition"),
        site.cell(1, site.broadcast_index(1), "if true", float(condition)),
        site.cell(2, site.broadcast_index(2), "if false", float(not condition)),
    )
    text = substitute(f"a if {condition} else b", a=a, b=b)
    return Finding(operands=operands, total=a if condition else b, expression=text)


def _numbers(site: Site) -> tuple[float, float]:
    a, b = (float(site.array(i)[site.broadcast_index(i)]) for i in (0, 1))
    return a, b


def _given(site: Site, position: int, role: str) -> Operand:
    return site.cell(position, site.broadcast_index(position), role)


def _cells(site: Site, coefficients: list[float]) -> tuple[Operand, ...]:
    return tuple(
        site.cell(i, site.broadcast_index(i), f"operand {i + 1}", factor) for i, factor in enumerate(coefficients)
    )
