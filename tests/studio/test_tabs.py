"""Requests as tasks: crashes, cancelling, lanes, order; what a closed tab frees."""

from __future__ import annotations

import asyncio
import gc
import json
import re
import threading
import time
import weakref
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi import WebSocket

import striate
from striate.studio import answers
from striate.studio.answers.session import Session
from striate.studio.app import Studio
from striate.studio.frames import write_frame
from striate.studio.limits import Limits
from striate.studio.protocol.base import PROTOCOL
from striate.studio.protocol.maps import StatisticsAnswer
from striate.studio.store import Store
from tests.event_loop import run_apart
from tests.studio.live import Live, RefusedError, live, until

SIZE = {"height": 64, "width": 64}


@pytest.mark.parametrize("error", [ZeroDivisionError("by zero"), MemoryError(), RecursionError("deep"), SystemExit(3)])
def test_a_crash_of_one_request_ends_that_request_only(
    studio: Live, error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(*arguments: Any) -> Any:
        raise error

    monkeypatch.setitem(answers.ANSWERS, "samples", crash)
    with studio.tab() as tab:
        start = tab.hello()
        with pytest.raises(RefusedError) as refused:
            tab.ask("samples")
        assert refused.value.kind == ("LimitError" if isinstance(error, MemoryError) else "Fault")
        assert tab.ask("prediction", **start)[0]["outputs"][0]["classes"] == 4
    with studio.tab() as other:
        other.hello()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"type": "nothing"}, "no request of type 'nothing'"),
        ({"type": ["maps"]}, "no request of type"),
        ({"type": "hello"}, "request hello: protocol: Field required"),
        ({"type": "hello", "protocol": 1, "more": 1}, "request hello: more: Extra inputs are not permitted"),
        ({"type": "hello", "protocol": "x"}, "request hello: protocol: Input should be a valid integer"),
        ({"type": "hello", "protocol": PROTOCOL + 1}, "load the page again"),
        ({"type": "prediction", "network": "no", "input": "house"}, 'no open network "no"; there are "edges"'),
        ({"type": "prediction", "network": "edges", "input": "no"}, 'no open input "no"'),
    ],
)
def test_requests_that_are_none_are_answered_with_what_is_wrong(studio: Live, fields: Any, message: str) -> None:
    with studio.tab() as tab:
        sent = dict(fields)
        head, _ = tab.answer(tab.send(sent.pop("type"), **sent))
        assert head["type"] == "error"
        assert re.search(message, head["message"])
        tab.hello()


def test_bytes_that_are_no_frame_and_text_do_not_end_the_server(studio: Live) -> None:
    with studio.tab() as tab:
        tab.socket.send(b"\xff\xff\xff\xff rubbish")
        head, _ = tab.receive()
        assert (head["type"], head["id"], head["kind"]) == ("error", 0, "MessageError")
        tab.hello()
        tab.socket.send("text")
        with pytest.raises(Exception, match=r"1\d\d\d|no close"):
            tab.socket.recv(10)
    with studio.tab() as tab:
        tab.hello()


class Slow:
    """An answer that takes as long as the test wants, and reports all the time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.stopped = 0
        self.order: list[int] = []
        monkeypatch.setitem(answers.ANSWERS, "statistics", self)

    def __call__(self, session: Session, request: Any, arrays: Any, work: Any) -> Any:
        self.order.append(request.id)
        self.begun.release()
        try:
            while not self.go_on.is_set():
                work.report("being slow", 1, 2)
                time.sleep(0.005)
        except BaseException:
            self.stopped += 1
            raise
        return StatisticsAnswer(id=request.id, version=0, layers=(), network=(0, 0)), {}


RUN = {"network": "edges", "input": "house"}


def test_a_page_that_goes_while_it_is_answered_is_no_error(tmp_path: Path) -> None:
    studio = Studio(Store(Limits(grace_seconds=0), tmp_path / "uploads"), {})
    hello = write_frame(json.dumps({"id": 1, "type": "hello", "protocol": PROTOCOL}), {})
    comes = [{"type": "websocket.connect"}, *[{"type": "websocket.receive", "bytes": hello}] * 2]

    async def serve() -> None:
        gone = asyncio.Event()

        async def receive() -> Any:
            if len(comes) == 1:
                await gone.wait()
            return comes.pop(0)

        async def send(message: Any) -> None:
            if message["type"] == "websocket.send":
                gone.set()
                raise OSError("the page is gone")

        await studio.socket(WebSocket({"type": "websocket"}, receive, send))

    run_apart(serve())
    assert comes == []


def test_cancelled_work_stops(studio: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(monkeypatch)
    with studio.tab() as tab:
        number = tab.send("statistics", **RUN)
        assert slow.begun.acquire(timeout=10)
        assert tab.ask("cancel", target=number)[0]["found"]
        head, _ = tab.answer(number)
        assert head["type"] == "cancelled"
        until(lambda: slow.stopped == 1)
        assert not tab.ask("cancel", target=number)[0]["found"]


def test_progress_is_told(studio: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(monkeypatch)
    with studio.tab() as tab:
        number = tab.send("statistics", **RUN)
        told = tab.receive()[0]
        assert told == {"id": number, "type": "progress", "what": "being slow", "done": 1, "total": 2}
        slow.go_on.set()
        assert tab.answer(number)[0]["type"] == "statistics"


def test_a_cancelled_run_stops_before_its_end_and_can_be_asked_for_again(tmp_path: Path) -> None:
    with live(tmp_path) as found, found.tab() as tab:
        start = tab.hello()
        network = found.store.networks["edges"].network
        reports = 0
        real = network.run

        def run(x: Any, **options: Any) -> Any:
            def progress(done: int, total: int, name: str) -> None:
                nonlocal reports
                reports += 1
                if reports == 1:
                    assert tab_cancels()
                time.sleep(0.01)
                options["progress"](done, total, name)

            return real(x, progress=progress)

        def tab_cancels() -> bool:
            entry = next(iter(found.studio.tabs.values()))
            next(iter(entry._open.values())).work.stop()  # pyright: ignore
            return True

        network.run = run  # type: ignore[method-assign]
        head, _ = tab.answer(tab.send("prediction", **start))
        assert head["type"] == "cancelled"
        assert reports == 1
        network.run = real  # type: ignore[method-assign]
        assert found.store.runs == 0
        assert tab.ask("prediction", **start)[0]["outputs"]


def test_a_newer_request_of_the_same_lane_drops_those_that_wait(studio: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(monkeypatch)
    with studio.tab() as tab:
        busy = [tab.send("statistics", **RUN) for _ in range(3)]
        for _ in busy:
            assert slow.begun.acquire(timeout=10)
        hovers = [tab.send("prediction", **RUN, lane="hover") for _ in range(4)]
        for number in hovers[:-1]:
            assert tab.answer(number)[0]["type"] == "dropped"
        slow.go_on.set()
        assert tab.answer(hovers[-1])[0]["type"] == "prediction"


def test_an_id_that_is_open_is_refused(studio: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(monkeypatch)
    with studio.tab() as tab:
        number = tab.send("statistics", **RUN)
        assert slow.begun.acquire(timeout=10)
        tab.number -= 1
        tab.send("samples")
        assert f"request id {number} is open already" in tab.receive()[0]["message"] or tab.aside
        slow.go_on.set()


def test_too_many_requests_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(monkeypatch)
    with live(tmp_path, Limits(requests=4)) as found, found.tab() as tab:
        numbers = [tab.send("statistics", **RUN) for _ in range(5)]
        head, _ = tab.answer(numbers[-1])
        assert (head["type"], head["kind"]) == ("error", "LimitError")
        slow.go_on.set()
        assert tab.answer(numbers[0])[0]["type"] == "statistics"


class TestClosing:
    def test_a_closed_tab_frees_what_it_held(self, tmp_path: Path) -> None:
        with live(tmp_path, Limits(grace_seconds=0.1)) as found:
            from striate import bundled

            with found.tab() as tab:
                upload = found.upload("other.onnx", bundled.model_path().read_bytes())
                made, _ = tab.ask("open_network", upload=upload)
                tab.ask("shift", network="other", input=made["input"], by=[3, 3])
                tab.ask("open_input", {"a": np.zeros((9, 9, 3), np.uint8)}, network="other", sources=[{"array": "a"}])
                tab.ask("maps", network="other", input=made["input"], view={"layer": "edges/Conv", "size": SIZE})
                network = weakref.ref(found.store.networks["other"].network)
                inputs = [weakref.ref(entry) for entry in found.store.inputs.values() if entry.network == "other"]
                runs = [weakref.ref(run) for run in found.store._runs.values()]  # pyright: ignore
                assert inputs
                assert runs
            until(lambda: "other" not in found.store.networks and not found.studio.tabs)

            def gone() -> bool:
                gc.collect()
                return network() is None and all(entry() is None for entry in inputs) and all(r() is None for r in runs)

            until(gone)
            assert list(found.store.networks) == ["edges"]  # the command line's
            assert list(found.store.inputs) == ["house"]
            assert not list((found.folder / "uploads").iterdir())

    def test_work_of_a_closed_tab_stops(self, studio: Live, monkeypatch: pytest.MonkeyPatch) -> None:
        slow = Slow(monkeypatch)
        with studio.tab() as tab:
            tab.send("statistics", **RUN)
            assert slow.begun.acquire(timeout=10)
        until(lambda: slow.stopped == 1)

    def test_what_two_tabs_hold_stays_until_both_are_closed(self, tmp_path: Path) -> None:
        with live(tmp_path, Limits(grace_seconds=0.05)) as found:
            with found.tab() as one:
                with found.tab() as two:
                    two.ask("open_network", sample="edges")
                    one.ask("network", network="edges.2")
                until(lambda: len(found.studio.tabs) == 1)
                assert "edges.2" in found.store.networks
            until(lambda: "edges.2" not in found.store.networks)

    def test_a_page_that_is_loaded_again_finds_its_edits(self, tmp_path: Path) -> None:
        with live(tmp_path, Limits(grace_seconds=20)) as found:
            with found.tab("?tab=abcdefgh-1") as tab:
                tab.ask("open_network", sample="edges")
                version = tab.ask("switch_channel", **RUN, layer="edges/Conv", channel=2, on=False)[0]["version"]
            until(lambda: not any(tab.connected for tab in found.studio.tabs.values()))
            with found.tab("?tab=abcdefgh-1") as tab:
                head, _ = tab.ask("edits", **RUN)
                assert head["version"] == version
                assert [each["words"] for each in head["state"]["items"]] == ["edges/Conv:2 off"]
                assert "edges.2" in [entry["id"] for entry in tab.ask("hello", protocol=PROTOCOL)[0]["networks"]]
                # A second page under the same id (a duplicated tab) is another tab.
                with found.tab("?tab=abcdefgh-1") as other:
                    assert other.ask("edits", **RUN)[0]["state"]["items"] == []

    def test_close_lets_go_of_one_thing(self, tmp_path: Path) -> None:
        with live(tmp_path) as found, found.tab() as tab:
            made, _ = tab.ask("open_network", sample="edges")
            tab.ask("close", network=made["network"]["id"])
            assert list(found.store.networks) == ["edges"]
            tab.ask("close", network="edges")  # the command line keeps it
            assert tab.hello()["network"] == "edges"

    def test_other_tabs_are_told_what_is_open(self, studio: Live) -> None:
        with studio.tab() as one, studio.tab() as two:
            one.hello()
            two.hello()
            made, _ = two.ask("open_network", sample="edges")
            while True:
                head, _ = one.receive()
                if head["type"] == "library" and made["network"]["id"] in [each["id"] for each in head["networks"]]:
                    break

    def test_too_many_tabs_are_refused(self, tmp_path: Path) -> None:
        with live(tmp_path, Limits(tabs=1)) as found, found.tab() as tab:
            tab.hello()
            with pytest.raises(Exception, match=r"403|1013"), found.tab() as other:
                other.hello()


def test_tabs_do_not_see_each_other_s_edits(studio: Live) -> None:
    with studio.tab() as one, studio.tab() as two:
        before = two.ask("prediction", **RUN)[0]
        after = one.ask("flip", **RUN, axis=1)[0]
        assert after["outputs"] != before["outputs"]
        assert two.ask("prediction", **RUN)[0]["outputs"] == before["outputs"]
        assert one.ask("prediction", **RUN, original=True)[0]["outputs"] == before["outputs"]


def test_many_tabs_at_once_get_the_same_numbers(studio: Live) -> None:
    expected = striate.load(striate.bundled.model_path()).run(
        striate.image(striate.bundled.picture_path(), size=None, preprocess="unit")
    )
    wrong: list[object] = []

    def look() -> None:
        with studio.tab() as tab:
            for _ in range(5):
                _, arrays = tab.ask("map", **RUN, layer="edges/Relu", channel=3)
                if not np.array_equal(arrays["map"], expected["edges/Relu"][0, 3]):
                    wrong.append(arrays)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong
