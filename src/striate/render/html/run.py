"""A run: what went in, what came out, and the first maps on the way."""

from __future__ import annotations

import numpy as np

from striate.lenses.glance import Glance
from striate.lenses.maps import Maps
from striate.lenses.prediction import Prediction
from striate.render.colour import Scale, scale_of
from striate.render.html.element import Markup, element
from striate.render.html.picture import colour_image, legend, line_image, map_image
from striate.render.html.style import piece
from striate.render.prediction import output_line

_MAP, _PICTURE, _BAR = 72, 176, 160


def run_html(shown: Glance) -> Markup:
    """The piece."""
    outputs = [element("p", output_line(name, array), class_="muted") for name, array in shown.outputs.items()]
    inputs = [_input(maps) for maps in shown.inputs]
    layers = [_layer(maps, kind) for kind, maps in shown.layers]
    plural = "" if shown.others == 1 else "s"
    more = f'{shown.others} more layer{plural}; run["name"] is the array of any of them.'
    return piece(
        element("p", f"{shown.name}: one run", class_="title"),
        *([_prediction(shown.prediction)] if shown.prediction is not None else []),
        *outputs,
        *inputs,
        *layers,
        *([element("p", more, class_="muted")] if shown.others else []),
    )


def _prediction(found: Prediction) -> Markup:
    rows = [
        element(
            "tr",
            element("td", f"class {rank.index}"),
            element("td", f"{rank.probability:.2%}", class_="n"),
            element("td", element("span", class_="bar", style=f"width:{max(1, round(_BAR * rank.probability))}px")),
            element("td", f"{rank.score:.4f}".replace("-", "−"), class_="n"),
        )
        for rank in found.ranks
    ]
    kind = "probabilities: softmax of the scores behind them" if found.softmax else "the output is a distribution"
    note = element("p", f"{len(found.ranks)} of {found.classes:,} classes; {kind}", class_="muted")
    return element("div", element("div", element("table", *rows), class_="rows"), note)


def _input(maps: Maps) -> Markup:
    """A picture of three channels in its own colours, all else as maps."""
    if maps.maps.ndim == 3 and maps.channels == len(maps.maps) == 3:
        low, high = maps.extent
        reach = high - low or 1.0
        levels = np.rint(255 * np.clip(np.nan_to_num((maps.maps - low) / reach), 0, 1)).astype(np.uint8)
        note = f"input {maps.layer}: colours from {low:.4g} (black) to {high:.4g} (full)"
        image = colour_image(levels.transpose(1, 2, 0), _PICTURE, f"input {maps.layer}")
        return element("div", element("p", note, class_="muted"), element("div", image, class_="maps"))
    return _layer(maps, "Input")


def _layer(maps: Maps, kind: str) -> Markup:
    low, high = maps.extent
    scale = scale_of([np.array([low, high])])
    last = maps.first + len(maps.maps)
    sizes = "×".join(map(str, (maps.channels, *maps.shape)))
    count = "1 channel" if maps.channels == 1 else f"{maps.first + 1}–{last} of {maps.channels} channels"
    text = f"{maps.layer} · {kind} · {sizes} · {count} "
    if any(step > 1 for step in maps.cell):
        text += f"· {'×'.join(map(str, maps.cell))} cells in one: the largest magnitude "
    if maps.slice is not None:
        text += f"· plane {maps.slice[1]} along axis {maps.slice[0]} "
    drawn = [
        element("figure", _drawn(maps, i, scale), element("figcaption", str(maps.first + i)))
        for i in range(len(maps.maps))
    ]
    line = maps.maps.ndim == 2
    ends = f"bottom edge {scale.low:.4g}, top edge {scale.high:.4g}, the layer's own extent".replace("-", "−")
    key = element("span", ends, class_="muted") if line else legend(scale, "layer's own scale")
    head = element("div", element("span", text, class_="muted"), key)
    return element("div", head, element("div", *drawn, class_="maps"))


def _drawn(maps: Maps, i: int, scale: Scale) -> Markup:
    label = f"{maps.layer}:{maps.first + i}"
    numbers = maps.maps[i]
    if numbers.ndim == 1:
        low, high = (numbers, numbers) if maps.low is None or maps.high is None else (maps.low[i], maps.high[i])
        return line_image(low, high, scale, label)
    return map_image(numbers.reshape(1, 1) if numbers.ndim == 0 else numbers, scale, _MAP, label)
