"""``striate explain``: the whole sum behind one number."""

from __future__ import annotations

from typing import Annotated

import typer

from striate.cli import given_options as options
from striate.cli.app import app
from striate.cli.opening import open_inputs, open_network, run_network
from striate.cli.terminal import say, width
from striate.cli.writing import write_picture


@app.command(epilog="Example: striate explain net.onnx house.png edges/Conv:0@105,44 --preprocess unit")
def explain(
    model: options.Model,
    inputs: options.Inputs,
    unit: options.Address,
    channels: Annotated[int, typer.Option(min=0, help="Input channels written out, strongest first; 0 for all.")] = 3,
    digits: Annotated[int, typer.Option(min=1, max=17, help="Significant digits; the formula has all.")] = 4,
    formula: Annotated[bool, typer.Option("--formula", help="Print only the formula, at full digits.")] = False,
    preprocess: options.Preprocess = None,
    out: options.Picture = None,
    as_json: options.Json = False,
) -> None:
    """Write out the sum behind a unit: window times kernel channel by channel, bias, total, and what the run holds."""
    from striate.render.explanation import explanation_plain, explanation_text
    from striate.render.explanation_picture import explanation_picture
    from striate.render.plain import to_json

    network = open_network(model)
    network.model.address(unit)
    found = run_network(network, open_inputs(network, inputs, preprocess)).unit(unit).explain()
    if out is not None:
        write_picture(explanation_picture(found), out)
    if as_json:
        say(to_json(explanation_plain(found)))
    elif formula:
        say(found.formula())
    else:
        say(explanation_text(found, channels or None, digits, width()))
