"""Through the network at hand: from edges to objects, and what each channel gives to a number on the way."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from striate import ops
from striate.errors import ParameterError, unknown_name
from striate.graph import Array
from striate.lessons import Convolution, hierarchy
from striate.lessons.programs import filter_program, hierarchy_program
from striate.network import Network
from striate.studio.answers.lessons.reproducing import entries, readings
from striate.studio.answers.session import Session
from striate.studio.protocol.filled import Filled
from striate.studio.protocol.lessons.channels import FilterSumsAnswer, FilterSumsRequest
from striate.studio.protocol.lessons.hierarchy import HierarchyAnswer, HierarchyLevel, HierarchyRequest
from striate.studio.work import Work

Arrays = Mapping[str, Array]


def hierarchies(
    session: Session, request: HierarchyRequest, arrays: Arrays, work: Work
) -> tuple[HierarchyAnswer, Arrays]:
    """The way from edges to objects through a run."""
    run, _ = session.as_opened(request.network, request.input, work)
    levels = tuple(
        HierarchyLevel(
            layer=level.layer,
            channels=level.channels,
            shape=level.shape,
            order=level.order[:64],
            unit=level.unit,
            value=level.value,
            box=level.box,
            field=level.field,
        )
        for level in hierarchy(run, request.levels)
    )
    opened, given = readings(session, request.network, request.input)
    code = hierarchy_program(opened.text, given.text, request.levels)
    return HierarchyAnswer(id=request.id, levels=levels, code=code, files=entries(opened, given)), {}


def filter_sums(
    session: Session, request: FilterSumsRequest, arrays: Arrays, work: Work
) -> tuple[FilterSumsAnswer, Arrays]:
    """The sum behind a map's largest number, channel by channel."""
    run, _ = session.as_opened(request.network, request.input, work)
    net, _ = session.opened(request.network, request.input)
    opened, given = readings(session, request.network, request.input)
    layers = _convolutions(net.network)
    layer = request.layer if request.layer is not None else layers[0]
    if layer not in layers:
        raise unknown_name("convolution", layer, layers)
    one = Convolution.of(run, layer)
    if request.filter >= one.filters:
        raise ParameterError(f'filter (={request.filter}) must be below {one.filters}, the filters of "{layer}"')
    maps = run.recording.values[run.model.value_name(layer)][0, request.filter]
    at = tuple(int(place) for place in np.unravel_index(int(maps.argmax()), maps.shape))
    unit = run.unit(layer, channel=request.filter, at=at)
    found, ranked = unit.explain(), unit.contributors().ranked
    told, others = ranked[: request.most], ranked[request.most :]
    answer = FilterSumsAnswer(
        id=request.id,
        layers=layers,
        layer=layer,
        filter=request.filter,
        filters=one.filters,
        depth=one.weight.shape[1],
        kernel=one.kernel,
        parameters=Filled.of(one.parameters),
        unit=str(unit.address),
        others=len(others),
        rest=sum(each.signed for each in others),
        bias=found.bias,
        total=found.total,
        value=found.value,
        code=filter_program(opened.text, given.text, str(unit.address)),
        files=entries(opened, given),
    )
    return answer, {
        "channels": np.array([each.channel for each in told], np.int32),
        "sums": np.array([each.signed for each in told], np.float64),
    }


def _convolutions(net: Network) -> tuple[str, ...]:
    """The layers that are convolutions with fixed weights.

    Raises:
        ParameterError: There is none.
    """
    graph, model = net.model.graph, net.model
    found = [
        view.name if (view := model.layer_of_node.get(node.name)) is not None else node.name
        for node in graph.nodes
        if isinstance(node.op, ops.Conv) and node.inputs[1] in graph.constants
    ]
    if not found:
        raise ParameterError("the network has no convolution with fixed weights, so there are no filters to look into")
    return tuple(dict.fromkeys(found))
