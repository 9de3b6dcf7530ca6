"""The workbench's code, declarations and films."""

from __future__ import annotations

import io
import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

import striate as st
from striate import bundled
from striate.errors import DeclarationError, ShapeError, StriateError
from striate.studio.answers import ANSWERS
from striate.studio.answers.library import open_sample
from striate.studio.answers.session import Session
from striate.studio.limits import Limits
from striate.studio.protocol import EXCHANGES, PROTOCOL
from striate.studio.store import Store
from striate.studio.work import StoppedError, Work


@pytest.fixture
def session(tmp_path):
    store = Store(Limits(), tmp_path / "uploads")
    yield Session(store, "tab:test")
    store.close()


def ask(session, kind, arrays=None, work=None, **fields):
    request = EXCHANGES[kind][0].model_validate({"id": 1, "type": kind, **fields})
    return ANSWERS[kind](session, request, arrays or {}, work or Work())


class Heard(Work):
    """Keeps every report, and stops after that of a frame."""

    def __init__(self, stops_at=None):
        super().__init__()
        self.told, self.stops_at = [], stops_at

    def report(self, what, done=0, total=0):
        super().report(what, done, total)
        self.told.append((what, done, total))
        if done == self.stops_at:
            self.stop()


def test_the_mission_s_declaration_is_told_and_played(session):
    answer, _ = ask(session, "bench_declare", text="nn.Conv1d(17, 64, kernel_size=3, padding=1)", shape="17x30")
    assert (answer.framework, answer.kind) == ("pytorch", "Conv1d")
    assert (answer.input_shape, answer.output_shape) == ((17, 30), (64, 30))
    assert answer.parameters == "64*17*3 + 64 = 3,328"
    assert {each.name: each.value for each in answer.arguments if each.given} == {
        "in_channels": "17", "out_channels": "64", "kernel_size": "3", "padding": "1",
    }  # fmt: skip
    assert answer.dense.ratio == pytest.approx((17 * 30 * 64 * 30 + 64 * 30) / 3328)
    played, _ = ask(session, "bench", state=answer.state.model_dump())
    assert played.output_shape == (64, 30)
    assert (played.parameters.text, played.parameters.value) == ("64·17·3 + 64", 3328)


@pytest.fixture
def with_data(tmp_path):
    """A session of a server that was given a folder with an engine of 40 cycles."""
    rows = np.random.default_rng(0).random((40, 26))
    rows[:, 0], rows[:, 1] = 1, np.arange(1, 41)
    np.savetxt(tmp_path / "train_FD001.txt", rows)
    store = Store(Limits(), tmp_path / "uploads", data=tmp_path)
    yield Session(store, "tab:test")
    store.close()


@pytest.mark.parametrize(
    ("text", "shape", "source", "length"),
    [
        ("nn.Conv1d(17, 64, kernel_size=3, padding=1)", "", "cmapss", 40),
        ("nn.Conv1d(17, 64, kernel_size=3, padding=1)", "17x30", "cmapss:30", 30),
        ("nn.Conv1d(17, 64, kernel_size=3, padding=1)", "17x41", "noise:17x41", 41),
        ('Conv1D(64, 3, padding="same", input_shape=(30, 17))', "", "cmapss:30", 30),
        ("nn.Conv1d(16, 64, 3)", "", "noise:16x30", 30),
    ],
)
def test_a_layer_is_played_on_real_data_of_as_many_channels(with_data, text, shape, source, length):
    answer, _ = ask(with_data, "bench_declare", text=text, shape=shape)
    assert answer.state.source == source
    engine = f", first {length} samples" if ":" in source else ""
    assert answer.source == (
        f"C-MAPSS FD001, engine 1{engine}" if "cmapss" in source else f"noise {'×'.join(source[6:].split('x'))}"
    )
    state = answer.state.model_dump()
    played, made = ask(with_data, "bench", state=state, channel=5)
    assert played.input_shape == (int(text[10:12]) if "16" in text else 17, length)
    if "cmapss" in source:
        path = with_data.store.data / "train_FD001.txt"
        assert np.allclose(made["input"][0], st.lessons.cmapss(path)[5, :length])


@pytest.fixture
def with_engines(tmp_path):
    """A session of a server with the data of three engines, and the rows of the file."""
    rows = np.random.default_rng(0).random((60, 26))
    rows[:, 0], rows[:, 1] = np.repeat([1, 2, 3], 20), np.tile(np.arange(1, 21), 3)
    np.savetxt(tmp_path / "train_FD001.txt", rows)
    store = Store(Limits(), tmp_path / "uploads", data=tmp_path)
    yield Session(store, "tab:test"), np.loadtxt(tmp_path / "train_FD001.txt")
    store.close()


@pytest.mark.parametrize(
    ("source", "engine", "columns", "length"),
    [
        ("cmapss", 1, [2, 3, 4, 6, 7, 8, 11, 12, 13, 15, 16, 17, 18, 19, 21, 24, 25], 20),
        ("cmapss/3", 3, [2, 3, 4, 6, 7, 8, 11, 12, 13, 15, 16, 17, 18, 19, 21, 24, 25], 20),
        ("cmapss/2/7,2", 2, [11, 6], 20),
        ("cmapss/2/s1,21:12", 2, [2, 25], 12),
    ],
)
def test_an_engine_and_its_sensors(with_engines, source, engine, columns, length):
    session, rows = with_engines
    state = {"rank": 1, "source": source, "names": ["smoothing"], "padding": "same"}
    for channel in range(len(columns)):
        answer, made = ask(session, "bench", state=state, channel=channel)
        shown = made["input"][channel - answer.input_first]
        low, high = rows[:, columns[channel]].min(), rows[:, columns[channel]].max()
        truth = rows[rows[:, 0] == engine, columns[channel]][:length]
        assert np.allclose(shown * (high - low) + low, truth, atol=1e-5)
    assert f"engine {engine}" in answer.source.name
    names = [f"setting {c - 1}" if c < 5 else f"sensor {c - 4}" for c in columns]
    assert list(answer.source.channels) == names
    assert all(name in answer.source.note for name in names)


def test_what_there_is_to_choose_from(with_engines, session):
    choices = ask(with_engines[0], "bench_sources")[0].cmapss
    assert (choices.source, choices.engines, choices.cycles) == ("cmapss", (1, 2, 3), (20, 20, 20))
    assert [each.id for each in choices.channels] == ["s1", "s2", "s3", *map(str, range(1, 22))]
    assert choices.channels[4].text == "sensor 2 (T24, total temperature at LPC outlet)"
    assert len(choices.usual) == 17
    assert ask(session, "bench_sources")[0].cmapss is None


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("cmapss/4", r'engine .="4". must be one of 1 to 3'),
        ("cmapss/1/22", 'no channel "22"'),
        ("cmapss/1/2/3", 'no source "cmapss/1/2/3"'),
    ],
)
def test_what_is_no_engine(with_engines, source, message):
    with pytest.raises(StriateError, match=message):
        ask(with_engines[0], "bench", state={"rank": 1, "source": source})


def test_a_signal_has_no_more_than_its_first_samples(with_data):
    with pytest.raises(ShapeError, match="has no first 41 samples"):
        ask(with_data, "bench", state={"rank": 1, "source": "cmapss:41", "names": ["spike"]})
    with pytest.raises(ShapeError, match="has no first 0 samples"):
        ask(with_data, "bench", state={"rank": 1, "source": "ecg:0", "names": ["spike"]})


@pytest.mark.parametrize(
    "line",
    [
        "nn.Conv2d(3, 8, (3, 5), stride=2, padding=(1, 2), dilation=(1, 2))",
        "nn.Conv2d(4, 8, 3, groups=4, padding='same')",
        "Conv2D(32, (3, 3), strides=2, padding='same')",
        "DepthwiseConv2D(3)",
        "nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True)",
        "AveragePooling1D(2)",
        "nn.AvgPool2d(3, padding=1)",
        "nn.ConvTranspose2d(3, 6, 3, stride=2, padding=1, output_padding=1)",
        "Conv2DTranspose(4, 3, strides=2, padding='same')",
        "Conv2DTranspose(4, 2, strides=4)",
        "Conv2DTranspose(4, 3, strides=2, padding='same', output_padding=1)",
        "Conv1D(4, 3, activation='relu', padding='causal')",
        "nn.Conv3d(1, 4, 3)",
    ],
)
def test_what_is_played_has_the_declared_sizes(session, line):
    """And is what the Python API plays: the same input, weights and result."""
    answer, _ = ask(session, "bench_declare", text=line)
    assert answer.why_not == ""
    played, sent = ask(session, "bench", state=answer.state.model_dump())
    shape = answer.output_shape
    assert played.output_shape == ((shape[-1], *shape[:-1]) if answer.order == "channels last" else shape)
    bench = st.lessons.play_declaration(line).workbench()
    assert played.input_shape == bench.x.shape
    assert np.array_equal(sent["input"], bench.x[: len(sent["input"])].astype(np.float32))
    assert "weight" not in sent or np.array_equal(sent["weight"], bench.weight)
    assert np.array_equal(sent["output"], bench.output[0].astype(np.float32))


def test_a_pooling_to_a_size_is_played_where_its_windows_are_alike(session):
    answer, _ = ask(session, "bench_declare", text="GlobalAveragePooling2D()", shape="6x4x3")
    played, sent = ask(session, "bench", state=answer.state.model_dump())
    assert played.output_shape == (3, 1, 1)
    assert sent["output"].item() == pytest.approx(sent["input"][0].mean(), rel=1e-6)
    answer, _ = ask(session, "bench_declare", text="nn.AdaptiveAvgPool2d(4)", shape="3x6x4")
    assert "windows of several sizes" in answer.why_not


def test_what_follows_a_declared_layer(session):
    answer, _ = ask(session, "bench_declare", text="Conv2D(4, 3, activation='relu')")
    assert (answer.state.relu, answer.left_out) == (True, "")
    answer, _ = ask(session, "bench_declare", text="Conv2D(4, 3, activation='tanh')")
    assert (answer.state.relu, answer.left_out) == (False, "shown before its activation tanh")


@pytest.mark.parametrize(
    ("line", "shape", "learns"),
    [
        ("nn.Conv2d(3, 8, 3)", "", True),
        ("nn.MaxPool2d(2)", "", False),
        ("nn.Flatten()", "32x7x7", False),
        ("Dropout(0.5)", "7", False),
        # Nobody knows how many inputs it has, but it learns.
        ("Dense(10)", "", True),
    ],
)
def test_whether_a_layer_learns_anything(session, line, shape, learns):
    answer, _ = ask(session, "bench_declare", text=line, shape=shape)
    assert answer.learns == learns
    assert learns or answer.parameters == "0 = 0"
    assert "0 = 0" not in answer.macs


@pytest.mark.parametrize(
    ("line", "shape", "orders"),
    [
        ("nn.Flatten()", "2x2x3", True),
        ("layers.Flatten()", "2x3x2", True),
        ("nn.Flatten()", "1x2x3", False),
        ("nn.Flatten()", "12", False),
        ("nn.Flatten()", "12x1x1", False),
        # Rows and columns alone become one axis.
        ("nn.Flatten(2)", "2x2x3", False),
        ("nn.MaxPool2d(2)", "2x2x4", False),
    ],
)
def test_the_orders_of_a_flatten_are_told_where_they_differ(session, line, shape, orders):
    found = ask(session, "bench_declare", text=line, shape=shape)[0].orders
    if not orders:
        assert found is None
        return
    assert found.pytorch == ("0@0,0", "0@0,1", "0@0,2", "0@1,0", "0@1,1", "0@1,2")
    assert found.keras == ("0@0,0", "1@0,0", "0@0,1", "1@0,1", "0@0,2", "1@0,2")


@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`:UserWarning")
def test_a_flattened_state_in_both_orders(session, keras):
    """The screen shows PyTorch's line; the program in Keras's words makes Keras's, in Keras and here."""
    state = {"rank": 2, "source": "own", "names": [], "operation": "max_pool", "flatten": True}
    x = np.random.default_rng(0).normal(size=(3, 4, 4)).astype(np.float32)
    answer, shown = ask(session, "bench", {"input": x}, state=state)
    maps = np.moveaxis(x.reshape(3, 2, 2, 2, 2), 2, 3).max(axis=(3, 4))
    assert np.array_equal(shown["flat"], maps.ravel())
    at = {f"{c}@{i},{j}": maps[c, i, j] for c in range(3) for i in range(2) for j in range(2)}
    assert np.array_equal(shown["flat"][:6], [at[entry] for entry in answer.orders.pytorch])
    text = ask(session, "bench_code", {"input": x}, state=state, form="layers")[0].text
    for program in (text, text.replace("striate.layers", "keras.layers").replace("from striate", "from keras")):
        space = {}
        exec(program, space)
        assert np.array_equal(np.asarray(space["y"])[0][:6], [at[entry] for entry in answer.orders.keras])
    assert ask(session, "bench", {"input": x[:1]}, state=state)[0].orders is None
    assert ask(session, "bench", {"input": x}, state={**state, "flatten": False})[0].orders is None


def test_what_cannot_be_played_says_why(session):
    assert "no window" in ask(session, "bench_declare", text="nn.Linear(3, 4)", shape="3")[0].why_not
    assert "too many" in ask(session, "bench_declare", text="nn.Conv2d(512, 512, 3)")[0].why_not
    assert "two layers" in ask(session, "bench_declare", text="SeparableConv2D(8, 3)", shape="9x9x3")[0].why_not
    huge = ask(session, "bench_declare", text="nn.Conv2d(3, 8, 3)", shape="3x5000x5000")[0]
    assert (huge.output_shape, huge.state) == ((8, 4998, 4998), None)
    assert "its input has more than 4,194,304 numbers" in huge.why_not
    for text, why in (
        ("nn.Conv2d(3, 8, 3, padding=1, padding_mode='circular')", 'padding_mode "circular" is not played'),
        ("nn.LPPool2d(2, 3)", "neither a maximum nor an average"),
        ("nn.AvgPool2d(2, divisor_override=3)", "a divisor of its own"),
    ):
        answer, _ = ask(session, "bench_declare", text=text)
        assert answer.state is None
        assert why in answer.why_not


@pytest.mark.parametrize(
    ("text", "shape", "message"),
    [
        ("hello", "", "is no call"),
        ("nn.Conv1d(17, 64)", "", "kernel_size"),
        ("nn.Sequential(nn.Conv1d(1, 6, 3), nn.Linear(7, 2, 3, 4, 5, 6))", "", r"layer 2 of 2, nn.Linear\(7"),
        ("nn.Conv1d(17, 64, 3)", "16x30", "16 channels"),
        ("nn.Conv1d(17, 64, 3)", "a lot", 'input shape "a lot" must be whole numbers'),
    ],
)
def test_what_is_no_declaration(session, text, shape, message):
    with pytest.raises(DeclarationError, match=message):
        ask(session, "bench_declare", text=text, shape=shape)


def test_films_of_the_workbench(session):
    own = {"input": np.arange(8.0)[None], "weight": np.array([[[1.0, 0, -1]]])}
    state = {"rank": 1, "source": "own", "names": [""]}
    answer, _ = ask(session, "bench_film", own, state=state)
    found = session.store.downloads.take(answer.film.download)
    assert found.name == "convolution-3.gif"
    with Image.open(found.path) as picture:
        assert picture.n_frames == 6
    assert session.store.downloads.take(answer.film.download) is None
    answer, _ = ask(session, "bench_film", own, state=state, form="svg")
    with zipfile.ZipFile(io.BytesIO(session.store.downloads.take(answer.film.download).path.read_bytes())) as archive:
        assert len(archive.namelist()) >= 6


def test_films_of_a_network_s_layer(session):
    entry = session.store.add_network(st.load(bundled.model_path()), "edges.onnx", "tab:test")
    given = open_sample(session.store, entry, "tab:test")
    answer, _ = ask(session, "film", network=entry.id, input=given, layer="edges/Conv", channel=3, at=(100, 50))
    assert answer.film.name == "edges-Conv-3.gif"
    assert "positions 97:104,47:54" in answer.film.note


@pytest.mark.parametrize("form", ["gif", "svg"])
def test_a_film_says_how_far_it_is(session, form):
    own = {"input": np.arange(8.0)[None], "weight": np.array([[[1.0, 0, -1]]])}
    work = Heard()
    ask(session, "bench_film", own, work, state={"rank": 1, "source": "own", "names": [""]}, form=form)
    told = [done for what, done, total in work.told if (what, total) == ("drawing frames", 6)]
    assert told == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("form", ["gif", "mp4", "svg"])
def test_a_film_that_is_stopped_half_way_leaves_nothing(session, form):
    if form == "mp4" and shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not there")
    own = {"input": np.arange(8.0)[None], "weight": np.array([[[1.0, 0, -1]]])}
    work = Heard(stops_at=3)
    with pytest.raises(StoppedError):
        ask(session, "bench_film", own, work, state={"rank": 1, "source": "own", "names": [""]}, form=form)
    assert list(session.store.downloads.place("").parent.iterdir()) == []


def test_what_a_film_can_be_and_why_not(session, monkeypatch):
    def forms():
        answer, _ = ask(session, "hello", protocol=PROTOCOL)
        return {each.form: each.missing for each in answer.films}

    monkeypatch.setattr(shutil, "which", lambda name: f"/somewhere/{name}")
    assert forms() == {"gif": "", "mp4": "", "svg": ""}
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert forms() == {"gif": "", "mp4": "MP4 needs the program ffmpeg, which is not on the PATH of striate", "svg": ""}


def test_a_film_can_be_stopped(session):
    work = Work()
    work.stop()
    with pytest.raises(StoppedError):
        ask(session, "bench_film", work=work, state={"rank": 2, "source": "house:grey"})
