"""``striate calc``: what pasted PyTorch or Keras layers mean."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from striate.cli.app import app
from striate.cli.opening import read_shape
from striate.cli.terminal import say
from striate.errors import ParameterError


@app.command(epilog='Example: striate calc "nn.Conv1d(17, 64, kernel_size=3, padding=1)" --input 17x30')
def calc(
    layer: Annotated[
        str,
        typer.Argument(
            help='A layer, such as "nn.Conv2d(3, 64, 3)" or "Conv2D(32, (3, 3))", or several, as in '
            'nn.Sequential(...); "-" reads standard input.'
        ),
    ],
    shape: Annotated[
        str | None,
        typer.Option("--input", "-i", help="Shape of one sample: 3x224x224 for PyTorch, 224x224x3 for Keras."),
    ] = None,
    units: Annotated[
        int | None, typer.Option(help="Compare with a dense layer of that many units on the same input.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the facts as JSON.")] = False,
) -> None:
    """Say what pasted layers mean: arguments, output size, parameters and cost, with the formulas filled in."""
    from striate.importers.declaration import parse_declarations
    from striate.lenses.declared_stack import declared_stack
    from striate.lessons import explain_declaration
    from striate.render.declaration import declared_plain, declared_text
    from striate.render.declared_stack import stack_plain, stack_text
    from striate.render.plain import to_json

    text = sys.stdin.read() if layer == "-" else layer
    sizes = None if shape is None else read_shape(shape)
    several = parse_declarations(text)
    if len(several) == 1:
        worked_out = explain_declaration(text, sizes, units)
        say(to_json(declared_plain(worked_out)) if as_json else declared_text(worked_out))
        return
    if units is not None:
        raise ParameterError(f"units (={units}) compare one layer, {len(several)} were given; give one of them")
    stack = declared_stack(several, sizes)
    say(to_json(stack_plain(stack)) if as_json else stack_text(stack))
