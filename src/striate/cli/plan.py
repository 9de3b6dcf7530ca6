"""``striate plan``: how a network is run, and how fast each step is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from striate.cli import given_options as options
from striate.cli.app import app
from striate.cli.opening import open_inputs, open_network, read_shapes
from striate.cli.terminal import say

if TYPE_CHECKING:
    from striate.network import Network


@app.command(epilog="Example: striate plan net.onnx --input 1x3x256x320 --profile")
def plan(
    model: options.Model,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input", "--shape", "-i", help="Input shape with batch, such as 1x3x224x224, or a file of that shape."
        ),
    ] = None,
    profile: Annotated[
        bool, typer.Option("--profile", help="Run it and show each step's time, part of the peak and GB/s.")
    ] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Show the run that keeps every value.")] = False,
    as_json: options.Json = False,
) -> None:
    """Show how a network is run: kernel, tile, layout, FLOP and bytes of each step, and what is fused."""
    from striate.render.plain import to_json

    network = open_network(model)
    found = network.plan(_shapes(network, inputs or []), profile, keep=keep)
    if as_json:
        say(to_json(found))
    elif sys.stdout.isatty():
        from striate.render.plan import print_plan

        print_plan(found)
    else:
        say(str(found))


def _shapes(network: Network, given: Sequence[str]) -> dict[str, tuple[int, ...]] | None:
    """Shapes by input in the source's order of axes; files are opened for theirs."""
    if not given:
        return None
    if any(Path(text.partition("=")[2] or text).is_file() for text in given):
        return {name: array.shape for name, array in open_inputs(network, given, None).arrays.items()}
    return read_shapes([info.name for info in network.inputs], given)
