"""What a declared layer does to an input: output size, parameters, cost, and the dense layer that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from striate.arithmetic import dense_parameters, whole_numbers
from striate.errors import DeclarationError, ParameterError, ShapeError
from striate.importers import declared
from striate.importers.declaration import Declaration
from striate.lenses import declared_numbers as numbers
from striate.lenses import declared_patches as patches
from striate.lenses import declared_windows as windows
from striate.lenses.declared_facts import Facts, WeightShape, channels_first, source_order
from striate.lenses.declared_size import Formula, Size
from striate.lenses.shown import Printed

__all__ = ["DeclaredLayer", "DenseTwin", "Formula", "Size", "WeightShape", "declared_layer"]


@dataclass(frozen=True, slots=True)
class DenseTwin:
    """A dense layer beside the declared one.

    Args:
        inputs: Numbers that it reads: the whole input.
        outputs: Numbers that it makes.
        parameters: Its weights and biases.
        weights: Its weights alone.
        ratio: How many times more parameters it has; None if the declared layer has none.
    """

    inputs: int
    outputs: int
    parameters: Formula
    weights: int
    ratio: float | None


@dataclass(frozen=True, slots=True)
class DeclaredLayer(Printed):
    """What a declared layer does.

    Args:
        declaration: The layer as it was pasted.
        input_shape: One sample, in the framework's order of axes; None if it is not known.
        output_shape: The same of the result.
        sizes: How each output size comes about.
        weights: The learned arrays; None if an unknown input decides.
        parameters: Number of learned numbers; None likewise.
        statistics: Numbers that are kept but not learned (running mean and variance).
        macs: Multiply-accumulates for one sample; None without an input.
        dense: The dense layer from the same input to the same output, of a convolution.
        against: The dense layer from the same input to as many units as were asked for.
    """

    declaration: Declaration
    input_shape: tuple[int, ...] | None
    output_shape: tuple[int, ...] | None
    sizes: tuple[Size, ...]
    weights: tuple[WeightShape, ...] | None
    parameters: Formula | None
    statistics: int
    macs: Formula | None
    dense: DenseTwin | None
    against: DenseTwin | None

    def __str__(self) -> str:
        from importlib import import_module  # what draws stands above the lenses, see striate.lenses.shown

        return str(import_module("striate.render.declaration").declared_text(self))


def declared_layer(
    declaration: Declaration, input_shape: Sequence[int] | None = None, dense_units: int | None = None
) -> DeclaredLayer:
    """Works out what a pasted layer does to an input.

    Args:
        declaration: From :func:`striate.importers.declaration.parse_declaration`.
        input_shape: Shape of one sample (no batch axis) in the framework's order: channels first for PyTorch, last for
            Keras. What the line says itself (``input_shape=``, ``in_features``) serves if it is left out.
        dense_units: Units of a dense layer on the same input to compare the parameters with.

    Returns:
        Shapes, parameters and cost with the formulas filled in. Exact.

    Raises:
        DeclarationError: The input does not fit the layer.
        ParameterError: ``dense_units`` is not positive, or there is no input to compare on.

    Example:
        >>> from striate.importers.declaration import parse_declaration
        >>> layer = declared_layer(parse_declaration("nn.Conv1d(17, 64, kernel_size=3, padding=1)"), (17, 30))
        >>> print(layer.output_shape, layer.parameters, sep="; ")
        (64, 30); 64*17*3 + 64 = 3,328
        >>> print(layer.sizes[0])
        length: floor((30 + 2*1 - 1*(3 - 1) - 1)/1) + 1 = 30
    """
    meaning, last = declaration.meaning, declaration.channels_last
    wanted = f"{declaration.kind}: input (={input_shape}) must be positive whole numbers; leave the batch out"
    given = whole_numbers(input_shape, wanted) if input_shape is not None else _own_input(declaration)
    if given is not None and (not given or any(size < 1 for size in given)):
        raise DeclarationError(f"{declaration.kind}: input {given} must have positive sizes; leave the batch out")
    first = None if given is None else channels_first(given, last)
    try:
        facts = _RULES[type(meaning)](meaning, first, declaration)
    except (ShapeError, ParameterError) as error:
        raise DeclarationError(f"{declaration.kind}: {error}") from error
    output = None if facts.output is None else source_order(facts.output, last)
    dense = against = None
    if facts.output is not None and isinstance(meaning, declared.Convolution | declared.TransposedConvolution):
        dense = _dense_twin(prod(given or ()), prod(facts.output), facts.parameters)
    if dense_units is not None:
        wanted = f"units (={dense_units}) of the dense layer must be a positive whole number"
        units = whole_numbers(dense_units, wanted)
        if len(units) != 1 or units[0] < 1:
            raise ParameterError(f"units (={dense_units}) of the dense layer must be positive")
        if given is None:
            raise ParameterError("a dense layer to compare with needs an input shape; give one, such as 224x224x3")
        against = _dense_twin(prod(given), units[0], facts.parameters)
    return DeclaredLayer(declaration, given, output, facts.sizes, facts.weights, facts.parameters, facts.statistics,
                         facts.macs, dense, against)  # fmt: skip


def _own_input(declaration: Declaration) -> tuple[int, ...] | None:
    if declaration.input_shape is not None:
        return declaration.input_shape
    meaning = declaration.meaning
    return (meaning.inputs,) if isinstance(meaning, declared.Dense) and meaning.inputs is not None else None


def _dense_twin(inputs: int, outputs: int, own: Formula | None) -> DenseTwin:
    parameters = Formula(f"{inputs}*{outputs} + {outputs}", dense_parameters(inputs, outputs))
    ratio = parameters.value / own.value if own is not None and own.value else None
    return DenseTwin(inputs, outputs, parameters, inputs * outputs, ratio)


_RULES: Mapping[type, Callable[..., Facts]] = {
    declared.Convolution: windows.convolution,
    declared.TransposedConvolution: windows.transposed,
    declared.Pooling: windows.pooling,
    declared.FixedSizePooling: windows.fixed_size,
    declared.Padding: windows.padding,
    declared.Upsampling: windows.upsampling,
    declared.PixelShuffle: windows.pixel_shuffle,
    declared.Crop: patches.crop,
    declared.Patches: patches.patches,
    declared.Unpooling: patches.unpooling,
    declared.FractionalPooling: patches.fractional,
    declared.Dense: numbers.dense,
    declared.Normalization: numbers.normalization,
    declared.Flatten: numbers.flatten,
    declared.Elementwise: numbers.elementwise,
    declared.Slopes: numbers.slopes,
    declared.Embedding: numbers.embedding,
    declared.Reshape: numbers.reshape,
    declared.Permute: numbers.permute,
    declared.Repeat: numbers.repeat,
    declared.Gate: numbers.gate,
    declared.Unflatten: numbers.unflatten,
}
