"""The README and the documentation keep their word.

Every ``pycon`` block runs, every ``python`` block compiles, every command of a ``console`` block prints what stands
there, and the table of ONNX operators is that of the importer.
"""

from __future__ import annotations

import doctest
import math
import platform
import re
import runpy
import shlex
import shutil
from pathlib import Path

import pytest
import typer.main

from striate import bundled
from striate.cli import app, main

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FENCE = re.compile(r"^```(\w*)\s*$")
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def blocks(text: str, language: str) -> str:
    """Blanks all lines outside the fenced blocks of a language, so that line numbers stay those of the page."""
    kept: list[str] = []
    inside: str | None = None
    for line in text.splitlines():
        fence = FENCE.match(line)
        if fence:
            inside = fence[1] if inside is None else None
        kept.append(line if not fence and inside == language else "")
    return "\n".join(kept) + "\n"


def page_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_the_block_reader_keeps_line_numbers() -> None:
    page = "intro\n```pycon\n>>> 1\n1\n```\n>>> 2\n```python\nx = 1\n```\n"
    assert blocks(page, "pycon").split("\n")[2:4] == [">>> 1", "1"]
    assert "2" not in blocks(page, "pycon")
    assert blocks(page, "python").split("\n")[7] == "x = 1"


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_sessions_run(page: Path) -> None:
    name = page_name(page)
    session = doctest.DocTestParser().get_doctest(blocks(page.read_text("utf-8"), "pycon"), {}, name, name, 0)
    report: list[str] = []
    failed, _ = doctest.DocTestRunner(optionflags=OPTIONS, verbose=False).run(session, out=report.append)
    assert not failed, "".join(report)


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_programs_compile(page: Path) -> None:
    compile(blocks(page.read_text("utf-8"), "python"), page_name(page), "exec")


# ---- commands

NUMBER = re.compile(r"(?<![\w.])[-+]?\d+\.\d+(?:e[-+]\d+)?")


def commands(text: str) -> list[tuple[str, str]]:
    """Each command of the ``console`` blocks, and the output that the page shows for it."""
    found: list[tuple[str, str]] = []
    for line in blocks(text, "console").splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif found:
            found[-1] = (found[-1][0], found[-1][1] + line + "\n")
    return [(command, output.strip("\n")) for command, output in found]


def same(shown: str, printed: str) -> bool:
    """Whether two outputs agree: the text to the letter, fractions to five digits (sums may be rounded elsewhere)."""
    if NUMBER.sub("#", shown) != NUMBER.sub("#", printed):
        return False
    pairs = zip(NUMBER.findall(shown), NUMBER.findall(printed), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=1e-5, abs_tol=1e-6) for a, b in pairs)


def test_the_comparison_of_outputs() -> None:
    assert same("total 0.76023528", "total 0.76023531")
    assert not same("total 0.76", "total 0.77")
    assert not same("total 0.76 of 3", "total 0.76 of 4")
    assert commands("```console\n$ striate a\nb\n\n$ striate c\n```\n") == [("striate a", "b"), ("striate c", "")]


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page.read_text("utf-8"))], ids=page_name)
def test_commands_print_what_the_page_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for source, name in (
        (bundled.model_path(), "net.onnx"),
        (bundled.picture_path(), "house.png"),
        (bundled.labels_path(), "labels.txt"),
    ):
        shutil.copy(source, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    for command, shown in commands(page.read_text("utf-8")):
        program, *arguments = shlex.split(command)
        assert program == "striate", command
        main(arguments)
        caught = capsys.readouterr()
        printed = (caught.out + caught.err).strip("\n")
        assert same(shown, printed), f"{command}\n{printed}"


def test_the_readme_lists_every_command() -> None:
    listed = re.findall(r"^\| `striate (\w+)", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(typer.main.get_group(app).commands)


# ---- the table of ONNX operators


def test_the_operator_table_is_that_of_the_importer() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "operator_table.py"))
    page = script["PAGE"].read_text("utf-8")
    assert script["written"](page) == page, "run scripts/operator_table.py"


# ---- the listings of the engine's page


@pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="the listing is x86's")
def test_the_engine_s_page_shows_what_is_emitted() -> None:
    """The source to the letter; the instructions whatever registers and order this LLVM has chosen."""
    script = runpy.run_path(str(ROOT / "scripts" / "engine_page.py"))
    page = script["PAGE"].read_text("utf-8")
    assert script["listings"]()["emit"] in page, "run scripts/engine_page.py"
    shown = blocks(page, "asm").split("\n")
    shape = script["shape"]
    found = sorted(shape(line) for line in shown if line)
    assert found == sorted(map(shape, script["hot_loop"]())), "run scripts/engine_page.py"
    counts = {name: sum(name in line for line in found) for name in ("vmovaps", "vbroadcastss", "vfmadd231ps")}
    assert counts == {"vmovaps": 8, "vbroadcastss": 8, "vfmadd231ps": 16}  # as the text above it says
