"""The widget's Python side: frames over a comm, answered as the studio answers them."""

import asyncio
import json
import sys

import numpy as np
import pytest

import striate as st
from striate.errors import InvalidError, MissingDependencyError, UnknownNameError
from striate.studio.frames import read_frame, write_frame
from striate.studio.protocol import PROTOCOL
from tests.event_loop import run_apart

pytest.importorskip("anywidget")


@pytest.fixture
def run():
    net = st.load(st.bundled.model_path())
    return net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))


@pytest.fixture
def front_end_code(monkeypatch):
    monkeypatch.setattr("striate.notebook.view.script", lambda name: "export default {}")


class Page:
    """The page's end of the comm."""

    def __init__(self, view, tab="one"):
        self.view, self.tab, self.said = view, tab, asyncio.Queue()
        self.last = 0

    def hear(self, content, buffers):
        if content["tab"] == self.tab:
            self.said.put_nowait(read_frame(bytes(buffers[0])))

    def tell(self, what, *frames):
        # Jupyter hands on what comes over a comm within its event loop.
        self.view.hear({"tab": self.tab, "what": what}, [memoryview(frame) for frame in frames])

    async def ask(self, kind, **fields):
        self.last += 1
        self.tell("frame", write_frame(json.dumps(fields | {"id": self.last, "type": kind}), {}))
        head: dict = {"type": "progress"}
        while head["type"] == "progress":
            head, arrays = await asyncio.wait_for(self.said.get(), 60)
        assert head["id"] == self.last
        return head, arrays


def connected(view, monkeypatch, *pages):
    def send(content, buffers=None):
        for page in pages:
            page.hear(content, buffers)

    monkeypatch.setattr(view, "send", send)


@pytest.mark.usefixtures("front_end_code")
def test_frames_are_answered(run, monkeypatch):
    view = st.widget(run, labels=["a", "b", "c", "d"])

    async def talk():
        page = Page(view)
        connected(view, monkeypatch, page)
        page.tell("open")
        hello, _ = await page.ask("hello", protocol=PROTOCOL)
        start = hello["start"]
        assert [len(hello["networks"]), len(hello["inputs"])] == [1, 1]
        about = {"network": start["network"], "input": start["input"]}
        _, arrays = await page.ask("map", **about, layer="parts/Relu", channel=4)
        assert np.array_equal(arrays["map"], run["parts/Relu"][0, 4])
        explained, arrays = await page.ask("explain", **about, layer="shapes/Conv", channel=3, at=[50, 24])
        found = run.unit("shapes/Conv:3@50,24").explain()
        assert explained["total"] == found.total
        assert np.array_equal(arrays["products"], found.products[arrays["order"][: len(arrays["products"])]])
        prediction, _ = await page.ask("prediction", **about)
        assert prediction["outputs"][0]["ranks"][0]["label"] == "abcd"[int(np.argmax(run.output))]
        wrong, _ = await page.ask("map", **about, layer="nowhere", channel=0)
        assert wrong["type"] == "error"
        assert wrong["kind"] == "UnknownNameError"
        page.tell("close")

    run_apart(talk())
    view.close()


@pytest.mark.usefixtures("front_end_code")
def test_views_are_tabs_of_their_own(run, monkeypatch):
    view = st.widget(run)

    async def talk():
        one, two = Page(view, "one"), Page(view, "two")
        connected(view, monkeypatch, one, two)
        for page in (one, two):
            page.tell("open")
            start = (await page.ask("hello", protocol=PROTOCOL))[0]["start"]
        about = {"network": start["network"], "input": start["input"]}
        edited, _ = await one.ask("switch_channel", **about, layer="edges/Relu", channel=0, on=False)
        assert edited["version"] == 1
        maps = [(await page.ask("map", **about, layer="edges/Relu", channel=0))[1]["map"] for page in (one, two)]
        assert not maps[0].any()
        assert np.array_equal(maps[1], run["edges/Relu"][0, 0])
        assert len(view._tabs) == 2
        one.tell("close")
        await asyncio.sleep(0)
        assert list(view._tabs) == ["two"]
        two.tell("close")
        await asyncio.gather(*view._tasks)

    run_apart(talk())
    assert list(view._store.networks) == ["edges"]
    view.close()


@pytest.mark.usefixtures("front_end_code")
def test_what_a_notebook_keeps(run):
    view = st.widget(run)
    bundle, _ = view._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"] == run._repr_html_()
    assert bundle["text/plain"] == repr(run)
    view.unit = "shapes/Conv:3@50,24"
    bundle, _ = view._repr_mimebundle_()
    assert bundle["text/html"] == run.unit("shapes/Conv:3@50,24")._repr_html_()
    view.close()


@pytest.mark.usefixtures("front_end_code")
def test_what_is_no_run_is_refused(run):
    with pytest.raises(InvalidError, match=r"st\.widget shows a run, got a Network; give net\.run\(x\)"):
        st.widget(st.load(st.bundled.model_path()))
    with pytest.raises(UnknownNameError, match='no layer "shape/Conv"; did you mean'):
        st.widget(run, "shape/Conv:3@50,24")


def test_without_anywidget(run, monkeypatch):
    monkeypatch.delitem(sys.modules, "striate.notebook.view", raising=False)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(MissingDependencyError, match=r"anywidget, .* pip install 'striate\[notebook\]'"):
        st.widget(run)
