"""Several declared layers, one after the other: shapes from layer to layer, what they see, what they cost together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from striate.arithmetic import whole_numbers
from striate.errors import DeclarationError
from striate.importers.declaration import Declaration
from striate.importers.declaration.source import at_layer, shown
from striate.lenses.declared_field import field_behind, input_field
from striate.lenses.declared_layer import DeclaredLayer, declared_layer
from striate.lenses.shown import Printed


@dataclass(frozen=True, slots=True)
class DeclaredStack(Printed):
    """What layers do one after the other.

    Args:
        layers: Each layer with the input that the one before leaves it.
        input_shape: One sample, in the framework's order of axes; None if it is not known.
        output_shape: The same of the last layer's result.
        parameters: Learned numbers of all; None where an unknown input decides.
        macs: Multiply-accumulates for one sample; None without an input.
        receptive_fields: For each layer, how many cells of the input a place behind it sees, per spatial axis, far from
            the edges (behind layers that enlarge, at most that many); "all" for the whole input, () for one number of a
            vector; None where it cannot be said.
    """

    layers: tuple[DeclaredLayer, ...]
    input_shape: tuple[int, ...] | None
    output_shape: tuple[int, ...] | None
    parameters: int | None
    macs: int | None
    receptive_fields: tuple[tuple[int, ...] | Literal["all"] | None, ...]

    def __str__(self) -> str:
        from importlib import import_module  # what draws stands above the lenses, see striate.lenses.shown

        return str(import_module("striate.render.declared_stack").stack_text(self))


def declared_stack(declarations: Sequence[Declaration], input_shape: Sequence[int] | None = None) -> DeclaredStack:
    """Works out what layers do one after the other.

    Args:
        declarations: From :func:`striate.importers.declaration.parse_declarations`; at least one.
        input_shape: Shape of one sample (no batch axis) in the framework's order. What the first layer says itself
            (``input_shape=``, ``in_features``) serves if it is left out.

    Returns:
        Each layer as :func:`striate.lenses.declared_layer.declared_layer` gives it, and the sums. Exact.

    Raises:
        DeclarationError: A layer does not fit what the one before leaves; the message says which, and behind which.

    Example:
        >>> from striate.importers.declaration import parse_declarations
        >>> stack = declared_stack(
        ...     parse_declarations("nn.Sequential(nn.Conv2d(1, 20, 5), nn.MaxPool2d(2))"), (1, 28, 28)
        ... )
        >>> stack.output_shape, stack.parameters, stack.receptive_fields
        ((20, 12, 12), 520, ((5, 5), (6, 6)))
    """
    wanted = f"input (={input_shape}) must be positive whole numbers; leave the batch out"
    shape = None if input_shape is None else whole_numbers(input_shape, wanted)
    layers: list[DeclaredLayer] = []
    for place, declaration in enumerate(declarations, 1):
        try:
            layer = declared_layer(declaration, shape)
        except DeclarationError as error:
            raise _at(declarations, place, shape, error) from error
        layers.append(layer)
        shape = layer.output_shape
    return DeclaredStack(
        tuple(layers),
        layers[0].input_shape,
        layers[-1].output_shape,
        _sum([None if layer.parameters is None else layer.parameters.value for layer in layers]),
        _sum([None if layer.macs is None or layer.input_shape is None else layer.macs.value for layer in layers]),
        _fields(layers),
    )


def _at(
    declarations: Sequence[Declaration], place: int, shape: tuple[int, ...] | None, error: DeclarationError
) -> DeclarationError:
    """The error of a layer in a sequence; what it was given comes from the layer before."""
    declaration, reason = declarations[place - 1], str(error)
    if len(declarations) == 1:
        return error
    reason = reason.removeprefix(f"{declaration.kind}: ")
    if place == 1 or shape is None:
        return at_layer(place, len(declarations), declaration.text, reason)
    before = shown(declarations[place - 2].text)
    left = "×".join(map(str, shape))
    reason = f"it does not fit behind layer {place - 1}, {before}, which leaves {left}: {reason}"
    return at_layer(place, len(declarations), declaration.text, reason)


def _fields(layers: Sequence[DeclaredLayer]) -> tuple[tuple[int, ...] | Literal["all"] | None, ...]:
    found: list[tuple[int, ...] | Literal["all"] | None] = []
    seen = input_field(layers[0])
    for layer in layers:
        seen = field_behind(layer, seen)
        found.append(None if seen is None else "all" if seen.whole else seen.cells())
    return tuple(found)


def _sum(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None
