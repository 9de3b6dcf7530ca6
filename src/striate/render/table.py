"""A table for a terminal: words to the left, numbers to the right; what does not fit loses the middle of a name."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

SHORTEST_NAME = 14
# Two cells of padding and rich's separator.
GAP = 3


def print_table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    words: int,
    totals: str,
    console: Console | None = None,
) -> None:
    """Prints a table; in a narrow terminal names lose their middle, numbers never lose a digit.

    Args:
        headings: One for each column; the first column is names.
        rows: The cells.
        words: How many columns, the first ones, are words.
        totals: What is said below.
        console: Where it goes; the terminal if left out.
    """
    console = console or Console(highlight=False)
    widths = [max(len(row[i]) for row in (headings, *rows)) for i in range(len(headings))]
    others = sum(widths[1:]) + GAP * (len(widths) - 1)
    room = max(SHORTEST_NAME, min(widths[0], console.width - others))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, show_edge=False, header_style="bold")
    for index, heading in enumerate(headings):
        table.add_column(
            heading,
            justify="right" if index >= words else "left",
            no_wrap=True,
            min_width=room if index == 0 else widths[index],
            style="cyan" if index == 0 else None,
        )
    for name, *cells in rows:
        table.add_row(*(Text(cell) for cell in (shortened(name, room), *cells)))
    console.width = max(console.width, room + others)  # rich would cut the numbers, the terminal only wraps the line
    console.print(table)
    console.print(totals, markup=False, soft_wrap=True)


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
