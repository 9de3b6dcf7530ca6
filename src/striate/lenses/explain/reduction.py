"""Reductions along axes, the places of extremes, and running sums."""

from __future__ import annotations

import math

import numpy as np

from striate import ops
from striate.lenses.explain.explanation import Finding, Indices
from striate.lenses.explain.expression import Expression, fill, joined, sum_of
from striate.lenses.explain.region import along, everywhere, extreme_of, mean_of, norm_of, shared_out
from striate.lenses.explain.sharing import NO_NUMBER
from striate.lenses.explain.site import Site
from striate.lenses.explain.table import explains

PARTS = "not linear: shared out in proportion to each cell's part of the sum inside"
EQUAL = "a product: each factor is given an equal part of it"


@explains(ops.ReduceSum)
def explain_sum(site: Site, op: ops.ReduceSum) -> Finding:
    """The sum of the cells."""
    cells = _cells(site, op)
    return mean_of(site, cells, everywhere(cells), 1.0)


@explains(ops.ReduceMean)
def explain_mean(site: Site, op: ops.ReduceMean) -> Finding:
    """The sum of the cells over their count."""
    cells = _cells(site, op)
    inside = everywhere(cells)
    return mean_of(site, cells, inside, float(inside.size))


@explains(ops.ReduceMax, ops.ReduceMin)
def explain_extreme(site: Site, op: ops.ReduceMax | ops.ReduceMin) -> Finding:
    """The largest or smallest cell."""
    cells = _cells(site, op)
    return extreme_of(site, cells, everywhere(cells), isinstance(op, ops.ReduceMax))


@explains(ops.ReduceL1)
def explain_l1(site: Site, op: ops.ReduceL1) -> Finding:
    """The sum of magnitudes."""
    cells = _cells(site, op)
    return norm_of(site, cells, everywhere(cells), 1)


@explains(ops.ReduceL2)
def explain_l2(site: Site, op: ops.ReduceL2) -> Finding:
    """The Euclidean length."""
    cells = _cells(site, op)
    return norm_of(site, cells, everywhere(cells), 2)


@explains(ops.ReduceSumSquare)
def explain_sum_of_squares(site: Site, op: ops.ReduceSumSquare) -> Finding:
    """The sum of squares: each cell is its own coefficient."""
    cells = _cells(site, op)
    numbers = site.cells(0, cells, "input").numbers
    total = math.fsum(np.square(numbers).flat)
    text = sum_of([fill("({})**2", float(x)) for x in numbers.flat])
    return shared_out(site, cells, everywhere(cells), total, np.square(numbers), text, PARTS)


@explains(ops.ReduceLogSum)
def explain_log_sum(site: Site, op: ops.ReduceLogSum) -> Finding:
    """The logarithm of the sum."""
    cells = _cells(site, op)
    numbers = site.cells(0, cells, "input").numbers
    total = _log(math.fsum(numbers.flat))
    text: Expression = ("log(", *sum_of([(float(x),) for x in numbers.flat]), ")")
    return shared_out(site, cells, everywhere(cells), total, numbers, text, PARTS)


@explains(ops.ReduceLogSumExp)
def explain_log_sum_exp(site: Site, op: ops.ReduceLogSumExp) -> Finding:
    """The logarithm of the sum of exponentials."""
    cells = _cells(site, op)
    numbers = site.cells(0, cells, "input").numbers
    largest = float(numbers.max())
    powers = np.exp(numbers - largest)
    total = largest + _log(math.fsum(powers.flat))
    text = (largest, " + log(", *sum_of([fill("exp({} - ({}))", float(x), largest) for x in numbers.flat]), ")")
    return shared_out(site, cells, everywhere(cells), total, powers, text, PARTS)


@explains(ops.ReduceProd)
def explain_product(site: Site, op: ops.ReduceProd) -> Finding:
    """The product of the cells."""
    cells = _cells(site, op)
    numbers = site.cells(0, cells, "input").numbers
    text = joined([(float(x),) for x in numbers.flat], "×")
    total = math.prod(float(x) for x in numbers.flat)
    return shared_out(site, cells, everywhere(cells), total, np.ones_like(numbers), text, EQUAL)


@explains(ops.ArgMax, ops.ArgMin)
def explain_place(site: Site, op: ops.ArgMax | ops.ArgMin) -> Finding:
    """Where along the axis the largest or smallest number is."""
    x = site.array(0)
    axis = op.axis % x.ndim
    index = site.index if op.keepdims else (*site.index[:axis], 0, *site.index[axis:])
    operand = site.cells(0, along(x.shape, index, (axis,)), "input")
    held = site.held
    return Finding(operands=(operand,), total=held, expression=fill("{}", held), rest=held, rule=NO_NUMBER)


@explains(ops.CumSum)
def explain_running_sum(site: Site, op: ops.CumSum) -> Finding:
    """The sum of the cells up to here."""
    x = site.array(0)
    axis = int(site.array(1).reshape(-1)[0]) % x.ndim
    cells = along(x.shape, site.index, (axis,))
    here, own = site.index[axis], 0 if op.exclusive else 1
    counted = cells[here + 1 - own :] if op.reverse else cells[: here + own]
    return mean_of(site, counted, everywhere(counted), 1.0)


def _cells(site: Site, op: ops.Reduction) -> Indices:
    """The cells that become this element."""
    shape = site.array(0).shape
    rank = len(shape)
    given = [int(axis) % rank for axis in site.array(1).reshape(-1)] if site.has(1) else []
    axes = tuple(sorted(given)) if given or op.noop_with_empty_axes else tuple(range(rank))
    index = list(site.index)
    if not op.keepdims:
        for axis in axes:
            index.insert(axis, 0)
    return along(shape, tuple(index), axes)


def _log(x: float) -> float:
    return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)
