"""The folder that the server was given for the workbench: engines of NASA's C-MAPSS data, and their sensors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from striate.errors import MediaError, ParameterError, unknown_name
from striate.lessons.cmapss import CHANNELS, NAMES, CmapssChannel, cmapss, cmapss_channels, cmapss_engines
from striate.studio.bench_sources import BenchInput, always, given, line_of
from striate.studio.program_files import ProgramFile
from striate.studio.protocol.bench import CmapssChoice, CmapssChoices

FILE, ID = "train_FD001.txt", "cmapss"
# So many channels are told with what they measure.
_TOLD = 4


@lru_cache(4)
def choices(folder: Path | None) -> CmapssChoices | None:
    """Which engines and channels there are; None without a folder.

    Raises:
        MediaError: The folder has no such file, or it is another one.
    """
    if folder is None:
        return None
    path = _file(folder)
    engines = cmapss_engines(path)
    channels = tuple(CmapssChoice(id=_short(each.name), text=_told(each)) for each in cmapss_channels(path))
    usual = tuple(_short(name) for name in CHANNELS)
    return CmapssChoices(
        source=ID, engines=tuple(engines), cycles=tuple(engines.values()), channels=channels, usual=usual
    )


def from_folder(folder: Path | None) -> tuple[BenchInput, ...]:
    """The first engine with its usual channels, where the server was given a folder.

    Raises:
        MediaError: The folder has no such file, or it is another one.
    """
    found = of_engine(folder, ID)
    return () if found is None else (found,)


@lru_cache(16)
def of_engine(folder: Path | None, name: str) -> BenchInput | None:
    """An engine by an id: "cmapss", "cmapss/12", or with sensors "cmapss/12/2,7"; None for another id.

    Raises:
        ParameterError: There is no such engine.
        UnknownNameError: There is no such channel.
        MediaError: The folder has no such file, or it is another one.
    """
    head, *parts = name.split("/")
    known = choices(folder)
    if known is None or folder is None or head != ID or len(parts) > 2:
        return None
    engine = _engine(parts[0], known.engines) if parts else known.engines[0]
    named = _channels(parts[1]) if len(parts) == 2 else None
    path = _file(folder)
    x = cmapss(path, engine, named)
    options = "" if named is None else f", channels={named}"
    return BenchInput(
        name,
        f"C-MAPSS FD001, engine {engine}",
        _note(path, engine, named or CHANNELS),
        x.shape,
        False,
        given(x),
        line_of(f"x = st.lessons.cmapss({FILE!r}, engine={engine}{options})"),
        named or CHANNELS,
        always(ProgramFile(FILE, "the data", folder / FILE)),
    )


def _file(folder: Path) -> Path:
    """The table in a folder; what is wrong with the folder is said of the folder."""
    if not folder.exists():
        raise MediaError(f'data (="{folder}") does not exist; give the folder that {FILE} is in')
    if not folder.is_dir():
        raise MediaError(f'data (="{folder}") is a file; give the folder that {FILE} is in')
    if not (folder / FILE).exists():
        raise MediaError(f'data (="{folder}") has no {FILE} in it; give the folder with NASA\'s C-MAPSS data')
    return folder / FILE


def _engine(text: str, engines: Sequence[int]) -> int:
    if not text.isdecimal() or int(text[:9]) not in engines:
        raise ParameterError(f'engine (="{text[:20]}") must be one of {min(engines)} to {max(engines)}')
    return int(text)


def _channels(text: str) -> tuple[str, ...]:
    """Names of channels from "2,7,s1"."""
    known = {_short(name): name for name in NAMES}
    found: list[str] = []
    for part in text.split(","):
        if part not in known:
            raise unknown_name("channel", part[:20], known)
        found.append(known[part])
    return tuple(found)


def _short(name: str) -> str:
    kind, _, number = name.partition(" ")
    return number if kind == "sensor" else f"s{number}"


def _told(channel: CmapssChannel) -> str:
    return f"{channel.name} ({channel.meaning})" if channel.meaning else channel.name


def _note(path: Path, engine: int, named: Sequence[str]) -> str:
    known = {each.name: each for each in cmapss_channels(path)}
    told = list(named)
    if len(named) <= _TOLD:
        told = [
            f"{_told(each)} from {each.low:g} to {each.high:g} {each.unit}".rstrip()
            for each in (known[name] for name in named)
        ]
    source = f"NASA C-MAPSS {FILE} (Saxena and Goebel, 2008), engine {engine}, a cycle a sample"
    return f"{source}, each channel scaled to 0…1 over all engines: {', '.join(told)}"
