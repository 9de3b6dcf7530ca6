"""Starts the studio: opens what was asked for, listens on this machine only, prints the address, opens the browser."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import uvicorn

import striate
from striate.errors import InvalidError, OutputError, ParameterError, StriateError
from striate.network import Network
from striate.reading import PREPROCESS, assigned, read_labels
from striate.studio.answers.library import open_sample
from striate.studio.answers.session import Session
from striate.studio.app import Studio
from striate.studio.bench_cmapss import from_folder
from striate.studio.limits import Limits
from striate.studio.naming import refuse_unsafe, shown_name
from striate.studio.pages import pages
from striate.studio.security import Guard, checked_host, host_names
from striate.studio.sources import Source, file_kind, graph_info, settings
from striate.studio.store import COMMAND_LINE, OpenNetwork, Store
from striate.studio.work import Work

SWITCH_SECONDS = 0.0005


def serve(
    model: str | None = None,
    inputs: Sequence[str] = (),
    preprocess: str | None = None,
    labels: Path | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    browser: bool = True,
    say: Callable[[str], None] = print,
    data: Path | None = None,
) -> None:
    """Serves the studio until Ctrl-C.

    Args:
        model: An ONNX file; the bundled network if None.
        inputs: Its inputs as files, see :func:`striate.reading.read_inputs`; a sample if there are none.
        preprocess: How images are scaled.
        labels: File with the name of each class, one a line.
        host: Address to listen on; of this machine alone.
        port: Port; a free one if 0.
        browser: Whether a browser is opened, where there is a display.
        say: Prints a line.
        data: Folder with NASA's C-MAPSS data (``train_FD001.txt``), for the workbench.

    Raises:
        StriateError: Something cannot be opened, or the address is taken.
    """
    found = pages()
    address = checked_host(host)
    if preprocess is not None and preprocess not in PREPROCESS:
        raise ParameterError(f'preprocess (="{preprocess}") must be one of {", ".join(PREPROCESS)}')
    from_folder(data)  # what is wrong with it is said at once
    listener = _listen(address, port)
    with listener, tempfile.TemporaryDirectory(prefix="striate-studio-", ignore_cleanup_errors=True) as folder:
        store = Store(Limits(), Path(folder) / "uploads", None, data)
        _open(store, model, inputs, preprocess, labels)
        studio = Studio(store, found, rehearse=True)
        names = host_names(address, listener.getsockname()[1])
        guard = Guard(studio.app, names)
        url = f"http://{names[0]}/?token={guard.token}"
        say("The studio is open at")
        say(url)
        _tell_about_browser(browser, names[0], say)
        _warm_up(store)
        _run(guard, listener, url if browser and has_display() else None, store.limits)
    say("The studio is closed.")


def _listen(address: str, port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        raise ParameterError(f"port (={port}) must be from 0 (any free one) to 65535")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # TCP by name: without it asyncio leaves Nagle's algorithm on, and an answer's last piece waits 40 ms for a receipt.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"cannot listen on {address}, port {port}: {reason}; choose another with --port") from error
    return listener


def _open(store: Store, model: str | None, inputs: Sequence[str], preprocess: str | None, labels: Path | None) -> None:
    """Opens what the command line named; a sample where it names no input."""
    from striate import bundled

    if model is None:
        path = bundled.model_path()
        entry = store.add_network(
            striate.load(path), path.name, COMMAND_LINE, bundled.labels_path().read_text("utf-8").split()
        )
    else:
        refuse_unsafe(model)
        entry = store.add_network(striate.load(model), shown_name(model), COMMAND_LINE)
    entry.preprocess = preprocess
    if labels is not None:
        entry.labels = read_labels(labels, _classes(entry.network))
    if not inputs:
        if open_sample(store, entry, COMMAND_LINE) is None:
            shapes = ", ".join(f"{info.name} {info.shape}" for info in entry.network.inputs)
            raise InvalidError(f'no sample can be made for network "{entry.name}" ({shapes}); give its input')
        return
    _open_files(store, entry, inputs, preprocess)


def _open_files(store: Store, entry: OpenNetwork, inputs: Sequence[str], preprocess: str | None) -> None:
    model = entry.network.model
    sources: dict[str, Source] = {}
    names = list(model.graph.inputs)
    left = [name for name in names if not any(text.startswith(f"{name}=") for text in inputs)]
    guessed = settings(model, ()) if len(names) > 1 else {}
    # Settings that nobody names are guessed, unless there are files enough for all.
    if sum(text.partition("=")[0] not in names for text in inputs) < len(left):
        names = [name for name in names if name not in left or name not in guessed]
    for name, text in assigned(names, inputs):
        refuse_unsafe(text)
        sources[name] = Source(shown_name(text), file_kind(text, graph_info(model, name)), Path(text))
    sources = {name: sources[name] if name in sources else guessed[name] for name in model.graph.inputs}
    store.add_input(entry, sources, ", ".join(source.name for source in sources.values()), preprocess, COMMAND_LINE)


def _classes(network: Network) -> int:
    from striate.lenses.prediction import is_classifier

    shapes = [info.shape for info in network.outputs if is_classifier(info.shape)]
    return next((shape[1] or 0 for shape in shapes if shape is not None), 0)


def _warm_up(store: Store) -> None:
    """Computes the first run before the page asks, on a thread of its own."""
    network, given = next(iter(store.networks)), next(iter(store.inputs))

    def warm() -> None:
        with suppress(StriateError):  # the page asks again, and shows what is wrong
            Session(store, COMMAND_LINE).original(network, given, Work())

    threading.Thread(target=warm, name="striate-first-run", daemon=True).start()


def has_display() -> bool:
    """Whether a browser can show itself here."""
    if sys.platform in ("win32", "darwin") or os.environ.get("BROWSER"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("WSL_DISTRO_NAME"))


def _tell_about_browser(wanted: bool, name: str, say: Callable[[str], None]) -> None:
    if wanted and not has_display():
        port = name.rsplit(":", 1)[1]
        say(
            "There is no display here, so no browser is opened (--no-browser). From another machine: "
            f"ssh -L {port}:{name} THIS-MACHINE, then open the address there."
        )
    say("Ctrl-C ends it.")


def _run(guard: Guard, listener: socket.socket, browse: str | None, limits: Limits) -> None:
    config = uvicorn.Config(
        guard,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        ws="websockets-sansio",
        ws_max_size=limits.frame_bytes,
        ws_ping_interval=20,
        ws_per_message_deflate=False,  # arrays do not shrink much, and it takes longer than the way they go
        timeout_graceful_shutdown=2,
        lifespan="on",
    )
    server = uvicorn.Server(config)
    if browse is not None:
        threading.Thread(target=_browse, args=(server, browse), name="striate-browser", daemon=True).start()
    # Threads take turns: an answer waits for the loop, the loop for other answers. 5 ms a turn would be felt.
    sys.setswitchinterval(SWITCH_SECONDS)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def _browse(server: uvicorn.Server, url: str) -> None:
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    webbrowser.open(url)
