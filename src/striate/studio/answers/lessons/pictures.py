"""The pictures that lessons are about: the bundled one, or that of an open input."""

from __future__ import annotations

import numpy as np
from PIL import Image

from striate import bundled, media
from striate.errors import ParameterError
from striate.graph import Array
from striate.lessons.programs import PICTURE_SIZE, picture_line
from striate.studio.answers.lessons.reproducing import picture_sides, picture_text
from striate.studio.answers.session import Session


def lesson_picture() -> Array:
    """The bundled picture in grey, (1, h, w)."""
    return media.image(bundled.picture_path(), size=PICTURE_SIZE, preprocess="grey")[0]


def chosen_picture(session: Session, network: str | None, source: str | None) -> tuple[Array, str | None]:
    """The picture of an open input where one is named, and the line that reads it; else the bundled one."""
    if network is None or source is None:
        return lesson_picture(), None
    return own_picture(session, network, source)


def own_picture(session: Session, network: str, source: str) -> tuple[Array, str]:
    """The picture of an open input in grey, (1, h, w), and the line that reads it.

    Raises:
        ParameterError: The input is no picture.
    """
    net, entry = session.opened(network, source)
    for found in session.store.values(net, entry).values():
        if found.picture is not None:
            grey = np.asarray(Image.fromarray(found.picture).convert("L"), np.float32) / np.float32(255)
            return grey[None], picture_line(picture_text(entry), picture_sides(net))
    raise ParameterError(f'input "{source}" is no picture; drop one on the page, or take the house')
