"""What a reader of the page takes along: a program, run in a folder with nothing but the files offered beside it."""

from __future__ import annotations

import io
import shutil
from contextlib import chdir, redirect_stdout
from pathlib import Path

from striate.studio.answers import ANSWERS
from striate.studio.protocol import EXCHANGES
from striate.studio.work import Work

# What is taken along is found in the folder of the program, wherever the test itself has its files.
FOLDER = "taken-along"


def ask(session, kind, arrays=None, **fields):
    request = EXCHANGES[kind][0].model_validate({"id": 1, "type": kind, **fields})
    return ANSWERS[kind](session, request, arrays or {}, Work())


def upload(session, path, name=None):
    """Uploads a file as the page does; its id."""
    data = path.read_bytes()
    file = session.store.uploads.begin(name or path.name, len(data))
    session.store.uploads.append(file, data)
    session.store.uploads.finish(file)
    return file.id


def take(session, answer, kind, folder, arrays=None, mine=(), **fields):
    """Runs a program; gives what it leaves.

    Args:
        session: The tab.
        answer: The answer with the program.
        kind: The request that fetches its files.
        folder: A folder of the test.
        arrays: Arrays that go with that request.
        mine: Files that the reader has opened, which are not offered.
        fields: Fields of that request.
    """
    place = folder / FOLDER
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for file in answer.files:
        if file.bytes is None:
            (own,) = [path for path in mine if path.name == file.name]
            shutil.copyfile(own, place / file.name)
            continue
        found, _ = ask(session, kind, arrays, name=file.name, **fields)
        made = session.store.downloads.take(found.file.download)
        assert made.name == found.file.name == file.name == Path(file.name).name
        assert made.path.stat().st_size == found.file.bytes
        # Of a .npz the archive's own few bytes come on top.
        assert file.bytes <= found.file.bytes <= file.bytes + (1024 if file.name.endswith(".npz") else 0)
        shutil.move(made.path, place / file.name)
    space = {}
    with chdir(place), redirect_stdout(io.StringIO()):
        exec(answer.text if hasattr(answer, "text") else answer.code, space)
    return space
