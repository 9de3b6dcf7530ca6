"""Edits: each goes on to a new state of the tab, runs it, and answers with what is on the screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from striate.engine import Recording
from striate.errors import LimitError, MessageError, ParameterError, ShapeError, unknown_name
from striate.graph import Array
from striate.lenses.kernels import Filter
from striate.network import Network
from striate.run import Run
from striate.studio.answers.maps import view_of
from striate.studio.answers.network import outputs_of
from striate.studio.answers.session import Session
from striate.studio.edits import Edits, flipped, painted, shifted
from striate.studio.protocol.edit import (
    DifferenceAnswer,
    DifferenceMapsAnswer,
    DifferenceMapsRequest,
    DifferenceRequest,
    EditAnswer,
    EditKernelAnswer,
    EditKernelRequest,
    EditRequest,
    EditsAnswer,
    EditsRequest,
    FlipAnswer,
    FlipRequest,
    PaintAnswer,
    PaintRequest,
    ResetAnswer,
    ResetRequest,
    ShiftAnswer,
    ShiftRequest,
    SwitchChannelAnswer,
    SwitchChannelRequest,
    SwitchedPart,
)
from striate.studio.protocol.maps import MapsInfo
from striate.studio.work import Work

Arrays = Mapping[str, Array]
Kind = TypeVar("Kind", bound=EditAnswer)
# Luma of red, green and blue, as Pillow converts pictures to grey.
_LUMA = np.array([0.299, 0.587, 0.114])


def paint(session: Session, request: PaintRequest, arrays: Arrays, work: Work) -> tuple[PaintAnswer, Arrays]:
    """Puts numbers over a part of the input."""
    patch, mask = arrays.get("patch"), arrays.get("mask")
    if patch is None:
        raise MessageError('paint needs the array "patch"')
    if patch.size > session.store.limits.painted:
        raise LimitError(f"patch has {patch.size:,} numbers, the limit is {session.store.limits.painted:,}")
    share = None if mask is None else mask.astype(np.float32) / 255
    port = _port(session, request, request.port)

    def change(state: Edits) -> Edits:
        present = session.inputs(request.network, request.input)[port]
        numbers = _patch_numbers(session, request, port, patch, present)
        return state.with_array(port, painted(present, request.at, numbers, share))

    return _edited(session, request, PaintAnswer, change, work)


def _patch_numbers(session: Session, request: EditRequest, port: str, patch: Array, present: Array) -> Array:
    """A patch in the network's numbers: colours are scaled as the picture was."""
    if patch.dtype != np.uint8:
        return patch.astype(present.dtype)
    network, entry = session.opened(request.network, request.input)
    found = session.store.values(network, entry)[port]
    if not found.scale or patch.ndim != 3 or patch.shape[2] != 3:
        raise ShapeError(
            f'patch has shape {patch.shape} of uint8, which is for pictures (h, w, 3); input "{port}" takes float32 '
            "(c, *window)"
        )
    colours = patch @ _LUMA[:, None] if len(found.scale) == 1 else patch
    scale, offset = np.array(found.scale), np.array(found.offset)
    return (colours / 255 * scale + offset).transpose(2, 0, 1).astype(present.dtype)


def shift(session: Session, request: ShiftRequest, arrays: Arrays, work: Work) -> tuple[ShiftAnswer, Arrays]:
    """Moves the whole input."""
    port = _port(session, request, request.port)

    def change(state: Edits) -> Edits:
        present = session.inputs(request.network, request.input)[port]
        return state.with_array(port, shifted(present, request.by, request.fill))

    return _edited(session, request, ShiftAnswer, change, work)


def flip(session: Session, request: FlipRequest, arrays: Arrays, work: Work) -> tuple[FlipAnswer, Arrays]:
    """Mirrors the input."""
    port = _port(session, request, request.port)

    def change(state: Edits) -> Edits:
        return state.with_array(port, flipped(session.inputs(request.network, request.input)[port], request.axis))

    return _edited(session, request, FlipAnswer, change, work)


def _port(session: Session, request: EditRequest, port: str | None) -> str:
    names = session.store.network(request.network, session.holder).network.model.graph.inputs
    if port is None and len(names) == 1:
        return names[0]
    if port is None:
        raise MessageError(f"the network has {len(names)} inputs ({', '.join(names)}); say which one is meant")
    if port not in names:
        raise unknown_name("input", port, names)
    return port


def edit_kernel(
    session: Session, request: EditKernelRequest, arrays: Arrays, work: Work
) -> tuple[EditKernelAnswer, Arrays]:
    """Changes cells of a trained kernel."""
    network = session.store.network(request.network, session.holder).network
    found = network.filter(request.layer, request.channel)
    new = arrays.get("kernel")
    if new is None and request.value is None and request.bias is None:
        raise MessageError('edit_kernel needs a value, a bias or the array "kernel"')

    def change(state: Edits) -> Edits:
        if new is not None:
            state = state.with_weights(found.name, _with_cells(network, state, found, (), new))
        elif request.value is not None:
            if len(request.at) != found.weights.ndim:
                raise ParameterError(
                    f'layer "{request.layer}": a cell of a kernel of shape {found.weights.shape} has '
                    f"{found.weights.ndim} indices, got {request.at}"
                )
            state = state.with_weights(found.name, _with_cells(network, state, found, request.at, request.value))
        if request.bias is not None:
            if found.bias_name is None:
                raise ParameterError(f'layer "{request.layer}" has no bias')
            bias = np.array(state.weights.get(found.bias_name, network.weights[found.bias_name]))
            bias.reshape(-1)[request.channel] = request.bias
            state = state.with_weights(found.bias_name, bias)
        return state

    return _edited(session, request, EditKernelAnswer, change, work)


def _with_cells(network: Network, state: Edits, found: Filter, at: tuple[int, ...], value: Array | float) -> Array:
    made = np.array(state.weights.get(found.name, network.weights[found.name]))
    kernel = made[found.index]
    if any(not 0 <= place < size for place, size in zip(at, kernel.shape, strict=False)):
        raise ParameterError(f"cell {at} is not in a kernel of shape {kernel.shape}")
    if isinstance(value, np.ndarray) and value.shape != kernel.shape:
        raise ShapeError(f"kernel has shape {value.shape}, expected {kernel.shape}")
    kernel[at] = value
    return made


def switch_channel(
    session: Session, request: SwitchChannelRequest, arrays: Arrays, work: Work
) -> tuple[SwitchChannelAnswer, Arrays]:
    """Switches a channel off or on again."""
    network = session.store.network(request.network, session.holder).network
    network.switch_off({request.layer: request.channel})  # says at once what cannot be
    name = network.model.aliases.get(request.layer, request.layer)

    def change(state: Edits) -> Edits:
        return state.switched(name, request.channel, request.on)

    return _edited(session, request, SwitchChannelAnswer, change, work)


def reset(session: Session, request: ResetRequest, arrays: Arrays, work: Work) -> tuple[ResetAnswer, Arrays]:
    """Takes edits back."""
    with work.holding(session.editing, lambda: ("waiting for another edit", 0, 0)):
        history = session.history(request.network, request.input)
        session.store.forget_run((request.network, request.input, session.holder, history.version))
        history.reset(request.what)
        return _answer(session, request, ResetAnswer, work)


def _edited(
    session: Session, request: EditRequest, kind: type[Kind], change: Callable[[Edits], Edits], work: Work
) -> tuple[Kind, Arrays]:
    """Goes on to a changed state; back to the one before if it cannot be run."""
    with work.holding(session.editing, lambda: ("waiting for another edit", 0, 0)):
        session.opened(request.network, request.input)
        history = session.history(request.network, request.input)
        session.change(request.network, request.input, change(history.now))
        try:
            return _answer(session, request, kind, work)
        except BaseException:
            history.reset("last")
            raise


def _answer(session: Session, request: EditRequest, kind: type[Kind], work: Work) -> tuple[Kind, Arrays]:
    run, version = session.edited(request.network, request.input, work)
    entry = session.store.network(request.network, session.holder)
    made: dict[str, Array] = {}
    infos: list[MapsInfo] = []
    for place, view in enumerate(request.views):
        work.report("maps", place, len(request.views))
        info, arrays = view_of(run, view)
        infos.append(info)
        made.update({f"views.{place}.{name}": array for name, array in arrays.items()})
    answer = kind(
        id=request.id,
        version=version,
        outputs=outputs_of(session, entry, run, request.top),
        views=tuple(infos),
        edited=session.history(request.network, request.input).now.words(),
    )
    return answer, made


def edits(session: Session, request: EditsRequest, arrays: Arrays, work: Work) -> tuple[EditsAnswer, Arrays]:
    """What this tab has edited."""
    state, version = session.history(request.network, request.input).present
    off = tuple(
        SwitchedPart(layer=layer, channel=channel)
        for layer, channels in state.off.items()
        for channel in sorted(channels)
    )
    return EditsAnswer(id=request.id, version=version, edited=state.words(), off=off), {}


def difference(
    session: Session, request: DifferenceRequest, arrays: Arrays, work: Work
) -> tuple[DifferenceAnswer, Arrays]:
    """What the edits changed, layer by layer."""
    before = session.original(request.network, request.input, work)
    after, version = session.edited(request.network, request.input, work)
    names: list[str] = []
    rows: list[tuple[float, float, float]] = []
    candidates = [*before.model.graph.inputs, *(layer.name for layer in before.model.layers)]
    for done, name in enumerate(candidates):
        work.report("comparing", done, len(candidates))
        found = _difference(before, after, name)
        if found is not None:
            names.append(name)
            rows.append(found)
    words = session.history(request.network, request.input).now.words()
    answer = DifferenceAnswer(id=request.id, version=version, layers=tuple(names), edited=words)
    return answer, {"layers": np.array(rows, np.float64).reshape(-1, 3)}


def _difference(before: Run, after: Run, name: str) -> tuple[float, float, float] | None:
    value = before.model.value_name(name)
    one, two = before.recording.values.get(value), after.recording.values.get(value)
    if one is None or two is None or one.dtype.kind != "f" or one.shape != two.shape or not one.size:
        return None
    if one is two:
        return 0.0, 0.0, 0.0
    with np.errstate(all="ignore"):
        delta = two.astype(np.float64) - one
        root, whole = (float(np.sqrt(np.square(each).mean())) for each in (delta, one.astype(np.float64)))
        largest = float(np.abs(delta).max())
    return largest, root, root / whole if whole else (0.0 if root == 0 else float("inf"))


def difference_maps(
    session: Session, request: DifferenceMapsRequest, arrays: Arrays, work: Work
) -> tuple[DifferenceMapsAnswer, Arrays]:
    """Maps of a layer, edited minus original."""
    before = session.original(request.network, request.input, work)
    after, version = session.edited(request.network, request.input, work)
    value = before.model.value_name(request.view.layer)
    one, two = before.recording.values[value], after.recording.values[value]
    if one.shape != two.shape or one.dtype.kind != "f":
        raise ParameterError(f'layer "{request.view.layer}" has no numbers that can be compared')
    with np.errstate(invalid="ignore"):
        delta = two - one
    info, made = view_of(Run(Recording(before.model, {value: delta})), request.view)
    return DifferenceMapsAnswer(id=request.id, version=version, info=info), made
