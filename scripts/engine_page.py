"""Writes the listings of docs/guides/engine.md: the source that emits the hot loop, and what LLVM makes of it.

Run it from anywhere on an x86 machine: ``python scripts/engine_page.py``. The instructions are those for any processor
with AVX-512 (x86-64-v4), whatever this one is.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from pathlib import Path

from striate.engine.compile import assembly
from striate.engine.isa import Isa, isa
from striate.engine.kernels import direct
from striate.engine.kernels.tiles import choose_tile

PAGE = Path(__file__).resolve().parent.parent / "docs" / "guides" / "engine.md"
TARGET = Isa("avx512", 16, 32, "x86-64-v4", "")
# The layer of the page: 32 filters on a map whose rows have two positions.
WIDTH, FILTERS, CHANNELS = 2, 32, 16
LABEL = re.compile(r"^(\.L\w+):")
JUMP = re.compile(r"^\tj\w+\t(\.L\w+)")


def source() -> str:
    """The method of the direct kernel that writes the innermost body."""
    return textwrap.dedent(inspect.getsource(direct._Tile._multiply)).strip()


def hot_loop() -> list[str]:
    """The innermost loop of the layer's kernel, instruction by instruction."""
    isa()  # LLVM is told of the processor
    pixels, vectors = choose_tile(WIDTH, FILTERS, TARGET, CHANNELS)
    tile = direct.DirectTile(pixels, WIDTH % pixels, vectors, 0, 1)
    lines = assembly(direct.emit_direct(tile, TARGET).finish(), TARGET).splitlines()
    labels = {match[1]: i for i, line in enumerate(lines) if (match := LABEL.match(line))}
    loops = [
        lines[labels[match[1]] : i + 1]
        for i, line in enumerate(lines)
        if (match := JUMP.match(line)) and labels.get(match[1], i) < i
    ]
    loop = min((loop for loop in loops if any("vfmadd" in line for line in loop)), key=len)
    return [laid_out(re.sub(r"\s*#.*", "", line)) for line in loop]


def laid_out(line: str) -> str:
    """A line with its operands in a column of their own."""
    parts = line.split("\t")
    return line if len(parts) == 1 else f"    {parts[1]:<14}{' '.join(parts[2:])}".rstrip()


def shape(line: str) -> str:
    """An instruction without the names of its registers and labels: what does not change from one LLVM to the next."""
    line = re.sub(r"%[xyz]mm\d+", "%vector", line)
    return re.sub(r"\.L\w+", "label", re.sub(r"%r\w+", "%register", line)).strip()


def listings() -> dict[str, str]:
    """What stands between the page's marks, by the mark's name."""
    return {
        "emit": f"```python\n{source()}\n```",
        "assembly": "```asm\n" + "\n".join(hot_loop()) + "\n```",
    }


def written(page: str) -> str:
    """The page with the listings of now."""
    for name, listing in listings().items():
        begin, end = f"<!-- {name}: written by scripts/engine_page.py -->", f"<!-- end of {name} -->"
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        page = f"{before}{begin}\n\n{listing}\n\n{end}{after}"
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
