"""``striate open``: the studio, every map of a network and the sum behind every number, in a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from striate.cli import given_options as options
from striate.cli.app import app
from striate.cli.terminal import say_at_once


@app.command(epilog="Example: striate open net.onnx house.png --preprocess unit --labels labels.txt; striate net.onnx")
def open(
    model: options.Model,
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            help="An image, .npy, .csv or .wav; name=FILE or name=NUMBER where the network has several inputs; a "
            "sample if left out."
        ),
    ] = None,
    labels: options.Labels = None,
    preprocess: options.Preprocess = None,
    host: options.Host = "127.0.0.1",
    port: options.Port = 0,
    no_browser: options.NoBrowser = False,
    data: options.Data = None,
) -> None:
    """Open a network in the studio: every map, and the sum behind every number, in a browser."""
    from striate.studio.serve import serve

    serve(model, inputs or (), preprocess, labels, host, port, not no_browser, say_at_once, data)
