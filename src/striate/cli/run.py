"""``striate run``: what a network makes of an input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from striate.cli import given_options as options
from striate.cli.app import app
from striate.cli.opening import open_inputs, open_network
from striate.cli.terminal import progress, say
from striate.reading import read_labels

if TYPE_CHECKING:
    from striate.lenses.prediction import Prediction


@app.command(epilog="Example: striate run net.onnx house.png --preprocess unit --labels labels.txt")
def run(
    model: options.Model,
    inputs: options.Inputs,
    labels: options.Labels = None,
    top: int = typer.Option(5, min=1, help="How many classes are listed."),
    preprocess: options.Preprocess = None,
    as_json: options.Json = False,
) -> None:
    """Run a network: the likeliest classes, or the span of each output where it is no classifier."""
    from striate.lenses.prediction import is_classifier, predict
    from striate.render.plain import plain, to_json
    from striate.render.prediction import output_line, prediction_text

    network = open_network(model)
    opened = open_inputs(network, inputs, preprocess)
    with progress("running") as moved:
        outputs = network.run(opened.arrays, progress=moved).outputs
    scores = {info.name for info in network.outputs if is_classifier(info.shape)}
    predicted = {name: predict(array, top) if name in scores else None for name, array in outputs.items()}
    classes = [found.classes for found in predicted.values() if found is not None]
    names = read_labels(labels, classes[0] if classes else 0)
    if as_json:
        facts = {
            name: {
                "shape": array.shape,
                "values": array if array.size <= 10_000 else None,
                "prediction": predicted[name],
            }
            for name, array in outputs.items()
        }
        say(to_json({"inputs": list(opened.notes), "outputs": plain(facts), "labels": _used(predicted, names)}))
        return
    for note in opened.notes:
        say(note)
    for name, array in outputs.items():
        say()
        say(output_line(name, array))
        found = predicted[name]
        if found is not None:
            say(prediction_text(found, names))


def _used(predicted: Mapping[str, Prediction | None], names: list[str] | None) -> dict[str, str] | None:
    if names is None:
        return None
    shown = [rank.index for found in predicted.values() if found for rank in found.ranks]
    return {str(index): names[index] for index in shown}
