"""``striate engine``: what kernels are emitted for, how many threads run them, and where they are kept."""

from __future__ import annotations

from typing import Annotated

import typer

from striate.cli import given_options as options
from striate.cli.app import app
from striate.cli.terminal import say

engine = typer.Typer(
    help="Show the engine: instruction set, threads, kernel cache.",
    epilog="Example: striate engine",
    invoke_without_command=True,
)
app.add_typer(engine, name="engine")


@engine.callback()
def facts(context: typer.Context, as_json: options.Json = False) -> None:
    """Show the engine: instruction set, vector width, threads, kernel cache, memory limit."""
    if context.invoked_subcommand is not None:
        return
    from striate.engine import facts as engine_facts
    from striate.render.plain import to_json

    found = engine_facts()
    say(to_json(found) if as_json else str(found))


@engine.command(epilog="Example: striate engine cache --clear")
def cache(
    clear: Annotated[bool, typer.Option("--clear", help="Remove them; each is made again when needed.")] = False,
    as_json: options.Json = False,
) -> None:
    """Show the folder of compiled kernels, or empty it."""
    from striate.engine import facts as engine_facts
    from striate.engine.cache import clear as clear_cache
    from striate.render.plain import to_json

    if clear:
        removed = clear_cache()
        if not as_json:
            say(f"removed {removed} kernels")
    found = engine_facts().cache
    if as_json:
        say(to_json(found))
    elif not clear:
        say(str(found))
