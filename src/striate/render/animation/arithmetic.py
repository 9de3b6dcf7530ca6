"""The sum at one position, written out in the room that there is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from striate.lenses.animation import Step
from striate.render.animation.lettering import text_width
from striate.render.animation.look import Look, Plane

LARGEST, SMALLEST = 28, 14
# From this size on a line of its own is preferred to a larger font.
READABLE = 19
# As people write what ONNX calls otherwise.
SPELT = {"Relu": "ReLU", "PRelu": "PReLU", "LeakyRelu": "leaky ReLU"}
_NO_TAP = "no tap meets a cell"
# Height of a line, in font sizes.
LEADING = 1.42


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Args:
        label: What it is of, fainter, in front; "" for nothing.
        text: The terms.
        result: What they come to, behind it; "" if that stands further down.
    """

    label: str
    text: str
    result: str = ""


def arithmetic(look: Look, step: Step, width: float, height: float) -> tuple[list[Line], float]:
    """The sum at a position.

    Args:
        look: How the walk is drawn.
        step: The position.
        width: Room in pixels.
        height: The same.

    Returns:
        The lines and the size of their font; terms that have no room are counted, never left out without a word.
    """
    several = len(look.planes) + look.others > 1
    if look.has_products and several:
        return _by_plane(look, step, width, height)
    if look.has_products:
        rows = _terms_of(look, step, look.planes[0])
        if not any(rows):  # of a transposed convolution, between its inputs or beside them
            said = f"= {look.sum_numerals(step.bias)}, the bias" if step.bias else "= 0"
            return [Line("", _NO_TAP, _result(look, step, said))], LARGEST
        if step.bias:
            rows[-1].append(_signed(look.sum_numerals(step.bias)))
    else:
        rows = [_pooled(look, step)]
    return _by_rows(rows, _result(look, step), width, height)


def _by_rows(rows: list[list[str]], result: str, width: float, height: float) -> tuple[list[Line], float]:
    """A line for each row of the kernel if that has room, else the terms one after the other."""
    texts = [" ".join(row) for row in rows]
    # A single row goes on in the next line before it gets small.
    for size in range(LARGEST, 17 if len(rows) > 1 else 23, -1):
        lines = _closed(texts, result)
        if len(lines) * size * LEADING <= height and all(_wide(line, size) <= width for line in lines):
            return lines, size
    return _flowing([term for row in rows for term in row], result, width, height)


def _flowing(terms: list[str], result: str, width: float, height: float) -> tuple[list[Line], float]:
    """Terms one after the other in as many lines as there is room for; what has none is counted."""
    for size in range(24, SMALLEST - 1, -1):
        # A window may have thousands of cells: what cannot fit is not laid out to see that it does not.
        if sum(text_width(term, size) for term in terms) <= _lines_in(height, size) * width:
            lines = _closed(_wrapped(terms, width - text_width(result, size), size), result)
            if len(lines) <= _lines_in(height, size):
                return lines, size

    # The last one stays: what divides a mean is written behind it.
    *terms, last = terms

    def kept(count: int) -> list[Line]:
        flowing = [*terms[:count], f"… {len(terms) - count} more terms …", last]
        return _closed(_wrapped(flowing, width - text_width(result, READABLE), READABLE), result)

    room = _lines_in(height, READABLE)
    fitting = range(1, bisect_right(list(accumulate(text_width(term, READABLE) for term in terms)), room * width))
    count = bisect_right(fitting, room, key=lambda each: len(kept(each)))
    return (kept(count) if count else [Line("", f"{len(terms) + 1} terms", result)]), READABLE


def _lines_in(height: float, size: float) -> int:
    return int(height / (size * LEADING))


def _closed(texts: list[str], result: str) -> list[Line]:
    return [Line("", text, result if place == len(texts) - 1 else "") for place, text in enumerate(texts)]


def _wide(line: Line, size: float) -> float:
    return text_width(f"{line.text} {line.result}", size)


def _wrapped(terms: Sequence[str], width: float, size: float) -> list[str]:
    lines = [""]
    for term in terms:
        longer = f"{lines[-1]} {term}".strip()
        if lines[-1] and text_width(longer, size) > width:
            lines.append(term)
        else:
            lines[-1] = longer
    return lines


def _by_plane(look: Look, step: Step, width: float, height: float) -> tuple[list[Line], float]:
    """A line for each plane with its sum, and one in which these are added up."""
    assert step.products is not None
    parts = [(plane, float(plane.of(step.products).sum())) for plane in look.planes]
    ending = [_signed(look.sum_numerals(part), first=not place) for place, (_, part) in enumerate(parts)]
    if look.others:
        rest = look.rest(step)
        ending.append(f"{_signed(look.sum_numerals(rest))} ({look.others} more {look.plane_word})")
    if step.bias:
        ending.append(f"{_signed(look.sum_numerals(step.bias))} (bias)")
    last = Line("sum", " ".join(ending), _result(look, step))
    # One line for each plane if it can be read so, else more lines in a larger font, else as many terms as have room.
    for most, sizes in ((1, range(24, READABLE - 1, -1)), (len(last.text), range(24, SMALLEST - 1, -1))):
        for size in sizes:
            label = max(text_width(plane.label, size * 0.8) for plane in look.planes) + 24
            planes = [_plane_lines(look, step, plane, part, width - label, size) for plane, part in parts]
            lines = [*(line for each in planes for line in each), last]
            fits = len(lines) * size * LEADING <= height and _wide(last, size) <= width - label
            if fits and all(len(each) <= most for each in planes):
                return lines, size
    return [*(_cut_line(look, step, plane, part, width - 150, SMALLEST) for plane, part in parts), last], SMALLEST


def _plane_lines(look: Look, step: Step, plane: Plane, total: float, width: float, size: float) -> list[Line]:
    """All products of a plane, what they come to behind the last."""
    terms = [term for row in _terms_of(look, step, plane) for term in row]
    if not terms:
        return [Line(plane.label, _NO_TAP, "= 0")]
    result = f"{look.equals} {look.sum_numerals(total)}"
    texts = _wrapped(terms, width, size)
    if text_width(f"{texts[-1]} {result}", size) > width:
        texts = _wrapped(terms, width - text_width(f" {result}", size), size)
    labels = [plane.label, *("" for _ in texts[1:])]
    return [replace(line, label=label) for line, label in zip(_closed(texts, result), labels, strict=True)]


def _cut_line(look: Look, step: Step, plane: Plane, total: float, width: float, size: float) -> Line:
    """As many products of a plane as have room in one line, the others counted."""
    terms = [term for row in _terms_of(look, step, plane) for term in row]
    result = f"{look.equals} {look.sum_numerals(total)}"
    kept = len(terms)
    text = " ".join(terms)
    while kept and text_width(f"{text} {result}", size) > width:
        kept -= 1
        text = " ".join([*terms[:kept], f"… {len(terms) - kept} more"])
    return Line(plane.label, text, result)


def _terms_of(look: Look, step: Step, plane: Plane) -> list[list[str]]:
    """``weight×number`` for each tap, by rows of the kernel; taps on zeros between inputs are left out."""
    assert step.kernel is not None
    weights, numbers = np.atleast_2d(plane.of(step.kernel)), np.atleast_2d(plane.of(step.window))
    seen = np.atleast_2d(step.inside if plane.depth is None else step.inside[plane.depth])
    counted = seen if look.walk.kind == "ConvTranspose" else np.ones(seen.shape, bool)
    rows: list[list[str]] = []
    begun = False
    for r in range(len(weights)):
        row: list[str] = []
        for s in range(weights.shape[1]):
            if counted[r, s]:
                weight, number = look.kernel_numerals(float(weights[r, s])), look.input_numerals(float(numbers[r, s]))
                factor = f"({number})" if number.startswith("−") else number
                row.append(_signed(f"{weight}×{factor}", first=not begun))
                begun = True
        rows.append(row)
    kept = [row for row in rows if row]
    return kept or [[]]


def _signed(text: str, first: bool = False) -> str:
    """A term behind others, its sign between; what is written as zero has none."""
    if first:
        return text
    return f"− {text[1:]}" if text.startswith("−") else f"+ {text}"


def _pooled(look: Look, step: Step) -> list[str]:
    """A pooling's window in words."""
    cells = [look.input_numerals(float(number)) for number in step.window[0][step.inside]]
    if not cells:
        return ["no cell under the window"]
    if look.walk.kind.endswith("MaxPool"):
        return _enclosed("max(", [*(f"{cell}," for cell in cells[:-1]), cells[-1]], ")")
    if look.walk.order:
        return _norm(look, step, look.walk.order)
    divisor = step.divisor or 1.0
    terms = [cells[0], *(_signed(cell) for cell in cells[1:])]
    return _enclosed("(", terms, f") / {divisor:g}")


def _norm(look: Look, step: Step, order: int) -> list[str]:
    """``√(a² + b²)``, ``|a| + |b|``, or ``(|a|^3 + |b|^3)^(1/3)``."""
    cells = [look.input_numerals(abs(float(number))) for number in step.window[0][step.inside]]
    power = {1: "", 2: "²"}.get(order, f"^{order}")
    terms = [cells[0] + power, *(f"+ {cell}{power}" for cell in cells[1:])]
    if order == 1:
        return terms
    return _enclosed("√(", terms, ")") if order == 2 else _enclosed("(", terms, f")^(1/{order})")


def _enclosed(opening: str, parts: list[str], closing: str) -> list[str]:
    parts = [opening + parts[0], *parts[1:]]
    return [*parts[:-1], parts[-1] + closing]


def _result(look: Look, step: Step, total: str = "") -> str:
    """What the terms come to and what follows; ``total`` where it is said otherwise."""
    # The largest is one of the numbers that stand before it, digit by digit.
    equals, numerals = (
        (look.equals, look.sum_numerals)
        if step.winner is None
        else ("=" if look.input_numerals.exact else "≈", look.input_numerals)
    )
    text = total or f"{equals} {numerals(step.total)}"
    for stage in step.stages:
        text += f" → {SPELT.get(stage.kind, stage.kind)} {look.sum_numerals(stage.value)}"
    return text
