"""What is open: networks, inputs, samples; opening and closing."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from striate.studio.protocol.base import Answer, Part, Request
from striate.studio.protocol.film import FilmForm


class PortInfo(Part):
    """An input or output of a network."""

    name: str
    shape: tuple[int | None, ...] | None = Field(description="channels first; null for a free size or rank")
    dtype: str
    takes: Literal["picture", "signal", "volume", "numbers"] = Field(description="what fits it best")


class NetworkEntry(Part):
    """A network that is open."""

    id: str = Field(description="short and stable: the file's stem, made unique")
    name: str = Field(description="the file's name, for people")
    layers: int
    parameters: int
    inputs: tuple[PortInfo, ...]
    outputs: tuple[PortInfo, ...]


class InputEntry(Part):
    """An input that is open; it was read for one network, and others may take it."""

    id: str = Field(description="short and stable: the file's stem, made unique")
    name: str = Field(description="the file's name, for people")
    kind: Literal["picture", "signal", "volume", "numbers"]
    fits: tuple[str, ...] = Field(description="ids of the open networks that can take it")


class Sample(Part):
    """Something that can be opened without a file."""

    id: str
    name: str
    kind: Literal["network", "picture", "signal", "volume", "numbers"]
    note: str


class Limits(Part):
    """What an upload may be."""

    upload_bytes: int = Field(description="of one file")
    picture_pixels: int
    values: int = Field(description="numbers of a signal or volume")
    networks: int = Field(description="open at once")
    inputs: int = Field(description="open at once")
    painted: int = Field(description="numbers of one painted patch")


class Start(Part):
    """What to show first."""

    network: str
    input: str | None


class HelloRequest(Request):
    """The first request of a tab."""

    type: Literal["hello"]
    protocol: int = Field(description="PROTOCOL of the client")


class HelloAnswer(Answer):
    """What is open and what is possible."""

    type: Literal["hello"] = "hello"
    protocol: int
    version: str = Field(description="of striate")
    networks: tuple[NetworkEntry, ...]
    inputs: tuple[InputEntry, ...]
    start: Start | None = Field(description="what the command line asked for; null for an empty studio")
    limits: Limits
    films: tuple[FilmForm, ...] = Field(description="what animations can be saved as")


class SamplesRequest(Request):
    """What can be opened without a file."""

    type: Literal["samples"]
    network: str | None = Field(None, description="inputs that fit this network; else networks and pictures")


class SamplesAnswer(Answer):
    """Samples, the most telling first."""

    type: Literal["samples"] = "samples"
    samples: tuple[Sample, ...]


class OpenNetworkRequest(Request):
    """Opens a network from an upload or a sample; reports progress and can be cancelled."""

    type: Literal["open_network"]
    upload: str | None = Field(None, description="id that POST /upload gave")
    sample: str | None = None


class OpenNetworkAnswer(Answer):
    """The network."""

    type: Literal["open_network"] = "open_network"
    network: NetworkEntry
    input: str | None = Field(description="id of an open input that fits it, if there is one")


class InputSource(Part):
    """Where the numbers for one input of the network come from; exactly one of upload, sample and array."""

    port: str | None = Field(None, description="the network's input; null where it has only one")
    upload: str | None = None
    sample: str | None = None
    array: str | None = Field(None, description="name of an array of this frame: uint8 (h, w, 3), or numbers")


class OpenInputRequest(Request):
    """Reads an input for a network."""

    type: Literal["open_input"]
    network: str
    sources: tuple[InputSource, ...] = Field(min_length=1, max_length=64)
    preprocess: Literal["imagenet", "unit", "signed", "none"] | None = Field(
        None, description="how a picture's values are scaled; null: as the network most likely wants"
    )
    name: str | None = Field(
        None, max_length=200, description="for an input without a file, such as a camera's picture"
    )


class OpenInputAnswer(Answer):
    """The input."""

    type: Literal["open_input"] = "open_input"
    input: InputEntry


class CloseRequest(Request):
    """This tab lets go of a network or an input; it is freed when no other tab holds it."""

    type: Literal["close"]
    network: str | None = None
    input: str | None = None


class CloseAnswer(Answer):
    """Done."""

    type: Literal["close"] = "close"


class Uploaded(Part):
    """What POST /upload?name=FILE answers, as JSON, to raw bytes; an error answers with status 4xx and UploadError."""

    upload: str = Field(description="id to open it by, once; kept for some minutes")
    name: str
    bytes: int


class UploadError(Part):
    """Why an upload was refused."""

    kind: str
    message: str
