"""Layers as they are pasted: all of them one after the other, and one argument by argument."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from striate.studio.protocol.base import Answer, Part, Request
from striate.studio.protocol.bench import BenchState
from striate.studio.protocol.flattening import FlattenOrders


class BenchDeclareRequest(Request):
    """What pasted layers mean."""

    type: Literal["bench_declare"]
    text: str = Field(max_length=100_000)
    shape: str = Field("", max_length=100, description="of one sample, such as 17x30; empty for a usual one")
    layer: int = Field(
        0, ge=0, description="which of several is told argument by argument; the last if there are fewer"
    )


class DeclaredArgument(Part):
    """One argument of a layer."""

    name: str
    value: str
    given: bool = Field(description="whether it was in the line")
    meaning: str


class DenseTwinInfo(Part):
    """The dense layer that a convolution replaces."""

    parameters: str
    ratio: float | None


class DeclaredRow(Part):
    """One layer of several; "?" where nothing can be said."""

    text: str = Field(description="as it was written")
    output_shape: tuple[int, ...] | None
    parameters: str
    macs: str
    field: str = Field(description="cells of the input that a place sees: 5×5; or all")


class DeclaredStackInfo(Part):
    """Layers one after the other."""

    input_shape: tuple[int, ...] | None
    rows: tuple[DeclaredRow, ...]
    parameters: str = Field(description="of all")
    macs: str = Field(description="of all, for one sample")


class BenchDeclareAnswer(Answer):
    """The layers, and one of them argument by argument with the state that plays it."""

    type: Literal["bench_declare"] = "bench_declare"
    stack: DeclaredStackInfo
    assumed: bool = Field(description="whether the shape of the input is a usual one, as none was given or written")
    layer: int = Field(description="which of the stack's; what follows is about it")
    framework: str
    kind: str
    arguments: tuple[DeclaredArgument, ...]
    input_shape: tuple[int, ...] | None
    output_shape: tuple[int, ...] | None
    order: str = Field(description="which axis of these shapes the channels are")
    sizes: tuple[str, ...]
    parameters: str = Field(description="filled in; empty where nothing can be said")
    learns: bool = Field(description="whether there are any, or may be")
    macs: str = Field(description="products, filled in; empty where there are none, or nothing can be said")
    orders: FlattenOrders | None = Field(description="of a flatten whose maps have two; else null")
    dense: DenseTwinInfo | None
    state: BenchState | None = Field(description="that plays exactly this layer; null where it has no window")
    source: str = Field(description="the input that it is played on, in words; empty where it cannot be played")
    left_out: str = Field(description="what the layer does and the played one does not, in words; empty for nothing")
    why_not: str = Field(description="why it cannot be played; empty where it can")
    text: str = Field(description="the program that tells the same; it runs as it stands")
