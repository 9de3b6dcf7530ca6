"""What all messages have in common."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

# Which client and which server understand each other; goes up when a message changes its meaning.
PROTOCOL = 1


class Part(BaseModel):
    """Something that messages are made of.

    Numbers that JSON cannot write travel as the strings "NaN", "Infinity" and "-Infinity".
    """

    # Checks are made when a message is first used: all at once they would take a seventh of a second of every start.
    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_inf_nan="strings", defer_build=True)


class Request(Part):
    """What the client asks; the answer has the same id and the same type."""

    ARRAYS: ClassVar[dict[str, str]] = {}

    id: int = Field(ge=1, description="chosen by the client, rising; no two open requests of a tab share one")
    lane: str = Field(
        "",
        max_length=100,
        description="a request that waits is dropped when a newer one of its lane comes; empty: never",
    )


class Answer(Part):
    """What the server answers: arrays by the names in ARRAYS travel behind it in the same frame."""

    ARRAYS: ClassVar[dict[str, str]] = {}

    id: int = Field(description="that of the request; 0 for what nobody asked for")


class RunRequest(Request):
    """A request about one run: a network on an input."""

    network: str = Field(description="id of an open network")
    input: str = Field(description="id of an open input")
    original: bool = Field(False, description="ask about the run without this tab's edits")
    as_opened: bool = Field(
        False,
        description="ask about the network without this tab's edits, on the input with them: what lessons are about",
    )


class RunAnswer(Answer):
    """An answer about one run."""

    version: int = Field(description="of the tab's edits that it holds for; 0 without any. Rises with each edit")


class LayerRequest(RunRequest):
    """A request about one layer of a run."""

    layer: str = Field(description="a layer's name, or that of a node, a value or an input of the network")
    sample: int = Field(0, ge=0, description="which sample of the batch")


class Slice(Part):
    """One plane of a volume."""

    axis: int = Field(ge=0, le=2, description="which spatial axis is fixed: 0 depth, 1 height, 2 width")
    index: int = Field(ge=0, description="where")


class Size(Part):
    """The most cells that are wanted of each drawn axis; a 1-D map has only a width."""

    height: int = Field(ge=1, le=8192)
    width: int = Field(ge=1, le=8192)


class UnitPlace(Part):
    """One number of a run."""

    layer: str = Field(description="name to address it by; a layer's, or a value's where no layer gives it")
    channel: int
    at: tuple[int, ...] = Field(description="position in the map, one index per spatial axis")
    sample: int
    address: str = Field(description="the same as text: layer:channel@position")
