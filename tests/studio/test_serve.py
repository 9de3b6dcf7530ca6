"""The command: what it prints, what it refuses, how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from striate import bundled
from striate.cli import main, with_command
from striate.studio import pages, serve
from striate.studio.pages import Page
from tests.event_loop import run_apart

STARTED = """
import sys
from pathlib import Path
from striate.studio import pages
pages.pages.__defaults__ = (Path(sys.argv[1]),)
from striate.cli import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>striate</title>")
    (tmp_path / "assets" / "index-1a2b.js").write_text("1")
    (tmp_path / ".fingerprint").write_text("0")
    return tmp_path


@pytest.fixture
def built(static: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages.pages, "__defaults__", (static,))


@pytest.fixture
def refused(built: None, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def run(*arguments: object) -> str:
        assert main([str(argument) for argument in arguments]) == 2
        return capsys.readouterr().err

    return run


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C of a process of its own is another matter there")
@pytest.mark.parametrize("arguments", [["demo"], ["open", "MODEL", "PICTURE", "--preprocess", "unit"], ["MODEL"]])
def test_it_serves_until_it_is_interrupted(static: Path, arguments: list[str]) -> None:
    named = {"MODEL": str(bundled.model_path()), "PICTURE": str(bundled.picture_path())}
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    }
    process = subprocess.Popen(
        [sys.executable, "-c", STARTED, str(static), *[named.get(each, each) for each in arguments]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline() for _ in range(4)]
        assert lines[0] == "The studio is open at\n"
        address = lines[1].strip()
        assert address.startswith("http://127.0.0.1:")
        if sys.platform != "darwin":
            assert lines[2].startswith("There is no display here, so no browser is opened (--no-browser).")
        with httpx.Client(follow_redirects=True) as browser:
            page = browser.get(address)
            assert (page.status_code, page.url.query) == (200, b"")
            assert browser.get(page.url.join("/assets/index-1a2b.js")).headers["cache-control"].endswith("immutable")
            assert browser.get(page.url.join("/.fingerprint")).status_code == 404
    finally:
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert rest.endswith("The studio is closed.\n")
    assert errors == ""


def test_a_line_that_begins_with_a_file_opens_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert with_command(["net.onnx", "cat.jpg"]) == ["open", "net.onnx", "cat.jpg"]
    assert with_command(["folder/net"]) == ["open", "folder/net"]
    for line in (["summary", "net.onnx"], ["--version"], ["-h"], [], ["engine", "cache"], ["sumary"]):
        assert with_command(line) == line
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain").touch()
    assert with_command(["plain"]) == ["open", "plain"]


@pytest.mark.parametrize("name", ["net.pt", "net.pth", "net.keras", "net.h5"])
def test_files_that_run_code_are_not_opened(refused: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x80\x04")
    said = refused("open", tmp_path / name)
    assert said.startswith(f'striate: "{name}" is a ')
    assert "can run code when it is opened" in said
    assert said.count("\n") == 1


def test_what_cannot_be_opened_is_said_in_one_line(refused: Any, tmp_path: Path) -> None:
    model, picture = bundled.model_path(), bundled.picture_path()
    assert "does not exist" in refused("open", tmp_path / "no.onnx")
    assert "does not exist" in refused("open", model, tmp_path / "no.jpg")
    assert "must be of this machine alone" in refused("open", model, "--host", "0.0.0.0")
    assert "must be from 0" in refused("open", model, "--port", 70_000)
    assert "preprocess (=" in refused("open", model, picture, "--preprocess", "other")
    (tmp_path / "labels.txt").write_text("one\n")
    assert "has 1 lines, the network has 4 classes" in refused("open", model, "--labels", tmp_path / "labels.txt")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused("open", model, "--port", taken.getsockname()[1])
    assert "choose another with --port" in said
    assert said.count("\n") == 1


def rows(columns: int = 26) -> str:
    """A table of two engines with two cycles each."""
    return "\n".join(" ".join([str(1 + row // 2), *["0.5"] * (columns - 1)]) for row in range(4))


@pytest.mark.parametrize("command", [["demo"], ["open", bundled.model_path()]])
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda data: None, 'data (="{data}") does not exist; give the folder that train_FD001.txt is in'),
        (lambda data: data.write_text(rows()), 'data (="{data}") is a file; give the folder that'),
        (lambda data: data.mkdir(), 'data (="{data}") has no train_FD001.txt in it; give the folder with NASA'),
        (lambda data: table(data, ""), 'C-MAPSS table "{data}/train_FD001.txt" is empty (0 bytes)'),
        (lambda data: table(data, rows()[:-9]), "line 4 has 24 columns, expected 26"),
        (lambda data: table(data, rows(25)), "line 1 has 25 columns, expected 26"),
        (lambda data: table(data, rows().replace("0.5", "half", 1)), 'line 1 has "half", which is no number'),
        (lambda data: (data / "train_FD001.txt").mkdir(parents=True), "is a folder, expected a file"),
    ],
    ids=["not there", "a file", "nothing in it", "empty", "cut off", "columns", "letters", "a folder within"],
)
def test_broken_data_is_said_at_the_start(
    refused: Any, tmp_path: Path, command: list[object], make: Callable[[Path], object], words: str
) -> None:
    data = tmp_path / "data"
    make(data)
    said = refused(*command, "--data", data, "--no-browser")
    assert said.startswith("striate: ")
    assert words.format(data=data) in said
    assert said.count("\n") == 1


def table(data: Path, text: str) -> None:
    data.mkdir()
    (data / "train_FD001.txt").write_text(text)


def test_without_its_page_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(pages.pages, "__defaults__", (tmp_path / "nothing",))
    assert main(["open", str(bundled.model_path())]) == 2
    said = capsys.readouterr().err
    assert said.startswith("striate: this striate was installed without the studio's page;")
    assert said.count("\n") == 1


def test_the_demo_prints_where_there_is_no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(pages.pages, "__defaults__", (tmp_path / "nothing",))
    monkeypatch.chdir(tmp_path)
    assert main(["demo"]) == 0
    said = capsys.readouterr().out
    assert "So this is printed instead:" in said
    assert "One number, explained" in said


def test_a_display_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert not serve.has_display()
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER"):
        with monkeypatch.context() as context:
            context.setenv(name, "1")
            assert serve.has_display()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert serve.has_display()


def test_answers_are_sent_at_once() -> None:
    """Without Nagle's algorithm, on asyncio's own loop too: whoever asked would wait for a delayed receipt."""

    async def accepted(listener: socket.socket) -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            kept = writer.get_extra_info("socket")
            found.set_result(kept.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(connected, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            writer.close()
            return await found

    with serve._listen("127.0.0.1", 0) as listener:
        assert run_apart(accepted(listener))


def test_pages_are_known_beforehand(static: Path) -> None:
    found = pages.pages(static)
    assert set(found) == {"/", "/index.html", "/assets/index-1a2b.js"}
    assert found["/assets/index-1a2b.js"] == Page(
        static / "assets" / "index-1a2b.js", "text/javascript; charset=utf-8", True
    )


def test_importing_striate_loads_nothing_of_the_studio() -> None:
    # The command line's typer takes pydantic itself, where it is installed.
    code = (
        "import sys, striate; striate.load(striate.bundled.model_path()); print('pydantic' in sys.modules); "
        "from striate.cli import main; main(['calc', 'Conv2d(3, 8, 3)', '--input', '3x9x9']); "
        "print([m for m in ('fastapi', 'uvicorn', 'starlette', 'websockets') if m in sys.modules])"
    )
    lines = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()
    assert (lines[0], lines[-1]) == ("False", "[]")
