"""Statistics, histograms, contributors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from striate.graph import Array
from striate.run import Run
from striate.studio.answers.session import Session, addressed
from striate.studio.protocol.maps import (
    ChannelStatisticsAnswer,
    ChannelStatisticsRequest,
    Contributor,
    ContributorsAnswer,
    ContributorsRequest,
    HistogramAnswer,
    HistogramRequest,
    StatisticsAnswer,
    StatisticsRequest,
)
from striate.studio.work import Work

Arrays = Mapping[str, Array]


def layers(session: Session, request: StatisticsRequest, arrays: Arrays, work: Work) -> tuple[StatisticsAnswer, Arrays]:
    """Statistics of every layer, and of the whole network."""
    run, version = session.run(request, work)
    inputs = run.model.graph.inputs
    if request.layers is None:
        names = [
            *[name for name in inputs if run.recording.values[name].dtype.kind in "biuf"],
            *_real_layers(session, request),
        ]
        names = [name for name in dict.fromkeys(names) if _real(run.recording.values, run.model.value_name(name))]
    else:
        names = list(request.layers)
    rows: list[tuple[float, ...]] = []
    for done, name in enumerate(names):
        work.report("statistics", done, len(names))
        rows.append(run.statistics([name])[name].row())
    table = np.array(rows, np.float64).reshape(-1, 6)
    made = table[[name not in inputs for name in names]]
    finite = made[np.isfinite(made[:, 0])]
    network = (float(finite[:, 0].min()), float(finite[:, 1].max())) if len(finite) else (0.0, 0.0)
    answer = StatisticsAnswer(id=request.id, version=version, layers=tuple(names), network=network)
    return answer, {"layers": table, "magnitudes": _magnitudes(run, names)}


def _magnitudes(run: Run, names: Sequence[str]) -> Array:
    """Mean magnitudes of the layers whose values an operation puts together with others: the shares of a sum."""
    graph = run.model.graph
    variable = [[value for value in node.inputs if value and value not in graph.constants] for node in graph.nodes]
    joined = {value for values in variable if len(values) > 1 for value in values}
    found = [run.recording.values[run.model.value_name(name)] for name in names]
    return np.array(
        [
            float(np.abs(array).mean(dtype=np.float64))
            if array.size and run.model.value_name(name) in joined
            else np.nan
            for name, array in zip(names, found, strict=True)
        ]
    )


def _real_layers(session: Session, request: StatisticsRequest) -> list[str]:
    return list(session.store.network(request.network, session.holder).network.layers)


def _real(values: Mapping[str, Array], name: str) -> bool:
    return name in values and values[name].dtype.kind in "biuf"


def channels(
    session: Session, request: ChannelStatisticsRequest, arrays: Arrays, work: Work
) -> tuple[ChannelStatisticsAnswer, Arrays]:
    """Statistics of every channel of a layer."""
    seen, version = session.seen(request, request.difference, work)
    rows = [found.row() for found in seen.channel_statistics(request.layer, request.sample)]
    answer = ChannelStatisticsAnswer(id=request.id, version=version, layer=request.layer)
    return answer, {"channels": np.array(rows, np.float64).reshape(-1, 6)}


def spread(session: Session, request: HistogramRequest, arrays: Arrays, work: Work) -> tuple[HistogramAnswer, Arrays]:
    """How the numbers of a layer or of one map are spread."""
    seen, version = session.seen(request, request.difference, work)
    found = seen.histogram(request.layer, request.channel, request.bins, request.range, request.sample)
    answer = HistogramAnswer(
        id=request.id, version=version, total=found.total, outside=found.outside, nonfinite=found.nonfinite
    )
    return answer, {"edges": found.edges, "counts": found.counts.astype(np.float64)}


def contributors(
    session: Session, request: ContributorsRequest, arrays: Arrays, work: Work
) -> tuple[ContributorsAnswer, Arrays]:
    """Which channels a map is made of."""
    run, version = session.run(request, work)
    found = run.contributors(request.layer, request.channel, request.sample)
    listed = tuple(
        Contributor(
            source=addressed(run, each.value_name),
            channel=each.channel,
            amount=each.amount,
            signed=each.signed,
            share=each.share,
        )
        for each in found.ranked[: request.count]
    )
    answer = ContributorsAnswer(
        id=request.id,
        version=version,
        contributors=listed,
        total=len(found.ranked),
        rest=max(0.0, 1.0 - sum(each.share for each in listed)) if len(found.ranked) > len(listed) else 0.0,
        bias=found.bias,
        note=found.note,
    )
    return answer, {}
