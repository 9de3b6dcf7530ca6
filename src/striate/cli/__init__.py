"""The command line: ``striate COMMAND``; one command a file, each a thin face of :class:`striate.Network`.

``striate MODEL [INPUT]`` is ``striate open MODEL [INPUT]``.
"""

from __future__ import annotations

import sys
from pathlib import Path, PurePath

# Each module registers its command; the order here is that of the help.
from striate.cli import demo as demo  # isort: skip
from striate.cli import open as open  # isort: skip
from striate.cli import summary as summary  # isort: skip
from striate.cli import plan as plan  # isort: skip
from striate.cli import run as run  # isort: skip
from striate.cli import maps as maps  # isort: skip
from striate.cli import filters as filters  # isort: skip
from striate.cli import explain as explain  # isort: skip
from striate.cli import field as field  # isort: skip
from striate.cli import trace as trace  # isort: skip
from striate.cli import report as report  # isort: skip
from striate.cli import filter as filter  # isort: skip
from striate.cli import animate as animate  # isort: skip
from striate.cli import calc as calc  # isort: skip
from striate.cli import engine as engine  # isort: skip
from striate.cli.app import app
from striate.cli.failure import guarded
from striate.cli.terminal import prepare_streams

__all__ = ["app", "main"]


def main(arguments: list[str] | None = None) -> int:
    """Runs a command line.

    Args:
        arguments: What stands behind ``striate``; of this process if left out.

    Returns:
        The exit status: 0, 2 for bad input, 130 after Ctrl-C, 1 for a fault of striate's own.
    """
    prepare_streams()
    given = sys.argv[1:] if arguments is None else arguments
    return guarded(lambda: app(with_command(given), "striate", standalone_mode=False))


def with_command(arguments: list[str]) -> list[str]:
    """A command line that begins with a file instead of a command opens that file.

    Example:
        >>> with_command(["net.onnx", "cat.jpg"]), with_command(["summary", "net.onnx"])
        (['open', 'net.onnx', 'cat.jpg'], ['summary', 'net.onnx'])
    """
    commands = {each.name or getattr(each.callback, "__name__", "") for each in app.registered_commands}
    first = arguments[0] if arguments else "-"
    if first.startswith("-") or first in commands or first in {group.name for group in app.registered_groups}:
        return arguments
    path = PurePath(first)
    return ["open", *arguments] if path.suffix or len(path.parts) > 1 or Path(first).is_file() else arguments
