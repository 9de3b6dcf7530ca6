"""What may come in place of an answer, or before it, or unasked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from striate.studio.protocol.base import Answer, Request
from striate.studio.protocol.library import InputEntry, NetworkEntry


class CancelRequest(Request):
    """Stops a request that is under way; that one is then answered with "cancelled"."""

    type: Literal["cancel"]
    target: int = Field(ge=1, description="id of the request to stop")


class CancelAnswer(Answer):
    """Said at once; whether there was something to stop."""

    type: Literal["cancel"] = "cancel"
    found: bool


class Progress(Answer):
    """How far a long request is; comes any number of times before its answer."""

    type: Literal["progress"] = "progress"
    what: str = Field(description="what is being done, for people: compiling kernels, layer 40 of 100 ...")
    done: int
    total: int = Field(description="0 where nobody knows")


class Cancelled(Answer):
    """In place of an answer: the request was stopped by "cancel"."""

    type: Literal["cancelled"] = "cancelled"


class Dropped(Answer):
    """In place of an answer: a newer request with the same lane overtook this one before it began."""

    type: Literal["dropped"] = "dropped"


class Failure(Answer):
    """In place of an answer: what went wrong, in the words of the Python error."""

    type: Literal["error"] = "error"
    kind: str = Field(description="class of the error: ShapeError, MediaError ...; Fault for one of striate's own")
    message: str
    request: str = Field(description="type of the request, empty where it could not be read")


class LibraryNotice(Answer):
    """Unasked, id 0: what is open has changed, in this tab or another."""

    type: Literal["library"] = "library"
    networks: tuple[NetworkEntry, ...]
    inputs: tuple[InputEntry, ...]
