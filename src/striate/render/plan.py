"""How a network is run, as a table for a terminal."""

from __future__ import annotations

from rich.console import Console

from striate.lenses.plan import NetworkPlan
from striate.render.table import print_table


def print_plan(plan: NetworkPlan, console: Console | None = None) -> None:
    """Prints the table; in a narrow terminal names lose their middle, numbers never lose a digit."""
    print_table(plan.headings(), plan.rows(), plan.LEFT, plan.totals(), console)
