"""Functions of one number: activations and ordinary mathematics, with the formula that the op itself states."""

from __future__ import annotations

from striate import ops
from striate.graph import Op
from striate.lenses.explain.explanation import Finding
from striate.lenses.explain.sharing import evaluate, function_of_one
from striate.lenses.explain.site import Site
from striate.lenses.explain.table import explains

# Straight lines through 0 on either side: the result is the number times a slope.
STRAIGHT: tuple[type[Op], ...] = (ops.Relu, ops.LeakyRelu, ops.PRelu, ops.Neg, ops.Abs, ops.ThresholdedRelu)


@explains(ops.Pointwise)
def explain_pointwise(site: Site, op: ops.Pointwise) -> Finding:
    """The op's formula at the operand's number."""
    x = float(site.array(0)[site.index])
    total = evaluate(site, op, x)
    return function_of_one(site, 0, "input", total, op.formula, {"x": x}, isinstance(op, STRAIGHT))


@explains(ops.PRelu)
def explain_prelu(site: Site, op: ops.PRelu) -> Finding:
    """A leaky ReLU whose slope is an operand."""
    where = site.broadcast_index(1)
    x, slope = float(site.array(0)[site.index]), float(site.array(1)[where])
    total = evaluate(site, op, x, slope)
    figures = {"x": x, "slope": slope}
    return function_of_one(site, 0, "input", total, op.formula, figures, True, (site.cell(1, where, "slope"),))


@explains(ops.Clip)
def explain_clip(site: Site, op: ops.Clip) -> Finding:
    """The number, or the limit that it passes."""
    x = float(site.array(0)[site.index])
    low, high = (float(site.array(i).reshape(-1)[0]) if site.has(i) else None for i in (1, 2))
    total = evaluate(site, op, x, low, high)
    template, numbers = "x", {"x": x}
    if low is not None:
        template, numbers = f"max({template}, low)", numbers | {"low": low}
    if high is not None:
        template, numbers = f"min({template}, high)", numbers | {"high": high}
    limits = tuple(
        site.cell(i, (0,) * site.array(i).ndim, name) for i, name in ((1, "low"), (2, "high")) if site.has(i)
    )
    exact = total in (x, 0.0)
    return function_of_one(site, 0, "input", total, template, numbers, exact, limits)


@explains(ops.Cast)
def explain_cast(site: Site, op: ops.Cast) -> Finding:
    """The number in another type."""
    x = float(site.array(0)[site.index])
    total = evaluate(site, op, x)
    cuts = op.to.kind in "iu" and site.array(0).dtype.kind == "f"
    text = "float(x != 0)" if op.to.kind == "b" else "trunc(x)" if cuts else "x"
    return function_of_one(site, 0, "input", total, text, {"x": x}, total == x)
