"""Normalization: the statistics and parameters that one number is shifted and scaled by.

Statistics that are taken from the input itself (of a channel, a group, a sample) are computed here in float64; a trace
takes them as given and goes on to the one cell that is normalized.
"""

from __future__ import annotations

import math

import numpy as np

from striate import ops
from striate.lenses.explain.explanation import Finding, Indices, Operand
from striate.lenses.explain.expression import fill, number, stated, sum_of
from striate.lenses.explain.region import along
from striate.lenses.explain.sharing import GIVEN_STATISTICS, ratio
from striate.lenses.explain.site import Site
from striate.lenses.explain.table import explains


@explains(ops.BatchNormalization)
def explain_batch(site: Site, op: ops.BatchNormalization) -> Finding:
    """``(x - mean)/sqrt(variance + epsilon) * scale + bias`` with the four numbers of the channel."""
    channel = (site.index[1],)
    parameters = [site.cell(i, channel, name) for i, name in enumerate(("scale", "bias", "mean", "variance"), start=1)]
    scale, bias, mean, variance = (float(parameter.numbers) for parameter in parameters)
    return _standardized(site, mean, variance, op.epsilon, scale, bias, tuple(parameters), "")


@explains(ops.InstanceNormalization)
def explain_instance(site: Site, op: ops.InstanceNormalization) -> Finding:
    """As batch norm, with the statistics of the channel in this sample."""
    shape = site.array(0).shape
    return _by_channel(site, along(shape, site.index, tuple(range(2, len(shape)))), op.epsilon)


@explains(ops.GroupNormalization)
def explain_group(site: Site, op: ops.GroupNormalization) -> Finding:
    """As batch norm, with the statistics of the group of channels in this sample."""
    shape = site.array(0).shape
    per_group = shape[1] // op.num_groups
    first = site.index[1] // per_group * per_group
    cells = along(shape, site.index, tuple(range(1, len(shape))))[first : first + per_group]
    return _by_channel(site, cells, op.epsilon)


@explains(ops.LayerNormalization)
def explain_layer(site: Site, op: ops.LayerNormalization) -> Finding:
    """As batch norm, with the statistics of the axes from ``axis`` on; or one of those statistics."""
    mean, variance, _ = _statistics(site, _trailing(site, op.axis))
    if site.output == 1:
        return _statistic(site, mean, "the mean")
    if site.output == 2:
        return _statistic(site, 1 / math.sqrt(variance + op.epsilon), "1/sqrt(variance + epsilon)")
    scale, bias = _parameter(site, 1, "scale"), _parameter(site, 2, "bias")
    operands = tuple(operand for operand in (scale, bias) if operand is not None)
    factor = 1.0 if scale is None else float(scale.numbers)
    added = 0.0 if bias is None else float(bias.numbers)
    return _standardized(site, mean, variance, op.epsilon, factor, added, operands)


@explains(ops.RMSNormalization)
def explain_root_mean_square(site: Site, op: ops.RMSNormalization) -> Finding:
    """``x/sqrt(mean square + epsilon) * scale`` over the axes from ``axis`` on."""
    x = float(site.array(0)[site.index])
    mean_square = _statistics(site, _trailing(site, op.axis))[2]
    scale = _parameter(site, 1, "scale")
    factor = 1.0 if scale is None else float(scale.numbers)
    coefficient = factor / math.sqrt(mean_square + op.epsilon)
    return Finding(
        operands=(site.cell(0, site.index, "input", coefficient), *((scale,) if scale else ())),
        total=coefficient * x,
        **stated("x/sqrt(mean_square + epsilon)*scale", x=x, mean_square=mean_square, epsilon=op.epsilon, scale=factor),
        rule=GIVEN_STATISTICS,
        facts=(f"mean square {number(mean_square, 6)}",),
    )


@explains(ops.MeanVarianceNormalization)
def explain_mean_variance(site: Site, op: ops.MeanVarianceNormalization) -> Finding:
    """``(x - mean)/(standard deviation + 1e-9)``."""
    x = float(site.array(0)[site.index])
    axes = tuple(axis % site.array(0).ndim for axis in op.axes)
    mean, variance, _ = _statistics(site, along(site.array(0).shape, site.index, axes))
    factor = 1 / (math.sqrt(variance) + 1e-9)
    return Finding(
        operands=(site.cell(0, site.index, "input", factor),),
        total=(x - mean) * factor,
        **stated("(x - mean)/(sqrt(variance) + 1e-9)", x=x, mean=mean, variance=variance),
        rest=-mean * factor,
        rule=GIVEN_STATISTICS,
        facts=(f"mean {number(mean, 6)}, variance {number(variance, 6)}",),
    )


@explains(ops.LpNormalization)
def explain_row_norm(site: Site, op: ops.LpNormalization) -> Finding:
    """``x/norm`` along an axis."""
    x = float(site.array(0)[site.index])
    axis = op.axis % site.array(0).ndim
    row = site.cells(0, along(site.array(0).shape, site.index, (axis,)), "row")
    norm = math.fsum(np.abs(row.numbers) ** op.p) ** (1 / op.p) or 1.0
    return Finding(
        operands=(site.cell(0, site.index, "input", 1 / norm), row),
        total=x / norm,
        **stated("x/norm", x=x, norm=norm),
        rule=GIVEN_STATISTICS,
        facts=(f"norm of the row {number(norm, 6)}",),
    )


@explains(ops.LRN)
def explain_local_response(site: Site, op: ops.LRN) -> Finding:
    """``x/(bias + alpha/size * sum of squares)^beta`` over neighbouring channels."""
    x = float(site.array(0)[site.index])
    channel = site.index[1]
    first = max(0, channel - (op.size - 1) // 2)
    neighbours = along(site.array(0).shape, site.index, (1,))[first : channel + op.size // 2 + 1]
    near = site.cells(0, neighbours, "neighbours")
    added = math.fsum(np.square(near.numbers))
    divisor = (op.bias + op.alpha / op.size * added) ** op.beta
    factor, rest = ratio(x / divisor, x)
    squares = sum_of([fill("({})**2", float(number)) for number in near.numbers])
    head, tail = fill("{}/({} + {}/{}*(", x, op.bias, op.alpha, op.size), fill("))**{}", op.beta)
    return Finding(
        operands=(site.cell(0, site.index, "input", factor), near),
        total=x / divisor,
        expression=(*head, *squares, *tail),
        law="x/(bias + alpha/size*squares)**beta",
        figures=(
            ("x", x),
            ("squares", added),
            ("bias", op.bias),
            ("alpha", op.alpha),
            ("size", float(op.size)),
            ("beta", op.beta),
        ),
        rest=rest,
        rule=GIVEN_STATISTICS,
        facts=(f"{near.numbers.size} neighbouring channels",),
    )


def _by_channel(site: Site, cells: Indices, epsilon: float) -> Finding:
    mean, variance, _ = _statistics(site, cells)
    channel = (site.index[1],)
    scale, bias = site.cell(1, channel, "scale"), site.cell(2, channel, "bias")
    return _standardized(
        site, mean, variance, epsilon, float(scale.numbers), float(bias.numbers), (scale, bias), GIVEN_STATISTICS
    )


def _standardized(
    site: Site,
    mean: float,
    variance: float,
    epsilon: float,
    scale: float,
    bias: float,
    parameters: tuple[Operand, ...],
    rule: str = GIVEN_STATISTICS,
) -> Finding:
    x = float(site.array(0)[site.index])
    factor = scale / math.sqrt(variance + epsilon) if variance + epsilon > 0 else math.nan
    return Finding(
        operands=(site.cell(0, site.index, "input", factor), *parameters),
        total=(x - mean) * factor + bias,
        **stated(
            "(x - mean)/sqrt(variance + epsilon)*scale + bias",
            x=x,
            mean=mean,
            variance=variance,
            epsilon=epsilon,
            scale=scale,
            bias=bias,
        ),
        rest=bias - mean * factor,
        rule=rule,
        facts=(
            f"mean {number(mean, 6)}, variance {number(variance, 6)}, scale {number(scale, 6)}, bias {number(bias, 6)}",
        ),
    )


def _statistic(site: Site, total: float, name: str) -> Finding:
    return Finding(operands=(), total=total, expression=fill("{}", total), rest=total, facts=(name,))


def _statistics(site: Site, cells: Indices) -> tuple[float, float, float]:
    """Mean, variance and mean square of some cells of the input."""
    numbers = site.cells(0, cells, "statistics").numbers
    mean = math.fsum(numbers.flat) / numbers.size
    variance = math.fsum(np.square(numbers - mean).flat) / numbers.size
    return mean, variance, math.fsum(np.square(numbers).flat) / numbers.size


def _trailing(site: Site, axis: int) -> Indices:
    shape = site.array(0).shape
    return along(shape, site.index, tuple(range(axis % len(shape), len(shape))))


def _parameter(site: Site, position: int, role: str) -> Operand | None:
    return site.cell(position, site.broadcast_index(position), role) if site.has(position) else None
