"""From the calls of layers to declarations: every argument with its value, checked, and its meaning."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from striate.errors import DeclarationError, unknown_name
from striate.importers.declaration.keras_layers import ACTIVATIONS, KERAS_LAYERS
from striate.importers.declaration.kinds import Framework, LayerKind, Values
from striate.importers.declaration.left_out import why_left_out
from striate.importers.declaration.parameter import Parameter, Required, Value
from striate.importers.declaration.source import EXAMPLE, at_layer, holds_layers, inner_layer, layer_calls, shown
from striate.importers.declaration.torch_layers import TORCH_LAYERS
from striate.importers.declared import Meaning

LARGEST = 10**12
_Found = TypeVar("_Found")

_ARITHMETIC: Mapping[type[ast.operator], Callable[[Any, Any], int | float | complex]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Div: lambda a, b: a / b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b,
}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a pasted layer.

    Args:
        name: Its name.
        value: What it is.
        given: Whether it was in the line; otherwise it is the framework's default.
        meaning: What it means in words.
    """

    name: str
    value: Value
    given: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """A layer as it was pasted.

    Args:
        text: The line.
        framework: Whose layer it is.
        kind: Name of the layer.
        arguments: Its arguments in the framework's order; what has no effect is listed only if it was given.
        meaning: What the layer is, whichever framework it comes from.
        channels_last: Whether the channels are the last axis of its input.
        input_shape: Shape of one sample, where the line says it.
    """

    text: str
    framework: Framework
    kind: str
    arguments: tuple[Argument, ...]
    meaning: Meaning
    channels_last: bool
    input_shape: tuple[int, ...] | None


def parse_declaration(text: str) -> Declaration:
    """Reads one PyTorch or Keras layer; the line is parsed, never run.

    Args:
        text: A call such as ``nn.Conv2d(3, 64, 3)`` or ``Conv2D(32, (3, 3), activation="relu")``; what stands around it
            where people copy from (``self.conv1 =``, a comma behind, ``model.add(...)``, ``(x)``) is left out.

    Returns:
        Framework, kind and every argument with its value and meaning.

    Raises:
        DeclarationError: It is no layer line; the layer is unknown; an argument is missing, unknown or impossible.

    Example:
        >>> declaration = parse_declaration("nn.Conv1d(17, 64, kernel_size=3, padding=1)")
        >>> declaration.framework, declaration.kind
        ('pytorch', 'Conv1d')
        >>> [(a.name, a.value) for a in declaration.arguments if a.given]
        [('in_channels', 17), ('out_channels', 64), ('kernel_size', 3), ('padding', 1)]
    """
    first, *more = parse_declarations(text)
    if more:
        two = f"{first.text}, {more[0].text}"
        raise DeclarationError(
            f"{1 + len(more)} layers were pasted, expected one; paste one of them: {shown(two)} "
            "(in Python, explain_declarations takes them all)"
        )
    return replace(first, text=text.strip())


def parse_declarations(text: str) -> tuple[Declaration, ...]:
    """Reads one or several PyTorch or Keras layers; the text is parsed, never run.

    Args:
        text: Layers one below the other, a list of them, ``nn.Sequential(...)``, ``keras.Sequential([...])``, lines of
            ``model.add(...)``, or what PyTorch prints of a model.

    Returns:
        One declaration each, in order.

    Raises:
        DeclarationError: As of :func:`parse_declaration`; or PyTorch's and Keras's layers stand side by side.

    Example:
        >>> layers = parse_declarations("nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.Flatten())")
        >>> [layer.kind for layer in layers]
        ['Conv2d', 'ReLU', 'Flatten']
    """
    try:
        return _declarations(layer_calls(text))
    except RecursionError as error:
        raise DeclarationError("the line is too deeply nested for a layer; paste one layer") from error


def _declarations(calls: list[tuple[ast.Call, str]]) -> tuple[Declaration, ...]:
    candidates = _of_each(calls, lambda place: _candidates(calls[place][0]))
    certain: set[Framework] = {found[0][1].framework for found in candidates if len(found) == 1}
    if len(certain) > 1:
        raise DeclarationError("layers of PyTorch and of Keras stand side by side; paste those of one")
    return tuple(_of_each(calls, lambda place: _read(*calls[place], candidates[place], certain)))


def _of_each(calls: list[tuple[ast.Call, str]], found: Callable[[int], _Found]) -> list[_Found]:
    """What is found for each call; an error says for which of several."""
    results: list[_Found] = []
    for place, (_, text) in enumerate(calls):
        try:
            results.append(found(place))
        except DeclarationError as error:
            raise error if len(calls) == 1 else at_layer(place + 1, len(calls), text, str(error)) from error
    return results


def _read(call: ast.Call, text: str, candidates: list[tuple[str, LayerKind]], certain: set[Framework]) -> Declaration:
    """What both frameworks have is read as the layers beside it are, else as the one that its arguments fit."""
    errors: list[DeclarationError] = []
    of_one = [each for each in candidates if each[1].framework in certain]
    for name, kind in of_one or candidates:
        try:
            return _declaration(text, name, kind, call)
        except DeclarationError as error:
            errors.append(DeclarationError(f"{name}: {error}"))
    raise errors[0]


def _candidates(call: ast.Call) -> list[tuple[str, LayerKind]]:
    name, prefix = _called(call)
    tables = [TORCH_LAYERS, KERAS_LAYERS]
    owner = prefix.split(".")
    if "nn" in owner or "torch" in owner:
        tables = [TORCH_LAYERS]
    elif {"layers", "keras", "tf", "tensorflow"} & set(owner):
        tables = [KERAS_LAYERS]
    found = [(name, table[name]) for table in tables if name in table]
    if not found:
        raise _unknown_layer(call, name, tables)
    return found


def _unknown_layer(call: ast.Call, name: str, tables: list[Mapping[str, LayerKind]]) -> DeclarationError:
    if holds_layers(name):
        return DeclarationError(f'"{shown(ast.unparse(call))}" has no layer written out in it; paste the layers')
    why = why_left_out(name)
    if why:
        return DeclarationError(f"{name} {why}; paste the layers before it or behind it")
    inside = inner_layer(call)
    if inside is not None:
        return DeclarationError(f"{name} is no layer by itself; paste the one inside: {shown(ast.unparse(inside))}")
    known = [known for table in tables for known in table]
    words = str(unknown_name("layer", name, dict.fromkeys(known)))
    return DeclarationError(f"{words}; calc knows PyTorch's and Keras's layers, paste those that a block is made of")


def _called(call: ast.Call) -> tuple[str, str]:
    if isinstance(call.func, ast.Name):
        return call.func.id, ""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr, ast.unparse(call.func.value)
    raise DeclarationError(f'"{shown(ast.unparse(call))}" calls no layer by name; expected one such as {EXAMPLE}')


def _declaration(line: str, name: str, kind: LayerKind, call: ast.Call) -> Declaration:
    given = _bind(kind, call)
    arguments: list[Argument] = []
    values: dict[str, Value] = {}
    for parameter in kind.parameters:
        if parameter.name in given:
            value = _value(parameter, given[parameter.name], kind)
        elif isinstance(parameter.default, Required):
            raise DeclarationError(f"argument {parameter.name} is missing; {_expected(parameter, kind.rank)}")
        else:
            value = parameter.default
        values[parameter.name] = value
        shown = (parameter.wanted != "any" and not parameter.keyword) or parameter.name == "activation"
        if shown or parameter.name in given:
            arguments.append(
                Argument(parameter.name, value, parameter.name in given, parameter.describe(value, kind.rank))
            )
    meaning = kind.meaning(Values(values, kind.rank))
    last = kind.framework == "keras" and values.get("data_format") != "channels_first"
    return Declaration(line, kind.framework, name, tuple(arguments), meaning, last, _input_shape(values))


def _input_shape(values: Mapping[str, Value]) -> tuple[int, ...] | None:
    shape = values.get("input_shape") or values.get("shape")  # of a layer, and of Input
    shape = (values.get("input_dim"),) if shape is None and "units" in values else shape
    if not isinstance(shape, tuple) or not all(isinstance(size, int) and size > 0 for size in shape):
        return None  # Keras allows None for a free size: then --input says it
    return tuple(size for size in shape if isinstance(size, int))


def _bind(kind: LayerKind, call: ast.Call) -> dict[str, ast.expr]:
    by_position = [parameter for parameter in kind.parameters if not parameter.keyword]
    given: dict[str, ast.expr] = {}
    if len(call.args) > len(by_position):
        raise DeclarationError(f"{len(call.args)} arguments by position, expected at most {len(by_position)}")
    for parameter, node in zip(by_position, call.args, strict=False):
        if isinstance(node, ast.Starred):
            raise DeclarationError(f"{ast.unparse(node)}: arguments must be written out")
        given[parameter.name] = node
    names = [parameter.name for parameter in kind.parameters]
    for keyword in call.keywords:
        if keyword.arg is None:
            raise DeclarationError(f"**{ast.unparse(keyword.value)}: arguments must be written out")
        if keyword.arg not in names:
            raise DeclarationError(str(unknown_name("argument", keyword.arg, names)))
        if keyword.arg in given:
            raise DeclarationError(f"argument {keyword.arg} is given twice")
        given[keyword.arg] = keyword.value
    return given


def _value(parameter: Parameter, node: ast.expr, kind: LayerKind) -> Value:
    if parameter.wanted == "any":
        return (
            _activation(_text(node))
            if kind.framework == "keras" and _names_activation(parameter, node)
            else _text(node)
        )
    if isinstance(node, ast.Name) and node.id in parameter.words:
        return node.id  # PyTorch prints padding=same
    value = _constant(parameter.name, node)
    keras = kind.framework == "keras"
    if keras and isinstance(value, str):
        value = value.lower()  # as Keras does: padding="SAME"
    if not _fits(parameter, value, kind.rank, one_for_all=not keras):
        raise DeclarationError(
            f"{parameter.name} (={shown(repr(value))}) does not fit; {_expected(parameter, kind.rank)}"
        )
    return value


def _names_activation(parameter: Parameter, node: ast.expr) -> bool:
    return parameter.name == "activation" and isinstance(node, ast.Constant) and isinstance(node.value, str)


def _activation(name: Value) -> Value:
    if name not in ACTIVATIONS:
        raise DeclarationError(str(unknown_name("activation", str(name), ACTIVATIONS)))
    return name


def _text(node: ast.expr) -> Value:
    """What has no effect on sizes is kept as it is written; of ``tf.nn.relu`` only the last part."""
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, str | int | float)):
        return node.value
    return node.attr if isinstance(node, ast.Attribute) else ast.unparse(node)


def _constant(name: str, node: ast.expr) -> Value:
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool | int | float | str)):
        return _bounded(name, node.value)
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(_constant(name, part) for part in node.elts)
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("torch.Size", "tuple") and len(node.args) == 1:
        return _constant(name, node.args[0])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        number = _number(name, node.operand)
        return -number if isinstance(node.op, ast.USub) else number
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        left, right = _number(name, node.left), _number(name, node.right)
        if isinstance(node.op, ast.Pow) and (abs(right) > 64 or abs(left) > 2**20):
            raise DeclarationError(f"{name} (={ast.unparse(node)}) is beyond {LARGEST:.0e}")
        try:
            return _bounded(name, _ARITHMETIC[type(node.op)](left, right))
        except ArithmeticError as error:
            raise DeclarationError(f"{name} (={ast.unparse(node)}) has no value: {error}") from error
    if isinstance(node, ast.Name | ast.Attribute):
        raise DeclarationError(f"{name} (={ast.unparse(node)}) is a name; write the number that it stands for")
    raise DeclarationError(f"{name} (={shown(ast.unparse(node))}) must be a number, a word or a tuple")


def _number(name: str, node: ast.expr) -> int | float:
    value = _constant(name, node)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DeclarationError(f"{name} (={shown(ast.unparse(node))}) must be a number to be calculated with")
    return value


def _bounded(name: str, value: Value | complex) -> Value:
    if isinstance(value, complex):
        raise DeclarationError(f"{name} (={value}) must be a real number")
    if isinstance(value, int | float) and not abs(value) <= LARGEST:
        raise DeclarationError(f"{name} is beyond {LARGEST:.0e}")
    return value


def _fits(parameter: Parameter, value: Value, rank: int, one_for_all: bool) -> bool:
    if isinstance(value, str):
        return value in parameter.words
    if value is None:
        return parameter.default is None or parameter.optional
    if parameter.wanted == "flag":
        return isinstance(value, bool) or value in (0, 1)
    if isinstance(value, bool):
        return False
    if parameter.wanted == "number":
        return isinstance(value, int | float)
    if parameter.wanted == "rate":
        return isinstance(value, int | float) and 0 <= value <= 1
    if parameter.wanted == "word":
        return False
    if parameter.wanted in ("shape", "axes", "pads"):
        return _nested_numbers(value, parameter)
    lowest = 0 if parameter.wanted in ("cells", "padding") else 1
    if isinstance(value, tuple):
        whole = all(isinstance(part, int) and not isinstance(part, bool) and part >= lowest for part in value)
        lengths = (1, rank) if one_for_all else (rank,)
        return parameter.wanted != "count" and len(value) in lengths and whole
    return isinstance(value, int) and value >= lowest


def _nested_numbers(value: Value, parameter: Parameter) -> bool:
    if isinstance(value, tuple):
        return len(value) > 0 and all(part is None or _nested_numbers(part, parameter) for part in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if parameter.name in ("scale_factor", "output_ratio"):
        return value > 0
    return isinstance(value, int) and (parameter.wanted == "axes" or value >= (0 if parameter.wanted == "pads" else 1))


def _expected(parameter: Parameter, rank: int) -> str:
    each = f" or a tuple of {rank}" if rank > 1 else ""
    text = {
        "count": "expected a positive whole number",
        "sizes": f"expected a positive whole number{each}",
        "cells": f"expected a whole number from 0{each}",
        "padding": f"expected a whole number from 0{each}",
        "flag": "expected True or False",
        "number": "expected a number",
        "rate": "expected a number from 0 to 1",
        "word": "expected",
        "shape": "expected a positive whole number or a tuple of them",
        "pads": "expected a whole number from 0 or a tuple of them",
        "axes": "expected a whole number or a tuple of them",
        "any": "expected a value",
    }[parameter.wanted]
    words = " or ".join(f'"{word}"' for word in parameter.words)
    return f"{text} {words}" if parameter.wanted == "word" else text + (f", or {words}" if words else "")
