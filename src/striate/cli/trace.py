"""``striate trace``: the strongest way from a number down to the input."""

from __future__ import annotations

from typing import Annotated

import typer

from striate.cli import given_options as options
from striate.cli.app import app
from striate.cli.opening import open_inputs, open_network, run_network
from striate.cli.terminal import say


@app.command(
    epilog="Example: striate trace net.onnx house.png parts/Relu:0@23,10 --preprocess unit --width 2 --depth 4"
)
def trace(
    model: options.Model,
    inputs: options.Inputs,
    unit: options.Address,
    width: Annotated[int, typer.Option(min=1, help="Terms of each sum that are followed.")] = 3,
    depth: Annotated[int | None, typer.Option(min=1, help="Levels down; to the input if left out.")] = None,
    preprocess: options.Preprocess = None,
    as_json: options.Json = False,
) -> None:
    """Follow the largest contributions to a unit down to input pixels, and say how much of it they account for."""
    from striate.render.plain import to_json
    from striate.render.trace import trace_plain, trace_text

    network = open_network(model)
    network.model.address(unit)
    found = run_network(network, open_inputs(network, inputs, preprocess)).unit(unit).trace(width, depth)
    say(to_json(trace_plain(found)) if as_json else trace_text(found))
