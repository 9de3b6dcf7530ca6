"""The application: the page's files, uploads, and a WebSocket for each tab."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from fastapi.websockets import WebSocketState
from starlette.background import BackgroundTask

from striate.errors import LimitError, StriateError
from striate.studio.answers.library import library
from striate.studio.pages import Page
from striate.studio.protocol.library import Uploaded, UploadError
from striate.studio.protocol.progress import LibraryNotice
from striate.studio.rehearsal import rehearse
from striate.studio.spare_time import SpareTime
from striate.studio.store import Store
from striate.studio.tab import Tab

THREADS = 8
_TAB = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Studio:
    """One studio: its store, its tabs and the application that serves them.

    Args:
        store: What is open.
        pages: The page's files by address.
        rehearse: Whether edits are rehearsed while nobody waits.
    """

    def __init__(self, store: Store, pages: Mapping[str, Page], rehearse: bool = False) -> None:
        self.store = store
        self.tabs: dict[str, Tab] = {}
        self._pages = pages
        self._pool = ThreadPoolExecutor(THREADS, "striate-studio")
        self._closing: dict[str, asyncio.TimerHandle] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        store.changed = self._library_changed
        self._spare_time = SpareTime(self._still)
        if rehearse:
            store.ran = self._rehearse
        self.app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=self._life)
        self.app.add_api_route("/upload", self.upload, methods=["POST"], response_model=None)
        self.app.add_api_websocket_route("/ws", self.socket)
        self.app.add_api_route("/download/{id}", self.download, methods=["GET"], response_model=None)
        self.app.add_api_route("/{path:path}", self.page, methods=["GET", "HEAD"], response_model=None)

    @asynccontextmanager
    async def _life(self, app: FastAPI) -> AsyncGenerator[None]:
        self._loop = asyncio.get_running_loop()
        yield
        await asyncio.to_thread(self._spare_time.close)
        for tab in list(self.tabs.values()):
            await tab.disconnect()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self.store.close()

    # ---- the page

    async def page(self, path: str) -> Response:
        """A file of the page."""
        found = self._pages.get("/" + path)
        if found is None:
            return PlainTextResponse("there is no such page\n", 404)
        lasting = {"Cache-Control": "private, max-age=31536000, immutable"} if found.lasting else {}
        return FileResponse(found.path, media_type=found.media_type, headers=lasting)

    async def download(self, id: str) -> Response:
        """A file that was made for this page; it can be fetched once."""
        found = self.store.downloads.take(id)
        if found is None:
            return PlainTextResponse("there is no such file; it may have been fetched already\n", 404)
        gone = BackgroundTask(found.path.unlink, missing_ok=True)
        return FileResponse(found.path, filename=found.name, background=gone, headers={"Cache-Control": "no-store"})

    # ---- uploads

    async def upload(self, request: Request, name: str = "") -> Response:
        """Takes a file as raw bytes; the page then opens it by the id that it gets."""
        uploads = self.store.uploads
        try:
            file = uploads.begin(name, _length(request))
        except StriateError as error:
            return _refused(error)
        try:
            async for chunk in request.stream():
                if chunk:
                    await asyncio.to_thread(uploads.append, file, chunk)
            uploads.finish(file)
        except StriateError as error:
            uploads.abandon(file)
            return _refused(error)
        except BaseException:
            uploads.abandon(file)
            raise
        return JSONResponse(Uploaded(upload=file.id, name=file.name, bytes=file.size).model_dump())

    # ---- tabs

    async def socket(self, socket: WebSocket, tab: str = "") -> None:
        """Serves one tab for as long as it is connected."""
        found = self._tab(tab)
        if found is None:
            await socket.close(1013, "too many tabs are open")
            return
        await socket.accept()
        found.connect(socket.send_bytes)
        try:
            # An answer that could not be sent has noticed first that the page is gone.
            while socket.application_state is WebSocketState.CONNECTED:
                frame = await socket.receive_bytes()
                self._spare_time.asked()
                await found.receive(frame)
        except (WebSocketDisconnect, KeyError):  # KeyError: a text frame, which the page never sends
            pass
        finally:
            await found.disconnect()
            self._close_later(found)

    def _tab(self, name: str) -> Tab | None:
        """The tab that was loaded again, or a new one; None when there are too many."""
        wanted = f"tab:{name}" if _TAB.fullmatch(name) else ""
        present = self.tabs.get(wanted)
        if present is not None and not present.connected:
            self._closing.pop(present.id).cancel()
            return present
        if sum(tab.connected for tab in self.tabs.values()) >= self.store.limits.tabs:
            return None
        made = Tab(self.store, self._pool)
        if wanted and present is None:
            made.rename(wanted)
        self.tabs[made.id] = made
        return made

    def _close_later(self, tab: Tab) -> None:
        """Frees what a tab held, unless the page comes back within the time of grace."""

        def close() -> None:
            self._closing.pop(tab.id, None)
            if self.tabs.get(tab.id) is tab and not tab.connected:
                del self.tabs[tab.id]
                tab.close()

        handle = asyncio.get_running_loop().call_later(self.store.limits.grace_seconds, close)
        self._closing[tab.id] = handle

    def _still(self) -> bool:
        """Whether a page is there and waits for nothing."""
        present = [tab for tab in list(self.tabs.values()) if tab.connected]
        return bool(present) and not any(tab.busy for tab in present)

    def _rehearse(self, network: str, given: str) -> None:
        self._spare_time.add(lambda work: rehearse(self.store, network, given, work))

    def _library_changed(self) -> None:
        """Tells every tab what is open; called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            asyncio.run_coroutine_threadsafe(self._tell_library(), self._loop)

    async def _tell_library(self) -> None:
        networks, inputs = library(self.store)
        notice = LibraryNotice(id=0, networks=networks, inputs=inputs)
        for tab in list(self.tabs.values()):
            if tab.connected:
                await tab.say(notice)


def _length(request: Request) -> int | None:
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _refused(error: StriateError) -> Response:
    status = 413 if isinstance(error, LimitError) else 415
    return JSONResponse(UploadError(kind=type(error).__name__, message=str(error)).model_dump(), status)
