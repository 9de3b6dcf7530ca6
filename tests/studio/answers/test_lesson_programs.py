"""Every lesson about what is open: its program makes the numbers on the screen, whatever is open and edited."""

from __future__ import annotations

import wave
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from onnx import helper
from PIL import Image

import striate as st
from striate.errors import ParameterError, UnknownNameError
from striate.studio.answers.session import Session
from striate.studio.limits import Limits
from striate.studio.store import Store
from striate.studio.work import Work
from tests.studio.answers.taking import ask, take, upload
from tests.studio.e2e.networks import write_onnx

RANDOM = np.random.default_rng(0)
COLOURS = RANDOM.integers(0, 256, (96, 72, 3), np.uint8)
CAMERA = RANDOM.integers(0, 256, (96, 128, 3), np.uint8)
MASK = np.full((9, 9), 255, np.uint8)
PAINT = ("paint", {"at": (30, 20)}, {"patch": np.full((9, 9, 3), 200, np.uint8), "mask": MASK})
ERASE = ("paint", {"at": (32, 22), "original": True}, {"mask": MASK})
FILMED = ("replace", {"sources": ({"array": "camera"},), "name": "the camera"}, {"camera": CAMERA})
KERNEL = ("edit_kernel", {"layer": "edges/Conv", "channel": 3, "at": (0, 1, 1), "value": 5.0}, {})
OFF = ("switch_channel", {"layer": "edges/Conv", "channel": 2, "on": False}, {})


@dataclass
class State:
    """An open network and input, as a reader comes to them.

    Args:
        network: Which network.
        sources: Of the input: a sample, an array, or the name of an uploaded file.
        edits: Requests that follow, with their arrays.
        offered: Files that a program about the run reads, and one about the picture in grey; those in grey None where
            there is no picture.
        preprocess: How the picture is scaled.
    """

    network: str
    sources: dict[str, object]
    offered: tuple[tuple[str, ...], tuple[str, ...] | None]
    edits: tuple = ()
    preprocess: str | None = None
    arrays: dict[str, np.ndarray] = field(default_factory=dict)


HOUSE = {"image": {"sample": "house"}}
STATES = {
    "house": State("edges", HOUSE, ((), ())),
    "photo": State("edges", {"image": "photo.png"}, (("photo.png",), ("photo.png",))),
    "odd name": State("edges", {"image": "it's a=b.jpg"}, (("it's a=b.jpg",), ("it's a=b.jpg",))),
    "grey photo": State("edges", {"image": "grey.png"}, (("grey.png",), ("grey.png",))),
    "grey array": State("edges", {"image": "plane.npy"}, (("plane.npy",), ("plane-grey.npy",))),
    "grey array, scaled": State(
        "edges", {"image": "plane.npy"}, (("plane.npy",), ("plane-grey.npy",)), preprocess="imagenet",
    ),
    "grey array, painted": State(
        "edges", {"image": "plane.npy"}, (("plane-painted.npy",), ("plane-painted-grey.npy",)), (PAINT,),
    ),
    "grey array, grey network": State("grey", {"x": "plane.npy"}, (("grey.onnx", "plane.npy"), ("plane-grey.npy",))),
    "noise": State("edges", {"image": {"sample": "noise"}}, ((), None)),
    "camera": State("edges", HOUSE, (("camera.npy",), ("camera-grey.npy",)), (FILMED,)),
    "camera, painted": State(
        "edges", HOUSE, (("camera-painted.npy",), ("camera-painted-grey.npy",)), (FILMED, PAINT),
    ),
    "painted": State("edges", HOUSE, (("house-painted.npy",), ("house-painted-grey.npy",)), (PAINT,)),
    "painted, erased": State(
        "edges", {"image": "photo.png"}, (("photo-painted-erased.npy",), ("photo-painted-erased-grey.npy",)),
        (PAINT, ERASE),
    ),
    "moved, mirrored": State(
        "edges", HOUSE, (("house-moved-mirrored.npy",), ("house-moved-mirrored-grey.npy",)),
        (("shift", {"by": (3, -5)}, {}), ("flip", {"axis": 1}, {})),
    ),
    "kernel painted": State("edges", HOUSE, ((), ()), (KERNEL, OFF)),
    "kernel and picture painted": State(
        "edges", HOUSE, (("house-painted.npy",), ("house-painted-grey.npy",)), (KERNEL, PAINT, OFF),
    ),
    "an array": State(
        "edges", {"image": {"array": "x"}}, (("x.npy",), ("x-grey.npy",)), arrays={"x": CAMERA},
    ),
    **{
        f"fixed size, {how}": State(
            "fixed", {"x": "photo.png"}, (("fixed.onnx", "photo.png"), ("photo.png",)), preprocess=how,
        )
        for how in (None, "unit", "signed", "none")
    },
    "square network": State("square", {"x": "photo.png"}, (("square.onnx", "photo.png"), ("photo.png",))),
    "grey network": State("grey", {"x": "photo.png"}, (("grey.onnx", "photo.png"), ("photo.png",))),
    "grey network, house": State("grey", {"x": {"sample": "house"}}, (("grey.onnx",), ())),
    "a=b": State("grey", {"x": "x=1.png"}, (("grey.onnx", "x-1.npy"), ("x=1.png",))),
    **{
        f"signal, {name}": State("signal", {"x": {"sample": name}}, (("signal.onnx",), None))
        for name in ("chirp", "noise", "zeros")
    },
    **{
        f"signal, {name}": State("signal", {"x": name}, (("signal.onnx", name), None))
        for name in ("line.csv", "line.npy", "line.wav")
    },
    "signal, painted": State(
        "signal", {"x": "line.csv"}, (("signal.onnx", "line-painted.npy"), None),
        (("paint", {"at": (3,)}, {"patch": np.full(4, 0.1, np.float32)}),),
    ),
    "few numbers": State(
        "few", {"x": {"array": "x"}}, (("few.onnx",), None), arrays={"x": RANDOM.normal(size=(1, 16))},
    ),
    "several inputs": State(
        "two", {"x": "photo.png", "gain": {"sample": "usual"}},
        (("two.onnx", "photo.npz"), ("photo.png",)),
    ),
    "several inputs, painted": State(
        "two", {"x": {"sample": "house"}, "gain": {"array": "gain"}},
        (("two.onnx", "given-painted.npz"), ("given-painted-grey.npy",)),
        (("paint", {"port": "x", "at": (1, 1)}, {"patch": np.full((3, 3, 3), 9, np.uint8)}),),
        arrays={"gain": np.array([0.3], np.float32)},
    ),
}  # fmt: skip


def write_networks(folder: Path) -> None:
    for name, shape in (
        ("fixed", (40, 32, 3)),
        ("square", (40, 40, 3)),
        ("grey", (40, 32, 1)),
        ("signal", (90, 1)),
        ("few", (16, 1)),
    ):
        layer = st.layers.Conv2D if len(shape) == 3 else st.layers.Conv1D
        model = st.Sequential([layer(2, 3, input_shape=shape, name="c"), layer(2, 3, name="d")], seed=0)
        model.save(folder / f"{name}.onnx")
    weight = RANDOM.normal(size=(2, 3, 3, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Mul", ["x", "gain"], ["louder"], "louder"),
        helper.make_node("Conv", ["louder", "w"], ["c"], "c"),
        helper.make_node("Conv", ["c", "v"], ["d"], "d"),
    ]
    arrays = {"w": weight, "v": weight[:, :2]}
    write_onnx(folder / "two.onnx", nodes, arrays, {"x": [1, 3, 40, 40], "gain": [1]}, {"d": [1, 2, 36, 36]})


def write_inputs(folder: Path) -> None:
    Image.fromarray(COLOURS).save(folder / "photo.png")
    Image.fromarray(COLOURS).save(folder / "x=1.png")
    Image.fromarray(COLOURS).save(folder / "it's a=b.jpg")
    Image.fromarray(COLOURS[..., 0]).save(folder / "grey.png")
    np.save(folder / "plane.npy", RANDOM.random((40, 32)))
    np.save(folder / "line.npy", RANDOM.normal(size=(1, 90, 1)))
    np.savetxt(folder / "line.csv", RANDOM.normal(size=90))
    with wave.open(str(folder / "line.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(RANDOM.integers(-30000, 30000, 90).astype("<i2").tobytes())


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    write_networks(folder)
    write_inputs(folder)
    return folder


@pytest.fixture
def session(tmp_path):
    store = Store(Limits(), tmp_path / "uploads")
    yield Session(store, "tab:test")
    store.close()


def brought(session, files, state):
    """Opens and edits what a state says; the place, as requests name it."""
    path = st.bundled.model_path() if state.network == "edges" else files / f"{state.network}.onnx"
    net = session.store.add_network(st.load(path), path.name, session.holder)
    ports = list(net.network.model.graph.inputs)
    wanted = dict(zip(ports, state.sources.values(), strict=True))
    sources = tuple(
        {"port": port, **({"upload": upload(session, files / given)} if isinstance(given, str) else given)}
        for port, given in wanted.items()
    )
    only = [given for given in wanted.values() if isinstance(given, dict) and "array" in given]
    name = "given" if only and len(wanted) > 1 else "x" if only else None
    opened, _ = ask(
        session, "open_input", state.arrays, network=net.id, sources=sources, name=name, preprocess=state.preprocess
    )
    place = {"network": net.id, "input": opened.input.id}
    for kind, fields, arrays in state.edits:
        ask(session, kind, arrays, **place, **fields)
    return place


def taken(session, files, folder, place, kind, arrays=None, **fields):
    """An answer of a lesson, its arrays, and what its program leaves."""
    answer, shown = ask(session, kind, arrays, **place, **fields)
    mine = [files / f"{name}.onnx" for name in ("fixed", "square", "grey", "signal", "few", "two")]
    return answer, shown, take(session, answer, "lesson_file", folder, mine=mine, **place)


def names(answer):
    return tuple(file.name for file in answer.files)


@pytest.mark.parametrize("name", STATES)
def test_lessons_on_the_run(session, files, tmp_path, name):
    state = STATES[name]
    place = brought(session, files, state)
    answer, _, space = taken(session, files, tmp_path, place, "hierarchy", levels=3)
    assert names(answer) == state.offered[0]
    run, _ = session.as_opened(**{"network": place["network"], "given": place["input"]}, work=Work())
    held = space["run"]
    for value in run.model.graph.inputs:
        assert np.array_equal(held.recording.values[value], run.recording.values[value])
        assert held.recording.values[value].dtype == run.recording.values[value].dtype
    assert np.array_equal(held.output, run.output)
    levels = st.lessons.hierarchy(held, 3)
    assert [(each.unit, each.value) for each in answer.levels] == [(each.unit, each.value) for each in levels]
    answer, _, space = taken(session, files, tmp_path, place, "dense_layers")
    assert names(answer) == state.offered[0]
    assert [(each.layer, each.own.value, each.dense.value) for each in answer.layers] == [
        (twin.layer, twin.own.value, twin.dense.value) for twin in space["twins"]
    ]
    answer, shown, space = taken(session, files, tmp_path, place, "filter_sums")
    assert names(answer) == state.offered[0]
    found, ranked = space["found"], space["unit"].contributors().ranked
    assert (answer.bias, answer.total, answer.value) == (found.bias, found.total, found.value)
    assert np.array_equal(shown["sums"], [each.signed for each in ranked[: len(shown["sums"])]])
    # The second layer reads the first, so that there is a pair.
    answer, shown, space = taken(session, files, tmp_path, place, "merge")
    assert names(answer) == state.offered[0]
    for each in ("stack", "merged", "relu", "difference", "relu_difference"):
        held = getattr(space["seen"], each)[0, answer.channel]
        assert np.array_equal(shown[each], held.astype(np.float32))


@pytest.mark.parametrize("name", [name for name, state in STATES.items() if state.offered[1] is not None])
def test_lessons_on_the_picture(session, files, tmp_path, name):
    state = STATES[name]
    place = brought(session, files, state)
    ports = ask(session, "input", **place)[1]
    picture = next(array for port, array in ports.items() if port.startswith("picture."))
    answer, shown, space = taken(session, files, tmp_path, place, "slide", kernel="sobel")
    assert names(answer) == state.offered[1]
    assert np.array_equal(space["x"], shown["x"])
    assert np.array_equal(
        space["x"][0], np.asarray(Image.fromarray(picture).convert("L"), np.float32) / np.float32(255)
    )
    assert np.allclose(space["y"], shown["y"], atol=1e-5)
    answer, shown, space = taken(session, files, tmp_path, place, "shift_measure", kernel="box", shift=(2, -3), pool=2)
    assert names(answer) == state.offered[1]
    seen = st.equivariance_error(space["part"], space["x"], (2, -3))
    assert np.array_equal(shown["difference"], seen.difference[0, 0].astype(np.float32))
    assert (answer.equivariance, answer.border_error) == (str(seen), seen.border_error)
    answer, shown, space = taken(session, files, tmp_path, place, "influence", kernel="sobel", cell=(20, 9))
    assert names(answer) == state.offered[1]
    assert np.array_equal(shown["difference"], space["seen"].difference[0, 0].astype(np.float32))
    assert answer.told == str(space["seen"])


def test_figures_about_an_edited_network_show_it_as_it_was_opened(session, files, tmp_path):
    place = brought(session, files, STATES["kernel painted"])
    edited, _ = session.edited(place["network"], place["input"], Work())
    original = session.original(place["network"], place["input"], Work())
    assert not np.array_equal(edited["edges/Conv"], original["edges/Conv"])
    answer, _, _ = taken(session, files, tmp_path, place, "hierarchy", levels=6)
    values = {level.layer: level.value for level in answer.levels}
    assert values == {layer: float(original[layer].max()) for layer in values}
    # The maps beside them are those of the same run.
    view = {"layer": "edges/Conv", "first": 2, "count": 2, "size": {"height": 4096, "width": 4096}}
    _, shown = ask(session, "maps", **place, as_opened=True, view=view)
    assert np.array_equal(shown["maps"], original["edges/Conv"][0, 2:4])


def test_the_run_as_opened_follows_the_edits(session, files):
    place = brought(session, files, STATES["kernel and picture painted"])
    opened = {"network": place["network"], "given": place["input"], "work": Work()}
    run, version = session.as_opened(**opened)
    assert session.as_opened(**opened) == (run, version)
    kept = session.store.runs
    for _ in range(4):
        ask(session, "shift", **place, by=(0, 1))
        assert session.as_opened(**opened)[0] is not run
    assert session.store.runs <= kept + 1, "runs of states that are gone are let go of"
    ask(session, "reset", **place, what="all")
    assert session.as_opened(**opened)[0] is session.original(place["network"], place["input"], Work())


def test_no_other_file_can_be_fetched(session, files):
    place = brought(session, files, STATES["fixed size, None"])
    for name in ("fixed.onnx", "../photo.png", "other.npy"):
        with pytest.raises(UnknownNameError, match="file"):
            ask(session, "lesson_file", **place, name=name)


def test_what_is_no_picture_has_no_lesson_on_it(session, files):
    place = brought(session, files, STATES["noise"])
    with pytest.raises(ParameterError, match='input "noise" is no picture'):
        ask(session, "slide", kernel="box", **place)


def test_lessons_on_few_numbers(session, tmp_path):
    x = np.array([0.0, 1, 2, 3, 2, 1, 0, 0])
    given = {"first": np.array([1.0, 0, -1]), "second": np.array([1.0, 2, 1]), "x": x}
    answer, shown = ask(session, "merge", given)
    space = take(session, answer, "lesson_file", tmp_path)
    assert np.array_equal(shown["stack"], space["merged"].measure(space["x"]).stack[0, 0])
    x, weight = RANDOM.integers(-9, 9, (2, 5, 6)).astype(float), RANDOM.integers(-2, 3, (3, 2, 3, 3)).astype(float)
    for fields in ({}, {"definition": "convolve"}, {"stride": 2, "padding": 1}, {"dilation": 2, "relu": True}):
        answer, shown = ask(session, "slide", {"x": x, "weight": weight, "bias": np.arange(3.0)}, **fields)
        assert np.array_equal(take(session, answer, "lesson_file", tmp_path)["y"], shown["y"])
        assert answer.files == ()
