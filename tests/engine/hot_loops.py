"""The innermost loops of a kernel's assembly, and what in them should not be: vectors written to the stack."""

from __future__ import annotations

import re

from striate.engine.compile import assembly
from striate.engine.emit import Emit

LABEL = re.compile(r"^(\.L\w+):")
JUMP = re.compile(r"^\tj\w+\t(\.L\w+)")
SPILL = re.compile(r"^\tv?mov\w+\t%[xyz]mm\d+, -?\d*\(%rsp\)")


def innermost_loops(k: Emit) -> list[list[str]]:
    """The lines of each loop without a branch inside: those in which a kernel spends its time."""
    lines = assembly(k.finish(), k.target).splitlines()
    labels = {match[1]: i for i, line in enumerate(lines) if (match := LABEL.match(line))}
    loops = [
        (labels[match[1]], i)
        for i, line in enumerate(lines)
        if (match := JUMP.match(line)) and labels.get(match[1], i) < i
    ]
    return [
        lines[first : last + 1]
        for first, last in loops
        if not any(LABEL.match(line) for line in lines[first + 1 : last])
    ]


def spills(k: Emit) -> list[str]:
    """Instructions of innermost loops that write a vector to the stack."""
    loops = innermost_loops(k)
    assert loops, "no loop found"
    return [line for loop in loops for line in loop if SPILL.match(line)]
