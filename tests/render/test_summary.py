"""The table for a terminal: whatever its width, no number loses a digit."""

import io

import pytest
from rich.console import Console

from striate.lenses.summary import Summary, SummaryRow
from striate.render.summary import print_summary
from striate.render.table import shortened

ROWS = (
    SummaryRow("/features/features.0/features.0.0/Conv", "Conv", (None, 32, 112, 112), 864, 10_838_016, (3, 3)),
    SummaryRow("[bold]x[/bold]", "BatchNormalization", (None, 1000), 1_281_000, None, "all"),
)
TABLE = Summary("net", "", {}, {}, ROWS, 1_281_864, None)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
def test_every_width(width):
    text = io.StringIO()
    print_summary(TABLE, Console(file=text, width=width, color_system=None))
    for part in ("10,838,016", "?×32×112×112", "BatchNormalization", "1,281,000", "3×3", "all", "[bold]x[/bold]"):
        assert part in text.getvalue()
    longest = max(len(line.rstrip()) for line in text.getvalue().splitlines()[:-1])
    assert longest <= max(width, 14 + 12 + 18 + 10 + 10 + 4 + 5 * 3)


def test_shortened():
    assert shortened("short", 14) == "short"
    assert len(shortened("a" * 50, 14)) == 14
    assert shortened("/features/features.0/Conv", 14).endswith("/Conv")
