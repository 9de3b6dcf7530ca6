"""Pooling and flatten, and the receptive field that grows layer by layer."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import Part, Request
from striate.studio.protocol.filled import Filled
from striate.studio.protocol.flattening import FlattenOrders
from striate.studio.protocol.lessons.base import LessonAnswer, Small


class PoolRequest(Request):
    """Pooling of a small map, and flatten."""

    ARRAYS: ClassVar[dict[str, str]] = {"x": "float64 (c, h, w)"}

    type: Literal["pool"]
    kernel: tuple[Small, Small]
    stride: tuple[Small, Small]
    kind: Literal["max", "average"] = "max"


class PoolAnswer(LessonAnswer):
    """The pooled maps."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "y": "float64 (c, rows, columns)",
        "flat": "float64 (numbers,), the same in a line",
    }

    type: Literal["pool"] = "pool"
    sizes: tuple[Filled, ...]
    orders: FlattenOrders | None = Field(description="of flatten; of one map, as if there were two of them")


class GrowthLayer(Part):
    """A layer of a stack, the same along each axis."""

    kind: Literal["convolution", "pooling"]
    kernel: int = Field(ge=1, le=16)
    stride: int = Field(1, ge=1, le=8)
    dilation: int = Field(1, ge=1, le=8)


class GrowthRequest(Request):
    """The receptive field layer by layer."""

    type: Literal["growth"]
    layers: tuple[GrowthLayer, ...] = Field(min_length=1, max_length=16)


class GrowthStage(Part):
    """What a unit behind a layer sees, along one axis."""

    field: Filled
    jump: int


class GrowthAnswer(LessonAnswer):
    """A stage for each layer."""

    type: Literal["growth"] = "growth"
    stages: tuple[GrowthStage, ...]
