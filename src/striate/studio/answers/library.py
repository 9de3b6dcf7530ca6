"""What is open; opening and closing."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import cast

import striate
from striate.errors import LimitError, MessageError, StriateError, UnsupportedError, unknown_name
from striate.graph import Array, Model
from striate.network import Network
from striate.studio.answers.film import forms
from striate.studio.answers.session import Session
from striate.studio.protocol.base import PROTOCOL
from striate.studio.protocol.library import (
    CloseAnswer,
    CloseRequest,
    HelloAnswer,
    HelloRequest,
    InputEntry,
    InputSource,
    Limits,
    NetworkEntry,
    OpenInputAnswer,
    OpenInputRequest,
    OpenNetworkAnswer,
    OpenNetworkRequest,
    PortInfo,
    SamplesAnswer,
    SamplesRequest,
    Start,
)
from striate.studio.samples import HOUSE, NETWORK, samples_for, takes
from striate.studio.sources import Kind, Source, file_kind, graph_info, settings
from striate.studio.store import COMMAND_LINE, OpenInput, OpenNetwork, Store
from striate.studio.uploads import NETWORKS, Upload
from striate.studio.work import Work

Arrays = Mapping[str, Array]


def hello(session: Session, request: HelloRequest, arrays: Arrays, work: Work) -> tuple[HelloAnswer, Arrays]:
    """What is open and what is possible."""
    if request.protocol != PROTOCOL:
        raise MessageError(
            f"the page speaks protocol {request.protocol} and striate {striate.__version__} speaks {PROTOCOL}; "
            "load the page again"
        )
    store, limits = session.store, session.store.limits
    networks, inputs = library(store)
    answer = HelloAnswer(
        id=request.id,
        protocol=PROTOCOL,
        version=striate.__version__,
        networks=networks,
        inputs=inputs,
        start=_start(store),
        limits=Limits(
            upload_bytes=limits.upload_bytes,
            picture_pixels=limits.picture_pixels,
            values=limits.values,
            networks=limits.networks,
            inputs=limits.inputs,
            painted=limits.painted,
        ),
        films=forms(),
    )
    return answer, {}


def _start(store: Store) -> Start | None:
    network = next((each.id for each in store.networks.values() if COMMAND_LINE in each.holders), None)
    if network is None:
        return None
    inputs = [each.id for each in store.inputs.values() if COMMAND_LINE in each.holders and each.network == network]
    return Start(network=network, input=inputs[0] if inputs else None)


def library(store: Store) -> tuple[tuple[NetworkEntry, ...], tuple[InputEntry, ...]]:
    """All that is open."""
    networks, inputs = list(store.networks.values()), list(store.inputs.values())
    return tuple(network_entry(each) for each in networks), tuple(input_entry(each, networks) for each in inputs)


def network_entry(entry: OpenNetwork) -> NetworkEntry:
    """A network in the protocol's form."""
    network = entry.network
    return NetworkEntry(
        id=entry.id,
        name=entry.name,
        layers=len(network.layers),
        parameters=network.parameters,
        inputs=tuple(_port(network, name) for name in network.model.graph.inputs),
        outputs=tuple(_port(network, name) for name in network.model.graph.outputs),
    )


def _port(network: Network, name: str) -> PortInfo:
    info = graph_info(network.model, name)
    return PortInfo(name=name, shape=info.shape, dtype=info.dtype.name, takes=takes(info))


def input_entry(entry: OpenInput, networks: list[OpenNetwork]) -> InputEntry:
    """An input in the protocol's form."""
    fits = tuple(each.id for each in networks if each.id == entry.network or _fits(entry, each))
    return InputEntry(id=entry.id, name=entry.name, kind=cast("Kind", entry.kind), fits=fits)


def _fits(entry: OpenInput, network: OpenNetwork) -> bool:
    """Whether an input that was opened for another network fits by its kind; its sizes are seen when it is read."""
    infos = [graph_info(network.network.model, name) for name in network.network.model.graph.inputs]
    kinds = [source.kind for source in entry.sources.values()]
    return len(infos) == len(kinds) and all(
        takes(info) == kind and kind != "numbers" for info, kind in zip(infos, kinds, strict=True)
    )


def samples(session: Session, request: SamplesRequest, arrays: Arrays, work: Work) -> tuple[SamplesAnswer, Arrays]:
    """What can be opened without a file."""
    if request.network is None:
        return SamplesAnswer(id=request.id, samples=(NETWORK, HOUSE)), {}
    model = session.store.network(request.network, session.holder).network.model
    return SamplesAnswer(id=request.id, samples=samples_for(graph_info(model, model.graph.inputs[0]))), {}


def open_network(
    session: Session, request: OpenNetworkRequest, arrays: Arrays, work: Work
) -> tuple[OpenNetworkAnswer, Arrays]:
    """Opens a network from an upload or a sample."""
    if (request.upload is None) == (request.sample is None):
        raise MessageError("open_network takes either an upload or a sample")
    if len(session.store.networks) >= session.store.limits.networks:
        raise LimitError(f"{len(session.store.networks)} networks are open, which is the limit; close one")
    if request.upload is not None:
        network, name = _uploaded_network(session, request.upload, work)
    else:
        network, name = _sample_network(request.sample or ""), NETWORK.name
    if work.stopped:
        work.report("stopping")
    entry = session.store.add_network(network, name, session.holder)
    given = _first_input(session, entry)
    answer = OpenNetworkAnswer(id=request.id, network=network_entry(entry), input=given)
    return answer, {}


def _uploaded_network(session: Session, upload: str, work: Work) -> tuple[Network, str]:
    file = session.store.uploads.take(upload)
    try:
        if file.path.suffix not in NETWORKS:
            raise UnsupportedError(f'"{file.name}" is no network; give an .onnx file')
        work.report(f"reading {file.name}")
        try:
            network = striate.load(file.path)
        except StriateError as error:
            raise type(error)(str(error).replace(str(file.path), file.name)) from error
        work.report(f"reading {file.name}")
        return network, file.name
    finally:
        session.store.uploads.abandon(file)


def _sample_network(sample: str) -> Network:
    from striate import bundled

    if sample != NETWORK.id:
        raise unknown_name("sample", sample, [NETWORK.id])
    return striate.load(bundled.model_path())


def _first_input(session: Session, network: OpenNetwork) -> str | None:
    """An input to show a network with: one that is open and fits, else the first sample that can be made for it."""
    for entry in list(session.store.inputs.values()):
        if _fits(entry, network):
            try:
                session.store.values(network, entry)
            except StriateError:
                continue
            return session.store.input(entry.id, session.holder).id
    return open_sample(session.store, network, session.holder)


def open_sample(store: Store, network: OpenNetwork, holder: str) -> str | None:
    """Opens the most telling sample for a network; None where none can be made."""
    model = network.network.model
    infos = [graph_info(model, name) for name in model.graph.inputs]
    first = [samples_for(info)[0] for info in infos]
    sources = {
        info.name: Source(sample.name, cast("Kind", sample.kind), sample=sample.id)
        for info, sample in zip(infos, first, strict=True)
    } | (settings(model, ()) if len(infos) > 1 else {})
    try:
        return store.add_input(network, sources, first[0].name, None, holder).id
    except StriateError:
        return None


def open_input(
    session: Session, request: OpenInputRequest, arrays: Arrays, work: Work
) -> tuple[OpenInputAnswer, Arrays]:
    """Reads an input for a network."""
    network = session.store.network(request.network, session.holder)
    work.report("reading the input")
    guessed = settings(network.network.model, ())
    with reading(session, network, request.sources, arrays, request.name, guessed) as sources:
        name = request.name or ", ".join(source.name for source in sources.values())
        preprocess = request.preprocess or network.preprocess
        entry = session.store.add_input(network, sources, name, preprocess, session.holder)
    return OpenInputAnswer(id=request.id, input=input_entry(entry, list(session.store.networks.values()))), {}


@contextmanager
def reading(
    session: Session,
    network: OpenNetwork,
    given: Sequence[InputSource],
    arrays: Arrays,
    name: str | None,
    guessed: Mapping[str, Source] = MappingProxyType({}),
) -> Generator[dict[str, Source]]:
    """Where the numbers for each input of a network come from; uploads are given up if that fails.

    Args:
        session: The tab.
        network: The network.
        given: Sources as the page names them.
        arrays: Arrays of the request.
        name: What an array is called.
        guessed: Sources for inputs that none is given for.
    """
    model = network.network.model
    taken: list[Upload] = []
    sources: dict[str, Source] = {}
    try:
        for each in given:
            port = each.port if each.port is not None else _only_port(model)
            if port not in model.graph.inputs:
                raise unknown_name("input", port, model.graph.inputs)
            if port in sources:
                raise MessageError(f'input "{port}" is given twice')
            sources[port] = _source(session, network, port, each, arrays, name, taken)
        sources |= {port: source for port, source in guessed.items() if port not in sources}
        missing = [port for port in model.graph.inputs if port not in sources]
        if missing:
            raise MessageError(f'input "{missing[0]}" is missing; the network has {", ".join(model.graph.inputs)}')
        yield sources
    except BaseException:
        for upload in taken:
            session.store.uploads.abandon(upload)
        raise


def _only_port(model: Model) -> str:
    """The one input that is no setting, a single number that can be guessed."""
    names = model.graph.inputs
    guessed = settings(model, ()) if len(names) > 1 else {}
    names = tuple(name for name in names if name not in guessed) or names
    if len(names) != 1:
        raise MessageError(f"the network has {len(names)} inputs ({', '.join(names)}); say which one a source is for")
    return names[0]


def _source(
    session: Session,
    network: OpenNetwork,
    port: str,
    given: InputSource,
    arrays: Arrays,
    name: str | None,
    taken: list[Upload],
) -> Source:
    ways = [way for way in (given.upload, given.sample, given.array) if way is not None]
    if len(ways) != 1:
        raise MessageError("a source is exactly one of upload, sample and array")
    info = graph_info(network.network.model, port)
    if given.upload is not None:
        upload = session.store.uploads.take(given.upload)
        taken.append(upload)
        if upload.path.suffix in NETWORKS:
            raise UnsupportedError(f'"{upload.name}" is a network, not an input')
        return Source(upload.name, file_kind(upload.name, info), upload.path)
    if given.sample is not None:
        known = {sample.id: sample for sample in samples_for(info)}
        if given.sample not in known:
            raise unknown_name("sample", given.sample, known)
        sample = known[given.sample]
        return Source(sample.name, cast("Kind", sample.kind), sample=sample.id)
    array = arrays.get(given.array or "")
    if array is None:
        raise MessageError(f'array "{given.array}" is not in the frame')
    shown = PurePosixPath(name or port).name or port
    return Source(shown, takes(info), array=array)


def close(session: Session, request: CloseRequest, arrays: Arrays, work: Work) -> tuple[CloseAnswer, Arrays]:
    """Lets go of a network or an input."""
    networks = [] if request.network is None else [request.network]
    inputs = [] if request.input is None else [request.input]
    session.forget(request.network, request.input)
    session.store.release(session.holder, networks, inputs)
    return CloseAnswer(id=request.id), {}
