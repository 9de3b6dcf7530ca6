"""Pasted layer lines explained in one call."""

from __future__ import annotations

from collections.abc import Sequence

from striate.importers.declaration import parse_declaration, parse_declarations
from striate.lenses.declared_layer import DeclaredLayer, declared_layer
from striate.lenses.declared_stack import DeclaredStack, declared_stack


def explain_declaration(
    text: str, input_shape: Sequence[int] | None = None, dense_units: int | None = None
) -> DeclaredLayer:
    """What a pasted PyTorch or Keras layer line means; the line is parsed, never run.

    Args:
        text: A call such as ``nn.Conv2d(3, 64, 3)`` or ``Conv2D(32, (3, 3), activation="relu")``; what stands around it
            where people copy from (``self.conv1 =``, ``model.add(...)``, ``(x)``) does not matter.
        input_shape: Shape of one sample (no batch axis), channels first for PyTorch, last for Keras.
        dense_units: Units of a dense layer on the same input to compare the parameters with.

    Returns:
        Each argument in words, shapes, parameters and cost with the formulas filled in, and the dense layer that a
        convolution replaces; prints as ``striate calc`` does. Exact.

    Raises:
        DeclarationError: It is no layer line, an argument is unknown or impossible, or the input does not fit.
        ParameterError: ``dense_units`` is not positive, or there is no input to compare on.

    Example:
        >>> print(explain_declaration("nn.Conv1d(17, 64, kernel_size=3, padding=1)", (17, 30)))
        Conv1d (PyTorch)
        ...
        input       17×30  (channels first, one sample)
        output      64×30
                    length: floor((30 + 2*1 - 1*(3 - 1) - 1)/1) + 1 = 30
        parameters  64*17*3 + 64 = 3,328
        ...
    """
    return declared_layer(parse_declaration(text), input_shape, dense_units)


def explain_declarations(text: str, input_shape: Sequence[int] | None = None) -> DeclaredStack:
    """What pasted PyTorch or Keras layers do one after the other; the text is parsed, never run.

    Args:
        text: Layers one below the other, ``nn.Sequential(...)``, ``keras.Sequential([...])``, lines of
            ``model.add(...)``, or what PyTorch prints of a model.
        input_shape: Shape of one sample (no batch axis), channels first for PyTorch, last for Keras.

    Returns:
        Each layer with its shapes, parameters and cost, and the sums; prints as ``striate calc`` does. Exact.

    Raises:
        DeclarationError: As of :func:`explain_declaration`; or a layer does not fit what the one before leaves.

    Example:
        >>> print(explain_declarations("nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2))", (1, 28, 28)))
        3 layers (PyTorch, channels first, one sample)
        <BLANKLINE>
        layer                output    parameters     MACs
        input                1×28×28
        nn.Conv2d(1, 20, 5)  20×24×24         520  288,000
        nn.ReLU()            20×24×24           0        0
        nn.MaxPool2d(2)      20×12×12           0        0
        together             20×12×12         520  288,000
    """
    return declared_stack(parse_declarations(text), input_shape)
