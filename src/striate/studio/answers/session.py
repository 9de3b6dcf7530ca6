"""What an answer is made from: the store, and what this tab has edited."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from striate.given import to_source
from striate.graph import Array, UnitAddress
from striate.run import Run
from striate.studio.edits import Edits, History
from striate.studio.protocol.base import RunRequest, UnitPlace
from striate.studio.store import OpenInput, OpenNetwork, Store
from striate.studio.work import Work


class Session:
    """One tab, as answers see it; used by several threads.

    Args:
        store: What is open.
        holder: Id of the tab.
    """

    def __init__(self, store: Store, holder: str) -> None:
        self.store = store
        self.holder = holder
        # Edits follow each other: each starts from what the one before has made.
        self.editing = threading.Lock()
        self._histories: dict[tuple[str, str], History] = {}

    def opened(self, network: str, given: str) -> tuple[OpenNetwork, OpenInput]:
        """Network and input by their ids.

        Raises:
            UnknownNameError: One is not open.
        """
        return self.store.network(network, self.holder), self.store.input(given, self.holder)

    def history(self, network: str, given: str) -> History:
        """What this tab has edited about a network and an input."""
        return self._histories.setdefault((network, given), History(self.store.limits.edits))

    def run(self, request: RunRequest, work: Work) -> tuple[Run, int]:
        """The run that a request is about, and the version of the edits that it is of.

        Raises:
            StriateError: It is not open, or cannot be run.
            StoppedError: The request was cancelled.
        """
        if request.original:
            return self.original(request.network, request.input, work), 0
        return self.edited(request.network, request.input, work)

    def original(self, network: str, given: str, work: Work) -> Run:
        """The run without edits, which all tabs share."""
        net, entry = self.opened(network, given)

        def make() -> Run:
            work.report("reading the input")
            arrays = {name: found.array for name, found in self.store.values(net, entry).items()}
            return net.network.run(arrays, progress=work.progress)

        return self.store.run((net.id, entry.id), make, work)

    def edited(self, network: str, given: str, work: Work) -> tuple[Run, int]:
        """The run with this tab's edits."""
        history = self._histories.get((network, given))
        if history is None or not history.now.words():
            return self.original(network, given, work), 0 if history is None else history.version
        net, entry = self.opened(network, given)
        state, version = history.present
        key = (net.id, entry.id, self.holder, version)

        def make() -> Run:
            arrays = {**self.store.arrays(net, entry), **state.arrays}
            layout = net.network.model.layout
            changed = history.network(net.network, state)
            return changed.run({name: to_source(a, layout) for name, a in arrays.items()}, progress=work.progress)

        return self.store.run(key, make, work), version

    def change(self, network: str, given: str, state: Edits) -> None:
        """Goes on to another state of the edits."""
        history = self.history(network, given)
        self.store.forget_run((network, given, self.holder, history.version))
        history.change(state)

    def inputs(self, network: str, given: str) -> Mapping[str, Array]:
        """The present inputs, channels first, with this tab's edits."""
        net, entry = self.opened(network, given)
        return {**self.store.arrays(net, entry), **self.history(network, given).now.arrays}

    def forget(self, network: str | None, given: str | None) -> None:
        """Lets go of the edits of a network or an input."""
        for key in [key for key in self._histories if key[0] == network or key[1] == given]:
            del self._histories[key]

    def close(self) -> None:
        """Lets go of all edits."""
        self._histories.clear()


def addressed(run: Run, value_name: str) -> str:
    """The name to address a value by: that of the layer whose output it is, else its own."""
    layer = run.model.layer_of_value.get(value_name)
    return value_name if layer is None else layer.name


def place(run: Run, value_name: str, index: tuple[int, ...]) -> UnitPlace:
    """The unit at an index of a value, channels first."""
    name = addressed(run, value_name)
    if len(index) < 2:
        address = UnitAddress(name, index[0] if index else 0)
    else:
        address = UnitAddress(name, index[1], tuple(index[2:]), index[0])
    return placed(address)


def placed(address: UnitAddress) -> UnitPlace:
    """A unit's address in the protocol's form."""
    return UnitPlace(
        layer=address.layer,
        channel=address.channel or 0,
        at=address.at,
        sample=address.sample,
        address=str(address),
    )
