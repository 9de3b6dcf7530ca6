"""The dense layer that does what a convolution does."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import Request
from striate.studio.protocol.filled import Filled
from striate.studio.protocol.lessons.base import LessonAnswer


class DenseTwinRequest(Request):
    """The dense layer that does what a convolution of one channel does."""

    type: Literal["dense_twin"]
    size: tuple[Annotated[int, Field(ge=1, le=12)], ...] = Field(min_length=1, max_length=2)
    kernel: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(min_length=1, max_length=2)
    stride: int = Field(1, ge=1, le=4)
    padding: int = Field(0, ge=0, le=4)


class DenseTwinAnswer(LessonAnswer):
    """Sizes, and which entries of the matrix are one weight."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "shared": "int32 (outputs, inputs), the place of the entry's weight in the kernel, -1 where nothing is joined"
    }

    type: Literal["dense_twin"] = "dense_twin"
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    weights: Filled
    connections: int
    own: int = Field(description="weights of the kernel")
    ratio: float
    told: str = Field(description="the same in words")
