"""The workbench's answers: what the page is sent is what the Python API says."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import striate as st
from striate import bundled
from striate.errors import LimitError, MessageError, ShapeError, UnknownNameError
from striate.lessons import Workbench, bank_filters, worked_examples
from striate.studio.answers import ANSWERS
from striate.studio.answers.library import open_sample
from striate.studio.answers.session import Session
from striate.studio.bench_sources import LARGEST_PICTURE
from striate.studio.kept_numbers import KeptNumbers
from striate.studio.limits import Limits
from striate.studio.protocol import EXCHANGES
from striate.studio.store import Store
from striate.studio.work import Work


@pytest.fixture
def session(tmp_path):
    store = Store(Limits(), tmp_path / "uploads")
    yield Session(store, "tab:test")
    store.close()


def ask(session, kind, arrays=None, **fields):
    request = EXCHANGES[kind][0].model_validate({"id": 1, "type": kind, **fields})
    return ANSWERS[kind](session, request, arrays or {}, Work())


def upload(session, name, data):
    file = session.store.uploads.begin(name, len(data))
    session.store.uploads.append(file, data)
    session.store.uploads.finish(file)
    return file.id


def test_every_example_comes_out_as_in_python(session):
    sources, arrays = ask(session, "bench_sources")
    assert [each.id for each in sources.examples] == [each.name for each in worked_examples()]
    for each, truth in zip(sources.examples, worked_examples(), strict=True):
        own = {kind: arrays[f"{kind}.{each.id}"] for kind in ("input", "weight") if f"{kind}.{each.id}" in arrays}
        answer, made = ask(session, "bench", own, state=each.state.model_dump())
        assert np.allclose(made["output"], truth.bench.output[0], rtol=1e-6)
        assert np.array_equal(made["input"], truth.x.astype(np.float32))
        assert answer.exact
        assert answer.sizes == truth.bench.sizes


def test_a_picture_two_filters_and_all_as_one(session):
    state = {"rank": 2, "source": "house:grey", "names": ["sobel", "sobel@0"], "padding": "same"}
    grey = st.image(bundled.picture_path(), size=None, preprocess="grey")[0]
    bench = Workbench(grey, bank_filters(state["names"], 2)[0], padding="same")
    answer, made = ask(session, "bench", state=state, filter=1)
    assert np.allclose(made["output"], bench.output[1], atol=1e-6)
    assert np.allclose(made["input"], grey)
    assert answer.state.padding == ((1, 1), (1, 1))
    assert answer.parameters.value == 18
    assert [word.kind for word in answer.words] == ["edge detector", "edge detector"]
    assert made["tiles"].shape[0] == 2
    assert np.allclose(made["extents"], [[m.min(), m.max()] for m in bench.output])
    again, fewer = ask(session, "bench", state=state, filter=-1, have=answer.key)
    assert again.state.combine == "magnitude", "where nobody says how"
    assert "input" not in fewer
    assert again.key == answer.key
    assert np.allclose(fewer["output"], np.hypot(*bench.output), atol=1e-6)
    assert answer.output_extent == (bench.output[1].min(), bench.output[1].max())
    assert again.output_extent == pytest.approx((fewer["output"].min(), fewer["output"].max()))


def test_one_number_is_explained_as_in_a_network(session):
    state = {"rank": 2, "source": "house", "names": ["box"], "relu": True, "bias": -0.5}
    colours = st.image(bundled.picture_path(), size=None, preprocess="unit")[0]
    bench = Workbench(colours, bank_filters(["box"], 2, depth=3)[0], bias=-0.5, relu=True)
    found = bench.run.unit("layer:0@40,50").explain()
    answer, made = ask(session, "bench_unit", state=state, at=(40, 50))
    assert answer.unit.view == "convolution"
    assert (answer.unit.total, answer.unit.bias, answer.unit.value) == (found.total, -0.5, found.value)
    assert [stage.kind for stage in answer.unit.stages] == ["Relu"]
    assert np.allclose(made["sums"], found.products.reshape(3, -1).sum(1))


def test_own_weights_and_input_and_the_definition(session):
    x, weight = np.array([[1.0, 2, 3, 4, 5]]), np.array([[[1.0, 0, -1]]])
    own = {"input": x, "weight": weight}
    state = {"rank": 1, "source": "own", "names": [""]}
    answer, made = ask(session, "bench", own, state=state)
    assert made["output"].tolist() == [-2, -2, -2]
    assert answer.meets == (((0, 2, 1), (1, 3, 1), (2, 4, 1)),)
    turned, made = ask(session, "bench", own, state={**state, "definition": "convolve"})
    assert made["output"].tolist() == [2, 2, 2]
    assert turned.geometry.flipped
    assert turned.meets == (((2, 4, 1), (1, 3, 1), (0, 2, 1)),)
    assert made["weight"].tolist() == weight.tolist()


def test_many_numbers_are_kept_for_the_link(session):
    rng = np.random.default_rng(0)
    x, weight = rng.normal(size=(3, 700)), rng.normal(size=(40, 3, 15))
    state = {"rank": 1, "source": "own", "names": [""] * 40}
    answer, made = ask(session, "bench", {"input": x, "weight": weight}, state=state)
    assert len(answer.state.weight_id) == len(answer.state.input_id) == 16
    other = Session(session.store, "tab:other")
    again, same = ask(other, "bench", state=answer.state.model_dump())
    assert np.array_equal(same["output"], made["output"])
    assert again.state == answer.state
    unit, _ = ask(other, "bench_unit", state=answer.state.model_dump(), filter=7, at=(3,))
    assert unit.unit.value == pytest.approx((weight[7] * x[:, 3:18]).sum())
    # Numbers that come along are those that count, and few of them stand in the link.
    few = {"input": x[:1, :9], "weight": weight[:2, :1, :3]}
    edited, _ = ask(
        other, "bench", few, state=answer.state.model_dump() | {"names": ["", ""], "channels": None, "taps": []}
    )
    assert edited.output_shape == (2, 7)
    assert (edited.state.weight_id, edited.state.input_id) == ("", "")
    # Where the state has none of its own, they are not looked for.
    ask(other, "bench", state={"rank": 1, "source": "ecg", "names": ["spike"], "weight_id": "gone", "input_id": "gone"})
    with pytest.raises(MessageError, match=r'"gone" of this link are not here: a link with more than 1,500 numbers'):
        ask(other, "bench", state={"rank": 1, "source": "ecg", "names": [""], "weight_id": "gone"})


def test_the_numbers_that_are_kept_are_bounded():
    kept = KeptNumbers()
    assert kept.keep(np.zeros(1500)) == kept.keep(None) == ""
    ids = [kept.keep(np.full(2**21, float(number))) for number in range(6)]
    assert kept.find(ids[5])[0] == 5
    assert kept.keep(np.full(2**21, 5.0)) == ids[5]
    with pytest.raises(MessageError):
        kept.find(ids[0])


def test_an_uploaded_file_is_there_for_every_tab(session, tmp_path):
    np.savetxt(tmp_path / "run.csv", np.arange(9.0), delimiter=",")
    answer, _ = ask(session, "bench_open", upload=upload(session, "run.csv", (tmp_path / "run.csv").read_bytes()))
    other = Session(session.store, "tab:other")
    _, made = ask(other, "bench", state={"rank": 1, "source": answer.source.id, "names": ["spike"]})
    assert made["input"].tolist() == [list(range(9))]
    again, _ = ask(other, "bench_open", upload=upload(session, "run.csv", (tmp_path / "run.csv").read_bytes()))
    assert again.source.id != answer.source.id


def test_many_channels_come_one_by_one(session):
    x = np.random.default_rng(0).normal(size=(6, 12))
    state = {"rank": 1, "source": "own", "names": ["smoothing"] * 4, "groups": 2}
    answer, made = ask(session, "bench", {"input": x}, state=state, channel=4)
    assert (answer.input_first, made["input"].shape) == (4, (1, 12))
    assert np.allclose(made["input"][0], x[4])
    assert answer.ranges.groups == (1, 2)
    assert (answer.ranges.channels, answer.ranges.filters) == ((2, 6), (2, 64))
    assert made["weight"].shape == (4, 3, 3)


def test_maps_in_a_line_and_no_more_small_maps_than_are_shown(session):
    x = np.random.default_rng(0).normal(size=(1, 9, 9))
    state = {"rank": 2, "source": "own", "names": ["untrained"] * 70, "flatten": True}
    answer, made = ask(session, "bench", {"input": x}, state=state)
    truth = Workbench(x, bank_filters(state["names"], 2)[0]).output
    assert np.allclose(made["flat"], truth.reshape(-1)[:256], atol=1e-6)
    assert (answer.flattened.text, answer.flattened.value) == ("70·7·7", 3430)
    assert (answer.tiles_first, len(made["tiles"])) == (0, 64)
    last, more = ask(session, "bench", {"input": x}, state=state, filter=69)
    assert last.tiles_first == 64
    assert np.allclose(more["tiles"], truth[64:], atol=1e-6)
    assert len(made["extents"]) == 70
    assert "flat" not in ask(session, "bench", {"input": x}, state={**state, "flatten": False})[1]


def test_uploads_become_sources(session, tmp_path):
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 255, (20, 30, 3), np.uint8)).save(tmp_path / "cat.png")
    np.save(tmp_path / "volume.npy", rng.normal(size=(5, 6, 7)))
    np.savetxt(tmp_path / "run.csv", rng.normal(size=(9, 2)), delimiter=",")
    shapes = {"cat.png": (3, 20, 30), "volume.npy": (1, 5, 6, 7), "run.csv": (2, 9)}
    for name, shape in shapes.items():
        answer, _ = ask(session, "bench_open", upload=upload(session, name, (tmp_path / name).read_bytes()))
        assert (answer.source.shape, answer.source.rank) == (shape, len(shape) - 1)
        made, arrays = ask(
            session,
            "bench",
            state={"rank": answer.source.rank, "source": answer.source.id, "names": ["gaussian"], "padding": "same"},
        )
        assert made.output_shape == (1, *shape[1:])
        assert arrays["input"].dtype == np.float32
    listed, _ = ask(session, "bench_sources")
    assert {"cat", "volume", "run"} <= {source.id for source in listed.sources}


def test_a_huge_picture_is_made_smaller_and_says_so(session, tmp_path):
    Image.new("RGB", (2400, 1200)).save(tmp_path / "large.png")
    answer, _ = ask(session, "bench_open", upload=upload(session, "large.png", (tmp_path / "large.png").read_bytes()))
    _, height, width = answer.source.shape
    assert 0.99 * LARGEST_PICTURE < height * width <= LARGEST_PICTURE
    assert f"made smaller, from 1200 × 2400 to {height} × {width}" in answer.source.note


def test_pictures_that_are_open_are_there_too(session):
    entry = session.store.add_network(st.load(bundled.model_path()), "edges.onnx", "tab:test")
    open_sample(session.store, entry, "tab:test")
    listed, _ = ask(session, "bench_sources")
    assert "open-house" in {source.id for source in listed.sources}
    _, made = ask(session, "bench", state={"rank": 2, "source": "open-house"})
    assert np.allclose(made["input"], st.image(bundled.picture_path(), size=None, preprocess="unit")[0], atol=1e-6)


@pytest.mark.parametrize(
    ("state", "arrays", "error", "message"),
    [
        ({"source": "hause"}, {}, UnknownNameError, "house"),
        ({"source": "ecg"}, {}, ShapeError, 'source "ecg" is 1-D, the workbench is set to 2-D'),
        ({"source": "own"}, {}, ShapeError, 'the array "input" must be given'),
        ({"source": "house", "channels": 4}, {}, ShapeError, r"channels .=4. must be at most 3"),
        ({"source": "own"}, {"input": np.zeros((1, 2100, 2100))}, LimitError, "the limit is"),
    ],
)
def test_what_cannot_be(session, state, arrays, error, message):
    with pytest.raises(error, match=message):
        ask(session, "bench", arrays, state={"rank": 2, **state})
