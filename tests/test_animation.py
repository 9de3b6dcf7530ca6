"""What ``Animation.save`` writes, and what it refuses."""

import os
import re
import stat
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import striate as st
from striate.errors import MissingDependencyError, OutputError, ParameterError

SMALL = {"size": (320, 180)}


@pytest.fixture(scope="module")
def shown():
    return st.animate([1, 2, 3, 4, 5], [1, 0, -1])


def test_a_gif_has_every_colour_of_its_scales(tmp_path):
    """The kernel has no negative weight, so that the blue end of its scale is there and nowhere else."""
    rows = [[1.0, 2.0, 0.0, 1.0, 2.0]] * 5
    film, size = st.animate(rows, "gaussian", padding=1), (960, 540)
    with Image.open(film.save(tmp_path / "a.gif", theme="dark", size=size)) as written:
        written.seek(3)
        seen = np.asarray(written.convert("RGB"), int)
    wanted = np.asarray(film.frame(3, theme="dark", size=size), int)
    assert np.abs(seen - wanted).max() < 32


def test_a_gif_has_a_frame_for_each_step(shown, tmp_path):
    path = shown.save(tmp_path / "a.gif", fps=4, **SMALL)
    with Image.open(path) as found:
        assert found.n_frames == 3
        assert found.size == (320, 180)
        assert found.info["loop"] == 0
        durations = []
        for number in range(3):
            found.seek(number)
            durations.append(found.info["duration"])
            frame = np.asarray(found.convert("RGB"), int)
            assert np.abs(frame - np.asarray(shown.frame(number, **SMALL), int)).mean() < 0.5
        assert durations == [250, 250, 2500]


def test_one_step_and_the_folder(shown, tmp_path):
    with Image.open(shown.save(tmp_path / "a.png", step=1, theme="dark", size=(640, 360))) as found:
        assert np.array_equal(np.asarray(found), np.asarray(shown.frame(1, "dark", (640, 360))))
    last = shown.save(tmp_path / "a.svg").read_text("utf-8")
    assert last == shown.svg(-1) == shown.svg(2)
    assert "1×3 + 0×4 − 1×5" in last
    folder = shown.save(tmp_path / "steps")
    assert sorted(path.name for path in folder.iterdir()) == [f"step-000{n}.svg" for n in range(3)]
    for path in folder.iterdir():
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_an_mp4_gets_every_frame_in_order(shown, tmp_path, monkeypatch):
    """A program called ffmpeg that keeps what it is sent."""
    program = tmp_path / "ffmpeg"
    program.write_text('#!/bin/sh\nfor last; do :; done\nexec /bin/cat > "$last"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))
    sent = shown.save(tmp_path / "a.mp4", **SMALL).read_bytes()
    frames = np.frombuffer(sent, np.uint8).reshape(3, 180, 320, 3)
    for number in range(3):
        assert np.array_equal(frames[number], np.asarray(shown.frame(number, **SMALL)))
    program.write_text("#!/bin/sh\necho some >&2\necho no such encoder >&2\nexit 3\n")
    with pytest.raises(OutputError, match="ffmpeg failed with status 3: no such encoder; write"):
        shown.save(tmp_path / "b.mp4", **SMALL)
    program.unlink()
    with pytest.raises(
        MissingDependencyError, match=r"writing .mp4 needs the program ffmpeg, which is not on the PATH"
    ):
        shown.save(tmp_path / "b.mp4", **SMALL)
    assert not (tmp_path / "b.mp4").exists()


def refused(kind, message, call, *args, **options):
    with pytest.raises(kind, match=re.escape(message)):
        call(*args, **options)


def test_what_cannot_be_written(shown, tmp_path):
    refused(OutputError, 'ending ".webm" is no animation, expected .gif, .mp4, .png or .svg', shown.save, "a.webm")
    refused(ParameterError, "fps (=0) must be from 0.1 to 50 steps a second", shown.save, "a.gif", fps=0)
    refused(ParameterError, "step (=3) must be from 0 to 2", shown.save, "a.png", step=3)
    refused(
        ParameterError, 'step (=1) is for one picture; expected .png or .svg, got "a.gif"', shown.save, "a.gif", step=1
    )
    refused(ParameterError, "size (=10x10) must be from 320x180 to 3840x2160", shown.frame, 0, size=(10, 10))
    refused(ParameterError, 'theme (="blue") must be one of light, dark', shown.frame, 0, "blue")
    refused(OutputError, "no such file or directory", shown.save, tmp_path / "none" / "a.gif", **SMALL)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
