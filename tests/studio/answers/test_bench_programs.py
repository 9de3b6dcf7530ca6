"""Every kind of state of the workbench: its program, as the server gives it, makes the maps that are on the screen."""

from __future__ import annotations

import wave

import numpy as np
import pytest
from PIL import Image

import striate as st
from striate.errors import UnsupportedError
from striate.studio.answers.library import open_sample
from striate.studio.answers.session import Session
from striate.studio.bench_sources import LARGEST_PICTURE
from striate.studio.limits import Limits
from striate.studio.sources import Source
from striate.studio.store import Store
from tests.studio.answers.taking import ask, take, upload

RANDOM = np.random.default_rng(0)
FORMS = ("striate", "layers", "torch")
EDGES = ["sobel", "sobel@0"]


def own(*shape, weight=None):
    """Numbers of one's own: an input, and filters."""
    found = {"input": np.random.default_rng(1).normal(size=shape).astype(np.float32)}
    return found if weight is None else {**found, "weight": np.random.default_rng(2).normal(size=weight).round(2)}


# Name -> state, arrays, and for a form that cannot say it the reason.
STATES = {
    # Ranks, kernels of the bank, their definitions.
    "1-D, bank": ({"rank": 1, "source": "ecg", "names": ["derivative"]}, {}, {}),
    "1-D, convolved": ({"rank": 1, "source": "sensor", "names": ["derivative"], "definition": "convolve"}, {}, {}),
    "1-D, bias and ReLU": ({"rank": 1, "source": "ecg", "names": ["spike"], "bias": 0.5, "relu": True}, {}, {}),
    "2-D, bank": ({"rank": 2, "source": "house:grey", "names": ["laplacian"]}, {}, {}),
    "2-D, colours": ({"rank": 2, "source": "house", "names": ["sharpen"]}, {}, {}),
    "2-D, convolved": ({"rank": 2, "source": "house:grey", "names": ["sobel"], "definition": "convolve"}, {}, {}),
    "2-D, larger window": ({"rank": 2, "source": "house:grey", "names": ["gaussian"], "taps": [7, 7]}, {}, {}),
    "2-D, smaller window": ({"rank": 2, "source": "house:grey", "names": ["gaussian"], "taps": [2, 3]}, {}, {}),
    "3-D, bank": ({"rank": 3, "source": "ball", "names": ["sobel@0"], "stride": [2, 2, 2]}, {}, {}),
    "3-D, flat": ({"rank": 3, "source": "ball", "names": ["gaussian"], "stride": [5, 5, 5], "flatten": True}, {}, {}),
    # Several filters, groups, channels.
    "several filters": ({"rank": 2, "source": "house:grey", "names": [*EDGES, "box"]}, {}, {}),
    "untrained filters": ({"rank": 1, "source": "noise:17x30", "names": ["untrained"] * 64, "taps": [3]}, {}, {}),
    "bank and untrained": ({"rank": 2, "source": "house", "names": ["sobel", "untrained"], "biased": True}, {}, {}),
    "bank and many untrained": (
        {"rank": 2, "source": "house", "names": [*EDGES, *["untrained"] * 30, "box"], "definition": "convolve"}, {}, {},
    ),
    "first channels": ({"rank": 2, "source": "house", "channels": 2, "names": ["box", "sobel"]}, {}, {}),
    "groups": ({"rank": 2, "source": "house", "groups": 3, "names": [*EDGES, "box"]}, {}, {}),
    "many biases": ({"rank": 1, "source": "noise:2x9", "names": ["untrained"] * 70, "bias": -0.1}, {}, {}),
    # Steps and borders.
    "stride, dilation": (
        {"rank": 2, "source": "house:grey", "names": ["sobel"], "stride": [2, 3], "dilation": [3, 2]}, {}, {},
    ),
    "padding, valid": ({"rank": 2, "source": "house:grey", "names": ["box"], "padding": "valid"}, {}, {}),
    "padding, same": ({"rank": 2, "source": "house:grey", "names": ["box"], "padding": "same"}, {}, {}),
    "padding, even": ({"rank": 2, "source": "house:grey", "names": ["box"], "padding": [[2, 2], [1, 1]]}, {}, {}),
    "padding, uneven": ({"rank": 2, "source": "house:grey", "names": ["box"], "padding": [[0, 2], [1, 0]]}, {}, {}),
    "padding, 1-D": ({"rank": 1, "source": "ecg", "names": ["smoothing"], "padding": [[0, 1]]}, {}, {}),
    # Transposed convolutions.
    "transposed, 1-D": (
        {"rank": 1, "source": "own", "operation": "transposed", "names": [""], "stride": [2]},
        own(1, 7, weight=(1, 1, 4)), {},
    ),
    "transposed, 2-D": (
        {"rank": 2, "source": "own", "operation": "transposed", "names": ["", ""], "padding": [[1, 1], [0, 1]]},
        own(2, 5, 4, weight=(2, 2, 3, 3)), {"torch": "differently at its two ends"},
    ),
    "transposed, groups": (
        {"rank": 2, "source": "noise:4x9x9", "operation": "transposed", "names": ["untrained"] * 6, "groups": 2},
        {}, {"layers": "have no groups"},
    ),
    "transposed, 3-D": (
        {"rank": 3, "source": "own", "operation": "transposed", "names": [""], "stride": [2, 2, 2],
         "output_padding": [1, 0, 1]},
        own(1, 3, 3, 2, weight=(1, 1, 2, 2, 2)), {"layers": "has another size"},
    ),
    # Poolings.
    "max, 1-D": ({"rank": 1, "source": "sensor", "operation": "max_pool", "names": [], "taps": [3]}, {}, {}),
    "max, 2-D": ({"rank": 2, "source": "house", "operation": "max_pool", "names": [], "padding": "same"}, {}, {}),
    "max, ceil": (
        {"rank": 2, "source": "house", "operation": "max_pool", "names": [], "taps": [3, 3], "ceil_mode": True},
        {}, {"layers": "ceil_mode"},
    ),
    "max, dilation": (
        {"rank": 2, "source": "house:grey", "operation": "max_pool", "names": [], "dilation": [2, 2]},
        {}, {"layers": "dilation"},
    ),
    "max, 3-D": ({"rank": 3, "source": "ball", "operation": "max_pool", "names": []}, {}, {}),
    "average, 1-D": ({"rank": 1, "source": "ecg", "operation": "average_pool", "names": [], "stride": [1]}, {}, {}),
    "average, 2-D": (
        {"rank": 2, "source": "house", "operation": "average_pool", "names": [], "taps": [3, 3],
         "padding": [[1, 1], [1, 1]]},
        {}, {"layers": 'by "same"'},
    ),
    "average, padding counts": (
        {"rank": 2, "source": "house", "operation": "average_pool", "names": [], "taps": [3, 3],
         "padding": [[1, 1], [1, 1]], "count_padding": True},
        {}, {"layers": "padding that counts"},
    ),
    "average, 3-D": ({"rank": 3, "source": "ball", "operation": "average_pool", "names": []}, {}, {}),
    # Numbers of one's own: few stand in the program, many are files.
    "own, few": ({"rank": 1, "source": "own", "names": [""]}, own(2, 9, weight=(1, 2, 3)), {}),
    "own, much input": ({"rank": 2, "source": "own", "names": [""]}, own(1, 90, 80, weight=(1, 1, 3, 3)), {}),
    "own, many weights": (
        {"rank": 2, "source": "own", "names": [""] * 20, "definition": "convolve"},
        own(3, 12, 11, weight=(20, 3, 5, 5)), {},
    ),
    "own, transposed": (
        {"rank": 2, "source": "own", "operation": "transposed", "names": [""] * 6, "groups": 3},
        own(3, 12, 11, weight=(6, 1, 4, 4)), {"layers": "have no groups"},
    ),
    "own, pooled": ({"rank": 1, "source": "own", "operation": "max_pool", "names": []}, own(2, 50), {}),
    "own kernel, picture": (
        {"rank": 2, "source": "house:grey", "names": ["", "sobel"]}, {"weight": RANDOM.normal(size=(1, 1, 3, 3))}, {},
    ),
}  # fmt: skip


@pytest.fixture
def session(tmp_path):
    """A tab of a studio that was given the data of two engines."""
    rows = np.random.default_rng(0).random((60, 26))
    rows[:, 0], rows[:, 1] = np.repeat([1, 2], 30), np.tile(np.arange(1, 31), 2)
    (tmp_path / "data").mkdir()
    np.savetxt(tmp_path / "data" / "train_FD001.txt", rows)
    store = Store(Limits(), tmp_path / "uploads", data=tmp_path / "data")
    yield Session(store, "tab:test")
    store.close()


def shown_by(y, form):
    """The maps (k, *positions) that a program leaves in ``y``."""
    return {"striate": lambda: y, "layers": lambda: np.moveaxis(y[0], -1, 0), "torch": lambda: y[0].numpy()}[form]()


def check(session, folder, state, arrays, form):
    """Compares every map, and the line of all, with what the screen shows."""
    answer, _ = ask(session, "bench_code", arrays, state=state, form=form)
    y = take(session, answer, "bench_file", folder, arrays, state=state)["y"]
    made, shown = ask(session, "bench", arrays, state=state)
    if state.get("flatten"):
        flat = np.ravel(y if form == "striate" else y[0])
        assert flat.shape == (made.flattened.value,)
        assert np.allclose(flat[: len(shown["flat"])], shown["flat"], atol=1e-4)
        return answer
    y = shown_by(y, form)
    assert y.shape == made.output_shape
    for number in sorted({0, len(y) // 2, len(y) - 1}):
        _, shown = ask(session, "bench", arrays, state=state, filter=number)
        assert np.allclose(y[number], shown["output"], rtol=1e-4, atol=1e-4)
    return answer


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", STATES)
def test_a_state(session, tmp_path, torch, name, form):
    state, arrays, refused = STATES[name]
    if form in refused:
        with pytest.raises(UnsupportedError, match=refused[form]):
            ask(session, "bench_code", arrays, state=state, form=form)
        return
    answer = check(session, tmp_path, state, arrays, form)
    assert "np.load" in answer.text or not answer.files
    assert len(answer.text) < 3000, "a program is a few lines"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("combine", [None, "magnitude", "sum", "largest"])
@pytest.mark.parametrize(
    ("state", "arrays"),
    [
        ({"rank": 2, "source": "house:grey", "names": EDGES, "padding": "same"}, {}),
        ({"rank": 1, "source": "own", "names": [""] * 3, "relu": True}, own(2, 40, weight=(3, 2, 5))),
        ({"rank": 3, "source": "ball", "operation": "max_pool", "names": []}, {}),
    ],
)  # fmt: skip
def test_all_maps_as_one(session, tmp_path, torch, state, arrays, combine, form):
    state = state if combine is None else {**state, "combine": combine}
    answer, _ = ask(session, "bench_code", arrays, state=state, form=form, combined=True)
    y = take(session, answer, "bench_file", tmp_path, arrays, state=state)["y"]
    _, shown = ask(session, "bench", arrays, state=state, filter=-1)
    assert np.allclose(y if form == "striate" else y[0], shown["output"], rtol=1e-4, atol=1e-4)


def save_wave(path):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(RANDOM.integers(-30000, 30000, 400).astype("<i2").tobytes())


def save_pages(path):
    pages = [Image.fromarray(RANDOM.integers(0, 256, (9, 8), np.uint8)) for _ in range(6)]
    pages[0].save(path, save_all=True, append_images=pages[1:])


COLOURS = RANDOM.integers(0, 256, (40, 30, 3), np.uint8)
LARGE = np.tile(RANDOM.integers(0, 256, (30, 40, 3), np.uint8), (50, 50, 1))
# Name -> what writes the file, and the rank of what is in it.
UPLOADS = {
    "colours.png": (lambda path: Image.fromarray(COLOURS).save(path), 2),
    "my cat's photo.png": (lambda path: Image.fromarray(COLOURS).save(path), 2),
    "grey.png": (lambda path: Image.fromarray(COLOURS[..., 0]).save(path), 2),
    "photo.jpg": (lambda path: Image.fromarray(COLOURS).save(path), 2),
    "large.png": (lambda path: Image.fromarray(LARGE).save(path), 2),
    "table.csv": (lambda path: np.savetxt(path, RANDOM.normal(size=(90, 2)), delimiter=","), 1),
    "sound.wav": (save_wave, 1),
    "line.npy": (lambda path: np.save(path, RANDOM.normal(size=70)), 1),
    "plane.npy": (lambda path: np.save(path, RANDOM.normal(size=(20, 30)).astype(np.float32)), 2),
    "planes.npy": (lambda path: np.save(path, RANDOM.normal(size=(3, 20, 30))), 2),
    "volumes.npy": (lambda path: np.save(path, RANDOM.normal(size=(2, 9, 8, 7))), 3),
    "volume.npy": (lambda path: np.save(path, RANDOM.normal(size=(9, 8, 7))), 3),
    "volume.tif": (save_pages, 3),
}
KERNELS = {1: ["derivative", "smoothing"], 2: ["sobel", "box"], 3: ["sobel", "sobel@0"]}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", UPLOADS)
def test_an_upload(session, tmp_path, torch, name, form):
    save, rank = UPLOADS[name]
    save(tmp_path / name)
    opened, _ = ask(session, "bench_open", upload=upload(session, tmp_path / name))
    (tmp_path / name).unlink()
    assert opened.source.rank == rank
    kinds = [""] if rank != 2 or not opened.source.picture else ["", ":grey"]
    for grey in kinds:
        state = {"rank": rank, "source": opened.source.id + grey, "names": KERNELS[rank], "padding": "same"}
        answer = check(session, tmp_path, state, {}, form)
        assert [file.name for file in answer.files] == [name]
    # The last tab may go: the source is there for all that come, and so is its file.
    session.store.release(session.holder)
    check(session, tmp_path, state, {}, form)


@pytest.mark.parametrize("form", FORMS)
def test_an_upload_with_the_name_of_the_own_filters(session, tmp_path, torch, form):
    np.save(tmp_path / "own-weight.npy", RANDOM.normal(size=(1, 30, 40)))
    opened, _ = ask(session, "bench_open", upload=upload(session, tmp_path / "own-weight.npy"))
    weight = {"weight": RANDOM.normal(size=(1, 1, 9, 8))}
    state = {"rank": 2, "source": opened.source.id, "names": [""], "taps": [9, 8]}
    answer = check(session, tmp_path, state, weight, form)
    offered = [(file.name, file.what) for file in answer.files]
    assert offered == [("own-weight.npy", "the input"), ("own-weight-2.npy", "the filters")]


def test_filters_of_the_bank_need_no_file(session):
    state, _, _ = STATES["bank and many untrained"]
    answer, _ = ask(session, "bench_code", state=state)
    names = "['sobel', 'sobel@0', *['untrained'] * 30, 'box']"
    assert f"weight = st.lessons.bank_filters({names}, 2, depth=3, taps=(3, 3))[0]" in answer.text.splitlines()
    assert answer.files == ()


def test_uploads_that_are_forgotten_are_deleted(session, tmp_path):
    np.save(tmp_path / "line.npy", np.arange(70.0))
    for _ in range(session.store.limits.inputs + 3):
        ask(session, "bench_open", upload=upload(session, tmp_path / "line.npy"))
    assert len(list((tmp_path / "uploads").iterdir())) == session.store.limits.inputs


def test_an_upload_that_cannot_be_read_is_deleted(session, tmp_path):
    (tmp_path / "no.png").write_bytes(b"no picture")
    with pytest.raises(st.errors.StriateError, match=r'"no.png"'):
        ask(session, "bench_open", upload=upload(session, tmp_path / "no.png"))
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("source", ["cmapss", "cmapss/2", "cmapss/2/7,s1", "cmapss/2/7,2:12", "cmapss:20"])
def test_an_engine(session, tmp_path, torch, source, form):
    state = {"rank": 1, "source": source, "names": ["smoothing"], "padding": "same"}
    assert [file.name for file in check(session, tmp_path, state, {}, form).files] == ["train_FD001.txt"]


@pytest.mark.parametrize("sides", [None, (32, 32), (24, 36)])
@pytest.mark.parametrize("kind", ["file", "array", "sample"])
def test_a_picture_that_is_open_for_a_network(session, tmp_path, kind, sides):
    if sides is None:
        network = st.load(st.bundled.model_path())
    else:
        st.Sequential([st.layers.Conv2D(2, 3, input_shape=(*sides, 3))], seed=0).save(tmp_path / "net.onnx")
        network = st.load(tmp_path / "net.onnx")
    net = session.store.add_network(network, "net.onnx", session.holder)
    if kind == "sample":
        open_sample(session.store, net, session.holder)
    else:
        Image.fromarray(COLOURS).save(tmp_path / "cat.png")
        path, array = (tmp_path / "cat.png", None) if kind == "file" else (None, COLOURS)
        source = Source("cat.png", "picture", path, array=array)
        session.store.add_input(net, {network.inputs[0].name: source}, "cat.png", None, session.holder)
    name = "open-house" if kind == "sample" else "open-cat"
    for grey in ("", ":grey"):
        state = {"rank": 2, "source": name + grey, "names": ["sobel"]}
        answer = check(session, tmp_path, state, {}, "striate")
        offered = {"file": ["cat.png"], "array": [f"cat{grey.replace(':', '-')}.npy"], "sample": []}
        assert [file.name for file in answer.files] == offered[kind]


def open_cat(session, folder, network=None, pixels=COLOURS):
    """A network and a picture, open."""
    net = session.store.add_network(network or st.load(st.bundled.model_path()), "net.onnx", session.holder)
    Image.fromarray(pixels).save(folder / "cat.png")
    source = Source("cat.png", "picture", folder / "cat.png")
    entry = session.store.add_input(net, {net.network.inputs[0].name: source}, "cat.png", None, session.holder)
    return {"network": net.id, "input": entry.id}


PAINT = {"patch": np.full((9, 9, 3), 200, np.uint8), "mask": np.full((9, 9), 255, np.uint8)}
EDITS = {
    "painted": ("paint", {"at": (10, 20)}, PAINT),
    "moved": ("shift", {"by": (3, -2)}, {}),
    "mirrored": ("flip", {"axis": 1}, {}),
    "camera": ("replace", {"sources": ({"array": "camera"},), "name": "the camera"}, {"camera": COLOURS[::-1].copy()}),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("grey", ["", ":grey"])
def test_an_open_picture_is_taken_as_it_stands_now(session, tmp_path, grey, edit):
    place = open_cat(session, tmp_path)
    state = {"rank": 2, "source": f"open-cat{grey}", "names": ["sobel"]}
    opened, before = ask(session, "bench", state=state)
    kind, fields, arrays = EDITS[edit]
    ask(session, kind, arrays, **place, **fields)
    _, shown = ask(session, "input", **place)
    made, after = ask(session, "bench", state=state, have=opened.key)
    picture = next(array for name, array in shown.items() if name.startswith("picture"))
    assert np.array_equal(after["input"], st.image(picture, size=None, preprocess="grey" if grey else "unit")[0])
    assert not np.array_equal(after["input"], before["input"])
    assert opened.source.note.endswith("the size that the network sees")
    assert made.source.note.endswith("; replaced by the camera" if edit == "camera" else f"; {edit}")
    answer = check(session, tmp_path, state, {}, "striate")
    name = "camera" if edit == "camera" else f"cat-{edit}"
    assert [file.name for file in answer.files] == [f"{name}{grey.replace(':', '-')}.npy"]
    # As it was, it is the file again.
    ask(session, "reset", **place, what="all")
    again, numbers = ask(session, "bench", state=state, have=made.key)
    assert np.array_equal(numbers["output"], before["output"])
    assert again.source == opened.source


@pytest.mark.parametrize("grey", ["", ":grey"])
def test_an_open_array_of_two_axes_is_a_picture(session, tmp_path, grey):
    net = session.store.add_network(st.load(st.bundled.model_path()), "net.onnx", session.holder)
    plane = RANDOM.integers(0, 256, (30, 40)).astype(np.uint8)
    np.save(tmp_path / "plane.npy", plane)
    source = Source("plane.npy", "numbers", tmp_path / "plane.npy")
    entry = session.store.add_input(net, {net.network.inputs[0].name: source}, "plane.npy", None, session.holder)
    assert entry.kind == "picture"
    state = {"rank": 2, "source": f"open-plane{grey}", "names": ["sobel"]}
    _, made = ask(session, "bench", state=state)
    assert np.array_equal(made["input"], np.repeat(plane[None] / np.float32(255), 1 if grey else 3, axis=0))
    answer = check(session, tmp_path, state, {}, "striate")
    assert [file.name for file in answer.files] == [f"plane{grey.replace(':', '-')}.npy"]


def test_an_edit_of_the_network_is_none_of_the_open_picture(session, tmp_path):
    place = open_cat(session, tmp_path)
    state = {"rank": 2, "source": "open-cat", "names": ["sobel"]}
    before, _ = ask(session, "bench", state=state)
    ask(session, "edit_kernel", **place, layer="edges/Conv", channel=3, at=(0, 1, 1), value=5.0)
    after, made = ask(session, "bench", state=state, have=before.key)
    assert (after.key, "input" in made) == (before.key, False)


def test_an_open_picture_is_that_which_the_tab_edited_last(session, tmp_path):
    place = open_cat(session, tmp_path)
    other = session.store.add_network(st.load(st.bundled.model_path()), "other.onnx", session.holder)
    with_other = {**place, "network": other.id}
    state = {"rank": 2, "source": "open-cat", "names": ["sobel"]}
    notes = []
    for where, edit in ((place, "mirrored"), (with_other, "moved"), (place, "painted")):
        kind, fields, arrays = EDITS[edit]
        ask(session, kind, arrays, **where, **fields)
        notes.append(ask(session, "bench", state=state)[0].source.note.partition("; ")[2])
    assert notes == ["mirrored", "moved", "mirrored, painted"]
    elsewhere = Session(session.store, "another tab")
    assert ask(elsewhere, "bench", state=state)[0].source.note.partition("; ")[2] == ""


def test_another_picture_of_the_same_name_is_another(session, tmp_path):
    state = {"rank": 2, "source": "open-cat", "names": ["sobel"]}
    for pixels in (COLOURS, 255 - COLOURS):
        place = open_cat(session, tmp_path, pixels=pixels)
        _, made = ask(session, "bench", state=state)
        assert np.array_equal(made["input"], st.image(pixels, size=None, preprocess="unit")[0])
        ask(session, "close", **place)


def test_the_shown_input_is_the_file_s_to_the_bit(session, tmp_path):
    state, arrays, _ = STATES["own, much input"]
    answer, _ = ask(session, "bench_code", arrays, state=state)
    space = take(session, answer, "bench_file", tmp_path, arrays, state=state)
    assert np.array_equal(space["x"], arrays["input"])
    assert LARGE.shape[0] * LARGE.shape[1] > LARGEST_PICTURE
