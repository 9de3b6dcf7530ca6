"""Every example runs, in a folder of its own, and says what it should."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"

# What each prints, among other things.
SAYS = {
    "animate_a_window.py": "edges.gif shows positions 102:109,41:48 of 254×318; the rest is not shown",
    "count_parameters.py": "1,000 dense units on 224 x 224 x 3: 150,529,000 parameters, 84,000 times as many",
    "edges_of_a_photo.py": "256 x 320, strongest edge",
    "explain_a_unit.py": "edges/Conv:0@105,44 = 0.760235",
    "keras_style_1d.py": "[[[0.]\n  [0.]\n  [1.]\n  [1.]\n  [0.]\n  [0.]]]",
    "keras_style_2d.py": "\n".join(["[0.0, 0.0, 3.0, 3.0, 0.0, 0.0]"] * 6),
    "receptive_field.py": "conv3: sees (18, 18), output (None, 16, 16, 32)",
}


def test_every_example_is_run() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(SAYS)


@pytest.mark.parametrize("name", sorted(SAYS))
def test_example(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [name])
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    assert SAYS[name] in capsys.readouterr().out
