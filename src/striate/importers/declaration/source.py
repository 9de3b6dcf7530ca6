"""From pasted text to the calls of layers in it: what stands around a layer where people copy from is left out."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator

from striate.errors import DeclarationError

# A pasted network is short; Python's parser should not be fed with what is longer.
LONGEST = 20_000
EXAMPLE = "nn.Conv2d(3, 64, 3)"

# At the beginning of a line: a prompt, the name of a layer where PyTorch prints a model, a dictionary's key.
_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.|In \[\d+\]:)(?: |$)")
_PRINTED_NAME = re.compile(r"^\s*\([\w.-]+\):\s*(?=[A-Za-z_]\w*\()")
_KEY = re.compile(r"""^(\s*)(?:"[^"\n]*"|'[^'\n]*')\s*:\s*(?=[A-Za-z_][\w.]*\()""")
# What is called on a layer and gives the layer back.
_SAME_LAYER = {
    "to", "cuda", "cpu", "eval", "train", "float", "double", "half", "bfloat16", "type", "requires_grad_", "apply",
    "to_empty", "share_memory",
}  # fmt: skip
# What takes a layer in.
_CONTAINER_CALLS = {"add", "append", "insert", "add_module", "register_module", "extend"}
_CONTAINERS = {"Sequential", "ModuleList", "ModuleDict", "OrderedDict"}


def layer_calls(text: str) -> list[tuple[ast.Call, str]]:
    """The calls of layers in a pasted text, in order, each with its text.

    Args:
        text: One layer or several, one below the other or in a Sequential, as they are pasted.

    Returns:
        One call each, and how it was written (on one line); whether there is such a layer is not looked at.

    Raises:
        DeclarationError: It is no Python, or there is no call in it.

    Example:
        >>> [written for _, written in layer_calls("self.features = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())")]
        ['nn.Conv2d(3, 8, 3)', 'nn.ReLU()']
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DeclarationError(f"a {type(text).__name__} was given, expected text; paste a layer such as {EXAMPLE}")
    line = text.strip()
    if not line:
        raise DeclarationError(f"nothing was pasted; expected a layer such as {EXAMPLE}")
    if len(line) > LONGEST:
        raise DeclarationError(f"the text has {len(line)} characters, more than {LONGEST}; paste fewer layers")
    code = _code(line)
    calls = [call for statement in _statements(code, line) for call in _of_statement(statement, line)]
    if not calls:
        raise DeclarationError(f'"{shown(line)}" has no layer in it; expected one such as {EXAMPLE}')
    lines = [each.encode() for each in code.split("\n")]
    return [(call, _written(lines, call)) for call in calls]


def _written(lines: list[bytes], call: ast.Call) -> str:
    """A call as it stands there; one of several lines, which may hold comments, on one."""
    if call.lineno != call.end_lineno:
        return ast.unparse(call)
    return lines[call.lineno - 1][call.col_offset : call.end_col_offset].decode()  # columns are bytes of UTF-8


def _code(text: str) -> str:
    """The text without what is no Python: prompts, indentation, names in front of layers."""
    lines = textwrap.dedent("\n".join(_PROMPT.sub("", each) for each in text.splitlines())).splitlines()
    printed = [_PRINTED_NAME.sub("", each) for each in lines if _PRINTED_NAME.match(each)]
    if printed:  # of a printed model the layers; what opens a block or closes it has nothing of its own
        return "\n".join(each for each in printed if not each.rstrip().endswith("("))
    return "\n".join(_KEY.sub(r"\1", each) for each in lines)


def _statements(code: str, line: str) -> list[ast.stmt]:
    try:
        return ast.parse(code).body
    except SyntaxError as error:
        column = max(1, error.offset or 1)
        near = code.splitlines()[(error.lineno or 1) - 1 : error.lineno or 1]
        words = near[0][max(0, column - 16) : column + 15] if near else line[:30]
        place = f"line {error.lineno}, column {column}" if "\n" in code.strip() else f"column {column}"
        raise DeclarationError(f'not a Python call: {error.msg} at {place}, near "{words.strip()}"') from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise DeclarationError(f"not a Python call: {str(error) or 'too deeply nested'}") from error


def _of_statement(statement: ast.stmt, line: str) -> Iterator[ast.Call]:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return  # copied along
    node = None
    if isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return):
        node = statement.value
    found = list(_layers_in(node)) if node is not None else []
    if not found and isinstance(statement, ast.ClassDef | ast.FunctionDef):
        raise DeclarationError(f'"{shown(line)}" is a definition; paste the lines of its layers')
    if not found and not isinstance(node, ast.Call):
        raise DeclarationError(f'"{shown(line)}" is no call; expected a layer such as {EXAMPLE}')
    yield from found


def _layers_in(node: ast.expr) -> Iterator[ast.Call]:
    """Layers in a list, a container's call, a call on a layer or a layer's call on its input."""
    if isinstance(node, ast.Tuple | ast.List):
        for each in node.elts:
            if not isinstance(each, ast.Constant):  # the name in ("conv1", nn.Conv2d(...))
                yield from _layers_in(each)
    elif isinstance(node, ast.Starred):
        yield from _layers_in(node.value)
    elif isinstance(node, ast.Dict):
        for each in node.values:
            yield from _layers_in(each)
    elif isinstance(node, ast.Call):
        yield from _layers_of_call(node)


def _layers_of_call(call: ast.Call) -> Iterator[ast.Call]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    held = [each for each in call.args if not isinstance(each, ast.Constant)]
    if isinstance(call.func, ast.Call):
        yield from _layers_in(call.func)  # layer(x)
    elif isinstance(call.func, ast.Attribute) and name in _SAME_LAYER and isinstance(call.func.value, ast.Call):
        yield from _layers_in(call.func.value)  # layer.to(device)
    elif name in _CONTAINERS or (isinstance(call.func, ast.Attribute) and name in _CONTAINER_CALLS):
        inside = held + [each.value for each in call.keywords if each.arg in ("layers", "modules", "layer", "module")]
        found = [layer for each in inside for layer in _layers_in(each)]
        yield from found or ([call] if call.args or call.keywords else [])  # model = Sequential()
    else:
        yield call


def holds_layers(name: str) -> bool:
    """Whether that is called to hold layers, which then are not written out in it."""
    return name in _CONTAINERS or name in _CONTAINER_CALLS


def inner_layer(call: ast.Call) -> ast.Call | None:
    """The layer that an unknown call holds, as in ``spectral_norm(nn.Conv2d(3, 8, 3))``."""
    for each in call.args:
        for found in _layers_in(each):
            return found
    return None


def at_layer(place: int, count: int, text: str, reason: str) -> DeclarationError:
    """What is wrong with one layer of several, ``place`` counted from 1."""
    return DeclarationError(f"layer {place} of {count}, {shown(text)}: {reason}")


def shown(text: str) -> str:
    """The beginning of a text, on one line."""
    first = " ".join(text.split())
    return first if len(first) <= 60 else first[:57] + "..."
