"""Pasted layers: what they mean, and the state of the workbench that plays exactly the one that is chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import prod

from striate.errors import DeclarationError, UnsupportedError
from striate.graph import Array
from striate.importers.declaration import Declaration, parse_declarations
from striate.importers.declared import Convolution, Flatten, TransposedConvolution
from striate.lenses.declared_facts import channels_first
from striate.lenses.declared_layer import DeclaredLayer
from striate.lenses.declared_stack import DeclaredStack, declared_stack
from striate.lessons.declaration import declaration_code
from striate.lessons.playing import play_declaration
from striate.render.declared_stack import field_text, number_text
from striate.studio.answers.flattened import orders_of
from striate.studio.answers.session import Session
from striate.studio.answers.usual_shape import first_windowed, fitting
from striate.studio.bench_sources import LARGEST_NUMBERS, BenchInput, of_noise
from striate.studio.protocol.bench import BenchState
from striate.studio.protocol.declare import (
    BenchDeclareAnswer,
    BenchDeclareRequest,
    DeclaredArgument,
    DeclaredRow,
    DeclaredStackInfo,
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
    """Everything about the layers, and about the one that is chosen."""
    lines = parse_declarations(request.text)
    given = _shape(request.shape) if request.shape.strip() else None
    stack = declared_stack(lines, given) if given else fitting(lines, _real_shape(session, lines))
    place = min(request.layer, len(lines) - 1)
    layer = stack.layers[place]
    line = layer.declaration
    state, note = _state(layer)
    source = ""
    if state is not None:
        # What reaches a later layer are numbers that nobody has measured.
        found = _real(session, layer) if place == 0 else None
        if found is not None:
            state = state.model_copy(update={"source": found.id})
        source = session.workbenches.source(state.source)[0].name
    answer = BenchDeclareAnswer(
        id=request.id,
        stack=_stack_info(stack),
        assumed=given is None and first_windowed(lines) is not None,
        layer=place,
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
        text=declaration_code(request.text, stack.input_shape, place if len(lines) > 1 else None),
    )
    return answer, {}


def _stack_info(stack: DeclaredStack) -> DeclaredStackInfo:
    rows = tuple(
        DeclaredRow(
            text=layer.declaration.text,
            output_shape=layer.output_shape,
            parameters=number_text(None if layer.parameters is None else layer.parameters.value),
            macs=number_text(None if layer.macs is None or layer.input_shape is None else layer.macs.value),
            field=field_text(field),
        )
        for layer, field in zip(stack.layers, stack.receptive_fields, strict=True)
    )
    return DeclaredStackInfo(
        input_shape=stack.input_shape,
        rows=rows,
        parameters=number_text(stack.parameters),
        macs=number_text(stack.macs),
    )


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


def _real_shape(session: Session, lines: Sequence[Declaration]) -> tuple[int, ...] | None:
    """The shape of real data that the layers fit, where nothing else says one; None where there is none."""
    line = first_windowed(lines)
    if line is None or not isinstance(line.meaning, Convolution | TransposedConvolution):
        return None
    found = session.workbenches.real(None, line.meaning.in_channels or 0, line.meaning.rank)
    return found.shape if found is not None else None


def _real(session: Session, layer: DeclaredLayer) -> BenchInput | None:
    """Real data of just the layer's input shape."""
    if layer.input_shape is None:
        return None
    first = _channels_first(layer)
    return session.workbenches.real(first, first[0], len(first) - 1)


def _channels_first(layer: DeclaredLayer) -> tuple[int, ...]:
    return channels_first(layer.input_shape or (0,), layer.declaration.channels_last)


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
