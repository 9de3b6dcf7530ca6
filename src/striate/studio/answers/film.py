"""The running window as a file: of the workbench, and of a layer of a network."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from striate.animation import Animation
from striate.graph import Array, UnitAddress
from striate.lenses.animation import positions_around, walk
from striate.lessons.workbench import LAYER
from striate.run import Run
from striate.studio.answers.session import Session
from striate.studio.downloads import Downloads
from striate.studio.protocol.film import (
    BenchFilmAnswer,
    BenchFilmRequest,
    Film,
    FilmAnswer,
    FilmForm,
    FilmRequest,
)
from striate.studio.work import Work

Arrays = Mapping[str, Array]


def forms() -> tuple[FilmForm, ...]:
    """What a film can be saved as, on this computer."""
    missing = "" if shutil.which("ffmpeg") else "MP4 needs the program ffmpeg, which is not on the PATH of striate"
    return FilmForm(form="gif", missing=""), FilmForm(form="mp4", missing=missing), FilmForm(form="svg", missing="")


def of_bench(session: Session, request: BenchFilmRequest, arrays: Arrays, work: Work) -> tuple[BenchFilmAnswer, Arrays]:
    """The window of the workbench."""
    bench, _ = session.workbenches.bench(request.state, arrays)
    name = f"{bench.operation.replace('_', '-')}-{'x'.join(map(str, bench.kernel))}"
    film = _saved(bench.run, UnitAddress(LAYER, request.filter), request, name, session.store.downloads, work)
    return BenchFilmAnswer(id=request.id, film=film), {}


def of_layer(session: Session, request: FilmRequest, arrays: Arrays, work: Work) -> tuple[FilmAnswer, Arrays]:
    """The window of a network's layer."""
    run, _ = session.run(request, work)
    address = UnitAddress(request.layer, request.channel, (), request.sample)
    name = re.sub(r"[^A-Za-z0-9_.]+", "-", f"{request.layer}-{request.channel}").strip("-.") or "layer"
    film = _saved(run, address, request, name, session.store.downloads, work)
    return FilmAnswer(id=request.id, film=film), {}


def _saved(
    run: Run, address: UnitAddress, request: BenchFilmRequest | FilmRequest, name: str, downloads: Downloads, work: Work
) -> Film:
    shape = run.recording.values[run.model.value_name(address.layer)].shape[2:]
    around = positions_around(request.at, shape) if len(request.at) == len(shape) else None
    work.report("following the window")
    animation = Animation(walk(run.recording, address, around))
    many = request.form == "svg"
    path = downloads.place("" if many else f".{request.form}")

    def told(done: int, total: int, what: str) -> None:
        work.report("drawing frames", done, total)

    made = path
    try:
        animation.save(path, fps=request.fps, theme="dark" if request.dark else "light", progress=told)
        if many:
            made = Path(shutil.make_archive(str(path), "zip", path))
    finally:
        if many:
            shutil.rmtree(path, ignore_errors=True)
    ending = "zip" if many else request.form
    steps = f"{len(animation)} positions" + (f"; {animation.omitted}" if animation.omitted else "")
    kept = downloads.add(made, f"{name}.{ending}")
    return Film(download=kept, name=f"{name}.{ending}", bytes=made.stat().st_size, note=steps)
