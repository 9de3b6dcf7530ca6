"""Pasted layers, one after the other, as text: a line each with output, parameters, cost and field, and the sums."""

from __future__ import annotations

from striate.lenses.declared_layer import DeclaredLayer
from striate.lenses.declared_stack import DeclaredStack
from striate.render.declaration import declared_plain, shape_in_words
from striate.render.plain import Plain, plain

_LONGEST_LINE = 44


def stack_text(stack: DeclaredStack) -> str:
    """The layers in aligned lines."""
    first = stack.layers[0].declaration
    framework = {"pytorch": "PyTorch", "keras": "Keras"}[first.framework]
    order = "channels last" if first.channels_last else "channels first"
    rows = [("layer", "output", "parameters", "MACs", "receptive field")]
    rows.append(("input", _shape(stack.input_shape), "", "", ""))
    rows += [_row(layer, field) for layer, field in zip(stack.layers, stack.receptive_fields, strict=True)]
    rows.append(("together", _shape(stack.output_shape), number_text(stack.parameters), number_text(stack.macs), ""))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [f"{len(stack.layers)} layers ({framework}, {order}, one sample)", ""]
    for name, output, parameters, macs, field in rows:
        line = f"{name:<{widths[0]}}  {output:<{widths[1]}}  {parameters:>{widths[2]}}  {macs:>{widths[3]}}  {field}"
        lines.append(line.rstrip())
    if stack.input_shape is None:
        lines += ["", f"give the input (input_shape, --input) for the shapes and the cost ({order}, without the batch)"]
    return "\n".join(lines)


def stack_plain(stack: DeclaredStack) -> Plain:
    """The same as data."""
    return {
        "layers": [declared_plain(layer) for layer in stack.layers],
        "input_shape": plain(stack.input_shape),
        "output_shape": plain(stack.output_shape),
        "parameters": stack.parameters,
        "macs": stack.macs,
        "receptive_fields": plain(stack.receptive_fields),
    }


def field_text(field: tuple[int, ...] | str | None) -> str:
    """How much of the input is seen: 5×5, "all", "?"; one number of a vector is 1."""
    return "?" if field is None else field if isinstance(field, str) else "×".join(map(str, field)) or "1"


def _row(layer: DeclaredLayer, field: tuple[int, ...] | str | None) -> tuple[str, str, str, str, str]:
    text = " ".join(layer.declaration.text.split())
    name = text if len(text) <= _LONGEST_LINE else text[: _LONGEST_LINE - 3] + "..."
    parameters = number_text(None if layer.parameters is None else layer.parameters.value)
    macs = number_text(None if layer.macs is None or layer.input_shape is None else layer.macs.value)
    return (name, _shape(layer.output_shape), parameters, macs, field_text(field))


def _shape(shape: tuple[int, ...] | None) -> str:
    return "?" if shape is None else shape_in_words(shape)


def number_text(number: int | None) -> str:
    """A count with its thousands set apart; "?" where it is not known."""
    return "?" if number is None else f"{number:,}"
