"""The network, what it was given, what comes out, and its kernels."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from striate.given import to_graph
from striate.graph import Array
from striate.lenses.prediction import is_classifier, predict
from striate.run import Run
from striate.studio.answers.layer_info import layer_infos
from striate.studio.answers.session import Session
from striate.studio.present import shown_picture
from striate.studio.protocol.network import (
    FilterAnswer,
    FilterRequest,
    InputAnswer,
    InputPort,
    InputRequest,
    NetworkAnswer,
    NetworkRequest,
    OutputInfo,
    PredictionAnswer,
    PredictionRequest,
    Rank,
)
from striate.studio.store import OpenInput, OpenNetwork
from striate.studio.work import Work

Arrays = Mapping[str, Array]
# Numbers of an output that is no classifier that are told.
_FIRST = 16


def layers(session: Session, request: NetworkRequest, arrays: Arrays, work: Work) -> tuple[NetworkAnswer, Arrays]:
    """The layers of a network."""
    entry = session.store.network(request.network, session.holder)
    shapes = None
    if request.input is not None:
        given = session.store.input(request.input, session.holder)
        shapes = {name: array.shape for name, array in session.store.arrays(entry, given).items()}
    infos = layer_infos(entry.network, shapes)
    macs = [info.macs for info in infos]
    answer = NetworkAnswer(
        id=request.id,
        name=entry.network.model.graph.name,
        layers=infos,
        parameters=entry.network.parameters,
        macs=None if None in macs else sum(count for count in macs if count is not None),
    )
    return answer, {}


def given(session: Session, request: InputRequest, arrays: Arrays, work: Work) -> tuple[InputAnswer, Arrays]:
    """What the network was given."""
    entry, opened = session.opened(request.network, request.input)
    state, version = session.history(entry.id, opened.id).present
    edited: Mapping[str, Array] = {} if request.original else state.arrays
    ports, made = ports_of(session, entry, opened, edited, request.numbers)
    return InputAnswer(id=request.id, version=0 if request.original else version, ports=ports), made


def ports_of(
    session: Session, entry: OpenNetwork, opened: OpenInput, edited: Mapping[str, Array], numbers: bool
) -> tuple[tuple[InputPort, ...], dict[str, Array]]:
    """How the inputs are filled, as pictures; of others the numbers of the first sample if they are wanted."""
    layout_of = entry.network.model.layout_of
    ports: list[InputPort] = []
    made: dict[str, Array] = {}
    for name, found in session.store.values(entry, opened).items():
        array = edited.get(name)
        picture = found.picture
        if array is not None and found.scale:
            picture = shown_picture(array[0], found.scale, found.offset)
        present = to_graph(found.array, layout_of(name)) if array is None else array
        if picture is not None:
            made[f"picture.{name}"] = picture
        elif numbers and present.dtype.kind in "biuf":
            first = present[0] if present.ndim > 2 else np.atleast_2d(present)[:1]
            made[f"numbers.{name}"] = first.astype(np.float32)
        ports.append(
            InputPort(
                port=name,
                shape=present.shape,
                note=found.note + (", edited" if array is not None else ""),
                scale=found.scale,
                offset=found.offset,
                picture=None if picture is None else f"picture.{name}",
            )
        )
    return tuple(ports), made


def prediction(
    session: Session, request: PredictionRequest, arrays: Arrays, work: Work
) -> tuple[PredictionAnswer, Arrays]:
    """What comes out."""
    run, version = session.run(request, work)
    entry = session.store.network(request.network, session.holder)
    return PredictionAnswer(id=request.id, version=version, outputs=outputs_of(session, entry, run, request.top)), {}


def outputs_of(session: Session, entry: OpenNetwork, run: Run, top: int) -> tuple[OutputInfo, ...]:
    """The outputs of a run, ranked where they are scores of classes; of several samples the first."""
    found: list[OutputInfo] = []
    for info in entry.network.outputs:
        array = run.recording.values[info.name]
        ranked = predict(array[:1], top) if is_classifier(info.shape) else None
        labels = None
        if ranked is not None:
            own = entry.labels if entry.labels is not None and len(entry.labels) == ranked.classes else None
            labels = own or session.store.labels(ranked.classes)
        found.append(
            OutputInfo(
                name=info.name,
                shape=array.shape,
                ranks=()
                if ranked is None
                else tuple(
                    Rank(
                        index=rank.index,
                        label=labels[rank.index] if labels else f"class {rank.index}",
                        score=rank.score,
                        probability=rank.probability,
                    )
                    for rank in ranked.ranks
                ),
                classes=0 if ranked is None else ranked.classes,
                softmax=ranked is not None and ranked.softmax,
                numbers=() if ranked is not None else tuple(float(number) for number in array.reshape(-1)[:_FIRST]),
            )
        )
    return tuple(found)


def kernel(session: Session, request: FilterRequest, arrays: Arrays, work: Work) -> tuple[FilterAnswer, Arrays]:
    """The kernel of one output channel."""
    entry = session.store.network(request.network, session.holder)
    state, version = session.history(entry.id, request.input).present
    found = entry.network.filter(request.layer, request.channel)
    weights, bias = found.weights, found.bias
    changed = None if request.original else state.network.filters.get((found.name, request.channel))
    if changed is not None:
        weights, bias = changed.weights, changed.bias
    whole = entry.network.weights.get(found.name, found.weights)
    low, high = (float(each) for each in (min(whole.min(), weights.min()), max(whole.max(), weights.max())))
    answer = FilterAnswer(
        id=request.id,
        version=0 if request.original else version,
        first=request.first,
        total=len(weights),
        source=_source_name(entry, found.source),
        source_channel=found.first,
        bias=bias,
        extent=(low, high),
        edited=changed is not None,
    )
    return answer, {"weights": np.asarray(weights[request.first : request.first + request.count], np.float32)}


def _source_name(entry: OpenNetwork, value: str) -> str:
    layer = entry.network.model.layer_of_value.get(value)
    return value if layer is None else layer.name
