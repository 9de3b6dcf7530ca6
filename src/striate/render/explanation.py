"""An explanation as text: window × kernel = products, channel by channel, strongest first."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, fsum, log10

import numpy as np

from striate.graph import Array
from striate.lenses.explain import Explanation
from striate.render.plain import Plain, plain

WIDEST = 100


def explanation_text(found: Explanation, channels: int | None = 3, digits: int = 4, width: int = WIDEST) -> str:
    """The sum behind a number, written out.

    Args:
        found: The explanation.
        channels: How many input channels (of a dense layer: ten times as many inputs) are written out; None for all.
        digits: Significant digits of the largest number in a block.
        width: Columns that a line may take; blocks that are wider are written one below the other.

    Returns:
        Lines without trailing newline.
    """
    lines = [f"{found.unit} = {_exact(found.value)}", f"{found.kind} {found.name}" if found.name else found.kind]
    lines += [f"  {fact}" for fact in found.facts]
    lines.append("")
    if found.products is not None and found.kernel is not None and found.window is not None:
        lines += _sum(found, channels, digits, width)
    else:
        lines += _other(found, digits, width)
    if lines[-1]:
        lines.append("")
    lines += _ending(found)
    return "\n".join(lines)


def explanation_plain(found: Explanation) -> Plain:
    """The explanation as data, formula at full digits included."""
    return {
        "unit": str(found.unit),
        "kind": found.kind,
        "node": found.name,
        "value": plain(found.value),
        "total": plain(found.total),
        "held": plain(found.held),
        "agrees": found.agrees,
        "bias": plain(found.bias),
        "window": plain(found.window),
        "kernel": plain(found.kernel),
        "products": plain(found.products),
        "inside": plain(found.inside),
        "stages": [{"node": stage.name, "kind": stage.kind, "value": plain(stage.value)} for stage in found.stages],
        "facts": list(found.facts),
        "formula": found.formula(),
    }


def matrix_text(kernel: Array, digits: int = 4) -> str:
    """A kernel as rows of aligned numbers; the slices of a volume one below the other."""
    rows = _matrix(kernel.reshape(1, *kernel.shape), digits)[0]
    return "\n".join(f"  {row}" for row in rows)


def input_channel(found: Explanation, channel: int) -> int:
    """The input's own number of a window's channel: in a grouped convolution a filter's channels do not begin at 0."""
    cells = found.operands[0]
    rank = cells.indices.shape[-1]
    if cells.indices.ndim < 3 or rank < 3:
        return channel
    real = np.argwhere(cells.inside[channel])  # a cell of the padding has no place in the input
    return int(cells.indices[channel][tuple(real[0])][1]) if len(real) else channel


def by_strength(products: Array) -> list[tuple[int, float]]:
    """Channels (first axis) with the sum of their products, strongest first."""
    sums = [fsum(part.flat) for part in products.reshape(len(products), -1)]
    return sorted(enumerate(sums), key=lambda pair: (-abs(pair[1]), pair[0]))


def _sum(found: Explanation, channels: int | None, digits: int, width: int) -> list[str]:
    assert found.window is not None and found.kernel is not None and found.products is not None
    order = by_strength(found.products)
    dense = found.products.ndim == 1
    if channels is not None and dense:
        channels *= 10
    shown = order if channels is None else order[:channels]
    write = _dense if dense else _blocks
    lines = write(found, shown, digits, width)
    rest = order[len(shown) :]
    if rest:
        noun = ("input" if dense else "channel") + ("" if len(rest) == 1 else "s")
        lines.append(f"{len(rest)} more {noun}   sum {_signed(fsum(total for _, total in rest), digits)}")
    return lines


def _dense(found: Explanation, shown: Sequence[tuple[int, float]], digits: int, width: int) -> list[str]:
    assert found.window is not None and found.kernel is not None and found.products is not None
    places = [place for place, _ in shown]
    columns = [
        _column(found.window[places], digits),
        _column(found.kernel[places], digits),
        _column(found.products[places], digits, signed=True),
    ]
    label = max(len(str(place)) for place in places)
    rows = zip(places, *columns, strict=True)
    return [f"  input {place:>{label}}   {cell} × {weight} = {product}" for place, cell, weight, product in rows]


def _blocks(found: Explanation, shown: Sequence[tuple[int, float]], digits: int, width: int) -> list[str]:
    """A block of window, kernel and products for each channel, side by side where the width allows."""
    assert found.window is not None and found.kernel is not None and found.products is not None
    channels = [channel for channel, _ in shown]
    window = _matrix(found.window[channels], digits, inside=None if found.inside is None else found.inside[channels])
    kernel = _matrix(found.kernel[channels], digits)
    products = _matrix(found.products[channels], digits, signed=True)
    lines: list[str] = []
    for block, (channel, total) in enumerate(shown):
        lines.append(f"channel {input_channel(found, channel)}   sum {_signed(total, digits)}")
        parts = (window[block], kernel[block], products[block])
        wide = sum(len(part[0]) for part in parts) + 12
        if wide <= width:
            middle = len(parts[0]) // 2
            for i, (cells, weights, terms) in enumerate(zip(*parts, strict=True)):
                times, equals = ("×", "=") if i == middle else (" ", " ")
                lines.append(f"  {cells}  {times}  {weights}  {equals}  {terms}".rstrip())
        else:
            for sign, part in zip((" ", "×", "="), parts, strict=True):
                lines += [f"  {sign if i == 0 else ' '} {row}" for i, row in enumerate(part)]
        lines.append("")
    return lines


def _matrix(numbers: Array, digits: int, signed: bool = False, inside: Array | None = None) -> list[list[str]]:
    """For each channel the rows of its kernel; a volume's slices one below the other; all in columns of one width."""
    flat = numbers.reshape(len(numbers), -1, numbers.shape[-1])
    texts = _column(flat.reshape(-1), digits, signed)
    if inside is not None:
        # A cell of the padding is a 0 that is no number of the input.
        texts = [text if real else "pad".rjust(len(text)) for text, real in zip(texts, inside.flat, strict=True)]
    cells = np.array(texts, dtype=object).reshape(flat.shape)
    return [[" ".join(row) for row in channel] for channel in cells]


def _other(found: Explanation, digits: int, width: int) -> list[str]:
    lines: list[str] = []
    if found.window is not None and found.window.ndim and found.window.size <= 400:
        window = found.window[None] if found.window.ndim < 3 else found.window
        inside = None if found.inside is None else found.inside.reshape(window.shape)
        for rows in _matrix(window, digits, inside=inside):
            lines += [f"  {row}" for row in rows]
        lines.append("")
    formula = found.formula(digits)
    limit = 4 * width
    return [*lines, *_wrapped(formula if len(formula) <= limit else formula[: limit - 4] + " ...", width)]


def _ending(found: Explanation) -> list[str]:
    rows: list[tuple[str, str]] = []
    if found.products is not None:
        if found.bias:
            rows.append(("bias", _exact(found.bias)))
        rows.append(("total", _exact(found.total)))
    else:
        rows.append(("gives", _exact(found.total)))
    rows += [(f"then {stage.kind}", _exact(stage.value)) for stage in found.stages]
    rows.append(("the run holds", _exact(found.value if found.stages else found.held)))
    label = max(len(name) for name, _ in rows)
    lines = [f"{name:<{label}}   {number}" for name, number in rows]
    if not found.agrees:
        lines.append(f"total and run are {found.agreement:.1e} of the layer's largest number apart")
    return lines


def _column(numbers: Array, digits: int, signed: bool = False) -> list[str]:
    """Numbers with the same count of decimals, right-aligned."""
    decimals = _decimals(numbers, digits)
    texts = [f"{float(x) + 0.0:{'+' if signed else ''}.{decimals}f}" for x in np.asarray(numbers).flat]
    wide = max(len(text) for text in texts)
    return [text.rjust(wide) for text in texts]


def _decimals(numbers: Array, digits: int) -> int:
    finite = np.abs(numbers[np.isfinite(numbers)])
    largest = float(finite.max()) if finite.size else 0.0
    return 0 if largest == 0 else max(0, min(12, digits - 1 - floor(log10(largest))))


def _signed(number: float, digits: int) -> str:
    return f"{number:+.{digits}g}"


def _exact(number: float) -> str:
    return f"{number:.9g}"


def _wrapped(text: str, width: int) -> list[str]:
    lines: list[str] = []
    line = "  "
    for word in text.split(" "):
        if len(line) + len(word) > width and line.strip():
            lines.append(line.rstrip())
            line = "  "
        line += word + " "
    return [*lines, line.rstrip()]
