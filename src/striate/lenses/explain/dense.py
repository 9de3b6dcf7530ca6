"""Dense layers and matrix products: a row against a column."""

from __future__ import annotations

import numpy as np

from striate import ops
from striate.lenses.explain.explanation import Finding, Indices, Operand
from striate.lenses.explain.site import Site
from striate.lenses.explain.table import explains
from striate.lenses.explain.weighted_sum import weighted_sum


@explains(ops.Gemm)
def explain_gemm(site: Site, op: ops.Gemm) -> Finding:
    """``y[m, n] = alpha * sum over k of a[m, k] * b[k, n] + beta * c[m, n]``."""
    m, n = site.index
    row = _line(site.array(0).shape, 0 if op.trans_a else 1, (m, m))
    column = _line(site.array(1).shape, 1 if op.trans_b else 0, (n, n))
    bias = (site.cell(2, site.broadcast_index(2), "bias"),) if site.has(2) else ()
    return _product(site, row, column, bias, op.alpha, op.beta)


@explains(ops.MatMul)
def explain_matmul(site: Site, op: ops.MatMul) -> Finding:
    """``y[..., i, j] = sum over k of a[..., i, k] * b[..., k, j]``; an operand of rank 1 has no i or no j."""
    a, b = site.array(0), site.array(1)
    index = list(site.index)
    j = index.pop() if b.ndim > 1 else 0
    i = index.pop() if a.ndim > 1 else 0
    row = _line(a.shape, a.ndim - 1, (*_leading(index, a.shape[:-2]), i, 0)[-a.ndim :] if a.ndim > 1 else (0,))
    column = _line(b.shape, max(0, b.ndim - 2), (*_leading(index, b.shape[:-2]), 0, j) if b.ndim > 1 else (0,))
    return _product(site, row, column)


def _product(
    site: Site, row: Indices, column: Indices, bias: tuple[Operand, ...] = (), alpha: float = 1.0, beta: float = 1.0
) -> Finding:
    """Takes as window whichever factor is not a constant of the network; the first where both are activations."""
    swap = site.is_constant(0) and not site.is_constant(1)
    data, weight = (
        (site.cells(1, column, "input"), site.cells(0, row, "weight"))
        if swap
        else (
            site.cells(0, row, "input"),
            site.cells(1, column, "weight"),
        )
    )
    facts = (f"{data.numbers.size} inputs",)
    return weighted_sum(site, data, weight, bias, alpha, beta, facts)


def _leading(index: list[int], shape: tuple[int, ...]) -> tuple[int, ...]:
    """The index of a broadcast operand among the leading axes."""
    own = index[len(index) - len(shape) :]
    return tuple(0 if size == 1 else i for i, size in zip(own, shape, strict=True))


def _line(shape: tuple[int, ...], axis: int, index: tuple[int, ...]) -> Indices:
    """The indices of all cells along one axis, the others as in ``index``."""
    line = np.tile(np.array(index, np.int64), (shape[axis], 1))
    line[:, axis] = np.arange(shape[axis])
    return line
