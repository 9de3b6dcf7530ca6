"""What each channel gives to a number of a network."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.filled import Filled
from striate.studio.protocol.lessons.base import LessonAnswer, OpenedRequest


class FilterSumsRequest(OpenedRequest):
    """What each channel gives to one number of a network's convolution."""

    type: Literal["filter_sums"]
    layer: str | None = Field(None, max_length=1000, description="null: the first convolution")
    filter: int = Field(0, ge=0)
    most: int = Field(12, ge=1, le=64, description="channels that are told one by one, the strongest first")


class FilterSumsAnswer(LessonAnswer):
    """The sum behind the number of one map that is largest."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "channels": "int32 (some,), the strongest channels, in the order of their magnitude",
        "sums": "float64 (some,), what each gives",
    }

    type: Literal["filter_sums"] = "filter_sums"
    layers: tuple[str, ...] = Field(description="all convolutions of the network")
    layer: str
    filter: int
    filters: int
    depth: int = Field(description="channels that each filter reads")
    kernel: tuple[int, ...]
    parameters: Filled
    unit: str
    others: int = Field(description="channels that are not told one by one")
    rest: float = Field(description="what those give together")
    bias: float
    total: float
    value: float = Field(description="after what the layer does to its total")
