"""One number: the sum behind it, what it sees, and the way down to the input."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import LayerRequest, Part, RunAnswer, UnitPlace

View = Literal[
    "convolution", "dense", "pooling", "normalization", "elementwise", "activation", "softmax", "reduction",
    "resize", "movement", "given", "other",
]  # fmt: skip


class UnitRequest(LayerRequest):
    """A request about one number."""

    channel: int = Field(ge=0)
    at: tuple[int, ...] = ()


class ExplainRequest(UnitRequest):
    """The whole computation behind one number."""

    type: Literal["explain"]
    strongest: int = Field(8, ge=0, le=65536, description="channels (or cells, of other operands) that come in full")


class StageInfo(Part):
    """What the layer does to the total afterwards."""

    name: str
    kind: str
    value: float


class Figure(Part):
    """What a symbol of the law stands for."""

    symbol: str
    value: float


class OperandCells(Part):
    """The cells of one operand that go into the number; arrays operand.N.* hold the strongest of them."""

    role: str = Field(description="input, weight, scale, mean ...")
    source: str = Field(description="name to address the cells by")
    constant: bool
    count: int = Field(description="cells in all")
    order: Literal["magnitude", "greatest", "least"] = Field(
        description="by what the cells are ranked: what each gives, or, where one is chosen, the numbers themselves"
    )
    shown: int = Field(description="cells in the arrays, the first in that order")
    rest: float = Field(description="what the others give to the total")
    traced: bool


class Windowed(Part):
    """The window of a weighted sum or a pooling; arrays hold the strongest channels in full, all sums of channels."""

    source: str = Field(description="name to address the window's cells by")
    channels: int = Field(description="input channels in the sum; 1 for pooling")
    taps: tuple[int, ...] = Field(description="sizes of one channel's window; () for a dense layer")
    padded: int = Field(description="cells that are padding, or taps that meet none, over all channels")


class ExplainAnswer(RunAnswer):
    """One number, explained: products + bias = total, which agrees with held; the stages make value of it."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "sums": "float64 (channels,), partial sum of each input channel of the window, in channel order",
        "order": "int32 (channels,), the channels by falling magnitude of their partial sums",
        "window": "float64 (shown, *taps), the cells of the strongest channels, in that order",
        "kernel": "float64 (shown, *taps); absent for pooling",
        "products": "float64 (shown, *taps); absent for pooling",
        "inside": "uint8 (shown, *taps), 0 where a cell is padding or a tap meets none",
        "cells": "int32 (shown, *taps, 1 + spatial rank), channel and position of each cell in the source",
        "curve": "float64 (2, samples), of a function of one number (unit.curve()): x and what it makes of it",
        "operand.N.numbers": "float64 (shown,), of operand N, in its order",
        "operand.N.coefficients": "float64 (shown,), by what each is multiplied; absent where not traced",
        "operand.N.cells": "int32 (shown, 1 + spatial rank), channel and position; -1 for padding",
    }

    type: Literal["explain"] = "explain"
    unit: UnitPlace
    view: View = Field(description="which picture fits; by the op's class, never by its name")
    kind: str
    name: str = Field(description="of the node that is explained")
    facts: tuple[str, ...]
    words: str = Field("", description="what an operation of this kind does, in words")
    law: str = Field(
        "", description="the computation in symbols, where it has few: (x - mean)/sqrt(variance + epsilon)"
    )
    figures: tuple[Figure, ...] = Field((), description="what each symbol of the law stands for here")
    total: float
    held: float
    value: float
    stages: tuple[StageInfo, ...]
    bias: float
    rest: float = Field(description="the part of the total that no operand accounts for")
    rule: str = Field(description="how the total is shared out where that is a convention; empty where it is exact")
    divisor: float | None = Field(description="what the window's sum is divided by")
    winner: tuple[int, ...] | None = Field(description="index in the window of the cell that is passed on")
    window: Windowed | None
    operands: tuple[OperandCells, ...]
    formula: str = Field(description="six digits, cut off at some length; the whole is asked for with formula")
    scale: float = Field(description="largest magnitude in the explained value")
    agreement: float = Field(description="how far total and held are apart, relative to scale")
    agrees: bool


class FormulaRequest(UnitRequest):
    """The number written out."""

    type: Literal["formula"]
    digits: int | None = Field(None, ge=1, le=17, description="significant digits; null for all")


class FormulaAnswer(RunAnswer):
    """One line, to be copied."""

    type: Literal["formula"] = "formula"
    text: str


class FieldRequest(UnitRequest):
    """What the number sees of the network's inputs."""

    type: Literal["field"]
    follow: Literal["structure", "data"] = "structure"


class FieldBox(Part):
    """Its field in one input; boxes are half-open (start, stop) for each spatial axis."""

    port: str
    clipped: tuple[tuple[int, int], ...] | None = Field(description="null where it sees nothing of this input")
    unclipped: tuple[tuple[int, int], ...] | None
    stride: tuple[float, ...]
    centre: tuple[float, ...]


class FieldAnswer(RunAnswer):
    """The field."""

    type: Literal["field"] = "field"
    boxes: tuple[FieldBox, ...]
    exact: bool
    reason: str


class TraceRequest(UnitRequest):
    """The chain of explanations down to the input."""

    type: Literal["trace"]
    width: int = Field(3, ge=1, le=64)
    depth: int | None = Field(None, ge=1)
    most: int = Field(32, ge=1, le=4096)


class TraceCell(Part):
    """A cell that is followed."""

    unit: UnitPlace
    number: float
    gain: float
    amount: float


class TraceLevel(Part):
    """One value on the way down."""

    source: str
    kind: str
    name: str
    cells: tuple[TraceCell, ...]
    count: int
    amount: float
    followed: float
    bias: float
    rule: str
    ended: str


class TraceAnswer(RunAnswer):
    """The trace; value = reached + biases + left_out + stopped + rounding."""

    type: Literal["trace"] = "trace"
    value: float
    levels: tuple[TraceLevel, ...]
    reached: float
    biases: float
    left_out: float
    stopped: float
    rounding: float
    note: str
