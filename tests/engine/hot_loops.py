"""The innermost loops of a kernel's assembly, and what in them should not be: vectors written to the stack."""

from __future__ import annotations

import re

from striate.engine.compile import assembly
from striate.engine.emit import Emit

LABEL = re.compile(r"^(\.L\w+):")
JUMP = re.compile(r"^\tj\w+\t(\.L\w+)")
SPILL = re.compile(r"^\tv?mov\w+\t%[xyz]mm\d+, -?\d*\(%rsp\)")


def innermost_loops(k: Emit) -> list[list[str]]:
    """The lines of each loop without a loop inside: those in which a kernel spends its time."""
    lines = assembly(k.finish(), k.target).splitlines()
    labels = {match[1]: i for i, line in enumerate(lines) if (match := LABEL.match(line))}
    ends: dict[int, int] = {}  # by a loop's first line, the last jump back to it
    for i, line in enumerate(lines):
        match = JUMP.match(line)
        # A branch may be laid out before what jumps to it: back is only where one comes from.
        if match and labels.get(match[1], i) < i and comes_to(lines, labels, labels[match[1]], i):
            ends[labels[match[1]]] = i
    return [
        lines[first : last + 1]
        for first, last in ends.items()
        if not any(first < other and ends[other] <= last for other in ends)
    ]


def comes_to(lines: list[str], labels: dict[str, int], start: int, end: int) -> bool:
    """Whether some way through the code leads from a line to another one."""
    ways, seen = [start], set[int]()
    while ways:
        at = ways.pop()
        if at == end:
            return True
        if at in seen or at >= len(lines) or lines[at].startswith("\tret"):
            continue
        seen.add(at)
        match = JUMP.match(lines[at])
        if match and match[1] in labels:
            ways.append(labels[match[1]])
        if not lines[at].startswith("\tjmp"):
            ways.append(at + 1)
    return False


def spills(k: Emit) -> list[str]:
    """Instructions of innermost loops that write a vector to the stack."""
    loops = innermost_loops(k)
    assert loops, "no loop found"
    return [line for loop in loops for line in loop if SPILL.match(line)]
