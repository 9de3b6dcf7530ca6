"""Every command against every kind of file that it cannot use: one line, status 2, nothing written."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image

from striate.cli import app

UNIT = "c1:0@5,5"
# A command line with MODEL, INPUT and OUT where its files stand.
LINES = {
    "animate": ("animate", "MODEL", "INPUT", "c1:0", "-o", "OUT.gif"),
    "animate a kernel": ("animate", "--kernel", "sobel", "--input", "INPUT", "-o", "OUT.gif"),
    "demo": ("demo", "--text", "--model", "MODEL", "--input", "INPUT", "-o", "OUT"),
    "explain": ("explain", "MODEL", "INPUT", UNIT, "-o", "OUT.png"),
    "field": ("field", "MODEL", UNIT, "--input", "INPUT", "-o", "OUT.png"),
    "filter": ("filter", "sobel", "INPUT", "-o", "OUT.png"),
    "filters": ("filters", "MODEL", "-o", "OUT"),
    "maps": ("maps", "MODEL", "INPUT", "-o", "OUT"),
    "plan": ("plan", "MODEL", "--input", "INPUT"),
    "report": ("report", "MODEL", "INPUT", "-o", "OUT.html"),
    "run": ("run", "MODEL", "INPUT"),
    "summary": ("summary", "MODEL"),
    "trace": ("trace", "MODEL", "INPUT", UNIT),
}
# Without a file to read; and one that serves what it can read, tests/studio/test_serve.py has it.
NOT_HERE = {"calc", "engine", "open"}

BAD_MODELS = ("missing.onnx", "folder.onnx", "empty.onnx", "cut.onnx", "photo.png", "text.txt")
BAD_INPUTS = (
    "missing.png", "folder.png", "empty.png", "cut.png", "text.png", "empty.npy", "objects.npy", "words.npy", "nan.npy",
    "nothing.npy", "complex.npy", "six_axes.npy", "letters.csv", "ragged.csv", "nan.csv", "net.onnx",
)  # fmt: skip


@pytest.fixture(scope="module")
def files(model, photo, tmp_path_factory):
    """Files of all kinds that are no good, and two that are."""
    folder = tmp_path_factory.mktemp("bad")
    for name in ("folder.onnx", "folder.png"):
        (folder / name).mkdir()
    for name in ("empty.onnx", "empty.png", "empty.npy"):
        (folder / name).write_bytes(b"")
    shutil.copy(model, folder / "net.onnx")
    (folder / "cut.onnx").write_bytes((folder / "net.onnx").read_bytes()[:300])
    noise = np.random.default_rng(0).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    Image.fromarray(noise).save(folder / "photo.png")
    (folder / "cut.png").write_bytes((folder / "photo.png").read_bytes()[:2000])
    for name in ("text.txt", "text.png"):
        (folder / name).write_text("no picture and no network\n")
    arrays = {
        "objects": np.array([{}], dtype=object),
        "words": np.array(["a", "b"]),
        "nan": np.full((1, 3, 16, 16), np.nan, np.float32)[..., :4],
        "nothing": np.zeros((0, 3, 16, 16), np.float32),
        "complex": np.ones((3, 16, 16), complex),
        "six_axes": np.zeros((2, 2, 2, 2, 2, 2)),
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=True)
    (folder / "letters.csv").write_text("a,b\nx,y\n")
    (folder / "ragged.csv").write_text("1,2\n3\n")
    (folder / "nan.csv").write_text("1\nnan\n3\n")
    return folder


def filled(line, model, given, out):
    for word in line:
        yield word.replace("MODEL", str(model)).replace("INPUT", str(given)).replace("OUT", str(out / "made"))


def refused(result, out):
    status, printed, err = result
    assert status == 2, (printed, err)
    assert err.startswith("striate: ")
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    assert not list(out.iterdir())


def test_every_command_is_in_the_table():
    commands = set(typer.main.get_group(app).commands)
    assert {line[0] for line in LINES.values()} | NOT_HERE == commands


@pytest.mark.parametrize("bad", BAD_MODELS)
@pytest.mark.parametrize("name", [name for name, line in LINES.items() if "MODEL" in line])
def test_models(striate, files, tmp_path, name, bad):
    result = striate(*filled(LINES[name], files / bad, files / "photo.png", tmp_path))
    refused(result, tmp_path)
    assert bad in result[2]


@pytest.mark.parametrize("bad", BAD_INPUTS)
@pytest.mark.parametrize("name", [name for name, line in LINES.items() if "INPUT" in line])
def test_inputs(striate, files, tmp_path, name, bad):
    if name == "plan" and bad == "nan.npy":
        return  # a plan reads shapes, no numbers
    refused(striate(*filled(LINES[name], files / "net.onnx", files / bad, tmp_path)), tmp_path)


@pytest.mark.parametrize("name", [name for name, line in LINES.items() if any("OUT" in word for word in line)])
def test_outputs(striate, files, tmp_path, name):
    """Below a file nothing can be written, and what is there stays."""
    (tmp_path / "file").write_text("here before")
    below = tmp_path / "file"
    status, printed, err = striate(*filled(LINES[name], files / "net.onnx", files / "photo.png", below))
    assert (status, err.count("\n")) == (2, 1), (printed, err)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "here before")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("command", ["summary MODEL", "calc nn.ReLU()", "filters", "filters sobel", "engine"])
def test_where_it_prints_is_full(files, command):
    words = [word.replace("MODEL", str(files / "net.onnx")) for word in command.split()]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "striate", *words], stdout=full, stderr=subprocess.PIPE, check=False, text=True
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no space left" in done.stderr
