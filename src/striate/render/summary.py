"""A summary as a table for a terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table

from striate.lenses.summary import Summary


def print_summary(summary: Summary, console: Console | None = None) -> None:
    """Prints the table as wide as the terminal allows; names that are too long lose their ends, never the numbers."""
    console = console or Console(highlight=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for index, heading in enumerate(summary.HEADINGS):
        numeric = index >= 3
        table.add_column(
            heading,
            justify="right" if numeric else "left",
            no_wrap=True,
            overflow="ellipsis" if index < 2 else "fold",
            min_width=8 if index == 0 else None,
            ratio=None,
            style="cyan" if index == 0 else None,
        )
    for row in summary.rows:
        table.add_row(*row.texts())
    console.print(table)
    console.print(summary.totals(), markup=False)
