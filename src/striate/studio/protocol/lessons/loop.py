"""The hand-written loop, line by line."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import Part, Request
from striate.studio.protocol.lessons.base import LessonAnswer


class LoopRequest(Request):
    """The hand-written loop, line by line."""

    ARRAYS: ClassVar[dict[str, str]] = {"x": "float64 (l,) or (h, w)", "kernel": "float64 (r,) or (r, s)"}

    type: Literal["loop"]
    stride: int = Field(1, ge=1, le=8)
    padding: int = Field(0, ge=0, le=8)
    dilation: int = Field(1, ge=1, le=8)


class LoopVariable(Part):
    """A variable and what it holds, as Python writes it."""

    name: str
    text: str


class LoopMoment(Part):
    """What holds just after a line has run."""

    line: int
    variables: tuple[LoopVariable, ...]
    position: tuple[int, ...]
    terms: int
    sum: str = Field(description="the products so far, written out")


class LoopAnswer(LessonAnswer):
    """Every step of the loop, and the calls that give the same."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "output": "float64 (*positions), what comes out",
        "made": "float64 (steps, *positions), the output so far; NaN before it exists",
        "padded": "float64, the input with its padding",
        "cells": "int32 (steps, rank), the cell of the padded input that the last product read; -1 where there is none",
        "taps": "int32 (steps, rank), the tap of the kernel; likewise",
    }

    type: Literal["loop"] = "loop"
    lines: tuple[str, ...]
    steps: tuple[LoopMoment, ...]
    striate: str
    pytorch: str
    keras: str
