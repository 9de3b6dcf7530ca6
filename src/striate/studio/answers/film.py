"""The running window as a file: of the workbench, and of a layer of a network."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from striate.animation import Animation
from striate.graph import Array, UnitAddress
from striate.lenses.animation import Walk, walk
from striate.lessons.workbench import LAYER, Workbench
from striate.studio.answers.session import Session
from striate.studio.protocol.bench import BenchState
from striate.studio.protocol.film import (
    BenchFilmAnswer,
    BenchFilmRequest,
    Film,
    FilmAnswer,
    FilmForm,
    FilmRequest,
    FilmWanted,
)
from striate.studio.work import Work

Arrays = Mapping[str, Array]
_FIRST = "following the window"


def forms() -> tuple[FilmForm, ...]:
    """What a film can be saved as, on this computer."""
    missing = "" if shutil.which("ffmpeg") else "MP4 needs the program ffmpeg, which is not on the PATH of striate"
    return FilmForm(form="gif", missing=""), FilmForm(form="mp4", missing=missing), FilmForm(form="svg", missing="")


def of_bench(session: Session, request: BenchFilmRequest, arrays: Arrays, work: Work) -> tuple[BenchFilmAnswer, Arrays]:
    """The window of the workbench."""
    bench, state = session.workbenches.bench(request.state, arrays)
    name = f"{bench.operation.replace('_', '-')}-{'x'.join(map(str, bench.kernel))}"
    work.report(_FIRST)
    found = walk(bench.run.recording, UnitAddress(LAYER, request.filter), around=request.at)
    film = _saved(replace(found, title=_title(bench, state, request.filter)), request, name, session, work)
    return BenchFilmAnswer(id=request.id, film=film), {}


def of_layer(session: Session, request: FilmRequest, arrays: Arrays, work: Work) -> tuple[FilmAnswer, Arrays]:
    """The window of a network's layer."""
    run, _ = session.run(request, work)
    name = re.sub(r"[^A-Za-z0-9_.]+", "-", f"{request.layer}-{request.channel}").strip("-.") or "layer"
    work.report(_FIRST)
    address = UnitAddress(request.layer, request.channel, (), request.sample)
    film = _saved(walk(run.recording, address, around=request.at), request, name, session, work)
    return FilmAnswer(id=request.id, film=film), {}


def _title(bench: Workbench, state: BenchState, number: int) -> str:
    """What the film of a map of the workbench is called."""
    if bench.weight is None:
        return f"channel {number} of {bench.channels}" if bench.channels > 1 else ""
    kernel, _, axis = state.names[number].partition("@")
    name = f"{kernel.replace('_', ' ')}, axis {axis}" if axis else kernel.replace("_", " ") or "own kernel"
    return f"{name}, filter {number} of {bench.filters}" if bench.filters > 1 else name


def _saved(found: Walk, wanted: FilmWanted, name: str, session: Session, work: Work) -> Film:
    animation, downloads = Animation(found), session.store.downloads
    many = wanted.form == "svg"
    path = downloads.place("" if many else f".{wanted.form}")

    def told(done: int, total: int, what: str) -> None:
        work.report("drawing frames", done, total)

    made = path
    try:
        animation.save(path, fps=wanted.fps, theme="dark" if wanted.dark else "light", progress=told)
        if many:
            made = Path(shutil.make_archive(str(path), "zip", path))
    finally:
        if many:
            shutil.rmtree(path, ignore_errors=True)
    ending = "zip" if many else wanted.form
    steps = f"{len(animation)} steps" + (f"; {animation.omitted}" if animation.omitted else "")
    kept = downloads.add(made, f"{name}.{ending}")
    return Film(download=kept, name=f"{name}.{ending}", bytes=made.stat().st_size, note=steps)
