"""A pasted layer line: what it means, and the state of the workbench that plays exactly that layer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod

from striate.errors import DeclarationError, UnsupportedError
from striate.graph import Array
from striate.importers.declaration import Declaration, parse_declaration
from striate.importers.declared import Convolution, Flatten, TransposedConvolution
from striate.lenses.declared_layer import DeclaredLayer, declared_layer
from striate.lessons.playing import play_declaration, usual_input_shape
from striate.studio.answers.flattened import orders_of
from striate.studio.answers.session import Session
from striate.studio.bench_sources import LARGEST_NUMBERS, BenchInput, of_noise
from striate.studio.protocol.bench import (
    BenchDeclareAnswer,
    BenchDeclareRequest,
    BenchState,
    DeclaredArgument,
    DenseTwinInfo,
)
from striate.studio.protocol.flattening import FlattenOrders
from striate.studio.work import Work

Arrays = Mapping[str, Array]
# Weights and filters of a layer that is still played.
_MOST, _MOST_FILTERS = 2**18, 4096


def declared(
    session: Session, request: BenchDeclareRequest, arrays: Arrays, work: Work
) -> tuple[BenchDeclareAnswer, Arrays]:
    """Everything about the line."""
    line = parse_declaration(request.text)
    wanted = _shape(request.shape) if request.shape.strip() else None
    shape = wanted or _real_shape(session, line) or usual_input_shape(line)
    layer = declared_layer(line, shape)
    state, note = _state(layer)
    source = ""
    if state is not None:
        found = _real(session, layer)
        if found is not None:
            state = state.model_copy(update={"source": found.id})
        source = session.workbenches.source(state.source)[0].name
    answer = BenchDeclareAnswer(
        id=request.id,
        framework=line.framework,
        kind=line.kind,
        arguments=tuple(
            DeclaredArgument(name=each.name, value=str(each.value), given=each.given, meaning=each.meaning)
            for each in line.arguments
        ),
        input_shape=layer.input_shape,
        output_shape=layer.output_shape,
        order="channels last" if line.channels_last else "channels first",
        sizes=tuple(map(str, layer.sizes)),
        parameters="" if layer.parameters is None else str(layer.parameters),
        learns=layer.parameters is None or layer.parameters.value > 0,
        macs="" if layer.macs is None or not layer.macs.value else str(layer.macs),
        orders=_orders(layer),
        dense=None
        if layer.dense is None
        else DenseTwinInfo(parameters=str(layer.dense.parameters), ratio=layer.dense.ratio),
        state=state,
        source=source,
        left_out="" if state is None else note,
        why_not=note if state is None else "",
    )
    return answer, {}


def _orders(layer: DeclaredLayer) -> FlattenOrders | None:
    """The orders of a flatten that lays whole maps in a line, where there are two."""
    meaning, shape = layer.declaration.meaning, layer.input_shape
    if not isinstance(meaning, Flatten) or shape is None or meaning.start != 1:
        return None
    whole = meaning.end in (-1, len(shape))
    return orders_of(_channels_first(layer)) if whole and len(shape) > 1 else None


def _shape(text: str) -> tuple[int, ...]:
    parts = [part for part in re.split(r"[x×,\s()]+", text) if part]
    if not parts or not all(part.isdigit() and len(part) < 8 for part in parts):
        raise DeclarationError(
            f'input shape "{text}" must be whole numbers such as 17x30, one sample without the batch'
        )
    return tuple(map(int, parts))


def _real_shape(session: Session, line: Declaration) -> tuple[int, ...] | None:
    """The shape of real data that the layer fits, where nothing else says one; None where there is none."""
    meaning = line.meaning
    if line.input_shape is not None or not isinstance(meaning, Convolution | TransposedConvolution):
        return None
    found = session.workbenches.real(None, meaning.in_channels or 0, meaning.rank)
    return found.shape if found is not None else None


def _real(session: Session, layer: DeclaredLayer) -> BenchInput | None:
    """Real data of just the layer's input shape."""
    if layer.input_shape is None:
        return None
    first = _channels_first(layer)
    return session.workbenches.real(first, first[0], len(first) - 1)


def _channels_first(layer: DeclaredLayer) -> tuple[int, ...]:
    shape = layer.input_shape or (0,)
    return (shape[-1], *shape[:-1]) if layer.declaration.channels_last else shape


def _state(layer: DeclaredLayer) -> tuple[BenchState | None, str]:
    """The state that plays the layer and what that leaves out; or none, and why."""
    try:
        played = play_declaration(layer)
    except UnsupportedError as error:
        return None, str(error)
    if prod(played.weight_shape) > _MOST or played.filters > _MOST_FILTERS:
        return None, f"it has more than {_MOST:,} weights, too many to be played"
    source = f"noise:{'x'.join(map(str, played.input_shape))}"
    if of_noise(source) is None:
        return None, f"its input has more than {LARGEST_NUMBERS:,} numbers, too many to be played"
    return BenchState(
        rank=len(played.kernel),
        operation=played.operation,
        source=source,
        names=played.names,
        taps=played.kernel,
        biased=played.biased,
        stride=played.stride,
        padding=played.padding,
        dilation=played.dilation,
        groups=played.groups,
        relu=played.relu,
        output_padding=played.output_padding,
        ceil_mode=played.ceil_mode,
        count_padding=played.count_padding,
    ), played.left_out
