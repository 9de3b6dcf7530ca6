"""A studio that really serves, on a thread, and a page that talks to it as the front end does."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from websockets.sync.client import ClientConnection, connect

import striate
from striate import bundled
from striate.studio.answers.library import open_sample
from striate.studio.app import Studio
from striate.studio.frames import read_frame, write_frame
from striate.studio.limits import Limits
from striate.studio.pages import Page
from striate.studio.protocol.base import PROTOCOL
from striate.studio.security import Guard, host_names
from striate.studio.store import COMMAND_LINE, Store


class RefusedError(Exception):
    """The server answered with an error."""

    def __init__(self, head: dict[str, Any]) -> None:
        super().__init__(head["message"])
        self.kind = head["kind"]


@dataclass
class Client:
    """One tab's connection."""

    socket: ClientConnection
    number: int = 0
    aside: list[dict[str, Any]] = field(default_factory=list)

    def send(self, kind: str, arrays: Mapping[str, Any] | None = None, **fields: Any) -> int:
        self.number += 1
        self.socket.send(write_frame(json.dumps({"id": self.number, "type": kind, **fields}), arrays or {}))
        return self.number

    def receive(self, timeout: float = 60) -> tuple[dict[str, Any], dict[str, Any]]:
        frame = self.socket.recv(timeout)
        assert isinstance(frame, bytes)
        return read_frame(frame)

    def answer(self, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """The answer to a request; what comes before is put aside."""
        while True:
            head, arrays = self.receive()
            if head["id"] == number and head["type"] != "progress":
                return head, arrays
            self.aside.append(head)

    def ask(self, kind: str, arrays: Mapping[str, Any] | None = None, **fields: Any) -> Any:
        head, made = self.answer(self.send(kind, arrays, **fields))
        if head["type"] == "error":
            raise RefusedError(head)
        assert head["type"] == kind
        return head, made

    def hello(self) -> dict[str, str]:
        """Network and input to begin with."""
        return self.ask("hello", protocol=PROTOCOL)[0]["start"]


@dataclass
class Live:
    """A studio that serves."""

    studio: Studio
    guard: Guard
    address: str
    folder: Path

    @property
    def store(self) -> Store:
        return self.studio.store

    @property
    def base(self) -> str:
        return f"http://{self.address}"

    @property
    def cookie(self) -> str:
        answer = httpx.get(f"{self.base}/?token={self.guard.token}")
        return answer.headers["set-cookie"].split(";")[0]

    def http(self, **headers: str) -> httpx.Client:
        """A browser that has entered."""
        return httpx.Client(base_url=self.base, headers={"Cookie": self.cookie, "Origin": self.base, **headers})

    @contextlib.contextmanager
    def tab(self, query: str = "", **headers: str) -> Generator[Client]:
        sent = {"Cookie": self.cookie, **headers}
        origin = sent.pop("Origin", self.base)
        # The address names the one Host header; a second one would be refused as malformed before anyone looks at it.
        address = f"ws://{sent.pop('Host', self.address)}/ws{query}"
        host, port = self.address.rsplit(":", 1)
        with connect(
            address,
            sock=socket.create_connection((host, int(port))),
            additional_headers=sent,
            origin=origin or None,
            max_size=None,
            proxy=None,  # type: ignore[arg-type]
        ) as connection:
            yield Client(connection)

    def upload(self, name: str, data: bytes) -> str:
        with self.http() as client:
            answer = client.post("/upload", params={"name": name}, content=data)
        assert answer.status_code == 200, answer.text
        return answer.json()["upload"]


@contextlib.contextmanager
def live(folder: Path, limits: Limits | None = None) -> Generator[Live]:
    """Serves the bundled network and picture from a free port."""
    static = folder / "static"
    static.mkdir()
    page = static / "index.html"
    page.write_text("<!doctype html><title>striate</title>")
    store = Store(limits or Limits(grace_seconds=0.3), folder / "uploads")
    labels = bundled.labels_path().read_text().split()
    entry = store.add_network(striate.load(bundled.model_path()), "edges.onnx", COMMAND_LINE, labels)
    open_sample(store, entry, COMMAND_LINE)
    studio = Studio(store, {"/": Page(page, "text/html; charset=utf-8", False)})
    listener = socket.create_server(("127.0.0.1", 0))
    address = host_names("127.0.0.1", listener.getsockname()[1])[0]
    guard = Guard(studio.app, host_names("127.0.0.1", listener.getsockname()[1]))
    config = uvicorn.Config(
        guard,
        log_level="error",
        ws="websockets-sansio",
        ws_max_size=store.limits.frame_bytes,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield Live(studio, guard, address, folder)
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()
        assert not thread.is_alive()


def until(
    condition: Callable[[], Any], seconds: float = 30, otherwise: Callable[[], str] = lambda: "it did not happen"
) -> None:
    """Waits for something that happens on another thread, or in a browser.

    Args:
        condition: Whether it has happened.
        seconds: How long at most.
        otherwise: What is said where it does not.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.02)
