"""What is open: networks and inputs, who holds them, and the runs made of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from striate.errors import LimitError, unknown_name
from striate.given import graph_inputs, to_graph
from striate.graph import Array
from striate.network import Network
from striate.reading import ReadInput
from striate.run import Run
from striate.studio.downloads import Downloads
from striate.studio.kept_numbers import KeptNumbers
from striate.studio.limits import Limits
from striate.studio.naming import identity, shown_name
from striate.studio.sources import Source, read_source
from striate.studio.uploads import Uploads
from striate.studio.work import Work

if TYPE_CHECKING:
    from striate.studio.bench_sources import BenchInput

# Holds what the command line opened, as long as the server lives.
COMMAND_LINE = "command line"
RunKey = tuple[object, ...]


@dataclass(eq=False)
class OpenNetwork:
    """A network that is open.

    Args:
        id: Short and stable.
        name: The file's name.
        network: The network.
        labels: Names of its classes, where they are known.
        preprocess: How the command line wants pictures for it scaled.
        holders: Who keeps it open.
    """

    id: str
    name: str
    network: Network
    labels: list[str] | None = None
    preprocess: str | None = None
    holders: set[str] = field(default_factory=set[str])


@dataclass(eq=False)
class OpenInput:
    """An input that is open: files, samples or arrays, which each network reads in its own way.

    Args:
        id: Short and stable.
        name: The file's name.
        kind: What it is.
        network: Id of the network that it was opened for.
        sources: Where its numbers come from, by the name of that network's input.
        preprocess: How a picture's values are scaled; None: as the network most likely wants.
        holders: Who keeps it open.
        read: What networks made of it, by the network's id.
    """

    id: str
    name: str
    kind: str
    network: str
    sources: dict[str, Source]
    preprocess: str | None = None
    holders: set[str] = field(default_factory=set[str])
    read: dict[str, dict[str, ReadInput]] = field(default_factory=dict[str, dict[str, ReadInput]])


class Store:
    """Everything that is open in one studio; to be used by any thread.

    Args:
        limits: Bounds.
        folder: Where uploaded files lie.
        labels: Names of classes for every network that has as many.
        data: Folder with C-MAPSS data for the workbench.
    """

    def __init__(self, limits: Limits, folder: Path, labels: list[str] | None = None, data: Path | None = None) -> None:
        self.limits = limits
        self.data = data
        self.uploads = Uploads(folder, limits)
        self.downloads = Downloads(folder.with_name(f"{folder.name}-made"))
        # What links to the workbench name: for every tab, as long as there is room.
        self.numbers = KeptNumbers()
        self.bench_inputs: OrderedDict[str, BenchInput] = OrderedDict()
        self.networks: dict[str, OpenNetwork] = {}
        self.inputs: dict[str, OpenInput] = {}
        self._labels = labels
        self._runs: OrderedDict[RunKey, Run] = OrderedDict()
        self._run_locks: dict[RunKey, threading.Lock] = {}
        self._making: dict[RunKey, Work] = {}
        self._lock = threading.RLock()
        self.changed: Callable[[], None] = lambda: None
        # Told a network and an input that were run for the first time.
        self.ran: Callable[[str, str], None] = lambda network, given: None

    # ---- opening and closing

    def add_network(self, network: Network, name: str, holder: str, labels: list[str] | None = None) -> OpenNetwork:
        """Opens a network.

        Raises:
            LimitError: Too many are open.
        """
        with self._lock:
            if len(self.networks) >= self.limits.networks:
                raise LimitError(f"{len(self.networks)} networks are open, which is the limit; close one")
            entry = OpenNetwork(identity(name, self.networks), shown_name(name), network, labels, holders={holder})
            self.networks[entry.id] = entry
        self.changed()
        return entry

    def add_input(
        self, network: OpenNetwork, sources: dict[str, Source], name: str, preprocess: str | None, holder: str
    ) -> OpenInput:
        """Opens an input; it is read and checked at once, so that what is wrong with it is said at once.

        Raises:
            LimitError: Too many are open.
            StriateError: It cannot be read, or made to fit.
        """
        with self._lock:
            if len(self.inputs) >= self.limits.inputs:
                raise LimitError(f"{len(self.inputs)} inputs are open, which is the limit; close one")
        kind = next(iter(sources.values())).kind
        entry = OpenInput("", shown_name(name), kind, network.id, sources, preprocess, {holder})
        found = self.values(network, entry)
        if next(iter(found.values())).picture is not None:  # also of an array that turned out to be one
            entry.kind = "picture"
        graph_inputs(network.network.model, {name: read.array for name, read in found.items()})
        with self._lock:
            entry.id = identity(name, self.inputs)
            self.inputs[entry.id] = entry
        self.changed()
        return entry

    def add_bench_input(self, made: BenchInput, name: str, taken: Collection[str]) -> BenchInput:
        """Keeps an uploaded file for the workbench of every tab; the oldest goes when there are too many.

        Args:
            made: The file, read; its id is still to be given.
            name: Its name.
            taken: Ids of other sources.
        """
        with self._lock:
            named = replace(made, id=identity(name, {*taken, *self.bench_inputs}))
            self.bench_inputs[named.id] = named
            while len(self.bench_inputs) > self.limits.inputs:
                _, gone = self.bench_inputs.popitem(last=False)
                if gone.upload is not None:
                    gone.upload.unlink(missing_ok=True)
            return named

    def network(self, name: str, holder: str) -> OpenNetwork:
        """The open network of that id; whoever asks holds it from now on.

        Raises:
            UnknownNameError: None is open under it.
        """
        with self._lock:
            if name not in self.networks:
                raise unknown_name("open network", name, self.networks)
            self.networks[name].holders.add(holder)
            return self.networks[name]

    def input(self, name: str, holder: str) -> OpenInput:
        """The open input of that id; whoever asks holds it from now on.

        Raises:
            UnknownNameError: None is open under it.
        """
        with self._lock:
            if name not in self.inputs:
                raise unknown_name("open input", name, self.inputs)
            self.inputs[name].holders.add(holder)
            return self.inputs[name]

    def release(self, holder: str, networks: Iterable[str] | None = None, inputs: Iterable[str] | None = None) -> None:
        """Lets go of networks and inputs (of all that the holder has, if None), and frees what nobody holds."""
        with self._lock:
            before = len(self.networks) + len(self.inputs)
            for name in list(self.inputs if inputs is None else inputs):
                self._drop(self.inputs, name, holder)
            for name in list(self.networks if networks is None else networks):
                self._drop(self.networks, name, holder)
            gone = before - len(self.networks) - len(self.inputs)
            if gone:
                self._forget_runs(lambda key: key[0] not in self.networks or key[1] not in self.inputs)
            self._forget_runs(lambda key: holder in key)
            needed = {source.path for entry in self.inputs.values() for source in entry.sources.values()}
            self.uploads.sweep(needed | {each.upload for each in self.bench_inputs.values()})
        if gone:
            self.changed()

    def _drop(self, entries: dict[str, OpenNetwork] | dict[str, OpenInput], name: str, holder: str) -> None:
        entry = entries.get(name)
        if entry is None:
            return
        entry.holders.discard(holder)
        if not entry.holders:
            del entries[name]
            for each in self.inputs.values():
                each.read.pop(name, None)

    def close(self) -> None:
        """Frees everything and deletes uploaded files."""
        with self._lock:
            self.networks.clear()
            self.inputs.clear()
            self._runs.clear()
            self.uploads.close()
            self.downloads.close()

    # ---- values and runs

    def labels(self, classes: int) -> list[str] | None:
        """Names of so many classes, if the studio was given some."""
        return self._labels if self._labels is not None and len(self._labels) == classes else None

    def values(self, network: OpenNetwork, entry: OpenInput) -> dict[str, ReadInput]:
        """What a network's inputs are filled with, in the source's order of axes; read once.

        Raises:
            StriateError: It cannot be read, or made to fit.
        """
        with self._lock:
            found = entry.read.get(network.id)
        if found is None:
            found = read_source(network.network, entry.sources, entry.preprocess, self.limits)
            with self._lock:
                entry.read[network.id] = found
        return found

    def arrays(self, network: OpenNetwork, entry: OpenInput) -> dict[str, Array]:
        """The same as plain arrays, channels first."""
        layout_of = network.network.model.layout_of
        return {name: to_graph(found.array, layout_of(name)) for name, found in self.values(network, entry).items()}

    def run(self, key: RunKey, make: Callable[[], Run], work: Work) -> Run:
        """A run that is kept, or made now; whoever asks for the same at the same time waits for it.

        Args:
            key: Network, input and what distinguishes the run.
            make: Makes it.
            work: The request.

        Raises:
            StoppedError: The request was cancelled.
        """
        with self._lock:
            lock = self._run_locks.setdefault(key, threading.Lock())

        def stage() -> tuple[str, int, int]:
            other = self._making.get(key)
            return ("waiting for the run", 0, 0) if other is None else other.stage

        with work.holding(lock, stage):
            with self._lock:
                run = self._runs.pop(key, None)
            self._making[key] = work
            try:
                run = run or make()
                with self._lock:
                    self._runs[key] = run
                    self._make_room()
            finally:
                self._making.pop(key, None)
                with self._lock:
                    self._run_locks.pop(key, None)
        return run

    def forget_run(self, key: RunKey) -> None:
        """Lets go of a run."""
        with self._lock:
            self._runs.pop(key, None)

    @property
    def runs(self) -> int:
        """How many runs are kept."""
        return len(self._runs)

    def _make_room(self) -> None:
        sizes = {key: run_bytes(run) for key, run in self._runs.items()}
        total = sum(sizes.values())
        for key in list(self._runs)[:-1]:
            if total <= self.limits.runs_bytes and len(self._runs) <= 2 * self.limits.tabs:
                return
            del self._runs[key]
            total -= sizes[key]

    def _forget_runs(self, condition: Callable[[RunKey], bool]) -> None:
        for key in [key for key in self._runs if condition(key)]:
            del self._runs[key]


def run_bytes(run: Run) -> int:
    """What a run holds."""
    types = run.model.graph.types
    shapes = run.recording.values
    inputs = sum(shapes[name].nbytes for name in run.model.graph.inputs)
    held = getattr(shapes, "instance", None)
    return inputs + (held.arena.nbytes if held is not None else sum(types[name].nbytes for name in shapes))
