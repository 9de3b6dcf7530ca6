"""Bad input: one line on stderr, exit status 2, no traceback, nothing half-written."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from striate.cli import failure
from striate.cli.terminal import prepare_streams
from striate.errors import OutputError
from striate.exporters.onnx import save_onnx
from striate.graph import GraphBuilder, Model
from striate.ops import Relu
from striate.writing import write_file


def refused(result, *parts):
    status, out, err = result
    assert status == 2, (out, err)
    assert err.startswith("striate: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    for part in parts:
        assert part in err


def test_what_the_model_file_may_be(striate, photo, tmp_path):
    refused(striate("summary", tmp_path / "none.onnx"), "none.onnx")
    (tmp_path / "broken.onnx").write_bytes(b"\x08\x07random bytes")
    refused(striate("summary", tmp_path / "broken.onnx"), "broken.onnx")
    refused(striate("run", photo, photo), "photo.png")


def test_what_the_input_may_be(striate, model, signal_model, photo, table, tmp_path):
    (tmp_path / "text.png").write_text("no image")
    refused(striate("run", model, tmp_path / "none.png"), "none.png", "does not exist")
    refused(striate("run", model, tmp_path / "text.png"), "not an image")
    refused(striate("run", model, table), "2 channels of 60 samples", "give .npy")
    refused(striate("run", model, photo, photo), "2 inputs are given, the network has 1: image")
    refused(striate("run", model, photo, "--preprocess", "best"), 'preprocess (="best") must be one of imagenet')
    refused(striate("run", signal_model, table), 'input "gain" is missing')
    refused(striate("run", signal_model, table, "gian=2"), 'no input "gian"; did you mean "gain"?')
    refused(striate("run", signal_model, "gain=1", "gain=2"), 'input "gain" is given twice')
    refused(striate("run", signal_model, photo, "gain=2"), "is taken for an image")
    labels = tmp_path / "labels.txt"
    labels.write_text("one\n")
    refused(striate("run", model, photo, "--labels", labels), "has 1 lines, the network has 5 classes")


def test_a_number_for_an_input_beyond_the_limit(striate, tmp_path):
    build = GraphBuilder("wide")
    x = build.input("x", np.float32, (10**6, 3, 10**6, 10**6))
    model = Model(build.finish(build.add(Relu(), [x])), ())
    save_onnx(model, tmp_path / "wide.onnx")
    refused(striate("run", tmp_path / "wide.onnx", "1"), 'input "x" of 1000000×3×1000000×1000000 cells would take')


@pytest.mark.parametrize(
    ("unit", "part"),
    [
        ("c3:0@0,0", "did you mean"),
        ("c1:9@0,0", "channel 9 must be from 0 to 3"),
        ("c1:0@99,0", "position 99 must be from 0 to 15"),
        ("c1:0", "a position has 2 indices"),
        ("c1:0@a,b", "is not a position"),
    ],
)
def test_a_unit_that_does_not_exist(striate, model, photo, unit, part):
    refused(striate("explain", model, photo, unit), part)
    refused(striate("field", model, unit), part)


def test_other_words_that_mean_nothing(striate, model, photo, tmp_path):
    refused(striate("sumary", model), "No such command 'sumary'", "summary")
    refused(striate("summary"), "Missing argument")
    refused(striate("summary", model, "--wrong"), "No such option")
    refused(striate("maps", model, photo, "--scale", "best"), 'scale (="best") must be one of unit, layer, network')
    refused(striate("maps", model, photo, "-l", "c9", "-o", tmp_path), 'no layer "c9"')
    refused(striate("filters", "sobell"), 'did you mean "sobel"?')
    refused(striate("filters", model, "-l", "r1", "-o", tmp_path), "is no convolution")
    refused(striate("filter", "sobell", photo, "-o", tmp_path / "x.png"), 'did you mean "sobel"?')
    refused(striate("calc", "nn.Conv2d(3, 64)"), "argument kernel_size is missing")
    refused(striate("calc", "nn.Conv2d(3, 64, 3)", "-i", "3xx4y"), 'shape (="3xx4y")')
    pair = "nn.Sequential(nn.Conv2d(1, 20, 5), nn.Linear(3, 4))"
    refused(
        striate("calc", pair, "-i", "1x9x9"),
        "layer 2 of 2, nn.Linear(3, 4): it does not fit behind layer 1, nn.Conv2d(1, 20, 5), which leaves 20×5×5: ",
    )
    refused(striate("calc", pair, "--units", "3"), "units (=3) compare one layer, 2 were given")
    refused(striate("field", model, "c1:0@0,0", "--data"), "needs the numbers of a run")
    refused(striate("field", model, "c1:0@0,0", "-o", tmp_path / "x.png"), "give one with --input")
    assert not (tmp_path / "x.png").exists()


def test_outputs_that_cannot_be_written(striate, model, photo, tmp_path):
    (tmp_path / "file").write_text("here before")
    (tmp_path / "folder").mkdir()
    refused(striate("maps", model, photo, "-o", tmp_path / "file"), "it is a file, expected a folder")
    refused(striate("maps", model, photo, "-o", tmp_path / "file" / "sub"), "file")
    refused(striate("filter", "box", photo, "-o", tmp_path / "folder"), "folder")
    refused(striate("filter", "box", photo, "-o", tmp_path / "none" / "x.png"), "no such file or directory")
    refused(striate("filter", "box", photo, "-o", tmp_path / "x.docx"), 'ending ".docx" is no picture')
    refused(striate("explain", model, photo, "c1:0@0,0", "-o", tmp_path / "none" / "x.png"), "cannot write")
    assert (tmp_path / "file").read_text() == "here before"


def test_a_full_disk_leaves_what_was_there(tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(b"before")

    def fill(file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r'cannot write ".*x.png": no space left on device'):
        write_file(path, fill)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (KeyboardInterrupt(), 130, ""),
        (OSError(13, "Permission denied", "x"), 2, 'striate: "x": permission denied\n'),
        (MemoryError(), 2, "striate: out of memory; use a smaller input\n"),
        (
            ZeroDivisionError("division\nby zero"),
            1,
            "striate: a fault of striate's own, ZeroDivisionError: division by",
        ),
    ],
)
def test_whatever_else_is_raised(capsys, monkeypatch, error, status, text):
    monkeypatch.delenv(failure.TRACEBACK, raising=False)

    def command():
        raise error

    assert failure.guarded(command) == status
    err = capsys.readouterr().err
    assert err.startswith(text)
    assert err.count("\n") == (1 if text else 0)


def test_a_fault_shows_its_traceback_when_asked(capsys, monkeypatch):
    monkeypatch.setenv(failure.TRACEBACK, "1")
    assert failure.guarded(lambda: 1 / 0) == 1
    assert "Traceback" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------ as processes


def process(*arguments, **environment):
    command = [sys.executable, "-m", "striate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, env={**os.environ, **environment}, timeout=120, check=False)


def test_a_real_process_ends_with_status_2_and_one_line(model):
    done = process("explain", model, "none.png", "c1:0@0,0")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr == b'striate: image "none.png" does not exist; check the path\n'


def test_a_terminal_that_knows_only_ascii(model):
    done = process("summary", model, LC_ALL="C", LANG="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert b"?x4x16x16" in done.stdout
    assert process("--help", LC_ALL="C", PYTHONIOENCODING="ascii", PYTHONUTF8="0").returncode == 0


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("3×3 · sum −4", "3x3 - sum -4"),
        ("⌊(10 − 4 + 2·0)/1⌋ + 1", "floor((10 - 4 + 2*0)/1) + 1"),
        ("a −· b ☃", "a -* b ?"),
    ],
)
def test_signs_are_spelled_where_a_terminal_has_none(text, spelled):
    prepare_streams()
    assert text.encode("ascii", "striate-spelled").decode() == spelled


def test_a_reader_that_goes_away(model):
    command = f"{sys.executable} -m striate summary {model} --json | head -c 5; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=120, check=False)
    assert done.stderr == b""
    assert done.stdout == b'{\n  "'


def test_ctrl_c_is_quiet(model):
    script = f"""
import signal, time, striate.cli, striate.cli.summary
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts with SIGINT ignored
def slow(path):
    print("ready", flush=True)
    time.sleep(60)
striate.cli.summary.open_network = slow
raise SystemExit(striate.cli.main(["summary", {model!r}]))
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (130, b"")


def test_help_imports_nothing_heavy():
    heavy = ("numpy", "onnx", "PIL", "rich.progress")
    script = f"import sys, striate.cli; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=True)
    assert done.stdout == b"[]\n"
