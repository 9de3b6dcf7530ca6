"""Pooling: the window, the winner, the divisor that really divides."""

from __future__ import annotations

import numpy as np

from striate import ops
from striate.lenses.explain.explanation import Finding, Indices, Inside
from striate.lenses.explain.expression import fill
from striate.lenses.explain.region import along, everywhere, extreme_of, mean_of, norm_of
from striate.lenses.explain.sharing import NO_NUMBER
from striate.lenses.explain.site import Site
from striate.lenses.explain.table import explains
from striate.lenses.meeting import window_cells


@explains(ops.MaxPool)
def explain_max_pool(site: Site, op: ops.MaxPool) -> Finding:
    """The largest cell of the window, or where it is."""
    cells, inside = _window(site, op)
    if site.output:
        held = site.held
        return Finding(
            operands=(site.cells(0, cells, "input", inside),),
            total=held,
            expression=fill("{}", held),
            rest=held,
            rule=NO_NUMBER,
            facts=("where the window's largest number is, counted through the whole input",),
        )
    return extreme_of(site, cells, inside, largest=True)


@explains(ops.AveragePool)
def explain_average_pool(site: Site, op: ops.AveragePool) -> Finding:
    """The window's sum over the count of cells that the op divides by."""
    cells, inside = _window(site, op)
    divisor = float(op.counts(site.array(0).shape[2:])[site.index[2:]])
    counted = int(divisor)
    facts = (
        f"divided by {counted}: {int(inside.sum())} cells of the input, {counted - int(inside.sum())} of the padding",
    )
    return mean_of(site, cells, inside, divisor, facts)


@explains(ops.LpPool)
def explain_lp_pool(site: Site, op: ops.LpPool) -> Finding:
    """The norm of the window."""
    return norm_of(site, *_window(site, op), op.p)


@explains(ops.GlobalMaxPool)
def explain_global_max_pool(site: Site, op: ops.GlobalMaxPool) -> Finding:
    """The largest cell of the channel."""
    cells = _channel(site)
    return extreme_of(site, cells, everywhere(cells), largest=True)


@explains(ops.GlobalAveragePool)
def explain_global_average_pool(site: Site, op: ops.GlobalAveragePool) -> Finding:
    """The mean of the channel."""
    cells = _channel(site)
    inside = everywhere(cells)
    return mean_of(site, cells, inside, float(inside.size))


@explains(ops.GlobalLpPool)
def explain_global_lp_pool(site: Site, op: ops.GlobalLpPool) -> Finding:
    """The norm of the channel."""
    cells = _channel(site)
    return norm_of(site, cells, everywhere(cells), op.p)


def _window(site: Site, op: ops.Pool) -> tuple[Indices, Inside]:
    n, c, *position = site.index
    cells, inside = window_cells(op.window, site.array(0).shape[2:], position)
    lead = np.broadcast_to(np.array([n, c]), (*inside.shape, 2))
    return np.concatenate([lead, cells], axis=-1), inside


def _channel(site: Site) -> Indices:
    shape = site.array(0).shape
    return along(shape, site.index, tuple(range(2, len(shape))))
