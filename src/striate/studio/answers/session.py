"""What an answer is made from: the store, and what this tab has edited."""

from __future__ import annotations

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from striate.given import to_source
from striate.graph import Array, UnitAddress
from striate.network import Network
from striate.recorded import Recorded
from striate.run import Run
from striate.studio.edits import Edits, History, NetworkEdits
from striate.studio.protocol.base import RunRequest, UnitPlace
from striate.studio.store import OpenInput, OpenNetwork, Store
from striate.studio.work import Work
from striate.studio.workbenches import Workbenches

# Beside the number of a tab's edits, the run without those of the network.
_AS_OPENED = "as opened"


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
        # What is edited about a network holds for whatever input it is shown with.
        self._network_edits: dict[str, NetworkEdits] = {}
        self._changed: dict[str, tuple[NetworkEdits, Network]] = {}
        self._lock = threading.RLock()
        self.workbenches = Workbenches(store, self.shown)

    def opened(self, network: str, given: str) -> tuple[OpenNetwork, OpenInput]:
        """Network and input by their ids.

        Raises:
            UnknownNameError: One is not open.
        """
        return self.store.network(network, self.holder), self.store.input(given, self.holder)

    def history(self, network: str, given: str) -> History:
        """What this tab has edited about a network and an input."""
        with self._lock:
            found = self._histories.setdefault((network, given), History(self.store.limits.edits))
            latest = self._network_edits.setdefault(network, found.now.network)
            if found.now.network is not latest and not (found.now.network.empty and latest.empty):
                self._forget_runs(network, given, found.version)
                found.change(replace(found.now, network=latest))
            return found

    def shown(self, entry: OpenInput) -> tuple[str, Edits]:
        """The network that an open input was last edited with, and the edits; that which it was opened for if none."""
        with self._lock:
            for (network, given), history in reversed(self._histories.items()):
                if given == entry.id and history.now.inputs:
                    return network, history.now
        return entry.network, Edits()

    @contextmanager
    def changing(self, network: str, given: str) -> Generator[History]:
        """The history, to be changed; if what is done with the new state fails, all is as it was before."""
        history = self.history(network, given)
        point, version = history.point(), history.version
        try:
            yield history
        except BaseException:
            failed = history.version
            with self._lock:
                history.come_back(point)
                self._network_edits[network] = history.now.network
            if failed != version:
                self._forget_runs(network, given, failed)
            raise
        if history.version != version:
            self._forget_runs(network, given, version)
            with self._lock:  # the last one is that which was edited last
                if self._histories.get((network, given)) is history:
                    self._histories[network, given] = self._histories.pop((network, given))

    def _forget_runs(self, network: str, given: str, version: int) -> None:
        """Lets go of the runs of a state."""
        self.store.forget_run((network, given, self.holder, version))
        self.store.forget_run((network, given, self.holder, version, _AS_OPENED))

    def changed(self, network: str, history: History) -> None:
        """Says that a history has changed: what it holds about the network is now true for its other inputs."""
        with self._lock:
            self._network_edits[network] = history.now.network

    def run(self, request: RunRequest, work: Work) -> tuple[Run, int]:
        """The run that a request is about, and the version of the edits that it is of.

        Raises:
            StriateError: It is not open, or cannot be run.
            StoppedError: The request was cancelled.
        """
        if request.original:
            return self.original(request.network, request.input, work), 0
        if request.as_opened:
            return self.as_opened(request.network, request.input, work)
        return self.edited(request.network, request.input, work)

    def original(self, network: str, given: str, work: Work) -> Run:
        """The run without edits, which all tabs share."""
        net, entry = self.opened(network, given)

        def make() -> Run:
            work.report("reading the input")
            arrays = {name: found.array for name, found in self.store.values(net, entry).items()}
            run = net.network.run(arrays, progress=work.progress)
            self.store.ran(net.id, entry.id)
            return run

        return self.store.run((net.id, entry.id), make, work)

    def edited(self, network: str, given: str, work: Work) -> tuple[Run, int]:
        """The run with this tab's edits."""
        state, version = self.history(network, given).present
        if state.empty:
            return self.original(network, given, work), version
        net, entry = self.opened(network, given)

        def make() -> Run:
            return self._network(net, state.network).run(self._given(net, entry, state), progress=work.progress)

        return self.store.run((net.id, entry.id, self.holder, version), make, work), version

    def as_opened(self, network: str, given: str, work: Work) -> tuple[Run, int]:
        """The run of the network as it was opened on the present input, which lessons are about."""
        state, version = self.history(network, given).present
        if not state.inputs:
            return self.original(network, given, work), version
        if state.network.empty:
            return self.edited(network, given, work)
        net, entry = self.opened(network, given)

        def make() -> Run:
            return net.network.run(self._given(net, entry, state), progress=work.progress)

        return self.store.run((net.id, entry.id, self.holder, version, _AS_OPENED), make, work), version

    def _given(self, net: OpenNetwork, entry: OpenInput, state: Edits) -> dict[str, Array]:
        """The inputs of a state, in the source's order of axes."""
        arrays = {**self.store.arrays(net, entry), **state.arrays}
        return {name: to_source(array, net.network.model.layout_of(name)) for name, array in arrays.items()}

    def seen(self, request: RunRequest, difference: bool, work: Work) -> tuple[Recorded, int]:
        """The run that a request is about, or what its edits have changed."""
        run, version = self.run(request, work)
        if difference:
            return run.difference(self.original(request.network, request.input, work)), version
        return run, version

    def _network(self, entry: OpenNetwork, edits: NetworkEdits) -> Network:
        """The edited network; made once for the same edits."""
        if edits.empty:
            return entry.network
        with self._lock:
            found = self._changed.get(entry.id)
        if found is None or found[0] is not edits:
            found = (edits, edits.applied(entry.network))
            with self._lock:
                self._changed[entry.id] = found
        return found[1]

    def inputs(self, network: str, given: str) -> Mapping[str, Array]:
        """The present inputs, channels first, with this tab's edits."""
        net, entry = self.opened(network, given)
        return {**self.store.arrays(net, entry), **self.history(network, given).now.arrays}

    def forget(self, network: str | None, given: str | None) -> None:
        """Lets go of the edits of a network or an input."""
        with self._lock:
            for key in [key for key in self._histories if key[0] == network or key[1] == given]:
                del self._histories[key]
            if network is not None:
                self._network_edits.pop(network, None)
                self._changed.pop(network, None)

    def close(self) -> None:
        """Lets go of all edits."""
        with self._lock:
            self._histories.clear()
            self._network_edits.clear()
            self._changed.clear()


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
