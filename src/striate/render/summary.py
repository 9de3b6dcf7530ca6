"""A summary as a table for a terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from striate.lenses.summary import Summary

SHORTEST_NAME = 14
# Two cells of padding and rich's separator.
GAP = 3


def print_summary(summary: Summary, console: Console | None = None) -> None:
    """Prints the table; in a narrow terminal names lose their middle, numbers never lose a digit."""
    console = console or Console(highlight=False)
    rows = [row.texts() for row in summary.rows]
    widths = [max(len(row[i]) for row in (summary.HEADINGS, *rows)) for i in range(len(summary.HEADINGS))]
    others = sum(widths[1:]) + GAP * (len(widths) - 1)
    room = max(SHORTEST_NAME, min(widths[0], console.width - others))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False, header_style="bold")
    for index, heading in enumerate(summary.HEADINGS):
        table.add_column(
            heading,
            justify="right" if index >= 3 else "left",
            no_wrap=True,
            min_width=room if index == 0 else widths[index],
            style="cyan" if index == 0 else None,
        )
    for name, *cells in rows:
        table.add_row(*(Text(cell) for cell in (shortened(name, room), *cells)))
    console.width = max(console.width, room + others)  # rich would cut the numbers, the terminal only wraps the line
    console.print(table)
    console.print(summary.totals(), markup=False, soft_wrap=True)


def shortened(name: str, room: int) -> str:
    """A name in so many characters, its middle left out where it is longer.

    Example:
        >>> shortened("/features/features.0/Conv", 14)
        '/featu...Conv'
    """
    if len(name) <= room:
        return name
    keep = room - 3
    return name[: (keep + 1) // 2] + "..." + name[len(name) - keep // 2 :]
