"""Sensors of turbofan engines: one engine of NASA's C-MAPSS data, as a signal with a channel for each sensor."""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from striate.arguments import expect_texts, shown
from striate.arithmetic import whole_number
from striate.errors import MediaError, ParameterError, unknown_name
from striate.graph import Array
from striate.media.files import existing_file

# Columns: unit, cycle, 3 settings, 21 sensors. In FD001 seven sensors never change; one learns from the others.
_SETTINGS = ("setting 1", "setting 2", "setting 3")
_VARYING = (2, 3, 4, 7, 8, 9, 11, 12, 13, 14, 15, 17, 20, 21)
CHANNELS = (*_SETTINGS, *(f"sensor {number}" for number in _VARYING))
# Symbol, what it measures and its unit, from sensor 1 on: table 2 of Saxena et al., 2008.
_SENSORS = (
    ("T2", "total temperature at fan inlet", "°R"),
    ("T24", "total temperature at LPC outlet", "°R"),
    ("T30", "total temperature at HPC outlet", "°R"),
    ("T50", "total temperature at LPT outlet", "°R"),
    ("P2", "pressure at fan inlet", "psia"),
    ("P15", "total pressure in bypass-duct", "psia"),
    ("P30", "total pressure at HPC outlet", "psia"),
    ("Nf", "physical fan speed", "rpm"),
    ("Nc", "physical core speed", "rpm"),
    ("epr", "engine pressure ratio", ""),
    ("Ps30", "static pressure at HPC outlet", "psia"),
    ("phi", "ratio of fuel flow to Ps30", "pps/psi"),
    ("NRf", "corrected fan speed", "rpm"),
    ("NRc", "corrected core speed", "rpm"),
    ("BPR", "bypass ratio", ""),
    ("farB", "burner fuel-air ratio", ""),
    ("htBleed", "bleed enthalpy", ""),
    ("Nf_dmd", "demanded fan speed", "rpm"),
    ("PCNfR_dmd", "demanded corrected fan speed", "rpm"),
    ("W31", "HPT coolant bleed", "lbm/s"),
    ("W32", "LPT coolant bleed", "lbm/s"),
)
NAMES = (*_SETTINGS, *(f"sensor {number}" for number in range(1, 22)))
_FIRST, _COLUMNS = 2, 26


@dataclass(frozen=True)
class CmapssChannel:
    """A column of the table.

    Args:
        name: "setting 1" to "setting 3", "sensor 1" to "sensor 21".
        meaning: What it measures; "" for a setting.
        unit: Its unit; "" where it has none.
        low: Least value in the file, which a signal has as 0.
        high: Greatest one, which it has as 1.
    """

    name: str
    meaning: str
    unit: str
    low: float
    high: float


def cmapss(path: str | os.PathLike[str], engine: int = 1, channels: Sequence[str] | None = None) -> Array:
    """One engine's run to failure: settings and sensors over its cycles, each scaled to 0 to 1.

    Args:
        path: ``train_FD001.txt``, or another file of that form.
        engine: Its number, from 1.
        channels: "setting 1" to "setting 3" and "sensor 1" to "sensor 21"; if None the three settings and the
            14 sensors that vary in FD001.

    Returns:
        float32 (channels, cycles); the scale of each channel is that of all engines in the file, and 0 where nothing
        varies.

    Raises:
        MediaError: The file is missing or has another form.
        ParameterError: There is no such engine.
        UnknownNameError: There is no such channel.

    Source: A. Saxena and K. Goebel, "Turbofan engine degradation simulation data set", NASA, 2008.
    """
    file = existing_file(path, "C-MAPSS table")
    table = _read(file)
    number = whole_number(engine, f"engine (={shown(engine)}) must be a whole number")
    rows = table[:, 0] == number
    if not rows.any():
        raise ParameterError(f'engine (={engine}) must be one of 1 to {int(table[:, 0].max())} in "{file.name}"')
    wanted = CHANNELS if channels is None else expect_texts(channels, "channels", "settings and sensors")
    columns = [_column(name) for name in wanted]
    if not columns:
        raise ParameterError("channels (=()) must name at least one setting or sensor")
    low, high = table[:, columns].min(axis=0), table[:, columns].max(axis=0)
    scaled = (table[rows][:, columns] - low) / np.where(high > low, high - low, 1)
    return np.ascontiguousarray(scaled.T, np.float32)


def cmapss_engines(path: str | os.PathLike[str]) -> dict[int, int]:
    """Which engines a C-MAPSS table has, and how many cycles each ran.

    Args:
        path: ``train_FD001.txt``, or another file of that form.

    Returns:
        Cycles by the engine's number, in order.

    Raises:
        MediaError: The file is missing or has another form.
    """
    numbers, counts = np.unique(_read(existing_file(path, "C-MAPSS table"))[:, 0], return_counts=True)
    return dict(zip(numbers.astype(int).tolist(), counts.tolist(), strict=True))


def cmapss_channels(path: str | os.PathLike[str]) -> tuple[CmapssChannel, ...]:
    """Settings and sensors of a C-MAPSS table, in its order.

    Args:
        path: ``train_FD001.txt``, or another file of that form.

    Returns:
        One entry a column behind engine and cycle: name, meaning, unit, and its least and largest value.

    Raises:
        MediaError: The file is missing or has another form.

    Source: meaning and units from A. Saxena, K. Goebel, D. Simon and N. Eklund, "Damage propagation modeling for
    aircraft engine run-to-failure simulation", 2008.
    """
    table = _read(existing_file(path, "C-MAPSS table"))
    low, high = table.min(axis=0), table.max(axis=0)
    found: list[CmapssChannel] = []
    for place, name in enumerate(NAMES):
        symbol, meaning, unit = ("", "", "") if place < len(_SETTINGS) else _SENSORS[place - len(_SETTINGS)]
        column = _FIRST + place
        said = f"{symbol}, {meaning}" if symbol else ""
        found.append(CmapssChannel(name, said, unit, float(low[column]), float(high[column])))
    return tuple(found)


def _column(name: str) -> int:
    if name not in NAMES:
        raise unknown_name("channel", name, NAMES)
    return _FIRST + NAMES.index(name)


def _read(file: Path) -> Array:
    """The table; read once as long as the file is the same."""
    facts = file.stat()
    return _table(file, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=2)
def _table(file: Path, changed: int, size: int) -> Array:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = np.loadtxt(file, ndmin=2, comments=None)
    except (ValueError, OSError, UserWarning) as error:
        raise MediaError(f'"{file}" is no C-MAPSS table: {_fault(file) or str(error).splitlines()[0]}') from error
    engines = table[:, 0]
    if table.shape[1] != _COLUMNS or not np.isfinite(table).all() or (engines < 1).any() or (engines % 1).any():
        raise MediaError(f'"{file}" is no C-MAPSS table: {_fault(file)}')
    table.setflags(write=False)
    return table


def _fault(file: Path) -> str:
    """What is wrong with the first line that is none; "" where every line could be one."""
    try:
        lines = [line.split() for line in file.read_text("utf-8").splitlines()]
    except (OSError, UnicodeError):
        return "it is no text"
    for number, words in enumerate(lines, start=1):
        said = _fault_of(words) if words else ""
        if said:
            return f"line {number:,} {said}"
    return "" if any(lines) else "there is no number in it"


def _fault_of(words: Sequence[str]) -> str:
    if len(words) != _COLUMNS:
        return f"has {len(words)} columns, expected {_COLUMNS}: unit, cycle, 3 settings, 21 sensors"
    for word in words:
        try:
            value = float(word)
        except ValueError:
            return f'has "{word[:20]}", which is no number'
        if not math.isfinite(value):
            return f'has "{word[:20]}", expected finite numbers'
    unit = float(words[0])
    return (
        "" if unit >= 1 and unit % 1 == 0 else f'begins with "{words[0][:20]}", expected the number of an engine from 1'
    )
