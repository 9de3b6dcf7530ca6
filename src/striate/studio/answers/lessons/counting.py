"""Parameters counted: dense layers beside convolutions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from striate.graph import Array
from striate.lessons import Convolution, dense_equivalent, dense_layers, parameter_explosion, resnet50
from striate.lessons.programs import dense_layers_program, dense_program, explosion_program
from striate.studio.answers.lessons.reproducing import entries, readings
from striate.studio.answers.session import Session
from striate.studio.protocol.filled import Filled
from striate.studio.protocol.lessons.connectivity import DenseTwinAnswer, DenseTwinRequest
from striate.studio.protocol.lessons.parameter_explosion import (
    DenseLayer,
    DenseLayersAnswer,
    DenseLayersRequest,
    ExplosionAnswer,
    ExplosionRequest,
)
from striate.studio.work import Work

Arrays = Mapping[str, Array]


def explosion(
    session: Session, request: ExplosionRequest, arrays: Arrays, work: Work
) -> tuple[ExplosionAnswer, Arrays]:
    """A dense layer on an input, beside a convolution on the same."""
    shape = request.input_shape
    found = parameter_explosion(shape, request.units, request.kernel, shape[-1], request.filters)
    answer = ExplosionAnswer(
        id=request.id,
        weights=Filled.of(found.weights),
        parameters=Filled.of(found.parameters),
        convolution=Filled.of(found.convolution),
        ratio=found.ratio,
        bytes=found.parameters.value * np.dtype(np.float32).itemsize,
        resnet=_resnet_parameters(),
        code=explosion_program(shape, request.units, request.kernel, request.filters),
    )
    return answer, {}


@cache
def _resnet_parameters() -> int:
    return resnet50().parameters


def dense_layers_of(
    session: Session, request: DenseLayersRequest, arrays: Arrays, work: Work
) -> tuple[DenseLayersAnswer, Arrays]:
    """The convolutions of a network, and the dense layers between the same numbers."""
    run, _ = session.as_opened(request.network, request.input, work)
    layers = tuple(
        DenseLayer(
            layer=twin.layer,
            input_shape=twin.input_shape,
            output_shape=twin.output_shape,
            own=Filled.of(twin.own),
            dense=Filled.of(twin.dense),
            ratio=twin.ratio,
        )
        for twin in dense_layers(run)
    )
    opened, given = readings(session, request.network, request.input)
    code = dense_layers_program(opened.text, given.text)
    return DenseLayersAnswer(id=request.id, layers=layers, code=code, files=entries(opened, given)), {}


def dense_twin(
    session: Session, request: DenseTwinRequest, arrays: Arrays, work: Work
) -> tuple[DenseTwinAnswer, Arrays]:
    """The dense layer that does what a convolution does, and which of its entries are one weight."""
    one = Convolution(np.ones(request.kernel), None, request.stride, request.padding)
    twin = dense_equivalent(one, request.size)
    answer = DenseTwinAnswer(
        id=request.id,
        input_shape=twin.input_shape,
        output_shape=twin.output_shape,
        weights=Filled.of(twin.weights),
        connections=twin.connections,
        own=one.weight.size,
        ratio=twin.ratio,
        told=str(twin),
        code=dense_program(request.size, request.kernel, request.padding, request.stride),
    )
    return answer, {} if twin.shared is None else {"shared": twin.shared.astype(np.int32)}
