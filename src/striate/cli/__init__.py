"""The command line: ``striate COMMAND``; one command a file, each a thin face of :class:`striate.Network`."""

from __future__ import annotations

import sys

# Each module registers its command; the order here is that of the help.
from striate.cli import demo as demo  # isort: skip
from striate.cli import summary as summary  # isort: skip
from striate.cli import plan as plan  # isort: skip
from striate.cli import run as run  # isort: skip
from striate.cli import maps as maps  # isort: skip
from striate.cli import filters as filters  # isort: skip
from striate.cli import explain as explain  # isort: skip
from striate.cli import field as field  # isort: skip
from striate.cli import trace as trace  # isort: skip
from striate.cli import filter as filter  # isort: skip
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
    return guarded(lambda: app(sys.argv[1:] if arguments is None else arguments, "striate", standalone_mode=False))
