"""``striate filters``: the bank of hand-crafted kernels, or the learned kernels of a network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from striate.cli import given_options as options
from striate.cli.app import app
from striate.cli.opening import open_network
from striate.cli.sheets import checked_scope, listed, write_kernels
from striate.cli.terminal import say
from striate.errors import ParameterError
from striate.writing import make_folder


@app.command(epilog="Example: striate filters sobel; striate filters net.onnx -o filters")
def filters(
    source: Annotated[
        str | None, typer.Argument(help="Name of a kernel in the bank, or an ONNX file; the bank's list without.")
    ] = None,
    layer: Annotated[
        str | None, typer.Option("--layer", "-l", help="Convolution of the network; its first one if left out.")
    ] = None,
    out: options.Folder = Path("filters"),
    scale: Annotated[str, typer.Option(help="What a colour scale holds for: unit (one filter) or layer.")] = "layer",
    as_json: options.Json = False,
) -> None:
    """List the bank of hand-crafted kernels, say what one of them encodes, or draw the kernels of a network's layer."""
    from striate.filters import names

    if source is None:
        _list_bank(as_json)
    elif source in names() and not Path(source).exists():
        _describe(source, as_json)
    elif "." not in source and not Path(source).exists():
        from striate.filters import get

        get(source)  # neither a file nor a kernel: says what is near
    else:
        _draw(source, layer, out, scale, as_json)


def _list_bank(as_json: bool) -> None:
    from striate.filters import get, names
    from striate.render.plain import to_json

    bank = [get(name) for name in names()]
    if as_json:
        rows = [{"name": f.name, "description": f.description, "ranks": f.ranks, "source": f.source} for f in bank]
        say(to_json(rows))
        return
    wide = max(len(f.name) for f in bank)
    for f in bank:
        say(f"{f.name:<{wide}}  {', '.join(f'{rank}-D' for rank in f.ranks):<13}  {f.description}")


def _describe(name: str, as_json: bool) -> None:
    from striate.filters import describe, get
    from striate.render.explanation import matrix_text
    from striate.render.plain import to_json

    found = get(name)
    kernel = found() if 2 in found.ranks or len(found.ranks) == 1 else found(ndim=found.ranks[0])
    said = describe(kernel)
    if as_json:
        say(to_json({"name": name, "kernel": kernel, "description": found.description, "source": found.source,
                     "kind": said.kind, "text": said.text, "sum": said.sum}))  # fmt: skip
        return
    say(f"{name}: {found.description}")
    say()
    say(matrix_text(kernel))
    say()
    say(f"{said.kind}: {said.text}")
    say(said.facts)
    say(f"source: {found.source}")


def _draw(source: str, layer: str | None, out: Path, scale: str, as_json: bool) -> None:
    from striate.lenses.kernels import convolutions
    from striate.render.plain import to_json

    scope = checked_scope(scale)
    if scope == "network":
        raise ParameterError('scale (="network") does not fit one layer\'s kernels; use unit or layer')
    network = open_network(source)
    known = list(convolutions(network.model))
    if not known and layer is None:
        raise ParameterError(f'network "{source}" has no convolution, so it has no kernels to draw')
    name = layer or known[0]
    network.model.value_name(name)
    files = write_kernels(network, name, make_folder(out), scope)
    say(to_json({"layer": name, "files": files}) if as_json else f"{name}: {listed(files)}")
