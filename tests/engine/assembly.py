"""What LLVM made of a kernel, read for what it should not have done."""

from __future__ import annotations

import re

from striate.engine.compile import assembly
from striate.engine.emit import Emit

STACK = re.compile(r"[xyz]mm\d+.*%rsp|%rsp.*[xyz]mm\d+")


def spilled_vectors(k: Emit) -> list[str]:
    """Instructions that move a vector register to or from the stack."""
    return [line.strip() for line in assembly(k.finish(), k.target).splitlines() if STACK.search(line)]
