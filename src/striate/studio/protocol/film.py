"""The running window as a file: of the workbench, and of a network's layer."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from striate.studio.protocol.base import Answer, LayerRequest, Part, Request
from striate.studio.protocol.bench import BenchRequest, BenchState
from striate.studio.protocol.programs import Download

Form = Literal["gif", "mp4", "svg"]


class FilmForm(Part):
    """A form that an animation can be saved in."""

    form: Form
    missing: str = Field(description="why it cannot be, here; empty where it can")


class FilmWanted(Part):
    """What is wanted of a film, whatever runs in it."""

    at: tuple[int, ...] = Field((), max_length=3, description="around which position, of a large map")
    form: Form = "gif"
    dark: bool = False
    fps: float = Field(2.0, ge=0.1, le=50)


class BenchFilmRequest(FilmWanted, Request):
    """The running window as a file."""

    ARRAYS: ClassVar[dict[str, str]] = BenchRequest.ARRAYS

    type: Literal["bench_film"]
    state: BenchState
    filter: int = Field(0, ge=0, le=4095)


class Film(Download):
    """A film that waits to be fetched."""

    note: str


class BenchFilmAnswer(Answer):
    """The file."""

    type: Literal["bench_film"] = "bench_film"
    film: Film


class FilmRequest(FilmWanted, LayerRequest):
    """The running window of a network's layer as a file."""

    type: Literal["film"]
    channel: int = Field(ge=0)


class FilmAnswer(Answer):
    """The file."""

    type: Literal["film"] = "film"
    film: Film
