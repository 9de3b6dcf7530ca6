"""The pictures that lessons are about: the bundled one, or that of an open input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from striate import bundled, media
from striate.errors import ParameterError
from striate.graph import Array
from striate.lessons.programs import PICTURE_SIZE, picture_line
from striate.studio.answers.session import Session
from striate.studio.present import Reading, present_picture
from striate.studio.program_files import ProgramFile


@dataclass(frozen=True, eq=False)
class LessonPicture:
    """A picture that a lesson is about.

    Args:
        grey: (1, h, w).
        reading: The line that leaves it in ``x``; None for the bundled one.
    """

    grey: Array
    reading: Reading | None = None

    @property
    def line(self) -> str | None:
        """The line that reads it; None for the bundled one."""
        return None if self.reading is None else self.reading.text

    @property
    def files(self) -> tuple[ProgramFile, ...]:
        """Files that the line reads."""
        return () if self.reading is None else self.reading.files


def lesson_picture() -> Array:
    """The bundled picture in grey, (1, h, w)."""
    return media.image(bundled.picture_path(), size=PICTURE_SIZE, preprocess="grey")[0]


def chosen_picture(session: Session, network: str | None, source: str | None) -> LessonPicture:
    """The picture of an open input where one is named, as this tab has edited it; else the bundled one."""
    if network is None or source is None:
        return LessonPicture(lesson_picture())
    return own_picture(session, network, source)


def own_picture(session: Session, network: str, source: str) -> LessonPicture:
    """The picture of an open input in grey, with this tab's edits.

    Raises:
        ParameterError: The input is no picture.
    """
    net, entry = session.opened(network, source)
    found = present_picture(session.store, net, entry, session.history(network, source).now)
    if found is None:
        raise ParameterError(f'input "{source}" is no picture; drop one on the page, or take the house')
    grey = (np.asarray(Image.fromarray(found.pixels).convert("L"), np.float32) / np.float32(255))[None]
    if found.path is not None:
        return LessonPicture(grey, Reading(picture_line(found.path.text, found.sides), found.path.files))
    file = ProgramFile(f"{found.name}-grey.npy", "the picture in grey", grey)
    return LessonPicture(grey, Reading(f'x = np.load("{file.name}")', (file,)))
