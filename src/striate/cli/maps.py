"""``striate maps``: contact sheets of the feature maps."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from striate.cli import given_options as options
from striate.cli.app import app
from striate.cli.opening import open_inputs, open_network, run_network
from striate.cli.sheets import checked_scope, drawable, listed, network_scale, write_maps
from striate.cli.terminal import progress, say
from striate.writing import make_folder


@app.command(epilog="Example: striate maps net.onnx house.png --preprocess unit --layer parts/Relu -o maps")
def maps(
    model: options.Model,
    inputs: options.Inputs,
    layers: Annotated[
        list[str] | None, typer.Option("--layer", "-l", help="Layer to draw; may be given several times.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Draw every layer.")] = False,
    out: options.Folder = Path("maps"),
    scale: Annotated[
        str, typer.Option(help="What a colour scale holds for: unit (one map), layer or network (all drawn layers).")
    ] = "layer",
    preprocess: options.Preprocess = None,
    as_json: options.Json = False,
) -> None:
    """Draw the feature maps of a layer, all channels, 64 to a page; without --layer and --all a telling few."""
    from striate.lenses.telling import telling_layers
    from striate.render.plain import to_json

    scope = checked_scope(scale)
    network = open_network(model)
    for name in layers or []:
        network.model.value_name(name)  # says at once what does not exist
    run = run_network(network, open_inputs(network, inputs, preprocess))
    places = {name: place for place, name in enumerate(network.layers)}
    names = layers or drawable(run, list(network.layers) if every else telling_layers(network.model))
    folder = make_folder(out)
    shared = network_scale(run, names) if scope == "network" else None
    written: dict[str, list[Path]] = {}
    with progress("drawing") as moved:
        for done, name in enumerate(names):
            if moved is not None:
                moved(done, len(names), name)
            written[name] = write_maps(run, name, folder, scope, shared, places.get(name))
    if as_json:
        say(to_json(written))
        return
    for name, files in written.items():
        say(f"{name}: {listed(files)}")
