"""``striate calc``: what a pasted PyTorch or Keras layer line means."""

from __future__ import annotations

from typing import Annotated

import typer

from striate.cli.app import app
from striate.cli.opening import read_shape
from striate.cli.terminal import say


@app.command(epilog='Example: striate calc "nn.Conv1d(17, 64, kernel_size=3, padding=1)" --input 17x30')
def calc(
    layer: Annotated[str, typer.Argument(help='A layer line, such as "nn.Conv2d(3, 64, 3)" or "Conv2D(32, (3, 3))".')],
    shape: Annotated[
        str | None,
        typer.Option("--input", "-i", help="Shape of one sample: 3x224x224 for PyTorch, 224x224x3 for Keras."),
    ] = None,
    units: Annotated[
        int | None, typer.Option(help="Compare with a dense layer of that many units on the same input.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the facts as JSON.")] = False,
) -> None:
    """Say what a pasted layer line means: arguments, output size, parameters and cost, with the formulas filled in."""
    from striate.lessons import explain_declaration
    from striate.render.declaration import declared_plain, declared_text
    from striate.render.plain import to_json

    worked_out = explain_declaration(layer, None if shape is None else read_shape(shape), units)
    say(to_json(declared_plain(worked_out)) if as_json else declared_text(worked_out))
