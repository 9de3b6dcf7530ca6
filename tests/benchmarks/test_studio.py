"""What the studio's measurements count and say; the pages that they watch are in tests/studio/e2e/test_watched.py."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

import striate as st
from benchmarks import command
from benchmarks.report import print_waits
from benchmarks.results import Wait, waits
from benchmarks.studio import bundle, measures
from benchmarks.studio.bundle import bundle_bytes
from benchmarks.studio.measures import NothingToShowError
from benchmarks.studio.tall import BLOCK, CHANNELS, SIZE, write_tall
from striate.studio.pages import pages


def test_waits_are_told_by_quantiles() -> None:
    found = waits("studio", "hover", "ms", range(1, 102), 96.0, "p95")
    assert (found.count, found.median, found.p95, found.most) == (101, 51, 96, 101)
    assert found.reached is True
    assert waits("studio", "hover", "ms", range(1, 102), 95.9, "p95").reached is False
    assert waits("studio", "bundle", "kB", [3.0], 2.0, "most").reached is False
    assert waits("studio", "hover", "ms", [3.0], None, "p95").reached is None


def test_the_table_shows_what_was_promised() -> None:
    console = Console(width=120, record=True, file=None, quiet=False)
    with console.capture() as captured:
        print_waits(console, "studio", [waits("studio", "hover", "ms", [10.0, 20.0], 50.0, "p95")])
    text = captured.get()
    assert "hover" in text
    assert "50.0 at p95" in text
    assert "15.0" in text


def test_the_bundle_is_what_the_page_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "alone").mkdir()
    index = '<link href="/icon.svg"><script src="/assets/index.js"></script>'
    loaded = {"index.html": index, "icon.svg": "<svg/>" * 9, "assets/index.js": "a" * 999, "assets/late.js": "b" * 99}
    for name, text in {**loaded, "alone/report.js": "c" * 9999}.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(bundle, "FOLDER", tmp_path)
    monkeypatch.setattr(bundle, "pages", lambda: pages(tmp_path))
    assert bundle_bytes() == sum(len(gzip.compress(text.encode())) for text in loaded.values())


def test_the_tall_network_has_as_many_layers_and_runs(tmp_path: Path) -> None:
    network = st.load(write_tall(tmp_path / "tall.onnx", 4 * BLOCK))
    assert len(network.layers) == 4 * BLOCK
    y = network(np.ones((1, CHANNELS, SIZE, SIZE), np.float32))
    assert np.isfinite(y).all()


def measured(parts: Sequence[str], repeat: int, told: Callable[[str], None]) -> Generator[Wait]:
    yield waits("studio", "what the page loads, gzipped", "kB", [99.0], 400.0, "most")
    if parts != ["bundle"]:
        raise NothingToShowError("MobileNetV2 is missing")


@pytest.mark.parametrize("only", ["bundle", ""])
def test_the_command_writes_what_it_found_and_says_what_is_missing(
    only: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(measures, "measure", measured)
    monkeypatch.setattr(command, "probe", lambda threads: command.Peak(threads, 1.0, 1.0))
    file = tmp_path / "out.json"
    assert command.main(["studio", "--only", only, "--json", str(file)]) == 0
    printed = capsys.readouterr().out
    assert "400 at most" in printed
    assert ("left out: MobileNetV2 is missing" in printed) is (only == "")
    (row,) = json.loads(file.read_text("utf-8"))["waits"]
    assert row["median"] == 99.0


def test_parts_that_there_are_not_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "probe", lambda threads: command.Peak(threads, 1.0, 1.0))
    assert command.main(["studio", "--only", "nothing of that name"]) == 0
    assert "there are start, edits, hover, scroll, bench, bundle" in capsys.readouterr().out
