"""A summary as a table for a terminal."""

from __future__ import annotations

from rich.console import Console

from striate.lenses.summary import Summary
from striate.render.table import print_table


def print_summary(summary: Summary, console: Console | None = None) -> None:
    """Prints the table; in a narrow terminal names lose their middle, numbers never lose a digit."""
    print_table(summary.HEADINGS, [row.texts() for row in summary.rows], 3, summary.totals(), console)
