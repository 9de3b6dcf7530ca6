"""The table of explainers: one for each kind of op."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from striate.errors import UnsupportedOpError
from striate.graph import Op
from striate.lenses.explain.explanation import Finding
from striate.lenses.explain.site import Site

O = TypeVar("O", bound=Op)

EXPLAINERS: dict[type[Op], Callable[[Site, Any], Finding]] = {}


def explains(*kinds: type[O]) -> Callable[[Callable[[Site, O], Finding]], Callable[[Site, O], Finding]]:
    """Enters a function into the table as the explainer of these kinds of op."""

    def enter(explainer: Callable[[Site, O], Finding]) -> Callable[[Site, O], Finding]:
        for kind in kinds:
            EXPLAINERS[kind] = explainer
        return explainer

    return enter


def explainer_of(kind: type[Op]) -> Callable[[Site, Any], Finding] | None:
    """The explainer of an op: its own, or that of the nearest base class that has one."""
    return next((EXPLAINERS[base] for base in kind.__mro__ if base in EXPLAINERS), None)


def explain_site(site: Site) -> Finding:
    """Explains one output element of one node.

    Raises:
        UnsupportedOpError: The table has no explainer for that op.
    """
    explainer = explainer_of(type(site.node.op))
    if explainer is None:
        operands = ", ".join(dict.fromkeys(name for name in site.node.inputs if name))
        raise UnsupportedOpError(
            f'{site.node.op.kind} "{site.node.name}" cannot be explained: striate does not know its inside; '
            f"explain one of its operands instead: {operands}"
        )
    return explainer(site, site.node.op)
