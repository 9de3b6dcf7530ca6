"""A run at a glance: what came out, what went in, and the first maps of a few layers on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from striate.engine import Recording
from striate.errors import UnsupportedError
from striate.graph import Array
from striate.lenses.layers import source_shape
from striate.lenses.maps import Maps, layer_maps
from striate.lenses.prediction import Prediction, is_classifier, predict
from striate.lenses.telling import telling_layers

LAYERS, CHANNELS = 4, 8
# Cells that a map, an input and a signal are reduced to at most, along their longest axis.
_MAP, _INPUT, _SIGNAL = 72, 176, 240


@dataclass(frozen=True, eq=False)
class Glance:
    """What there is to see of a run at once.

    Args:
        name: The network's name.
        outputs: By name, channels first.
        prediction: The likeliest classes of the first output; None where it is no row of class scores.
        inputs: The inputs that can be drawn.
        layers: Kind and first maps of a few layers, spread over the depth.
        others: Layers beside those.
    """

    name: str
    outputs: Mapping[str, Array]
    prediction: Prediction | None
    inputs: tuple[Maps, ...]
    layers: tuple[tuple[str, Maps], ...]
    others: int


def glance(recording: Recording, layers: int = LAYERS, channels: int = CHANNELS) -> Glance:
    """Looks at a run.

    Args:
        recording: The run.
        layers: How many layers are shown at most.
        channels: How many maps of each.
    """
    model = recording.model
    first = model.graph.outputs[0]
    scores = is_classifier(source_shape(model, first, model.graph.types[first].shape))
    inputs = [_maps(recording, name, _INPUT, channels) for name in model.graph.inputs]
    telling = telling_layers(model, layers)
    shown = [(model.layer_of[name].kind, _maps(recording, name, _MAP, channels)) for name in telling]
    drawn = tuple((kind, maps) for kind, maps in shown if maps is not None)
    return Glance(
        name=model.graph.name,
        outputs={name: recording.values[name] for name in model.graph.outputs},
        prediction=predict(recording.values[first]) if scores else None,
        inputs=tuple(maps for maps in inputs if maps is not None),
        layers=drawn,
        others=len(model.layers) - len(drawn),
    )


def _maps(recording: Recording, name: str, most: int, channels: int) -> Maps | None:
    """The first maps of a layer; None where they cannot be drawn."""
    spatial = recording.values[recording.model.value_name(name)].shape[2:]
    room = _SIGNAL if len(spatial) == 1 else most
    # The same step along each axis: a cell stays a square.
    step = -(-max(spatial, default=1) // room)
    rows, columns = (-(-size // step) for size in ((1, 1, *spatial)[-2:]))
    try:
        return layer_maps(recording, name, count=channels, size=(rows, columns))
    except UnsupportedError:
        return None
