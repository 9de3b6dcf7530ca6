"""What the requests and answers of all lessons have in common, and the files that their programs read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from striate.studio.protocol.base import Answer, Request
from striate.studio.protocol.programs import Download, ProgramFile

Small = Annotated[int, Field(ge=1, le=16)]


class LessonAnswer(Answer):
    """Every figure of a lesson comes with the program that computes it."""

    code: str = Field(description="the few lines of Python; they run as they stand")
    files: tuple[ProgramFile, ...] = Field(default=(), description="that they read")


class OpenedRequest(Request):
    """A request about an open network as it was opened, on an open input as this tab has edited it."""

    network: str
    input: str


class LessonFileRequest(OpenedRequest):
    """A file that a program about these reads."""

    type: Literal["lesson_file"]
    name: str = Field(max_length=300, description="of one of the answer's files")


class LessonFileAnswer(Answer):
    """The file."""

    type: Literal["lesson_file"] = "lesson_file"
    file: Download
