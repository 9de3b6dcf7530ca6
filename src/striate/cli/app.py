"""The typer application that every command registers with."""

from __future__ import annotations

from typing import Annotated

import typer

import striate

app = typer.Typer(
    name="striate",
    help="See what a convolutional network sees: run it, look at its maps, and follow any number back to the pixels.",
    epilog="Example: striate demo. A unit is written layer:channel@position, such as conv1:3@10,12, in every command. "
    "The examples of all commands run on the files that striate demo --files . puts there.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"striate {striate.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """See what a convolutional network sees."""
