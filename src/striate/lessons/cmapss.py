"""Sensors of a turbofan engine: one engine of NASA's C-MAPSS data, as a signal of 17 channels."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np

from striate.arithmetic import whole_numbers
from striate.errors import MediaError, ParameterError
from striate.graph import Array
from striate.media.files import existing_file

# Columns: unit, cycle, 3 settings, 21 sensors. In FD001 seven sensors never change; one learns from the others.
_COLUMNS = 26
_SETTINGS = (2, 3, 4)
_SENSORS = (2, 3, 4, 7, 8, 9, 11, 12, 13, 14, 15, 17, 20, 21)
CHANNELS = tuple(f"setting {number}" for number in (1, 2, 3)) + tuple(f"sensor {number}" for number in _SENSORS)


def cmapss(path: str | os.PathLike[str], engine: int = 1) -> Array:
    """One engine's run to failure: three settings and the 14 sensors that vary in FD001, each scaled to 0 to 1.

    Args:
        path: ``train_FD001.txt``, or another file of that form.
        engine: Its number, from 1.

    Returns:
        float32 (17, cycles); the scale of each channel is that of all engines in the file, and 0 where nothing varies.

    Raises:
        MediaError: The file is missing or has another form.
        ParameterError: There is no such engine.

    Source: A. Saxena and K. Goebel, "Turbofan engine degradation simulation data set", NASA, 2008.
    """
    file = existing_file(path, "C-MAPSS table")
    table = _table(file)
    (number,) = whole_numbers(engine, f"engine (={engine}) must be a whole number")[:1] or (0,)
    rows = table[:, 0] == number
    if not rows.any():
        raise ParameterError(f'engine (={engine}) must be one of 1 to {int(table[:, 0].max())} in "{file.name}"')
    columns = [*_SETTINGS, *(4 + sensor for sensor in _SENSORS)]
    low, high = table[:, columns].min(axis=0), table[:, columns].max(axis=0)
    scaled = (table[rows][:, columns] - low) / np.where(high > low, high - low, 1)
    return np.ascontiguousarray(scaled.T, np.float32)


def _table(file: Path) -> Array:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = np.loadtxt(file, ndmin=2)
    except (ValueError, OSError, UserWarning) as error:
        raise MediaError(f'"{file}" is no C-MAPSS table: {str(error).splitlines()[0]}') from error
    if table.shape[1] != _COLUMNS or not np.isfinite(table).all():
        raise MediaError(f'"{file}" is no C-MAPSS table: it has {table.shape[1]} columns, expected {_COLUMNS}')
    return table
