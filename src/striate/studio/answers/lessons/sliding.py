"""The window at work: sums on a few numbers, the loop line by line, pooling, receptive fields."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import cast

import numpy as np

from striate import filters
from striate.arithmetic import Window
from striate.errors import LimitError, MessageError
from striate.graph import Array
from striate.lenses.declared_size import pooled_sizes, window_sizes
from striate.lessons import Convolution, LoopStep, Pooling, field_growth, sliding_sum
from striate.lessons.programs import (
    convolution_program,
    growth_program,
    loop_program,
    pool_program,
)
from striate.studio.answers.flattened import orders_of
from striate.studio.answers.lessons.pictures import chosen_picture
from striate.studio.answers.lessons.reproducing import entries
from striate.studio.answers.session import Session
from striate.studio.protocol.filled import Filled
from striate.studio.protocol.lessons.loop import LoopAnswer, LoopMoment, LoopRequest, LoopVariable
from striate.studio.protocol.lessons.pooling import (
    GrowthAnswer,
    GrowthLayer,
    GrowthRequest,
    GrowthStage,
    PoolAnswer,
    PoolRequest,
)
from striate.studio.protocol.lessons.sliding_sum import SlideAnswer, SlideRequest
from striate.studio.work import Work

Arrays = Mapping[str, Array]
# Products up to which all of them are sent, and steps of a loop.
_PRODUCTS, _STEPS = 2**16, 4096


def given(arrays: Arrays, name: str) -> Array:
    """An array that the request needs.

    Raises:
        MessageError: It is not there.
    """
    if name not in arrays:
        raise MessageError(f'the request needs the array "{name}"')
    return arrays[name]


def slid(session: Session, request: SlideRequest, arrays: Arrays, work: Work) -> tuple[SlideAnswer, Arrays]:
    """A convolution on a few numbers or on the picture, with everything under its window."""
    named = filters.get(request.kernel) if request.kernel is not None else None
    x = arrays.get("x")
    weight = given(arrays, "weight") if named is None else np.asarray(named())[None, None]
    turned = tuple(range(2, weight.ndim))
    laid = np.flip(weight, turned) if request.definition == "convolve" else weight
    one = Convolution(laid, arrays.get("bias"), request.stride, request.padding, request.dilation, request.groups)
    picture = chosen_picture(session, request.network, request.input) if x is None else None
    data = picture.grey if picture is not None else given(arrays, "x")
    totals = one(data)
    y = np.maximum(totals, 0) if request.relu else totals
    made: dict[str, Array] = {"x": data, "weight": one.weight, "y": y.astype(np.float32) if x is None else y}
    if x is not None and y.size * one.channels * prod(one.kernel) <= _PRODUCTS:
        windows, whole = one.windows(x), one.whole_weight()
        made["windows"] = windows
        made["products"] = np.stack([windows * whole[k] for k in range(one.filters)])
        made |= {"sums": one.channel_sums(x), "totals": totals}
    single = filters.describe(one.weight[0, 0]) if one.filters == 1 and one.channels == 1 else None
    sizes = window_sizes(Window(one.kernel, one.stride, one.padding, one.dilation), data.shape[1:])
    answer = SlideAnswer(
        id=request.id,
        sizes=tuple(Filled.of(size.formula) for size in sizes),
        span=one.span,
        parameters=Filled.of(one.parameters),
        kind="" if single is None else single.kind,
        description="" if single is None else single.text,
        code=convolution_program(
            one, data if picture is None else "picture", request.definition, request.relu, picture and picture.line
        ),
        files=() if picture is None else entries(picture.reading),
    )
    return answer, made


def looped(session: Session, request: LoopRequest, arrays: Arrays, work: Work) -> tuple[LoopAnswer, Arrays]:
    """Every step of the hand-written loop."""
    loop = sliding_sum(given(arrays, "x"), given(arrays, "kernel"), request.stride, request.padding, request.dilation)
    if prod(loop.positions) * loop.kernel.size * 3 > _STEPS:
        raise LimitError(
            f"the loop has {prod(loop.positions):,} positions of {loop.kernel.size} products; up to {_STEPS // 3:,} "
            "products are walked through line by line, take a smaller input or kernel"
        )
    steps = list(loop)
    none = np.full(loop.positions, np.nan)
    moments = tuple(_moment(step) for step in steps)
    calls = loop.calls
    answer = LoopAnswer(
        id=request.id,
        lines=loop.lines,
        steps=moments,
        striate=calls["striate"],
        pytorch=calls["pytorch"],
        keras=calls["keras"],
        code=loop_program(loop),
    )
    rank = loop.x.ndim
    return answer, {
        "output": loop.output,
        "made": np.stack([none if step.output is None else step.output for step in steps]),
        "padded": np.pad(loop.x, request.padding),
        "cells": np.array([step.terms[-1].cell if step.terms else (-1,) * rank for step in steps], np.int32),
        "taps": np.array([step.terms[-1].tap if step.terms else (-1,) * rank for step in steps], np.int32),
    }


def _moment(step: LoopStep) -> LoopMoment:
    shown = {name: value for name, value in step.variables.items() if name not in ("x", "kernel")}
    return LoopMoment(
        line=step.line,
        variables=tuple(LoopVariable(name=name, text=_text(value)) for name, value in shown.items()),
        position=step.position,
        terms=len(step.terms),
        sum=str(step).partition(": ")[2],
    )


def _text(value: object) -> str:
    return np.array2string(cast("Array", value), separator=", ") if isinstance(value, np.ndarray) else repr(value)


def pooled(session: Session, request: PoolRequest, arrays: Arrays, work: Work) -> tuple[PoolAnswer, Arrays]:
    """Pooling of a small map, and the result in a line."""
    x = given(arrays, "x")
    pool = Pooling(request.kernel, request.kind, request.stride)
    y = pool(x)
    answer = PoolAnswer(
        id=request.id,
        sizes=tuple(Filled.of(size.formula) for size in pooled_sizes(pool.window(), x.shape[1:])),
        orders=orders_of((max(len(y), 2), *y.shape[1:])),
        code=pool_program(x, request.kernel, request.stride, request.kind),
    )
    return answer, {"y": y, "flat": y.ravel()}


def growth(session: Session, request: GrowthRequest, arrays: Arrays, work: Work) -> tuple[GrowthAnswer, Arrays]:
    """The receptive field behind each layer of a stack."""
    layers = [_layer(layer) for layer in request.layers]
    stages = tuple(GrowthStage(field=Filled.of(seen.sizes[0]), jump=seen.jump[0]) for seen in field_growth(layers))
    return GrowthAnswer(id=request.id, stages=stages, code=growth_program(layers)), {}


def _layer(layer: GrowthLayer) -> Convolution | Pooling:
    if layer.kind == "pooling":
        return Pooling((layer.kernel,), "max", (layer.stride,))
    return Convolution(np.ones(layer.kernel), None, layer.stride, 0, layer.dilation)
