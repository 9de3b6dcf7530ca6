"""Edits of the input, taking back, and what an edit answers: all that is on the screen, in one frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from striate.errors import LimitError, MessageError, ParameterError, ShapeError, unknown_name
from striate.given import to_graph
from striate.graph import Array
from striate.media import flip, paint, shift
from striate.reading import ReadInput
from striate.studio.answers.library import reading
from striate.studio.answers.maps import view_of
from striate.studio.answers.network import outputs_of, ports_of
from striate.studio.answers.session import Session
from striate.studio.edits import Edits, History
from striate.studio.protocol.edit import (
    DifferenceAnswer,
    DifferenceRequest,
    EditAnswer,
    EditItem,
    EditRequest,
    EditsAnswer,
    EditsRequest,
    EditState,
    FlipAnswer,
    FlipRequest,
    PaintAnswer,
    PaintRequest,
    ReplaceAnswer,
    ReplaceRequest,
    ResetAnswer,
    ResetRequest,
    ShiftAnswer,
    ShiftRequest,
)
from striate.studio.protocol.maps import MapsInfo
from striate.studio.sources import read_source
from striate.studio.work import Work

Arrays = Mapping[str, Array]
Kind = TypeVar("Kind", bound=EditAnswer)
# Luma of red, green and blue, as Pillow converts pictures to grey.
_LUMA = np.array([0.299, 0.587, 0.114])


def painted(session: Session, request: PaintRequest, arrays: Arrays, work: Work) -> tuple[PaintAnswer, Arrays]:
    """Puts numbers over a part of the input, or the original back there."""
    port = _port(session, request, request.port)
    patch, mask = arrays.get("patch"), arrays.get("mask")
    for name, array in (("patch", patch), ("mask", mask)):
        if array is not None and array.size > session.store.limits.painted:
            raise LimitError(f"{name} has {array.size:,} numbers, the limit is {session.store.limits.painted:,}")
    share = None if mask is None else mask.astype(np.float32) / 255
    if request.original:
        if share is None or patch is not None:
            raise MessageError('to erase takes the array "mask", and no patch')
        patch = _original_patch(session, request, port, request.at, share.shape)
    elif patch is None:
        raise MessageError('paint needs the array "patch"')
    present = session.inputs(request.network, request.input)[port]
    numbers = _patch_numbers(_read(session, request)[port], port, patch, present)

    def change(state: Edits) -> Edits:
        array = _present(session, request, state)[port]
        made = paint(array, request.at, numbers, share, request.channel)
        return state.with_input(port, made, "erased" if request.original else "painted")

    return edited(session, request, PaintAnswer, change, work)


def _original_patch(
    session: Session, request: PaintRequest, port: str, at: tuple[int, ...], window: tuple[int, ...]
) -> Array:
    """A window of what was opened; beyond the edge, which nobody paints, its last cells."""
    array = session.store.arrays(*session.opened(request.network, request.input))[port]
    first = array[0] if array.ndim > 2 else np.atleast_2d(array)[:1]
    if len(at) != first.ndim - 1 or len(window) != len(at):
        raise ShapeError(f"mask has shape {window} at {at}, for an input of shape {array.shape}")
    places = [
        np.clip(np.arange(place, place + length), 0, size - 1)
        for place, length, size in zip(at, window, first.shape[1:], strict=True)
    ]
    chosen = first if request.channel is None else first[request.channel : request.channel + 1]
    cut = chosen[np.ix_(np.arange(len(chosen)), *places)].astype(np.float32)
    return cut if request.channel is None else cut[0]


def _patch_numbers(found: ReadInput, port: str, patch: Array, present: Array) -> Array:
    """A patch in the network's numbers: colours are scaled as the picture was."""
    if patch.dtype != np.uint8:
        return patch.astype(present.dtype)
    if not found.scale or patch.ndim != 3 or patch.shape[2] != 3:
        raise ShapeError(
            f'patch has shape {patch.shape} of uint8, which is for pictures (h, w, 3); input "{port}" takes float32 '
            "(c, *window)"
        )
    colours = patch @ _LUMA[:, None] if len(found.scale) == 1 else patch
    scale, offset = np.array(found.scale), np.array(found.offset)
    return (colours / 255 * scale + offset).transpose(2, 0, 1).astype(present.dtype)


def shifted(session: Session, request: ShiftRequest, arrays: Arrays, work: Work) -> tuple[ShiftAnswer, Arrays]:
    """Moves the whole input."""
    port = _port(session, request, request.port)

    def change(state: Edits) -> Edits:
        array = _present(session, request, state)[port]
        return state.with_input(port, shift(array, request.by, request.fill), "moved")

    return edited(session, request, ShiftAnswer, change, work)


def flipped(session: Session, request: FlipRequest, arrays: Arrays, work: Work) -> tuple[FlipAnswer, Arrays]:
    """Mirrors the input."""
    port = _port(session, request, request.port)

    def change(state: Edits) -> Edits:
        return state.with_input(port, flip(_present(session, request, state)[port], request.axis), "mirrored")

    return edited(session, request, FlipAnswer, change, work)


def replaced(session: Session, request: ReplaceRequest, arrays: Arrays, work: Work) -> tuple[ReplaceAnswer, Arrays]:
    """Puts another input in the place of this one."""
    entry, opened = session.opened(request.network, request.input)
    layout_of = entry.network.model.layout_of
    present = _read(session, request)
    shapes = {name: found.array.shape for name, found in present.items()}
    work.report("reading the input")
    with reading(session, entry, request.sources, arrays, request.name) as sources:
        found = read_source(entry.network, sources, opened.preprocess, session.store.limits, shapes)
        for source in sources.values():
            # What an upload holds has been read: nothing else will ask for it.
            if source.sample is None and source.path is not None:
                source.path.unlink(missing_ok=True)
    made: dict[str, tuple[Array, str]] = {}
    for name, read in found.items():
        array = to_graph(read.array, layout_of(name))
        if read.array.shape != shapes[name]:
            raise ShapeError(f'"{sources[name].name}" has shape {read.array.shape}, expected {shapes[name]} as before')
        if read.picture is not None and present[name].scale:
            # Scaled as the picture before it was, so that the two can be compared.
            array = _patch_numbers(present[name], name, read.picture, array)[None]
        made[name] = (array, f"replaced by {sources[name].name}")

    def change(state: Edits) -> Edits:
        for name, (array, how) in made.items():
            state = state.with_input(name, array, how, fresh=True)
        return state

    return edited(session, request, ReplaceAnswer, change, work)


def _port(session: Session, request: EditRequest, port: str | None) -> str:
    names = session.store.network(request.network, session.holder).network.model.graph.inputs
    if port is None and len(names) == 1:
        return names[0]
    if port is None:
        raise MessageError(f"the network has {len(names)} inputs ({', '.join(names)}); say which one is meant")
    if port not in names:
        raise unknown_name("input", port, names)
    return port


def _read(session: Session, request: EditRequest) -> Mapping[str, ReadInput]:
    return session.store.values(*session.opened(request.network, request.input))


def _present(session: Session, request: EditRequest, state: Edits) -> dict[str, Array]:
    """The inputs of a state, channels first."""
    return {**session.store.arrays(*session.opened(request.network, request.input)), **state.arrays}


def reset(session: Session, request: ResetRequest, arrays: Arrays, work: Work) -> tuple[ResetAnswer, Arrays]:
    """Takes edits back."""

    def step(history: History) -> None:
        if request.what == "back":
            history.back()
        elif request.what == "again":
            history.again()
        elif request.what == "all":
            if not history.now.empty:
                history.change(Edits())
        else:
            if all(
                (item.kind, item.name, item.channel) != (request.what, request.name, request.channel)
                for item in items_of(history.now)
            ):
                raise ParameterError(f'there is no edit of {request.what} "{request.name}"; it was taken back already')
            history.change(history.now.without(request.what, request.name, request.channel))

    return _stepped(session, request, ResetAnswer, step, work)


def edited(
    session: Session, request: EditRequest, kind: type[Kind], change: Callable[[Edits], Edits], work: Work
) -> tuple[Kind, Arrays]:
    """Goes on to a changed state; back to the one before if it cannot be run.

    Args:
        session: The tab.
        request: The edit.
        kind: Its answer.
        change: Makes the new state of the one that the edit begins from.
        work: The request, to be reported and stopped.
    """

    def step(history: History) -> None:
        history.change(change(history.base(request.stroke)), request.stroke)

    return _stepped(session, request, kind, step, work)


def _stepped(
    session: Session, request: EditRequest, kind: type[Kind], step: Callable[[History], None], work: Work
) -> tuple[Kind, Arrays]:
    with work.holding(session.editing, lambda: ("waiting for another edit", 0, 0)):
        session.opened(request.network, request.input)
        with session.changing(request.network, request.input) as history:
            step(history)
            session.changed(request.network, history)
            return _answer(session, request, kind, history, work)


def _answer(
    session: Session, request: EditRequest, kind: type[Kind], history: History, work: Work
) -> tuple[Kind, Arrays]:
    entry, opened = session.opened(request.network, request.input)
    run, version = session.edited(request.network, request.input, work)
    change = None
    if any(view.difference for view in request.views):
        change = run.difference(session.original(request.network, request.input, work))
    made: dict[str, Array] = {}
    infos: list[MapsInfo] = []
    for place, view in enumerate(request.views):
        work.report("maps", place, len(request.views))
        info, arrays = view_of(change if view.difference and change is not None else run, view)
        infos.append(info)
        made.update({f"views.{place}.{name}": array for name, array in arrays.items()})
    ports, shown = (), {}
    if request.show_input:
        ports, shown = ports_of(session, entry, opened, history.now.arrays, numbers=True)
    answer = kind(
        id=request.id,
        version=version,
        outputs=outputs_of(session, entry, run, request.top),
        views=tuple(infos),
        ports=ports,
        state=_state(history),
    )
    return answer, {**made, **shown}


def edits(session: Session, request: EditsRequest, arrays: Arrays, work: Work) -> tuple[EditsAnswer, Arrays]:
    """What this tab has edited."""
    history = session.history(request.network, request.input)
    return EditsAnswer(id=request.id, version=history.version, state=_state(history)), {}


def _state(history: History) -> EditState:
    back, again = history.steps
    return EditState(items=items_of(history.now), back=back, again=again)


def items_of(state: Edits) -> tuple[EditItem, ...]:
    """What differs from the original, in words."""
    found = [
        EditItem(kind="input", name=name, channel=None, words=f"input {name} {', '.join(each.how)}")
        for name, each in state.inputs.items()
    ]
    for each in state.network.filters.values():
        count = "1 number" if each.cells == 1 else f"{each.cells} numbers"
        words = f"{each.layer}:{each.channel} kernel, {count}"
        found.append(EditItem(kind="kernel", name=each.layer, channel=each.channel, words=words))
    for layer, channels in state.network.off.items():
        found += [
            EditItem(kind="channel", name=layer, channel=channel, words=f"{layer}:{channel} off")
            for channel in sorted(channels)
        ]
    return tuple(found)


def difference(
    session: Session, request: DifferenceRequest, arrays: Arrays, work: Work
) -> tuple[DifferenceAnswer, Arrays]:
    """What the edits changed, layer by layer."""
    before = session.original(request.network, request.input, work)
    after, version = session.edited(request.network, request.input, work)
    work.report("comparing")
    layers = after.difference(before).layers
    rows = [(each.largest, each.root, each.relative) for each in layers.values()]
    answer = DifferenceAnswer(id=request.id, version=version, layers=tuple(layers))
    return answer, {"layers": np.array(rows, np.float64).reshape(-1, 3)}
