"""Parameters counted, of dense layers and of convolutions."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from striate.studio.protocol.base import Part, Request
from striate.studio.protocol.filled import Filled
from striate.studio.protocol.lessons.base import LessonAnswer, OpenedRequest, Small

Size = Annotated[int, Field(ge=1, le=100_000)]


class ExplosionRequest(Request):
    """A dense layer on an input, beside a convolution on the same."""

    type: Literal["explosion"]
    input_shape: tuple[Size, ...] = Field(min_length=2, max_length=4, description="the last axis is the channels")
    units: Size
    kernel: tuple[Small, ...] = Field((3, 3), min_length=1, max_length=3)
    filters: Size = 64


class ExplosionAnswer(LessonAnswer):
    """How many parameters both have."""

    type: Literal["explosion"] = "explosion"
    weights: Filled
    parameters: Filled
    convolution: Filled
    ratio: float
    bytes: int = Field(description="of the dense layer's parameters as float32")
    resnet: int = Field(description="parameters of a whole ResNet-50")


class DenseLayersRequest(OpenedRequest):
    """What the convolutions of a network would need as dense layers."""

    type: Literal["dense_layers"]


class DenseLayer(Part):
    """A convolution, and the dense layer between the same numbers."""

    layer: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    own: Filled
    dense: Filled
    ratio: float


class DenseLayersAnswer(LessonAnswer):
    """The convolutions in order."""

    type: Literal["dense_layers"] = "dense_layers"
    layers: tuple[DenseLayer, ...]
