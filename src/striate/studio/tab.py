"""One tab: its requests, each a task of its own, and its edits."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import traceback
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from striate.errors import LimitError, MessageError, StriateError
from striate.graph import Array
from striate.studio.answers import ANSWERS
from striate.studio.answers.session import Session
from striate.studio.frames import read_frame, write_frame
from striate.studio.protocol import EXCHANGES, Answer, Request
from striate.studio.protocol.progress import CancelAnswer, Cancelled, CancelRequest, Dropped, Failure, Progress
from striate.studio.store import Store
from striate.studio.work import StoppedError, Work

# Requests of a tab that are under way at once; the others wait in their order.
WORKERS = 3
Send = Callable[[bytes], Awaitable[None]]


@dataclass(eq=False)
class _Open:
    request: Request
    arrays: Mapping[str, Array]
    work: Work
    begun: bool = False


@dataclass(eq=False)
class Tab:
    """One tab.

    Args:
        store: What is open.
        pool: Threads that requests run on.
        id: Its own, or that which the page kept over a reload.
    """

    store: Store
    pool: ThreadPoolExecutor
    id: str = field(default_factory=lambda: f"tab:{secrets.token_urlsafe(12)}")
    connected: bool = False

    def __post_init__(self) -> None:
        self.rename(self.id)
        self._open: dict[int, _Open] = {}
        self._send: Send | None = None
        self._slots = asyncio.Semaphore(WORKERS)
        self._tasks: set[asyncio.Task[None]] = set()

    def rename(self, name: str) -> None:
        """Takes the id that a page has kept; only before it is used."""
        self.id = name
        self.session = Session(self.store, name)

    # ---- connection

    def connect(self, send: Send) -> None:
        """Answers go there from now on."""
        self._send, self.connected = send, True

    async def disconnect(self) -> None:
        """The page has gone: nothing that is under way is wanted any more."""
        self._send, self.connected = None, False
        for each in self._open.values():
            each.work.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    def close(self) -> None:
        """Frees what the tab held."""
        self.session.close()
        self.store.release(self.id)

    @property
    def busy(self) -> int:
        """Requests that wait or are under way."""
        return len(self._open)

    # ---- requests

    async def receive(self, frame: bytes) -> None:
        """Takes a frame from the page; the answer is sent when it is there."""
        try:
            head, arrays = read_frame(frame)
            request = _parsed(head)
        except MessageError as error:
            await self._fail(0, "", error)
            return
        except _BadRequestError as error:
            await self._fail(error.id, error.type, MessageError(str(error)))
            return
        if isinstance(request, CancelRequest):
            await self._cancel(request)
            return
        if request.id in self._open:
            await self._fail(
                request.id, request_type(request), MessageError(f"request id {request.id} is open already")
            )
            return
        if len(self._open) >= self.store.limits.requests:
            error = LimitError(f"{len(self._open)} requests are open, which is the limit")
            await self._fail(request.id, request_type(request), error)
            return
        await self._overtake(request.lane)
        loop = asyncio.get_running_loop()

        def told(what: str, done: int, total: int) -> None:
            message = Progress(id=request.id, what=what, done=done, total=total)
            loop.call_soon_threadsafe(lambda: self._spawn(self._say(message)))

        entry = _Open(request, arrays, Work(told))
        self._open[request.id] = entry
        self._spawn(self._answer(entry))

    async def say(self, message: Answer) -> None:
        """Sends a message that nobody asked for."""
        await self._say(message)

    async def _cancel(self, request: CancelRequest) -> None:
        entry = self._open.get(request.target)
        if entry is not None:
            entry.work.stop()
        await self._say(CancelAnswer(id=request.id, found=entry is not None))

    async def _overtake(self, lane: str) -> None:
        """Drops what waits in a lane."""
        waiting = [each for each in self._open.values() if lane and each.request.lane == lane and not each.begun]
        for each in waiting:
            each.work.stop()
            del self._open[each.request.id]
            await self._say(Dropped(id=each.request.id))

    async def _answer(self, entry: _Open) -> None:
        request = entry.request
        async with self._slots:
            if self._open.get(request.id) is not entry:
                return  # overtaken
            entry.begun = True
            try:
                if entry.work.stopped:
                    raise StoppedError
                loop = asyncio.get_running_loop()
                answer, arrays = await loop.run_in_executor(self.pool, self._computed, entry)
                frame = write_frame(answer.model_dump_json(), arrays)
            except StoppedError:
                frame = write_frame(Cancelled(id=request.id).model_dump_json(), {})
            except Exception as error:  # whatever goes wrong in one request ends that request only
                frame = _failure(request.id, request_type(request), error)
            finally:
                if self._open.get(request.id) is entry:
                    del self._open[request.id]
            await self._deliver(frame)

    def _computed(self, entry: _Open) -> tuple[Answer, Mapping[str, Array]]:
        try:
            answer = ANSWERS[request_type(entry.request)](self.session, entry.request, entry.arrays, entry.work)
        except (SystemExit, KeyboardInterrupt) as error:  # which would end the server
            raise RuntimeError(f"{type(error).__name__} {error}") from error
        if entry.work.stopped:
            raise StoppedError
        return answer

    # ---- sending

    def _spawn(self, coroutine: Any) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _say(self, message: Answer) -> None:
        await self._deliver(write_frame(message.model_dump_json(), {}))

    async def _fail(self, number: int, kind: str, error: Exception) -> None:
        await self._deliver(_failure(number, kind, error))

    async def _deliver(self, frame: bytes) -> None:
        send = self._send
        if send is not None:
            try:
                await send(frame)
            except Exception:  # the page has gone meanwhile; that is noticed where frames are received
                self._send = None


class _BadRequestError(Exception):
    def __init__(self, number: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.id, self.type = number, kind


def request_type(request: Request) -> str:
    """The type that a request is filed under."""
    return str(getattr(request, "type", ""))


def _parsed(head: dict[str, Any]) -> Request:
    number, kind = head.get("id"), head.get("type")
    number = number if isinstance(number, int) and not isinstance(number, bool) and number > 0 else 0
    if not isinstance(kind, str) or kind not in EXCHANGES:
        raise _BadRequestError(number, "", f"no request of type {str(kind)[:60]!r}; there are {', '.join(EXCHANGES)}")
    try:
        return EXCHANGES[kind][0].model_validate(head)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the message"
        raise _BadRequestError(number, kind, f"request {kind}: {where}: {first['msg']}") from error


def _failure(number: int, kind: str, error: Exception) -> bytes:
    name, message = type(error).__name__, str(error)
    if isinstance(error, MemoryError):
        name, message = "LimitError", "out of memory; use a smaller input or close something"
    elif not isinstance(error, StriateError):
        name, message = "Fault", f"a fault of striate's own, {name}: {message}; please report it"
        sys.stderr.write(f'striate: request "{kind}" failed: {" ".join(message.split())}\n')
        if os.environ.get("STRIATE_TRACEBACK"):
            traceback.print_exception(error)
    failure = Failure(id=number, kind=name, message=" ".join(message.split())[:4000], request=kind)
    return write_frame(failure.model_dump_json(), {})
