"""The terminal: what it can show, how wide it is, progress on it."""

from __future__ import annotations

import codecs
import io
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from striate.engine import Progress

# For terminals that know only ASCII (LANG=C): what a sign becomes.
SPELLED = {
    "×": "x", "·": "*", "−": "-", "–": "-", "±": "+-", "…": "...", "→": "->", "≈": "~", "Σ": "sum",
    "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")",
}  # fmt: skip
_HANDLER = "striate-spelled"


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text, start, end = error.object, error.start, error.end
    # Between two spaces the dot parts facts; else it multiplies.
    parts = text[start - 1 : start] == " " and text[start] == "·"
    return ("-" if parts else "") + "".join(SPELLED.get(c, "?") for c in text[start + parts : end]), end


def prepare_streams() -> None:
    """Makes every text printable, whatever the terminal's encoding."""
    codecs.register_error(_HANDLER, _spell)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def width() -> int:
    """Columns of the terminal; 100 where the output is no terminal."""
    return shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100


def say(text: str = "") -> None:
    """Prints a line on stdout."""
    sys.stdout.write(text + "\n")


def say_at_once(text: str) -> None:
    """Prints a line on stdout so that whoever reads along has it now."""
    say(text)
    sys.stdout.flush()


def heading(text: str) -> None:
    """Prints a heading, bold where the output is a terminal that takes colour."""
    if not sys.stdout.isatty():
        say(text)
        return
    from rich.console import Console

    Console(highlight=False, markup=False).print(text, style="bold")


@contextmanager
def progress(what: str) -> Generator[Progress | None]:
    """A bar on stderr while something long is done; None where stderr is no terminal.

    Args:
        what: What is being done, in front of the bar.

    Yields:
        A function (done, in all, name) that moves the bar.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[name]}"))
    with Bar(*columns, console=Console(stderr=True, markup=False), transient=True) as bar:
        task = bar.add_task(what, total=None, name="")

        def move(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, name=name[:40])

        yield move
