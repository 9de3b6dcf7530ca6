"""The pictures that are open in the network's view, for the workbench."""

from __future__ import annotations

from dataclasses import replace

from striate.reading import ReadInput
from striate.studio.bench_sources import LARGEST_PICTURE, BenchInput, always, of_picture
from striate.studio.program_files import ProgramFile
from striate.studio.samples import HOUSE
from striate.studio.sources import Source, picture_sides
from striate.studio.store import OpenInput, Store

_NOTE = "open in the network's view; as it was opened, without edits, in the size that the network sees"


def open_pictures(store: Store) -> tuple[BenchInput, ...]:
    """Every open input that is a picture."""
    found: list[BenchInput] = []
    for entry in list(store.inputs.values()):
        network = store.networks.get(entry.network)
        if entry.kind != "picture" or network is None:
            continue
        for port, read in store.values(network, entry).items():
            if read.picture is not None:
                sides = picture_sides(network.network.model, port)
                found.append(_of_open(entry, entry.sources.get(port), read, sides))
                break
    return tuple(found)


def _of_open(
    entry: OpenInput, source: Source | None, read: ReadInput, sides: int | tuple[int, ...] | None
) -> BenchInput:
    assert read.picture is not None
    id, path = f"open-{entry.id}", None if source is None else source.path
    height, width = read.picture.shape[:2]
    whole = height * width <= LARGEST_PICTURE or sides is None
    if source is not None and source.sample == HOUSE.id and whole:
        return of_picture(id, entry.name, _NOTE, read.picture, "st.bundled.picture_path()", sides)
    if source is not None and path is not None and path.is_file() and whole:
        beside = ProgramFile(source.name, "the input", path)
        made = of_picture(id, entry.name, _NOTE, read.picture, repr(source.name), sides)
        return replace(made, file=always(beside))
    made = of_picture(id, entry.name, _NOTE, read.picture, "")

    def called(grey: bool) -> str:
        return f"{entry.id}{'-grey' if grey else ''}.npy"

    def line(grey: bool) -> str:
        return f'x = np.load("{called(grey)}")'

    def beside_of(grey: bool) -> ProgramFile:
        return ProgramFile(called(grey), "the input", made.read(grey))

    return replace(made, code=line, file=beside_of)
