"""The workbench's program, and the files that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from striate.graph import Array
from striate.lessons import SavedArrays, workbench_code, workbench_layers, workbench_torch
from striate.studio.answers.session import Session
from striate.studio.program_files import ProgramFile, fetch
from striate.studio.protocol.bench import (
    OWN,
    BenchCodeAnswer,
    BenchCodeRequest,
    BenchFileAnswer,
    BenchFileRequest,
    BenchState,
)
from striate.studio.work import Work

Arrays = Mapping[str, Array]
_FORMS = {"striate": workbench_code, "layers": workbench_layers, "torch": workbench_torch}
_WHAT = {"input": "the input", "weight": "the filters", "bias": "the biases"}


def code(session: Session, request: BenchCodeRequest, arrays: Arrays, work: Work) -> tuple[BenchCodeAnswer, Arrays]:
    """The lines of Python that do the same."""
    text, files = _program(session, request.state, arrays, request.form, request.combined)
    return BenchCodeAnswer(id=request.id, text=text, files=tuple(file.entry for file in files)), {}


def fetched(session: Session, request: BenchFileRequest, arrays: Arrays, work: Work) -> tuple[BenchFileAnswer, Arrays]:
    """One of the files that a state's program reads, to be downloaded."""
    # All forms read the same files, and not every state can be said in every form.
    _, files = _program(session, request.state, arrays, "striate")
    return BenchFileAnswer(id=request.id, file=fetch(files, request.name, session.store.downloads)), {}


def _program(
    session: Session,
    wanted: BenchState,
    arrays: Arrays,
    form: Literal["striate", "layers", "torch"],
    combined: bool = False,
) -> tuple[str, list[ProgramFile]]:
    """A state's program; and what it reads: the source's file, if there is one, and arrays that are not written out."""
    bench, state = session.workbenches.bench(wanted, arrays)
    line, files = None, list[ProgramFile]()
    if state.source != OWN:
        source, grey = session.workbenches.source(state.source)
        line, beside = source.code(grey), source.file(grey)
        files += [] if beside is None else [beside]
        if bench.channels < (1 if grey else source.shape[0]):
            line += f"[:{bench.channels}]"
    saved = SavedArrays(taken=[file.name for file in files])
    text = _FORMS[form](bench, line, state.names, state.combine if combined else None, saved)
    return text, [*files, *(ProgramFile(each.file, _WHAT[each.operand], each.array) for each in saved.files)]
