"""``striate summary``: a network at a glance."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from striate.cli.app import app
from striate.cli.opening import open_network, read_shapes
from striate.cli.terminal import say

if TYPE_CHECKING:
    from striate.graph import Model


@app.command(epilog="Example: striate summary net.onnx")
def summary(
    model: Annotated[str, typer.Argument(help="An ONNX file.")],
    shapes: Annotated[
        list[str] | None,
        typer.Option("--input", "-i", help="Input shape with batch, such as 1x3x224x224, where sizes are free."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
) -> None:
    """List the layers: kind, output shape, parameters, multiply-accumulates, and how much of the input a unit sees."""
    from striate.lenses.summary import summary as summarise
    from striate.render.plain import to_json

    network = open_network(model)
    table = summarise(network.model, _input_shapes(network.model, shapes or []))
    if as_json:
        say(to_json(table))
        return
    for name, shape in table.inputs.items():
        say(f"input {name} {_sizes(shape)}")
    if sys.stdout.isatty():
        from striate.render.summary import print_summary

        print_summary(table)
    else:
        say(str(table))


def _input_shapes(model: Model, given: list[str]) -> dict[str, tuple[int, ...]] | None:
    """Shapes by input, channels first; without names in the order of the inputs."""
    if not given:
        return None
    return {
        name: (sizes[0], sizes[-1], *sizes[1:-1])
        if model.layout_of(name) == "channels_last" and len(sizes) > 2
        else sizes
        for name, sizes in read_shapes(list(model.graph.inputs), given).items()
    }


def _sizes(shape: tuple[int | None, ...] | None) -> str:
    from striate.lenses.summary import shape_text

    return shape_text(shape)
