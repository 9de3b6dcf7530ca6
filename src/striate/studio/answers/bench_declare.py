"""A pasted layer line: what it means, and the state of the workbench that plays exactly that layer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import prod
from typing import Any

from striate.errors import DeclarationError
from striate.graph import Array
from striate.importers.declaration import Declaration, parse_declaration
from striate.importers.declared import Convolution, Flatten, Pooling, TransposedConvolution
from striate.lenses.declared_layer import DeclaredLayer, declared_layer
from striate.lessons.bank import UNTRAINED
from striate.studio.answers.flattened import orders_of
from striate.studio.answers.session import Session
from striate.studio.bench_sources import BenchInput
from striate.studio.protocol.bench import (
    BenchDeclareAnswer,
    BenchDeclareRequest,
    BenchState,
    DeclaredArgument,
    DenseTwinInfo,
    Operation,
    Padding,
)
from striate.studio.protocol.flattening import FlattenOrders
from striate.studio.work import Work

Arrays = Mapping[str, Array]
_Windowed = Convolution | TransposedConvolution | Pooling
# Cells of an axis where nobody says how many.
_USUAL = {1: 30, 2: 16, 3: 8}
# Weights of a layer that is still played.
_MOST = 2**18


def declared(
    session: Session, request: BenchDeclareRequest, arrays: Arrays, work: Work
) -> tuple[BenchDeclareAnswer, Arrays]:
    """Everything about the line."""
    line = parse_declaration(request.text)
    wanted = _shape(request.shape) if request.shape.strip() else None
    shape = wanted or _real_shape(session, line) or _usual_shape(line)
    layer = declared_layer(line, shape)
    state, why_not = _state(layer)
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
        why_not=why_not,
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
    if line.input_shape is not None or isinstance(meaning, Pooling) or not isinstance(meaning, _Windowed):
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


def _usual_shape(line: Declaration) -> tuple[int, ...] | None:
    """A shape that the layer fits; None where the line says it itself, or nothing can be said."""
    meaning = line.meaning
    if line.input_shape is not None or not isinstance(meaning, _Windowed):
        return None
    named = None if isinstance(meaning, Pooling) else meaning.in_channels
    channels = named or {1: 1, 2: 3, 3: 1}[meaning.rank]
    spatial = [max(_USUAL[meaning.rank], 2 * d * k) for k, d in zip(meaning.kernel, meaning.dilation, strict=True)]
    return (*spatial, channels) if line.channels_last else (channels, *spatial)


def _state(layer: DeclaredLayer) -> tuple[BenchState | None, str]:
    """The state that plays the layer, or why there is none."""
    line = layer.declaration
    meaning = line.meaning
    if not isinstance(meaning, _Windowed):
        return None, f"{line.kind} has no window that slides"
    if layer.input_shape is None:
        return None, "its input is not known; give a shape"
    other = _something_else(line)
    if other:
        return None, other
    first = _channels_first(layer)
    padding = _padding(meaning)
    if padding is None:
        return None, f"padding {getattr(meaning, 'padding', '')} of {line.kind} is not played yet"
    source = f"noise:{'x'.join(map(str, first))}"
    common: dict[str, Any] = {"rank": meaning.rank, "source": source, "taps": meaning.kernel, "stride": meaning.stride}
    common |= {"dilation": meaning.dilation, "padding": padding}
    if isinstance(meaning, Pooling):
        operation: Operation = "max_pool" if "max" in line.kind.lower() else "average_pool"
        count = next((each.value for each in line.arguments if each.name == "count_include_pad"), False)
        return BenchState(
            **common, operation=operation, names=(), ceil_mode=meaning.ceil_mode, count_padding=bool(count)
        ), ""
    groups = meaning.groups or first[0]
    filters = meaning.filters
    if filters is None:
        filters = first[0] * (meaning.multiplier if isinstance(meaning, Convolution) else 1)
    if isinstance(meaning, Convolution) and meaning.pointwise is not None:
        return None, f"{line.kind} is two layers: one for each channel, and one of 1×1"
    if filters * (first[0] // groups) * prod(meaning.kernel) > _MOST or filters > 4096:
        return None, f"it has more than {_MOST:,} weights, too many to be played"
    common |= {"groups": groups, "names": (UNTRAINED,) * filters, "biased": meaning.bias}
    if isinstance(meaning, TransposedConvolution):
        more = meaning.output_padding
        extra = more if more is not None else (0,) * meaning.rank
        return BenchState(**common, operation="transposed", output_padding=extra), ""
    return BenchState(**common), ""


def _something_else(line: Declaration) -> str:
    """What the layer does and the workbench does not; nothing of the kind gives ""."""
    meaning = line.meaning
    if isinstance(meaning, Convolution) and meaning.padding_mode != "zeros":
        return f'padding_mode "{meaning.padding_mode}" is not played, only zeros are'
    if line.kind.startswith("LPPool"):
        return f"{line.kind} is neither a maximum nor an average"
    if any(each.name == "divisor_override" and each.value is not None for each in line.arguments):
        return "an average with a divisor of its own is not played"
    return ""


def _padding(meaning: _Windowed) -> Padding | None:
    if not isinstance(meaning.padding, str):
        return meaning.padding
    if meaning.padding == "valid":
        keras = isinstance(meaning, TransposedConvolution) and meaning.output_padding is None
        return None if keras and any(s > k for s, k in zip(meaning.stride, meaning.kernel, strict=True)) else "valid"
    if meaning.padding in ("same", "same_upper"):
        return "same"
    return None
