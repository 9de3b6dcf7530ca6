"""Edits of the network: cells of a trained kernel, channels switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from striate.errors import MessageError, NonFiniteError, ParameterError, ShapeError
from striate.graph import Array
from striate.studio.answers.edit import edited
from striate.studio.answers.session import Session
from striate.studio.edits import EditedFilter, Edits
from striate.studio.protocol.edit import (
    EditKernelAnswer,
    EditKernelRequest,
    SwitchChannelAnswer,
    SwitchChannelRequest,
)
from striate.studio.work import Work

Arrays = Mapping[str, Array]


def edit_kernel(
    session: Session, request: EditKernelRequest, arrays: Arrays, work: Work
) -> tuple[EditKernelAnswer, Arrays]:
    """Changes cells of a trained kernel."""
    network = session.store.network(request.network, session.holder).network
    found = network.filter(request.layer, request.channel)
    new = arrays.get("kernel")
    if new is None and request.value is None and request.bias is None:
        raise MessageError('edit_kernel needs a value, a bias or the array "kernel"')
    if request.bias is not None and found.bias_name is None:
        raise ParameterError(f'layer "{request.layer}" has no bias')

    def change(state: Edits) -> Edits:
        present = state.network.filters.get((found.name, request.channel))
        if present is None:
            name = network.model.aliases.get(request.layer, request.layer)
            present = EditedFilter(name, request.channel, found, found.weights, found.bias)
        weights = np.array(present.weights)
        if new is not None:
            weights = _whole(new, weights)
        if request.value is not None:
            weights[_cell(request, weights)] = request.value
        if not np.isfinite(weights).all() or not np.isfinite(request.bias or 0.0):
            raise NonFiniteError(
                f'kernel of layer "{request.layer}" would hold NaN or infinity, expected finite numbers'
            )
        # As the network holds it: the number that was typed may have more digits than it can have.
        bias = present.bias if request.bias is None else float(weights.dtype.type(request.bias))
        return replace(state, network=state.network.with_filter(replace(present, weights=weights, bias=bias)))

    return edited(session, request, EditKernelAnswer, change, work)


def _whole(new: Array, weights: Array) -> Array:
    if new.shape != weights.shape:
        raise ShapeError(f"kernel has shape {new.shape}, expected {weights.shape}")
    return new.astype(weights.dtype)


def _cell(request: EditKernelRequest, weights: Array) -> tuple[int, ...]:
    if len(request.at) != weights.ndim:
        raise ParameterError(
            f'layer "{request.layer}": a cell of a kernel of shape {weights.shape} has {weights.ndim} indices, '
            f"got {request.at}"
        )
    if any(not 0 <= place < size for place, size in zip(request.at, weights.shape, strict=True)):
        raise ParameterError(f"cell {request.at} is not in a kernel of shape {weights.shape}")
    return request.at


def switch_channel(
    session: Session, request: SwitchChannelRequest, arrays: Arrays, work: Work
) -> tuple[SwitchChannelAnswer, Arrays]:
    """Switches a channel off or on again."""
    network = session.store.network(request.network, session.holder).network
    network.switch_off({request.layer: request.channel})  # says at once what cannot be
    name = network.model.aliases.get(request.layer, request.layer)

    def change(state: Edits) -> Edits:
        return replace(state, network=state.network.switched(name, request.channel, request.on))

    return edited(session, request, SwitchChannelAnswer, change, work)
