"""An explanation: window × kernel = products for the strongest channels, figures on the colours of their numbers."""

from __future__ import annotations

from math import floor, fsum, log10

import numpy as np

from striate.graph import Array
from striate.lenses.explain import Explanation
from striate.render.explanation import by_strength, input_channel
from striate.render.html.element import Markup, element, joined
from striate.render.html.picture import cell_colour
from striate.render.html.style import piece

CHANNELS, INPUTS, LARGEST_KERNEL = 4, 20, 15
# A longer formula is not written into the page; the page says how to get it.
LONGEST_FORMULA = 20_000
_DIGITS = 4


def explanation_html(found: Explanation) -> Markup:
    """The sum behind a number."""
    name = f"{found.kind} {found.name}".strip()
    body = _sum(found) if found.products is not None else _other(found)
    return piece(
        element("p", element("code", str(found.unit)), f" = {_exact(found.value)}", class_="title"),
        element("p", " · ".join([name, *found.facts]), class_="muted"),
        *body,
        _ending(found),
        _formula(found),
    )


def _sum(found: Explanation) -> list[Markup]:
    assert found.window is not None and found.kernel is not None and found.products is not None
    reach = [_reach(part) for part in (found.window, found.kernel, found.products)]
    order = by_strength(found.products)
    if found.products.ndim == 1:
        return _dense(found, order, reach)
    if max(found.products.shape[1:]) > LARGEST_KERNEL:
        shape = "×".join(map(str, found.products.shape[1:]))
        return [element("p", f"The kernel has {shape} taps: run.unit(…).explain().products holds them all.")]
    pieces: list[Markup] = []
    for channel, total in order[:CHANNELS]:
        parts = [part[channel] for part in (found.window, found.kernel, found.products)]
        inside = None if found.inside is None else found.inside[channel]
        pieces.append(
            element(
                "div",
                element("span", f"channel {input_channel(found, channel)}", class_="figure"),
                _cells(parts[0], reach[0], inside=inside),
                element("span", "×", class_="sign"),
                _cells(parts[1], reach[1]),
                element("span", "=", class_="sign"),
                _cells(parts[2], reach[2], signed=True),
                element("span", f"Σ {_about(total)}", class_="figure"),
                class_="sum",
            )
        )
    rest = order[CHANNELS:]
    if rest:
        pieces.append(_rest(len(rest), "channel", fsum(total for _, total in rest)))
    return pieces


def _dense(found: Explanation, order: list[tuple[int, float]], reach: list[float]) -> list[Markup]:
    assert found.window is not None and found.kernel is not None and found.products is not None
    places = [place for place, _ in order[:INPUTS]]
    columns = [part[places] for part in (found.window, found.kernel, found.products)]
    texts = [_texts(column, reach[i], signed=i == 2) for i, column in enumerate(columns)]
    rows = [
        element(
            "tr",
            element("td", f"input {place}"),
            *(
                element("td", texts[j][i], style=cell_colour(float(columns[j][i]), reach[j]))
                for j in range(len(columns))
            ),
        )
        for i, place in enumerate(places)
    ]
    head = element("tr", *(element("td", text) for text in ("", "holds", "× weight", "= product")))
    pieces = [element("table", head, *rows, class_="cells")]
    rest = order[INPUTS:]
    if rest:
        pieces.append(_rest(len(rest), "input", fsum(total for _, total in rest)))
    return pieces


def _rest(count: int, noun: str, total: float) -> Markup:
    plural = "" if count == 1 else "s"
    return element("p", f"{count:,} more {noun}{plural}   Σ {_about(total)}", class_="figure")


def _other(found: Explanation) -> list[Markup]:
    """A window without a kernel: a pooling, its winner ringed. All else is in the formula."""
    window = found.window
    if window is None or not window.ndim or max(window.shape) > LARGEST_KERNEL:
        return []
    return [element("div", _cells(window, _reach(window), found.inside, winner=found.winner), class_="sum")]


def _cells(
    numbers: Array,
    reach: float,
    inside: Array | None = None,
    signed: bool = False,
    winner: tuple[int, ...] | None = None,
) -> Markup:
    """A grid of figures; a signal's window is a row, a volume's slices stand one below the other."""
    flat = numbers.reshape(-1, numbers.shape[-1])
    texts = np.array(_texts(numbers, reach, signed), object).reshape(flat.shape)
    real = np.ones(flat.shape, bool) if inside is None else inside.reshape(flat.shape)
    won = None if winner is None else int(np.ravel_multi_index(winner, numbers.shape))
    height = numbers.shape[-2] if numbers.ndim > 2 else len(flat)
    rows: list[Markup] = []
    for r in range(len(flat)):
        if r and r % height == 0:
            rows.append(element("tr", element("td"), class_="gap"))
        cells = [
            element("td", texts[r, c], style=cell_colour(float(flat[r, c]), reach),
                    class_="won" if won == r * flat.shape[1] + c else None)
            if real[r, c]
            else element("td", "·", class_="pad", title="padding")
            for c in range(flat.shape[1])
        ]  # fmt: skip
        rows.append(element("tr", *cells))
    return element("table", *rows, class_="cells")


def _ending(found: Explanation) -> Markup:
    rows: list[tuple[str, str]] = []
    if found.products is not None and found.bias:
        rows.append(("bias", _exact(found.bias)))
    rows.append(("total", _exact(found.total)))
    rows += [(f"then {stage.kind}", _exact(stage.value)) for stage in found.stages]
    rows.append(("the run holds", _exact(found.value if found.stages else found.held)))
    if not found.agrees:
        rows.append(("apart by", f"{found.agreement:.1e} of the layer's largest number"))
    made = [element("tr", element("td", name), element("td", number, class_="n")) for name, number in rows]
    note = "Products, windows and kernels are rounded to four digits; totals are not. Red is positive, blue negative."
    return joined(
        element("div", element("table", *made), class_="rows"),
        element("p", note, class_="muted") if found.products is not None else "",
    )


def _formula(found: Explanation) -> Markup:
    terms = 0 if found.products is None else found.products.size
    formula = found.formula() if terms * 20 < LONGEST_FORMULA else ""
    if not formula or len(formula) > LONGEST_FORMULA:
        return element("p", f"{terms:,} terms; explain().formula() writes them all out.", class_="muted")
    return element(
        "details",
        element("summary", "the whole formula, every digit"),
        element("code", formula, class_="formula"),
    )


def _reach(numbers: Array) -> float:
    finite = np.abs(numbers[np.isfinite(numbers)])
    return float(finite.max()) if finite.size else 0.0


def _texts(numbers: Array, reach: float, signed: bool = False) -> list[str]:
    """All with as many decimals as the largest of their kind needs for four digits."""
    decimals = 0 if reach == 0 else max(0, min(12, _DIGITS - 1 - floor(log10(reach))))
    return [f"{float(x) + 0.0:{'+' if signed else ''}.{decimals}f}".replace("-", "−") for x in numbers.flat]


def _about(number: float) -> str:
    return f"≈ {number:+.{_DIGITS + 1}g}".replace("-", "−")


def _exact(number: float) -> str:
    return f"{number:.9g}".replace("-", "−")
