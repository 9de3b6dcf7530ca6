"""The files that programs of lessons read."""

from __future__ import annotations

from collections.abc import Mapping

from striate.graph import Array
from striate.studio.answers.lessons.pictures import own_picture
from striate.studio.answers.lessons.reproducing import input_reading
from striate.studio.answers.session import Session
from striate.studio.program_files import fetch
from striate.studio.protocol.lessons.base import LessonFileAnswer, LessonFileRequest
from striate.studio.work import Work

Arrays = Mapping[str, Array]


def fetched(
    session: Session, request: LessonFileRequest, arrays: Arrays, work: Work
) -> tuple[LessonFileAnswer, Arrays]:
    """One of the files that programs about an open input read, to be downloaded."""
    net, entry = session.opened(request.network, request.input)
    files = input_reading(session, net, entry).files
    if any(found.picture is not None for found in session.store.values(net, entry).values()):
        files += own_picture(session, net.id, entry.id).files
    return LessonFileAnswer(id=request.id, file=fetch(files, request.name, session.store.downloads)), {}
