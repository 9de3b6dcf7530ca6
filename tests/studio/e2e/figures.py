"""What the inspector shows of a unit, figure by figure against the explanation of the Python API."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from striate.lenses.explain import Explanation
from tests.studio.e2e.screen import Screen, decimals, exactly, in_full, number, plain

# A table of all digits writes out so many taps of a channel; the rest is one line.
TAPS = 128


def adds_up(screen: Screen, unit: str) -> None:
    """The sum as it is printed, with the digits that fit: products add up to partial sums, those to the total."""
    found = screen.run.unit(unit).explain()
    assert found.products is not None
    screen.explains(unit)
    for row in screen.inspector.locator("article").all():
        grids = [grid.locator("span").all_inner_texts() for grid in row.locator(".cells").all()]
        if not grids:  # a long window is a picture or a line, without figures
            continue
        window, kernel, products = grids
        assert len(window) == len(kernel) == len(products) == found.products[0].size
        partial = decimals([row.locator(".sum").inner_text()])[0]
        assert sum(decimals([text for text in products if text.strip()])) == partial, unit
    line = screen.inspector.locator("p.line").inner_text()
    terms, total = re.split("[=≈]", line.split("(all")[0])
    assert "=" in line
    # Signs stand apart from their numbers.
    parts = re.findall(r"−?\d*\.?\d+", re.sub(r"([−+]) (?:bias |rest )?", r" \1", terms))
    assert sum(decimals(parts)) == Decimal(plain(total))
    power = re.search(r"× 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", line)
    scale = 10.0 ** int(power.group(1).translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))) if power else 1
    assert number(total) * scale == pytest.approx(found.total, rel=0.01, abs=0.01 * scale)


def agrees(screen: Screen, unit: str) -> Explanation:
    """Every figure of the inspector, which shows all digits, is that of the explanation."""
    found = screen.run.unit(unit).explain()
    screen.explains(unit)
    if screen.inspector.locator("article").count():
        _windows(screen, found)
    elif screen.inspector.locator("li button:has(.product)").count():
        _terms(screen, found)
    elif screen.inspector.get_by_label("The window", exact=True).count():
        _window(screen, found)
    else:
        _law(screen, found)
        _operands(screen, found)
    return found


def by_channel(found: Explanation) -> np.ndarray:
    """The channels of a sum as the page orders them: by the magnitude of their partial sums."""
    assert found.products is not None
    sums = found.products.reshape(len(found.products), -1).sum(axis=1)
    return np.argsort(-np.abs(sums), kind="stable")


def _windows(screen: Screen, found: Explanation) -> None:
    assert found.window is not None
    assert found.kernel is not None
    assert found.products is not None
    assert found.inside is not None
    tables = screen.inspector.locator("article + table")
    shown = min(8, len(found.products))
    expect(tables).to_have_count(shown)
    order = by_channel(found)
    for table, channel in zip(tables.all(), order, strict=False):
        window, kernel, products, inside = (
            part[channel].ravel() for part in (found.window, found.kernel, found.products, found.inside)
        )
        lines = [line.split("\t") for line in table.locator("tr").all_inner_texts()]
        # Of many the largest are written out, in the order of their size.
        taps = (
            np.arange(products.size) if products.size <= TAPS else np.argsort(-np.abs(products), kind="stable")[:TAPS]
        )
        for tap, texts in zip(taps, lines, strict=False):
            if not inside[tap]:
                assert texts[1] == "padding"
                continue
            assert exactly(texts[1], window[tap])
            assert exactly(texts[2].removeprefix("×"), kernel[tap])
            assert in_full(texts[3], products[tap])
        assert number(lines[-1][1]) == pytest.approx(products.sum(), rel=1e-6, abs=1e-12)
    _total(screen, found, order[shown:])


def _terms(screen: Screen, found: Explanation) -> None:
    assert found.window is not None
    assert found.kernel is not None
    assert found.products is not None
    order = by_channel(found)
    buttons = screen.inspector.locator("li button:has(.product)")
    shown = min(20, len(order))
    expect(buttons).to_have_count(shown)
    for button, channel in zip(buttons.all(), order, strict=False):
        words = button.locator(".hidden-text").text_content() or ""
        said = re.fullmatch(r"(.*): (\S+) × (\S+) = (\S+); go down to it", words)
        assert said is not None, words
        _, cell, weight, product = said.groups()
        assert exactly(cell, found.window.ravel()[channel])
        assert exactly(weight, found.kernel.ravel()[channel])
        assert in_full(product, found.products.ravel()[channel])
    _total(screen, found, order[shown:])


def _total(screen: Screen, found: Explanation, rest: np.ndarray) -> None:
    """The last line: partial sums, what is not shown, bias, total."""
    assert found.products is not None
    line = screen.inspector.locator("p.line").first.inner_text()
    assert in_full(line.split("=")[-1], found.total)
    bias = re.search(r"([−+]) bias (\S+)", line)
    if found.bias:
        assert bias is not None, line
        assert exactly(bias.group(1) + bias.group(2), found.bias)
    if len(rest):
        left = re.search(r"([−+]) rest (\S+)", line)
        assert left is not None, line
        sums = found.products[rest].sum()
        assert number(left.group(1) + left.group(2)) == pytest.approx(sums, rel=1e-6, abs=1e-9 * abs(found.total))


def _window(screen: Screen, found: Explanation) -> None:
    """A pooling or a reduction: the winner, or the mean written out."""
    assert found.window is not None
    section = screen.inspector.get_by_label("The window", exact=True)
    line = section.locator("p.line").inner_text()
    assert number(re.split("[=≈]", line)[-1]) == pytest.approx(found.total, rel=1e-6)
    if found.winner is not None:
        assert exactly(line, found.total)
    elif "/" in line:
        total, divisor, mean = re.split("/|[=≈]", line)
        assert number(total) / number(divisor) == pytest.approx(number(mean), rel=1e-6)


def _law(screen: Screen, found: Explanation) -> None:
    figures = screen.inspector.locator("dl dd.figure")
    if screen.inspector.locator(".law.filled").count():
        filled = screen.inspector.locator(".law.filled").first.inner_text()
        assert number(re.split("[=≈]", filled)[-1]) == pytest.approx(found.total, rel=1e-6, abs=1e-12)
    names = [text.replace("ε", "epsilon") for text in screen.inspector.locator("dl dt").all_inner_texts()]
    known = dict(found.figures)
    for name, figure in zip(names, figures.all_inner_texts(), strict=False):
        if name in known:
            assert number(figure) == pytest.approx(known[name], rel=1e-6)


def _operands(screen: Screen, found: Explanation) -> None:
    """The cells that a number is copied from or put together of, where each operand gives one."""
    cells: list[Locator] = screen.inspector.locator("ul > li > div > span.figure").all()
    single = [operand for operand in found.operands if operand.numbers.size == 1]
    if len(cells) != len(single):
        return
    for cell, operand in zip(cells, single, strict=True):
        text = cell.inner_text()
        assert "padding" in text or exactly(text.split("×")[0], operand.numbers.ravel()[0])
