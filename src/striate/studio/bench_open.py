"""The pictures that are open in the network's view, for the workbench."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

from striate.studio.bench_sources import LARGEST_PICTURE, BenchInput, always, of_picture
from striate.studio.edits import Edits
from striate.studio.present import PresentPicture, present_picture
from striate.studio.program_files import ProgramFile
from striate.studio.store import OpenInput, Store

_NOTE = "open in the network's view, in the size that the network sees"


class OpenPictures:
    """Every open input that is a picture, as it stands now; a source is made once for the same picture.

    Args:
        store: What is open.
        edits: For an input the network that a tab shows it with, and what the tab has edited about the two.
    """

    def __init__(self, store: Store, edits: Callable[[OpenInput], tuple[str, Edits]]) -> None:
        self._store = store
        self._edits = edits
        # By the input's id: what its source was made from, and the source.
        self._made: dict[str, tuple[object, BenchInput]] = {}
        self._versions = count(1)

    def sources(self) -> tuple[BenchInput, ...]:
        """All of them; a picture that has changed has another version."""
        found: dict[str, tuple[object, BenchInput]] = {}
        for entry in list(self._store.inputs.values()):
            shown_with, state = self._edits(entry)
            network = self._store.networks.get(shown_with)
            now = None if network is None else present_picture(self._store, network, entry, state)
            if now is None:
                continue
            kept = self._made.get(entry.id)
            if kept is None or kept[0] is not now.numbers:
                kept = now.numbers, replace(_of_open(entry, now), version=next(self._versions))
            found[entry.id] = kept
        self._made = found
        return tuple(made for _, made in found.values())


def _of_open(entry: OpenInput, now: PresentPicture) -> BenchInput:
    id, note = f"open-{entry.id}", _NOTE if now.edited is None else f"{_NOTE}; {', '.join(now.edited.how)}"
    height, width = now.pixels.shape[:2]
    # What was fitted to the network and is made smaller once more, no call of striate reads so.
    if now.path is not None and (height * width <= LARGEST_PICTURE or now.sides is None):
        made = of_picture(id, entry.name, note, now.pixels, now.path.text, now.sides)
        return replace(made, file=always(now.path.files[0])) if now.path.files else made
    made = of_picture(id, entry.name, note, now.pixels, "")

    def called(grey: bool) -> str:
        return f"{now.name}{'-grey' if grey else ''}.npy"

    def line(grey: bool) -> str:
        return f'x = np.load("{called(grey)}")'

    def beside_of(grey: bool) -> ProgramFile:
        return ProgramFile(called(grey), "the input", made.read(grey))

    return replace(made, code=line, file=beside_of)
