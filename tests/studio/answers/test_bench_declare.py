"""Pasted sequences in the workbench, against the networks that PyTorch and Keras build of the same text."""

import io
from contextlib import redirect_stdout

import numpy as np
import pytest

import striate as st
from striate.errors import DeclarationError
from striate.studio.answers.session import Session
from striate.studio.limits import Limits
from striate.studio.store import Store
from tests.studio.answers.taking import ask

TORCH = [
    ("""nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),  # C1, S2
            nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
        )""", "1x32x32"),
    ("nn.Sequential(nn.Conv1d(17, 8, 3, stride=2), nn.BatchNorm1d(8), nn.AvgPool1d(2), nn.ConvTranspose1d(8, 4, 3))",
     "17x30"),
    ("nn.Sequential(nn.ZeroPad2d(1), nn.Conv2d(3, 8, 3, groups=1), nn.PixelShuffle(2), nn.Dropout(0.1))", "3, 12, 14"),
    ("nn.Sequential(nn.Conv3d(1, 4, 3), nn.MaxPool3d(2), nn.AdaptiveAvgPool3d(1), nn.Flatten())", "1 × 9 × 9 × 9"),
]  # fmt: skip
KERAS = [
    ("keras.Sequential([keras.Input(shape=(28, 28, 1)), layers.Conv2D(32, (3, 3), activation=\"relu\"),"
     "layers.MaxPooling2D(2), layers.Conv2D(64, (3, 3)), layers.Flatten(), layers.Dropout(0.5), layers.Dense(10)])",
     ""),
    ("keras.Sequential([layers.SeparableConv1D(8, 3, padding='same'), layers.BatchNormalization(),"
     "layers.GlobalAveragePooling1D()])", "30x4"),
]  # fmt: skip


@pytest.fixture
def session(tmp_path):
    store = Store(Limits(), tmp_path / "uploads")
    yield Session(store, "tab:test")
    store.close()


def sizes(shape):
    return tuple(int(size) for size in shape.replace("×", " ").replace("x", " ").replace(",", " ").split())


@pytest.mark.parametrize(("text", "shape"), TORCH)
def test_each_layer_against_torch(session, torch, text, shape):
    net = eval(text, {"nn": torch.nn}).eval()
    x = torch.zeros((1, *sizes(shape)))
    for number, layer in enumerate(net):
        answer, _ = ask(session, "bench_declare", text=text, shape=shape, layer=number)
        assert (answer.layer, answer.kind, answer.assumed) == (number, type(layer).__name__, False)
        assert answer.input_shape == tuple(x.shape[1:])
        x = layer(x)
        row = answer.stack.rows[number]
        assert answer.output_shape == row.output_shape == tuple(x.shape[1:])
        own = sum(p.numel() for p in layer.parameters())
        assert row.parameters == f"{own:,}"
        assert answer.parameters.endswith(f"= {own:,}")
        assert (answer.state is None) == (answer.why_not != "")
        if answer.state is not None:
            played, _ = ask(session, "bench", state=answer.state.model_dump())
            assert (played.input_shape, played.output_shape) == (answer.input_shape, answer.output_shape)
    assert answer.stack.parameters == f"{sum(p.numel() for p in net.parameters()):,}"
    assert len(answer.stack.rows) == len(net)


@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`:UserWarning")
@pytest.mark.parametrize(("text", "shape"), KERAS)
def test_each_layer_against_keras(session, keras, text, shape):
    net = eval(text, {"keras": keras, "layers": keras.layers})
    answer, _ = ask(session, "bench_declare", text=text, shape=shape)
    x = np.zeros((1, *answer.stack.input_shape), np.float32)
    net(x)
    rows = [row for row in answer.stack.rows if "Input" not in row.text]
    assert len(rows) == len(net.layers)
    for row, layer in zip(rows, net.layers, strict=True):
        x = layer(x)
        assert row.output_shape == tuple(x.shape[1:])
        assert row.parameters == f"{sum(int(np.prod(w.shape)) for w in layer.trainable_weights):,}"
    assert answer.stack.parameters == f"{sum(int(np.prod(w.shape)) for w in net.trainable_weights):,}"


@pytest.mark.parametrize(("text", "shape"), TORCH + KERAS)
def test_the_program_tells_what_the_table_tells(session, text, shape):
    answer, _ = ask(session, "bench_declare", text=text, shape=shape, layer=1)
    space, said = {}, io.StringIO()
    with redirect_stdout(said):
        exec(answer.text, space)
    stack = space["stack"]
    for row, layer, field in zip(answer.stack.rows, stack.layers, stack.receptive_fields, strict=True):
        assert (row.text, row.output_shape) == (layer.declaration.text, layer.output_shape)
        assert row.field == (field if isinstance(field, str) else "×".join(map(str, field)) or "1")
        assert (row.parameters, row.macs) == (f"{layer.parameters.value:,}", f"{layer.macs.value:,}")
    assert said.getvalue() == f"{stack}\n\n{stack.layers[1]}\n"
    assert (f"{stack.parameters:,}", f"{stack.macs:,}") == (answer.stack.parameters, answer.stack.macs)


def test_one_layer_has_a_program_of_its_own(session):
    answer, _ = ask(session, "bench_declare", text="nn.Conv1d(17, 64, kernel_size=3, padding=1)", shape="17x30")
    said = io.StringIO()
    with redirect_stdout(said):
        exec(answer.text, {})
    assert said.getvalue() == f"{st.explain_declaration('nn.Conv1d(17, 64, kernel_size=3, padding=1)', (17, 30))}\n"
    assert len(answer.stack.rows) == 1


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (TORCH[0][0], (1, 32, 32)),
        ("nn.Sequential(nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2880, 10))", (1, 28, 28)),
        ("nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(8*5*5, 10))", (3, 7, 7)),
        ("Sequential([Rescaling(1/255), Conv2D(8, 3), MaxPooling2D()])", (32, 32, 3)),
        ("nn.Conv1d(4, 8, 80)\nnn.ReLU()", (4, 160)),
        ("nn.Sequential(nn.Linear(784, 10), nn.ReLU())", (784,)),
        ("nn.Sequential(nn.Flatten(), nn.Linear(784, 10))", None),
    ],
)
def test_a_shape_that_nobody_gives_is_one_that_fits(session, text, shape):
    answer, _ = ask(session, "bench_declare", text=text)
    assert answer.stack.input_shape == shape
    assert answer.assumed == (shape is not None and "784" not in text)


@pytest.mark.parametrize(
    ("text", "shape", "message"),
    [
        ("nn.Conv2d(3, 8, 3)\nnn.Conv2d(4, 8, 3)", "",
         "layer 2 of 2, nn.Conv2d(4, 8, 3): it does not fit behind layer 1, nn.Conv2d(3, 8, 3), which leaves 8×30×30: "
         "in_channels (=4) but the input 8x30x30 has 8 channels; no shape was given, and it was taken to be 3×32×32: "
         "give it"),
        (TORCH[0][0], "1x28x28",
         "layer 8 of 12, nn.Linear(400, 120): it does not fit behind layer 7, nn.Flatten(), which leaves 256: "
         "in_features (=400) but the input has 256 numbers"),
        (TORCH[0][0], "3x32x32",
         "layer 1 of 12, nn.Conv2d(1, 6, 5): in_channels (=1) but the input 3x32x32 has 3 channels"),
        ("nn.Sequential(nn.ReLU(), nn.LSTM(3, 4))", "",
         "layer 2 of 2, nn.LSTM(3, 4): LSTM carries a state from step to step"),
    ],
)  # fmt: skip
def test_the_layer_at_fault(session, text, shape, message):
    with pytest.raises(DeclarationError) as caught:
        ask(session, "bench_declare", text=text, shape=shape)
    assert str(caught.value).startswith(message)


def test_a_later_layer_is_played_on_what_nobody_measured(tmp_path):
    rows = np.random.default_rng(0).random((40, 26))
    rows[:, 0], rows[:, 1] = 1, np.arange(1, 41)
    np.savetxt(tmp_path / "train_FD001.txt", rows)
    store = Store(Limits(), tmp_path / "uploads", data=tmp_path)
    session = Session(store, "tab:test")
    text = "nn.Sequential(nn.Conv1d(17, 17, 3, padding=1), nn.Conv1d(17, 64, 3, padding=1))"
    try:
        found = [ask(session, "bench_declare", text=text, layer=layer)[0] for layer in (0, 1, 9)]
    finally:
        store.close()
    assert [answer.source for answer in found] == ["C-MAPSS FD001, engine 1", "noise 17×40", "noise 17×40"]
    assert [answer.layer for answer in found] == [0, 1, 1]


def test_the_film_of_a_chosen_layer(session):
    answer, _ = ask(session, "bench_declare", text=TORCH[0][0], layer=5)
    film, _ = ask(session, "bench_film", state=answer.state.model_dump())
    assert film.film.name == "max-pool-2x2.gif"
