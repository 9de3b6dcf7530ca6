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
        Each layer with its shapes, parameters, cost and receptive field, and the sums; prints as ``striate calc`` does.
        Exact (the field as of :class:`striate.lenses.declared_stack.DeclaredStack`).

    Raises:
        DeclarationError: As of :func:`explain_declaration`; or a layer does not fit what the one before leaves.

    Example:
        >>> print(explain_declarations("nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2))", (1, 28, 28)))
        3 layers (PyTorch, channels first, one sample)
        <BLANKLINE>
        layer                output    parameters     MACs  receptive field
        input                1×28×28
        nn.Conv2d(1, 20, 5)  20×24×24         520  288,000  5×5
        nn.ReLU()            20×24×24           0        0  5×5
        nn.MaxPool2d(2)      20×12×12           0        0  6×6
        together             20×12×12         520  288,000
    """
    return declared_stack(parse_declarations(text), input_shape)


def declaration_code(text: str, input_shape: Sequence[int] | None = None, layer: int | None = None) -> str:
    """The few lines of Python that explain pasted layers again.

    Args:
        text: One layer or several, as of :func:`explain_declarations`.
        input_shape: Shape of one sample; None where the text says it.
        layer: Which of several is explained by itself too, counted from 0; None for none.

    Returns:
        A program that runs as it stands and prints what ``striate calc`` does.

    Raises:
        DeclarationError: As of :func:`explain_declarations`.

    Example:
        >>> print(declaration_code("nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU())", (1, 28, 28), layer=0))
        import striate as st
        <BLANKLINE>
        stack = st.explain_declarations("nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU())", (1, 28, 28))
        print(stack)
        print()
        print(stack.layers[0])
        <BLANKLINE>
    """
    several = len(parse_declarations(text)) > 1
    lines = ["import striate as st", ""]
    written = _literal(text.strip())
    if "\n" in written:
        lines.append(f"text = {written}")
        written = "text"
    given = written if input_shape is None else f"{written}, {tuple(input_shape)}"
    if several:
        lines += [f"stack = st.explain_declarations({given})", "print(stack)"]
        lines += [] if layer is None else ["print()", f"print(stack.layers[{layer}])"]
    else:
        lines.append(f"print(st.explain_declaration({given}))")
    return "\n".join(lines) + "\n"


def _literal(text: str) -> str:
    """A text as Python writes it, its lines one below the other where that is possible."""
    quotes = '"""' if "\n" in text or ('"' in text and "'" in text) else "'" if '"' in text else '"'
    plain = all(each.isprintable() or each == "\n" for each in text) and "\\" not in text
    # A quotation mark at the end would meet those behind it.
    return f"{quotes}{text}{quotes}" if plain and quotes not in text + text[-1:] * 2 else repr(text)
