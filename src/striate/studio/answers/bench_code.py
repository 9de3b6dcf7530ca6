"""The workbench's program, and the files that it reads."""

from __future__ import annotations

from collections.abc import Mapping

from striate.graph import Array
from striate.lessons.workbench import Workbench
from striate.lessons.workbench_code import saved_arrays, workbench_code
from striate.lessons.workbench_layers import workbench_layers
from striate.lessons.workbench_torch import workbench_torch
from striate.studio.answers.session import Session
from striate.studio.program_files import ProgramFile, fetch
from striate.studio.protocol.bench import (
    OWN,
    BenchCodeAnswer,
    BenchCodeRequest,
    BenchFileAnswer,
    BenchFileRequest,
)
from striate.studio.work import Work

Arrays = Mapping[str, Array]
_FORMS = {"striate": workbench_code, "layers": workbench_layers, "torch": workbench_torch}
_WHAT = {"own-input.npy": "the input", "own-weight.npy": "the filters", "own-bias.npy": "the biases"}


def code(session: Session, request: BenchCodeRequest, arrays: Arrays, work: Work) -> tuple[BenchCodeAnswer, Arrays]:
    """The lines of Python that do the same."""
    bench, state = session.workbenches.bench(request.state, arrays)
    line, beside = None, None
    if state.source != OWN:
        source, grey = session.workbenches.source(state.source)
        line, beside = source.code(grey), source.file(grey)
        if bench.channels < (1 if grey else source.shape[0]):
            line += f"[:{bench.channels}]"
    combine = state.combine if request.combined else None
    text = _FORMS[request.form](bench, line, state.names, combine, saved=True)
    files = tuple(file.entry for file in _files(beside, bench, text))
    return BenchCodeAnswer(id=request.id, text=text, files=files), {}


def fetched(session: Session, request: BenchFileRequest, arrays: Arrays, work: Work) -> tuple[BenchFileAnswer, Arrays]:
    """One of the files that a state's program reads, to be downloaded."""
    bench, state = session.workbenches.bench(request.state, arrays)
    # All forms read the same files.
    line, beside = None, None
    if state.source != OWN:
        source, grey = session.workbenches.source(state.source)
        line, beside = "x", source.file(grey)
    files = _files(beside, bench, workbench_code(bench, line, state.names, saved=True))
    return BenchFileAnswer(id=request.id, file=fetch(files, request.name, session.store.downloads)), {}


def _files(beside: ProgramFile | None, bench: Workbench, text: str) -> list[ProgramFile]:
    """What a program reads: the source's file, if it has one, and the arrays that are not written out."""
    arrays = [ProgramFile(name, _WHAT[name], array) for name, array in saved_arrays(bench, text).items()]
    return arrays if beside is None else [beside, *arrays]
