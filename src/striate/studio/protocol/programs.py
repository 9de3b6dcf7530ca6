"""Files that a shown program reads, and a file that waits to be fetched."""

from __future__ import annotations

from pydantic import Field

from striate.studio.protocol.base import Part


class ProgramFile(Part):
    """A file that a program reads beside what comes with striate."""

    name: str = Field(description="as the program names it")
    what: str = Field(description="such as: the input")
    bytes: int | None = Field(description="null: it can not be fetched here, as it is the file that the reader opened")


class Download(Part):
    """A file that waits to be fetched from /download/ID, once."""

    download: str
    name: str
    bytes: int
