"""What a tab's workbench works with: its sources, the inputs read from them, and the states computed last."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping

import numpy as np

from striate.errors import LimitError, ShapeError, StriateError, unknown_name
from striate.graph import Array
from striate.lessons.bank import bank_filters
from striate.lessons.workbench import Workbench
from striate.studio.bench_cmapss import choices, from_folder, of_engine
from striate.studio.bench_limits import require_drawable, require_output, require_seen, require_weight
from striate.studio.bench_open import OpenPictures
from striate.studio.bench_sources import (
    LARGEST_NUMBERS,
    BenchInput,
    beginning,
    built_in,
    of_file,
    of_noise,
)
from striate.studio.edits import Edits
from striate.studio.kept_numbers import fingerprint
from striate.studio.protocol.bench import OWN, BenchState, CmapssChoices
from striate.studio.store import OpenInput, Store

GREY = ":grey"
# States and inputs that are kept for the next question.
_KEPT = 4


class Workbenches:
    """The workbench of one tab; used by several threads.

    Args:
        store: What is open in the studio.
        edits: For an open input the network that the tab shows it with, and what it has edited about the two.
    """

    def __init__(self, store: Store, edits: Callable[[OpenInput], tuple[str, Edits]]) -> None:
        self._store = store
        self._open = OpenPictures(store, edits)
        self._lock = threading.RLock()
        self._folder = from_folder(store.data)
        self._read: OrderedDict[str, Array] = OrderedDict()
        self._states: OrderedDict[bytes, tuple[Workbench, BenchState]] = OrderedDict()

    # ---- sources

    @property
    def cmapss(self) -> CmapssChoices | None:
        """Engines and channels to choose from, where the server has them."""
        return choices(self._store.data)

    def sources(self) -> tuple[BenchInput, ...]:
        """Everything that a window can slide over."""
        with self._lock:
            return (*built_in(), *self._folder, *self._open.sources(), *self._store.bench_inputs.values())

    def source(self, name: str) -> tuple[BenchInput, bool]:
        """A source by its id, and whether it is wanted in grey."""
        plain, grey = name.removesuffix(GREY), name.endswith(GREY)
        known = {source.id: source for source in self.sources()}
        whole, _, length = plain.rpartition(":")
        begun = (known.get(whole) or of_engine(self._store.data, whole)) if length.isdecimal() else None
        if begun is not None:
            return beginning(begun, int(length)), False
        engine = of_engine(self._store.data, plain)
        if engine is not None:
            return engine, False
        noise = of_noise(plain)
        if noise is not None:
            return noise, False
        if plain not in known:
            raise unknown_name("source", plain, known)
        return known[plain], grey and known[plain].shape[0] == 3 and known[plain].picture

    def real(self, shape: tuple[int, ...] | None, channels: int, axes: int) -> BenchInput | None:
        """Data of the server's folder for a layer that reads so many channels: all of it, or as much as is wanted.

        Args:
            shape: (c, *spatial) as somebody wants it; None for all there is.
            channels: Channels that the layer reads.
            axes: Spatial axes.
        """
        for source in self._folder:
            if source.shape[0] != channels or len(source.shape) != axes + 1:
                continue
            if shape is None or shape == source.shape:
                return source
            if len(shape) == 2 and shape[1] < source.shape[1]:
                return beginning(source, shape[1])
        return None

    def input(self, name: str) -> Array:
        """The numbers of a source, float32 (c, *spatial)."""
        source, grey = self.source(name)
        key = f"{name}~{source.version}"
        with self._lock:
            if key in self._read:
                self._read.move_to_end(key)
                return self._read[key]
        found = np.ascontiguousarray(source.read(grey), np.float32)
        with self._lock:
            self._read[key] = found
            while len(self._read) > _KEPT:
                self._read.popitem(last=False)
        return found

    def open(self, upload: str) -> BenchInput:
        """Reads an uploaded file.

        Raises:
            MessageError: There is no such upload.
            StriateError: It cannot be read; the message names the file as people do.
        """
        file = self._store.uploads.take(upload)
        try:
            made = of_file(file.path, file.name)
        except BaseException as error:
            self._store.uploads.abandon(file)
            if isinstance(error, StriateError):
                raise type(error)(str(error).replace(str(file.path), file.name)) from error
            raise
        # "own" is no source's id: it says that the input is numbers of its own.
        taken = {OWN, *(source.id for source in self.sources())}
        return self._store.add_bench_input(made, file.name, taken)

    # ---- states

    def bench(self, state: BenchState, arrays: Mapping[str, Array]) -> tuple[Workbench, BenchState]:
        """What a state makes, and the state with everything filled in."""
        arrays = self.numbers(state, arrays)
        key = hashlib.blake2b(state.model_dump_json().encode())
        if state.source != OWN:
            key.update(f"~{self.source(state.source)[0].version}".encode())
        for name in sorted(arrays):
            key.update(f"{name}{arrays[name].dtype}{arrays[name].shape}".encode())
            key.update(np.ascontiguousarray(arrays[name]).tobytes())
        digest = key.digest()
        with self._lock:
            if digest in self._states:
                self._states.move_to_end(digest)
                return self._states[digest]
        made = self._computed(state, arrays)
        with self._lock:
            self._states[digest] = made
            while len(self._states) > _KEPT:
                self._states.popitem(last=False)
        return made

    def numbers(self, state: BenchState, arrays: Mapping[str, Array]) -> Mapping[str, Array]:
        """The arrays that came with a state, and those that it names.

        Raises:
            MessageError: They are not kept any more.
        """
        owned = state.operation in ("convolution", "transposed") and "" in state.names
        named = {"weight": state.weight_id if owned else "", "input": state.input_id if state.source == OWN else ""}
        wanted = {name: id for name, id in named.items() if id and name not in arrays}
        return {name: self._store.numbers.find(id) for name, id in wanted.items()} | dict(arrays)

    def _computed(self, state: BenchState, arrays: Mapping[str, Array]) -> tuple[Workbench, BenchState]:
        x = _own(arrays) if state.source == OWN else self.input(state.source)
        if x.ndim != state.rank + 1:
            raise ShapeError(f'source "{state.source}" is {x.ndim - 1}-D, the workbench is set to {state.rank}-D')
        if state.channels is not None and state.channels > len(x):
            raise ShapeError(f"channels (={state.channels}) must be at most {len(x)}, those of the source")
        x = x[: state.channels]
        weight, names = None, state.names
        if state.operation in ("convolution", "transposed"):
            # Groups that do not divide the channels are refused by the workbench, with words.
            depth = len(x) // state.groups if len(x) % state.groups == 0 else len(x)
            require_weight(len(state.names), depth, state.taps, state.rank)
            weight, names = bank_filters(state.names, state.rank, depth, state.taps, arrays.get("weight"))
        bench = Workbench(
            x,
            weight,
            state.operation,
            bias=arrays.get("bias", state.bias if state.bias or state.biased else None),
            kernel=state.taps or (2,) * state.rank,
            stride=state.stride or None,
            padding=state.padding if isinstance(state.padding, str) else (state.padding or 0),
            dilation=state.dilation or 1,
            groups=state.groups,
            definition=state.definition,
            relu=state.relu,
            output_padding=state.output_padding or 0,
            ceil_mode=state.ceil_mode,
            count_padding=state.count_padding,
            flatten=state.flatten,
        )
        if state.source == OWN:  # sources hold float32, and what is not finite is refused above
            require_drawable("input", bench.x, "use smaller numbers")
        require_drawable("weight", bench.weight, "use a smaller weight")
        require_drawable("bias", bench.bias, "use a smaller bias")
        require_output(bench)
        with np.errstate(over="ignore", invalid="ignore"):
            require_seen(bench)
            require_drawable("a number of the output", bench.extents, "use smaller weights or a smaller bias")
        return bench, self._filled(state, bench, names, arrays)

    def _filled(
        self, state: BenchState, bench: Workbench, names: tuple[str, ...], arrays: Mapping[str, Array]
    ) -> BenchState:
        keep = self._store.numbers.keep
        sizes = {
            "weight_id": keep(arrays.get("weight")) if "" in names and bench.weight is not None else "",
            "input_id": keep(arrays.get("input")) if state.source == OWN else "",
            "names": names if bench.weight is not None else (),
            "channels": bench.channels,
            "taps": bench.kernel,
            "stride": bench.stride,
            "padding": bench.padding,
            "dilation": bench.dilation,
            "groups": bench.groups,
            "output_padding": bench.output_padding,
        }
        return state.model_copy(update=sizes)


def digest_of(arrays: Mapping[str, Array]) -> str:
    """What tells an own input from every other."""
    return fingerprint(_own(arrays))


def _own(arrays: Mapping[str, Array]) -> Array:
    if "input" not in arrays:
        raise ShapeError('the source is "own", so the array "input" must be given')
    if arrays["input"].size > LARGEST_NUMBERS:
        raise LimitError(f"an own input has {arrays['input'].size:,} numbers, the limit is {LARGEST_NUMBERS:,}")
    return arrays["input"]
