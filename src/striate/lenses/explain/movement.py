"""Ops that compute nothing: each element is a copy of another, or padding, or a fact about a shape."""

from __future__ import annotations

from striate import ops
from striate.lenses.explain.explanation import Finding
from striate.lenses.explain.expression import fill
from striate.lenses.explain.site import Site
from striate.lenses.explain.table import explains
from striate.lenses.provenance import moves_data


@explains(ops.Movement, ops.Identity, ops.Dropout)
def explain_movement(site: Site, op: ops.Movement | ops.Identity | ops.Dropout) -> Finding:
    """A copy of one cell of an operand, or padding."""
    held = site.held
    if not moves_data(op) or (isinstance(op, ops.Dropout) and site.output):
        return Finding(
            operands=(), total=held, expression=fill("{}", held), rest=held, facts=("made from sizes alone",)
        )
    found = site.moved_from()
    if found is None:
        padding = _filling(site)
        return Finding(operands=(), total=padding, expression=fill("{}", padding), rest=padding, facts=("padding",))
    position, index = found
    number = float(site.array(position)[index])
    at = ", ".join(str(i) for i in index)
    return Finding(
        operands=(site.cell(position, index, "copied", 1.0),),
        total=number,
        expression=fill("{}", number),
        facts=(f"a copy of {site.name(position)}[{at}]",),
    )


def _filling(site: Site) -> float:
    """What the padding holds: operand ``value`` of Pad, 0 where it is left out."""
    return float(site.array(2).reshape(-1)[0]) if site.has(2) else 0.0
