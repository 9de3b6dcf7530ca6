"""Convolution and its transpose: which cells meet which taps, and what that adds up to."""

from __future__ import annotations

import math

import numpy as np

from striate import ops
from striate.lenses.explain.explanation import Finding, Indices, Inside
from striate.lenses.explain.site import Site
from striate.lenses.explain.table import explains
from striate.lenses.explain.weighted_sum import weighted_sum
from striate.lenses.meeting import transposed_cells, window_cells


@explains(ops.Conv)
def explain_convolution(site: Site, op: ops.Conv) -> Finding:
    """``y[n, k, o] = b[k] + sum over c, t of w[k, c, t] * x[n, c, stride*o + dilation*t - padding]``."""
    x, weight = site.array(0), site.array(1)
    n, k, *position = site.index
    filters, depth, *kernel = weight.shape
    group = k // (filters // op.groups)
    window = op.window(kernel)
    cells, inside = window_cells(window, x.shape[2:], position)
    taps = np.indices((depth, *kernel))
    filter_taps = np.moveaxis(np.concatenate([np.full_like(taps[:1], k), taps]), 0, -1)
    facts = _facts(op, kernel, window.pads(x.shape[2:]), group)
    return _summed(site, _by_channel(cells, n, group * depth, depth), _spread(inside, depth), filter_taps, k, facts)


@explains(ops.ConvTranspose)
def explain_transposed(site: Site, op: ops.ConvTranspose) -> Finding:
    """``y[n, k, o] = b[k] + sum of w[c, k, t] * x[n, c, i]`` where ``stride*i + dilation*t - padding = o``."""
    x, weight = site.array(0), site.array(1)
    n, k, *position = site.index
    channels, per_group, *kernel = weight.shape
    depth = channels // op.groups
    group = k // per_group
    pads = op.pads(x.shape[2:], kernel)
    cells, inside = transposed_cells(kernel, op.stride, op.dilation, pads, x.shape[2:], position)
    taps = np.indices((depth, *kernel))
    taps[0] += group * depth
    filter_taps = np.moveaxis(np.insert(taps, 1, k % per_group, axis=0), 0, -1)
    facts = (*_facts(op, kernel, pads, group), f"{int(inside.sum())} of {inside.size} taps meet a cell here")
    return _summed(site, _by_channel(cells, n, group * depth, depth), _spread(inside, depth), filter_taps, k, facts)


def _summed(site: Site, cells: Indices, inside: Inside, taps: Indices, k: int, facts: tuple[str, ...]) -> Finding:
    bias = (site.cell(2, (k,), "bias"),) if site.has(2) else ()
    return weighted_sum(
        site, site.cells(0, cells, "input", inside), site.cells(1, taps, "weight"), bias=bias, facts=facts
    )


def _by_channel(cells: Indices, n: int, first: int, depth: int) -> Indices:
    """Indices (n, c, *cell) of shape (depth, *kernel, rank) for the same cells in each channel of the group."""
    channel = np.arange(first, first + depth).reshape(-1, *([1] * cells.ndim))
    shape = (depth, *cells.shape[:-1], 1)
    spatial = np.broadcast_to(cells, (depth, *cells.shape))
    return np.concatenate([np.full(shape, n), np.broadcast_to(channel, shape), spatial], axis=-1)


def _spread(inside: Inside, depth: int) -> Inside:
    return np.broadcast_to(inside, (depth, *inside.shape)).copy()


def _facts(
    op: ops.Conv | ops.ConvTranspose, kernel: list[int], pads: tuple[tuple[int, int], ...], group: int
) -> tuple[str, ...]:
    def sizes(numbers: tuple[int, ...] | list[int]) -> str:
        return "×".join(str(size) for size in numbers)

    text = f"kernel {sizes(kernel)}, stride {sizes(op.stride)}"
    if math.prod(op.dilation) != 1:
        text += f", dilation {sizes(op.dilation)}"
    if any(before or after for before, after in pads):
        text += ", padding " + "×".join(str(b) if b == a else f"{b}+{a}" for b, a in pads)
    if op.groups != 1:
        text += f", group {group} of {op.groups}"
    return (text,)
