"""The README and the documentation keep their word: every ``pycon`` block runs, every ``python`` block compiles."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

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
