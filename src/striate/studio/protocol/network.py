"""The network: its layers, how they hang together, and what the input was made into."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import Answer, LayerRequest, Part, Request, RunAnswer, RunRequest


class Operand(Part):
    """What a layer reads."""

    source: str = Field(description="name of the layer or input of the network that makes it")
    role: Literal["input", "other"] = Field(description="input: the first operand of the layer's main node")


class LayerInfo(Part):
    """One layer, or one input of the network (kind "Input"); in topological order."""

    name: str
    kind: str = Field(description="in the source's words: Conv, Conv2D, Relu ...; Input")
    module: tuple[str, ...] = Field(description="path of the modules around it, outermost first; may be empty")
    label: str = Field(description="the name without the path")
    column: int = Field(description="depth from the inputs: the longest way")
    shape: tuple[int | None, ...] | None = Field(description="channels first, batch included; concrete with an input")
    channels: int | None
    spatial: tuple[int | None, ...] = Field(description="sizes of a map: (), (l,), (h, w) or (d, h, w)")
    parameters: int
    macs: int | None
    facts: str = Field(description="one line: Conv 3×3 /2 · 32 × 112 × 112 · 864 + 32 parameters")
    kernel: tuple[int, ...] | None = Field(
        description="(outputs, inputs of a group, *taps) of a weighted layer, or null"
    )
    operands: tuple[Operand, ...]
    line: str = Field(
        description="why its channels are taken as the places of one signal, not as features; empty: they are not"
    )
    signed: bool | None = Field(description="whether it can be negative; null where that is not known before a run")
    output: bool = Field(description="whether it is an output of the network")


class NetworkRequest(Request):
    """The layers of a network."""

    type: Literal["network"]
    network: str
    input: str | None = Field(None, description="an open input, whose sizes make all shapes concrete")


class NetworkAnswer(Answer):
    """The layers, inputs of the network first."""

    type: Literal["network"] = "network"
    name: str
    layers: tuple[LayerInfo, ...]
    parameters: int
    macs: int | None


class InputRequest(RunRequest):
    """What the network was given."""

    type: Literal["input"]
    numbers: bool = Field(False, description="whether the answer brings the numbers of inputs that are no pictures")


class InputPort(Part):
    """One input of the network as it was filled."""

    port: str
    shape: tuple[int, ...] = Field(description="channels first, batch included")
    note: str = Field(description="what was done to the file, for people")
    scale: tuple[float, ...] = Field(description="per channel; value = scale * shown / 255 + offset. Empty: no picture")
    offset: tuple[float, ...]
    picture: str | None = Field(description="name of the array with its picture, or null")


class InputAnswer(RunAnswer):
    """What the network was given; values themselves are asked for with "maps", by the input's name as layer."""

    ARRAYS: ClassVar[dict[str, str]] = {
        "picture.PORT": "uint8 (h, w, 3), the picture as it is seen, cut as the network sees it",
        "numbers.PORT": "float32 (channels, *spatial), of an input that is no picture, where they are asked for",
    }

    type: Literal["input"] = "input"
    ports: tuple[InputPort, ...]


class PredictionRequest(RunRequest):
    """What comes out."""

    type: Literal["prediction"]
    top: int = Field(5, ge=1, le=1000)


class Rank(Part):
    """One class."""

    index: int
    label: str = Field(description='a name where one is known, else "class 281"')
    score: float
    probability: float


class OutputInfo(Part):
    """One output of the network; ranks are empty where it is no row of class scores."""

    name: str
    shape: tuple[int, ...]
    ranks: tuple[Rank, ...]
    classes: int
    softmax: bool = Field(description="the probabilities come from a softmax that the network itself does not have")
    numbers: tuple[float, ...] = Field(description="the first numbers of an output that is no classifier")


class PredictionAnswer(RunAnswer):
    """The outputs."""

    type: Literal["prediction"] = "prediction"
    outputs: tuple[OutputInfo, ...]


class FilterRequest(LayerRequest):
    """The kernel of one output channel, over all its input channels, paged."""

    type: Literal["filter"]
    channel: int = Field(ge=0)
    first: int = Field(0, ge=0, description="first input channel wanted")
    count: int = Field(256, ge=1, le=4096)


class FilterAnswer(RunAnswer):
    """The kernel."""

    ARRAYS: ClassVar[dict[str, str]] = {"weights": "float32 (count, *taps), one kernel an input channel"}

    type: Literal["filter"] = "filter"
    first: int
    total: int = Field(description="input channels that this output channel reads")
    source: str = Field(description="name of the layer that it reads")
    source_channel: int = Field(description="channel of the source that the first of all belongs to (groups)")
    bias: float | None
    extent: tuple[float, float] = Field(description="least and greatest weight of the whole layer")
    edited: bool
