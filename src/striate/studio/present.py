"""What an open input is now, with a tab's edits, and how a program reads its picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from striate.graph import Array
from striate.lessons.programs import BUNDLED_PICTURE
from striate.reading import NUMBERS, ReadInput
from striate.studio.edits import EditedInput, Edits
from striate.studio.naming import identity
from striate.studio.program_files import ProgramFile
from striate.studio.samples import HOUSE
from striate.studio.sources import Source, picture_sides
from striate.studio.store import OpenInput, OpenNetwork, Store

_REPLACED = "replaced by "


@dataclass(frozen=True, eq=False)
class Reading:
    """What reads something in a program.

    Args:
        text: As Python writes it.
        files: That it reads, beside what comes with striate.
    """

    text: str
    files: tuple[ProgramFile, ...] = ()


@dataclass(frozen=True, eq=False)
class PresentPicture:
    """The picture that an open input is now.

    Args:
        name: A short name for a file of it.
        opened: As it was opened; its picture is not None.
        edited: What a tab has made of it; None where it is as it was opened.
        sides: Sides that the network gives a picture; None where it keeps its own.
        path: Its file, where it is still that of an image's file.
    """

    name: str
    opened: ReadInput
    edited: EditedInput | None
    sides: int | tuple[int, ...] | None
    path: Reading | None

    @cached_property
    def pixels(self) -> Array:
        """In plain colours, uint8 (h, w, 3)."""
        assert self.opened.picture is not None
        if self.edited is None:
            return self.opened.picture
        return shown_picture(self.edited.array[0], self.opened.scale, self.opened.offset)

    @property
    def numbers(self) -> object:
        """What it is made from: the same object as long as the picture is the same."""
        return self.opened if self.edited is None else self.edited


def present_picture(store: Store, net: OpenNetwork, entry: OpenInput, state: Edits) -> PresentPicture | None:
    """The picture of an open input, with a tab's edits; None where the input is no picture.

    Args:
        store: What is open.
        net: The network that it is shown with.
        entry: The input.
        state: The edits of both.
    """
    for port, found in store.values(net, entry).items():
        if found.picture is None:
            continue
        edited = state.inputs.get(port)
        path = picture_path(entry.sources.get(port)) if edited is None else None
        return PresentPicture(present_name(entry, state), found, edited, picture_sides(net.network.model, port), path)
    return None


def shown_picture(maps: Array, scale: tuple[float, ...], offset: tuple[float, ...]) -> Array:
    """The picture that an input's numbers are: uint8 (h, w, 3), what is beyond the colours cut off.

    Args:
        maps: The numbers, (c, h, w) with one or three channels.
        scale: For each channel: number = scale * shown / 255 + offset.
        offset: The same.
    """
    factors, shifts = (np.array(each, np.float64).reshape(-1, 1, 1) for each in (scale, offset))
    with np.errstate(invalid="ignore"):
        shown = np.rint(np.clip((maps - shifts) / factors * 255, 0, 255)).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(shown, (3, *shown.shape[1:])).transpose(1, 2, 0))


def present_name(entry: OpenInput, state: Edits) -> str:
    """A short name for a file of what an input is now, such as house-painted or camera."""
    words = tuple(dict.fromkeys(word for each in state.inputs.values() for word in each.how))
    put = [word.removeprefix(_REPLACED).removeprefix("the ") for word in words if word.startswith(_REPLACED)]
    done = [word for word in words if not word.startswith(_REPLACED)]
    return "-".join([identity(put[-1] if put else entry.name, ()), *done])


def picture_path(source: Source | None) -> Reading | None:
    """The image's file of a picture that was not edited; None where there is none."""
    numbers = source is not None and source.path is not None and source.path.suffix.lower() in NUMBERS
    return None if numbers else source_path(source)


def source_path(source: Source | None) -> Reading | None:
    """The file of an input that was not edited; None where there is none."""
    if source is None or source.sample == HOUSE.id:
        return None if source is None else Reading(BUNDLED_PICTURE)
    if source.path is None or not source.path.is_file():
        return None
    return Reading(repr(source.name), (ProgramFile(source.name, "the input", source.path),))
