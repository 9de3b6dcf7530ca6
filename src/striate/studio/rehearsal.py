"""One edit of each kind, made by a session that nobody sees.

The first edit of its kind makes programs, compiles kernels, asks the system for memory and loads code: for MobileNetV2
that takes two to four times as long as every further one. Made ahead, it is not a person who waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from striate.errors import StriateError
from striate.graph import Array
from striate.network import Network
from striate.run import Run
from striate.studio.answers import ANSWERS
from striate.studio.answers.session import Session
from striate.studio.protocol import EXCHANGES
from striate.studio.store import Store, run_bytes
from striate.studio.work import Work

# Runs that hold more are not made ahead: that memory may be needed.
LARGEST_RUN = 2**28
# As many columns and maps as a screen shows.
COLUMNS, MAPS, CELLS = 6, 24, 28


def rehearse(store: Store, network: str, given: str, work: Work) -> None:
    """Makes one edit of each kind twice, and takes all of them back.

    Args:
        store: Where both are open.
        network: The network's id.
        given: The input's id.
        work: To be stopped.

    Raises:
        StriateError: They are not open, or cannot be run.
        StoppedError: Somebody wants something else.
    """
    session = Session(store, f"rehearsal {network} {given}")
    try:
        entry, _ = session.opened(network, given)
        run = session.original(network, given, work)
        if run_bytes(run) > LARGEST_RUN:
            return
        where = {"id": 1, "network": network, "input": given}
        shown = {**where, "views": _views(entry.network), "top": 5}
        for kind, fields, arrays in _edits(entry.network, run):
            for _ in range(2):  # the second one while the first is still held, as it will be
                _make(session, kind, {**shown, **fields}, arrays, work)
            _make(session, "reset", {**shown, "what": "all"}, {}, work)
        _make(session, "difference", where, {}, work)
        # Every kernel that a channel switched off needs, in whatever layer it is.
        switched = entry.network.switch_off(dict.fromkeys(_mapped(entry.network), ()))
        values = store.values(*session.opened(network, given))
        switched.run({name: found.array for name, found in values.items()}, progress=work.progress)
    finally:
        session.close()
        store.release(session.holder)


def _make(session: Session, kind: str, fields: Mapping[str, Any], arrays: Mapping[str, Array], work: Work) -> None:
    work.report("rehearsing")
    request = EXCHANGES[kind][0].model_validate({**fields, "type": kind})
    with suppress(StriateError):  # of a kind that this network does not have
        answer, _ = ANSWERS[kind](session, request, arrays, work)
        answer.model_dump_json()


def _edits(network: Network, run: Run) -> list[tuple[str, dict[str, Any], dict[str, Array]]]:
    """Kind, fields and arrays of an edit of each kind."""
    port = network.model.graph.inputs[0]
    window = (1,) * max(run.recording.values[port].ndim - 2, 1)
    # The original is put where it is already: an edit like any other, and one for inputs of every kind.
    paint = {"port": port, "at": (0,) * len(window), "original": True, "show_input": True}
    found: list[tuple[str, dict[str, Any], dict[str, Array]]] = [
        ("paint", paint, {"mask": np.full(window, 255, np.uint8)})
    ]
    for layer in list(network.layers.values()):
        if layer.weights and network.weights[layer.weights[0]].ndim > 1:
            at = (0,) * (network.weights[layer.weights[0]].ndim - 1)
            found.append(("edit_kernel", {"layer": layer.name, "channel": 0, "at": at, "value": 0.0}, {}))
            break
    found += [("switch_channel", {"layer": name, "channel": 0, "on": False}, {}) for name in _mapped(network)[:1]]
    return found


def _views(network: Network) -> list[dict[str, Any]]:
    """The first layers, as the page asks for them."""
    size = {"height": CELLS, "width": CELLS}
    return [{"layer": name, "count": MAPS, "size": size} for name in _mapped(network)[:COLUMNS]]


def _mapped(network: Network) -> list[str]:
    """Layers with channels."""
    graph = network.model.graph
    kinds = {name: graph.types[layer.output] for name, layer in network.layers.items()}
    return [
        name
        for name, kind in kinds.items()
        if kind.dtype.kind == "f" and kind.shape is not None and len(kind.shape) > 2 and isinstance(kind.shape[1], int)
    ]
