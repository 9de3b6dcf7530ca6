"""Resize: the cells that a sampled place reads, weighted along each axis."""

from __future__ import annotations

import math

import numpy as np

from striate import ops
from striate.lenses.explain.explanation import Finding
from striate.lenses.explain.expression import fill
from striate.lenses.explain.site import Site
from striate.lenses.explain.table import explains


@explains(ops.Resize)
def explain_resize(site: Site, op: ops.Resize) -> Finding:
    """``y[o] = sum of w1[o1, i1] * w2[o2, i2] * ... * x[i]``: the weights of the axes multiplied."""
    x = site.array(0)
    places = [np.array([i], np.int64) for i in site.index]
    weights = [np.ones(1)] * x.ndim
    facts: list[str] = []
    operands = (site.array(i) if site.has(i) else None for i in (1, 2, 3))
    for step in op.axis_weights(x.shape, *operands):
        if step.outside[site.index[step.axis]]:
            filling = op.extrapolation_value
            return Finding(
                operands=(),
                total=filling,
                expression=fill("{}", filling),
                rest=filling,
                facts=("outside the input: the extrapolation value",),
            )
        row = step.row(site.index[step.axis])
        places[step.axis] = np.array([cell for cell, _ in row], np.int64)
        weights[step.axis] = np.array([weight for _, weight in row])
        facts.append(f"axis {step.axis}: " + " + ".join(f"{weight:.4g}×[{cell}]" for cell, weight in row))
    cells = np.stack(np.meshgrid(*places, indexing="ij"), axis=-1)
    kernel = np.ones(())
    for axis_weights in weights:
        kernel = np.multiply.outer(kernel, axis_weights)
    operand = site.cells(0, cells, "input", None, kernel)
    products = kernel * operand.numbers
    return Finding(
        operands=(operand,),
        total=math.fsum(products.flat),
        window=operand.numbers,
        kernel=kernel,
        products=products,
        inside=operand.inside,
        facts=tuple(facts),
    )
